"""Bounded series."""

from __future__ import annotations

from collections.abc import Iterable

MINUTE_MS = 60_000

MINUTES_KEPT = 60
"""Closing prices a sparkline is drawn from; the oldest minute goes when a new one begins."""


class CloseRing:
    """The closing prices of the last minutes, by the exchange's own time.

    `closes` runs without a hole from the first known minute to the running one: a minute without a
    trade repeats the close before it. What own trades showed is never overwritten from elsewhere.
    """

    __slots__ = ("_known", "_own", "_running", "closes")

    def __init__(self) -> None:
        """Nothing is known."""
        self.closes: list[float] = []
        """Oldest first, the running minute last. Changed in place, at most MINUTES_KEPT long."""
        self._running = 0
        """The running minute, in minutes since the epoch; means nothing while `closes` is empty."""
        self._known: dict[int, float] = {}
        """The closes that were told; minutes between them repeat."""
        self._own: set[int] = set()
        """The minutes of `_known` that own trades told."""

    def trade(self, time_ms: int, price: float, *, refilled: bool = False) -> None:
        """A trade was done: its price is the close of its minute until a later trade."""
        minute = time_ms // MINUTE_MS
        self._own.add(minute)
        self._known[minute] = price
        if not self.closes or minute > self._running:
            self._running = minute
        elif minute == self._running:
            self.closes[-1] = price
            return
        elif minute < self._running - 1 and not refilled:
            # A streamed trade may be a moment late, never minutes: the exchange's time went back, as in
            # a replay that begins anew. What was seen of the time ahead says nothing any longer.
            self._own = {minute}
            self._known = {minute: price}
            self._running = minute
        self._rebuild()

    def passed(self, time_ms: int) -> None:
        """The exchange's time has come so far: minutes since the last trade had none."""
        minute = time_ms // MINUTE_MS
        if self.closes and minute > self._running:
            self._running = minute
            self._rebuild()

    def fill(self, closes: Iterable[tuple[int, float]]) -> None:
        """(opening time in epoch ms, close) of minutes, told from elsewhere."""
        for opened_ms, price in closes:
            minute = opened_ms // MINUTE_MS
            if minute in self._own:
                continue
            if not self._known or minute > self._running:
                self._running = minute
            self._known[minute] = price
        if self._known:
            self._rebuild()

    def _rebuild(self) -> None:
        first = self._running - MINUTES_KEPT + 1
        past = [minute for minute in self._known if minute < first]
        if past:
            # The first minute kept may have had no trade: then it repeats the last close before it.
            self._known.setdefault(first, self._known[max(past)])
            for minute in past:
                del self._known[minute]
            self._own.difference_update(past)
        self.closes.clear()
        begin = min(self._known)
        close = self._known[begin]
        for minute in range(begin, self._running + 1):
            close = self._known.get(minute, close)
            self.closes.append(close)

    def __repr__(self) -> str:
        return f"<CloseRing {len(self.closes)} minutes, {len(self._own)} seen>"
