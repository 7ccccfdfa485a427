"""Connections outside the pool keep to the pace of the IP and the attempts of the machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bntui.clock import ManualClock, SystemClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.pace import Pace
from bntui.venue.binance.limits import SPOT


async def test_a_usual_number_connects_at_once_and_each_is_counted(tmp_path: Path) -> None:
    attempts = AttemptsFile(tmp_path / "attempts", AttemptLimit(100, 300_000), ManualClock())
    pace = Pace(SPOT, attempts, ManualClock())
    for _ in range(int(SPOT.own_attempts_burst)):
        await asyncio.wait_for(pace.leave(), 1.0)
    assert attempts.count() == SPOT.own_attempts_burst


async def test_one_more_waits_for_its_turn(tmp_path: Path) -> None:
    clock = SystemClock()
    attempts = AttemptsFile(tmp_path / "attempts", AttemptLimit(100, 300_000), clock)
    pace = Pace(SPOT.override({"own_attempts_per_s": 20.0, "own_attempts_burst": 1.0}), attempts, clock)
    began = clock.monotonic()
    for _ in range(3):
        await asyncio.wait_for(pace.leave(), 5.0)
    assert clock.monotonic() - began >= 0.09


async def test_where_the_machine_has_made_all_its_attempts_nobody_connects(tmp_path: Path) -> None:
    clock = ManualClock()
    attempts = AttemptsFile(tmp_path / "attempts", AttemptLimit(1, 300_000), clock)
    pace = Pace(SPOT, attempts, clock)
    await pace.leave()
    waiting = asyncio.create_task(pace.leave())
    done, _ = await asyncio.wait([waiting], timeout=0.05)
    assert not done
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert attempts.count() == 1
