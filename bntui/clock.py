"""The one seam through which time enters the program."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the shells ask for the time; cores get `now` as an argument instead."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; the base of every age and deadline."""
        ...

    def wall_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC; for what people and exchanges read."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()  # noqa: TID251

    def wall_ms(self) -> int:
        """The machine's wall clock in epoch milliseconds."""
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that moves only when told to; for tests, snapshots and screenshots."""

    def __init__(self, monotonic: float = 1_000.0, wall_ms: int = 1_767_225_600_000) -> None:
        """Start at the given instants; the default wall clock reads 2026-01-01 00:00:00 UTC."""
        self._monotonic = monotonic
        self._wall_ms = wall_ms

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self._monotonic += seconds
        self._wall_ms += round(seconds * 1000)

    def jump(self, seconds: float) -> None:
        """Move the wall clock alone, as when a machine's clock is set."""
        self._wall_ms += round(seconds * 1000)

    def monotonic(self) -> float:
        """The set instant, in seconds."""
        return self._monotonic

    def wall_ms(self) -> int:
        """The set instant, in epoch milliseconds."""
        return self._wall_ms
