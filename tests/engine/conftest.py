"""An engine on an exchange in memory, whose time the test makes pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.clock import ManualClock
from bntui.engine.engine import Engine
from tests.support.engine import memory_engine
from tests.support.exchange import MemoryExchange


@pytest.fixture
def clock() -> ManualClock:
    """Stands still."""
    return ManualClock()


@pytest.fixture
def engine(tmp_path: Path, clock: ManualClock) -> Engine:
    """One that watches nothing yet."""
    return memory_engine(tmp_path, clock, MemoryExchange())
