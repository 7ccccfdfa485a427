"""Pilot tests wait until the loop has nothing left to do, however busy the machine is."""

from __future__ import annotations

import asyncio

import pytest
import textual.app
import textual.pilot
import textual.screen

STEP_S = 1 / 1_000

QUIET_STEPS = 4
"""Steps in a row without anything to run: timers of a step have fired then, and what they began is done."""


async def until_idle(_min_sleep: float = 0, _max_sleep: float = 1) -> None:
    """In place of Textual's, which watches the processor: a test that waits for its turn is not idle."""
    loop = asyncio.get_running_loop()
    quiet = 0
    while quiet < QUIET_STEPS:
        await asyncio.sleep(STEP_S)
        quiet = 0 if getattr(loop, "_ready") else quiet + 1  # noqa: B009 - private, and the only one who knows


@pytest.fixture(autouse=True)
def _wait_until_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual.app, "wait_for_idle", until_idle)
    monkeypatch.setattr(textual.pilot, "wait_for_idle", until_idle)
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", STEP_S)
