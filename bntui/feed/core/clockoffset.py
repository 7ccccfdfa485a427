"""What the exchange's clock reads now: measured against the clock that nobody can set.

Signed requests carry the exchange's time, which it takes within a second ahead and five behind (rest-api.md,
Timing security). Measured against the wall clock, a step of that would spoil every signature until the next
measurement.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

SAMPLES = 5
"""Measurements kept, the newest ones; the one that can be least off counts."""

DRIFT = 1e-4
"""So much faster or slower than another a clock may run: 0.1 ms a second, which is a bad one."""

PARTED_MS = 125.0
"""Wall clock and monotonic clock that part by more were set, or the machine slept."""


class _Sample(NamedTuple):
    at: float
    base_ms: float
    """What the exchange's clock read when the monotonic one read 0."""
    round_trip_s: float
    wall_ms: float
    """The wall clock less the monotonic one."""

    def off_ms(self, now: float) -> float:
        """By how much it can be off: half of its round trip, and what clocks drift meanwhile."""
        return self.round_trip_s * 500 + max(0.0, now - self.at) * DRIFT * 1000


class ClockOffset:
    """The difference between the exchange's clock and ours, from the best of the last measurements."""

    def __init__(self) -> None:
        """Nothing was measured."""
        self._samples: deque[_Sample] = deque(maxlen=SAMPLES)

    def measured(self, sent_at: float, received_at: float, wall_ms: float, server_ms: float) -> None:
        """The exchange said its time. `wall_ms`: our wall clock at the receipt."""
        middle = (sent_at + received_at) / 2
        new = _Sample(
            received_at,
            server_ms - middle * 1000,
            received_at - sent_at,
            wall_ms - received_at * 1000,
        )
        # Two measurements that cannot both be right are of two clocks.
        if any(
            abs(known.base_ms - new.base_ms) > known.off_ms(received_at) + new.off_ms(received_at) + 1
            for known in self._samples
        ):
            self._samples.clear()
        self._samples.append(new)

    def server_ms(self, now: float, wall_ms: float) -> float:
        """What the exchange's clock reads; our wall clock where nothing was measured."""
        if not self._samples:
            return wall_ms
        return min(self._samples, key=lambda sample: sample.off_ms(now)).base_ms + now * 1000

    def offset_ms(self, now: float, wall_ms: float) -> float | None:
        """The exchange's clock less our wall clock; None where nothing was measured."""
        return self.server_ms(now, wall_ms) - wall_ms if self._samples else None

    def known(self, now: float, wall_ms: float) -> bool:
        """Whether it was measured, and the machine has neither slept nor been set since, as far as its own
        clocks tell. A set clock does no harm here; sleep does, and the two look the same."""
        if not self._samples:
            return False
        return abs(wall_ms - now * 1000 - self._samples[-1].wall_ms) <= PARTED_MS

    def forget(self) -> None:
        """What was measured says nothing any more."""
        self._samples.clear()

    def __repr__(self) -> str:
        return f"<ClockOffset of {len(self._samples)} samples>"
