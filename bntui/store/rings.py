"""Bounded series."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

MINUTE_MS = 60_000

MINUTES_KEPT = 60
"""Closing prices a sparkline is drawn from; the oldest minute goes when a new one begins."""


_OLDEST = MINUTES_KEPT - 1
"""How many minutes ago the oldest minute was that is kept."""

_ALL = (1 << MINUTES_KEPT) - 1


class CloseRing:
    """The closing prices of the last minutes, by the exchange's own time.

    `closes` runs without a hole from the first known minute to the running one: a minute without a
    trade repeats the close before it. What own trades showed is never overwritten from elsewhere.
    Some thousand of these are kept: minutes are bits of a number, the running one the lowest.
    """

    __slots__ = ("_own", "_running", "_told", "closes")

    def __init__(self) -> None:
        """Nothing is known."""
        self.closes: array[float] = array("d")
        """Oldest first, the running minute last. Changed in place, at most MINUTES_KEPT long."""
        self._running = 0
        """The running minute, in minutes since the epoch; means nothing while `closes` is empty."""
        self._told = 0
        """The minutes whose close was told; those between them repeat."""
        self._own = 0
        """The minutes that own trades told."""

    def trade(self, time_ms: int, price: float, *, refilled: bool = False) -> None:
        """A trade was done: its price is the close of its minute until a later trade."""
        minute = time_ms // MINUTE_MS
        age = self._running - minute
        if not age and self._own & 1:
            self.closes[-1] = price
            return
        if not self.closes or (age > 1 and not refilled):
            # A streamed trade may be a moment late, never minutes: the exchange's time went back, as in
            # a replay that begins anew. What was seen of the time ahead says nothing any longer.
            self._begin(minute, price)
            self._own = 1
            return
        if age > _OLDEST:
            self._tell_before(price)
            return
        if age < 0:
            self._run_to(minute)
            age = 0
        self._tell(age, price)
        self._own |= 1 << age

    def passed(self, time_ms: int) -> None:
        """The exchange's time has come so far: minutes since the last trade had none."""
        if self.closes:
            self._run_to(time_ms // MINUTE_MS)

    def fill(self, closes: Iterable[tuple[int, float]]) -> None:
        """(opening time in epoch ms, close) of minutes, told from elsewhere."""
        before: float | None = None
        for minute, price in sorted((opened_ms // MINUTE_MS, price) for opened_ms, price in closes):
            if not self.closes:
                self._begin(minute, price)
                continue
            age = self._running - minute
            if age > _OLDEST:
                before = price
                continue
            if before is not None:
                self._tell_before(before)
                before = None
            if age < 0:
                self._run_to(minute)
                age = 0
            if not self._own >> age & 1:
                self._tell(age, price)
        if before is not None:
            self._tell_before(before)

    def _begin(self, minute: int, price: float) -> None:
        self.closes[:] = array("d", (price,))
        self._running = minute
        self._told, self._own = 1, 0

    def _run_to(self, minute: int) -> None:
        """Time goes on; minutes without a close of their own repeat the one before."""
        passed = minute - self._running
        if passed <= 0:
            return
        closes = self.closes
        closes.extend(closes[-1:] * min(passed, MINUTES_KEPT))
        self._running = minute
        self._told = self._told << passed & _ALL
        self._own = self._own << passed & _ALL
        if len(closes) > MINUTES_KEPT:
            del closes[:-MINUTES_KEPT]
            # What the first minute repeats was told before it.
            self._told |= 1 << _OLDEST

    def _tell(self, age: int, price: float) -> None:
        """The close of the minute so long ago, and of those behind it that had none of their own."""
        closes = self.closes
        if age >= len(closes):
            closes[:0] = array("d", (price,)) * (age + 1 - len(closes))
        closes[-1 - age] = price
        self._told |= 1 << age
        for later in range(age - 1, -1, -1):
            if self._told >> later & 1:
                break
            closes[-1 - later] = price

    def _tell_before(self, price: float) -> None:
        """A close from before all that is kept: the first minutes had it too, if nothing else is known."""
        if not self._told >> _OLDEST & 1:
            self._tell(_OLDEST, price)

    def __repr__(self) -> str:
        return f"<CloseRing {len(self.closes)} minutes, {self._own.bit_count()} seen>"
