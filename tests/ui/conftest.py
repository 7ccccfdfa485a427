"""Pilot tests wait for the app in short steps: nothing in them ticks by itself, so idle is idle."""

from __future__ import annotations

import pytest
import textual._wait
import textual.screen

STEP_S = 1 / 250


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual._wait, "SLEEP_GRANULARITY", STEP_S)
    monkeypatch.setattr(textual._wait, "SLEEP_IDLE", STEP_S / 4)
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", STEP_S / 4)
