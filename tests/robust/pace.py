"""Time as far as this process had the processor: a machine that stands still spends no patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bntui.clock import SystemClock

STEP_S = 0.03
"""However long nothing was looked at, so much has passed; an undisturbed process looks more often."""

LOOK_S = 0.005


class WorkedClock:
    """The machine's clocks, less the times at which this process was kept from working.

    Server and client of a test run in one process: what holds up the one holds up the other, and
    neither shall blame the other for it.
    """

    def __init__(self) -> None:
        """Begin with the machine's time."""
        self._system = SystemClock()
        self._seen = self._now = self._system.monotonic()
        self._wall_ahead_ms = self._system.wall_ms() - self._now * 1000

    def monotonic(self) -> float:
        """See `Clock`."""
        seen = self._system.monotonic()
        self._now += min(seen - self._seen, STEP_S)
        self._seen = seen
        return self._now

    def wall_ms(self) -> int:
        """See `Clock`."""
        return round(self.monotonic() * 1000 + self._wall_ahead_ms)


@asynccontextmanager
async def ticking(clock: WorkedClock) -> AsyncIterator[None]:
    """Look at the clock all the time, so that only what holds up the loop is left out."""

    async def tick() -> None:
        while True:
            clock.monotonic()
            await asyncio.sleep(LOOK_S)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
