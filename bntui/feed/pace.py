"""Leave to connect, for connections outside the pool: at the IP's pace, within the machine's attempts."""

from __future__ import annotations

import asyncio

from bntui.clock import Clock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import TokenBucket
from bntui.venue.limits import Limits


class Pace:
    """Lets connections through one by one. Their own backoff decides when they ask."""

    def __init__(self, limits: Limits, attempts: AttemptsFile, clock: Clock) -> None:
        """`attempts` are shared by all programs of the machine."""
        self._attempts = attempts
        self._clock = clock
        self._bucket = TokenBucket(limits.own_attempts_per_s, limits.own_attempts_burst)
        self._turn = asyncio.Lock()

    async def leave(self) -> None:
        """Wait until one attempt may be made, and count it."""
        async with self._turn:
            while True:
                wait_s = self._wait_s()
                if not wait_s:
                    return
                await asyncio.sleep(wait_s)

    def _wait_s(self) -> float:
        now = self._clock.monotonic()
        if (free_at := self._bucket.free_at(now)) > now:
            return free_at - now
        free_at_ms = self._attempts.take()
        if free_at_ms is not None:
            return max(0.001, (free_at_ms - self._clock.wall_ms()) / 1000)
        self._bucket.take(now)
        return 0.0
