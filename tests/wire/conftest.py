"""Places for sockets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name: systems allow about 100 bytes in all."""
    path = Path(tempfile.mkdtemp(prefix="bn-", dir="/tmp"))
    yield path
    shutil.rmtree(path)
