"""Averages over candles: exponential ones, and the price weighted by volume.

Both begin anew where candles are missing: an average over a time that nobody saw would be an invention.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import NamedTuple, TypeVar

from bntui.ui.chart.series import Bar, Series

V = TypeVar("V")

EMA_SHORT = 9
EMA_LONG = 21
"""Candles of the two exponential averages."""

_DAY_MS = 86_400_000


class Ema:
    """The exponential moving average of the closes, from the first `length` candles in a row on."""

    def __init__(self, length: int) -> None:
        """`length` candles give the weight 2 / (length + 1) to the newest, as everywhere."""
        self.length = length
        self.values: dict[int, float] = {}
        """By slot."""
        self._runs: dict[int, tuple[int, float]] = {}
        """By slot: candles of its run up to it, and their sum or average so far."""

    def take(self, series: Series, stale_from: int) -> None:
        """Follow the series, whose candles before that slot are as they were."""
        _drop(self.values, series, stale_from)
        _drop(self._runs, series, stale_from)
        weight = 2 / (self.length + 1)
        for slot, bar in _from(series, stale_from):
            run, value = self._runs.get(slot - 1, (0, 0.0))
            run += 1
            if run <= self.length:
                value += (bar.close - value) / run
            else:
                value += (bar.close - value) * weight
            self._runs[slot] = (run, value)
            if run >= self.length:
                self.values[slot] = value


class Vwap:
    """The average price of all trades since the day began, UTC; since the year did where candles last a day.

    Where the candles begin later, or some are missing, it counts from the first one after; `since` says so.
    """

    def __init__(self, session: Callable[[int], int], contract: float = 0.0) -> None:
        """`session` tells the session that a time belongs to.

        Where volumes count contracts (COIN-M), `contract` is what one is worth in the quote currency;
        the other volume is in the base currency then.
        """
        self.values: dict[int, float] = {}
        self.since: dict[int, int] = {}
        """By slot: the slot that it counts from."""
        self._sums: dict[int, tuple[float, float]] = {}
        self._session = session
        self._contract = contract

    def take(self, series: Series, stale_from: int) -> None:
        """Follow the series, whose candles before that slot are as they were."""
        _drop(self.values, series, stale_from)
        _drop(self.since, series, stale_from)
        _drop(self._sums, series, stale_from)
        opens = series.slots.opens
        for slot, bar in _from(series, stale_from):
            before = self._sums.get(slot - 1)
            if before is None or self._session(opens(slot - 1)) != self._session(opens(slot)):
                quote, base, since = 0.0, 0.0, slot
            else:
                (quote, base), since = before, self.since[slot - 1]
            quote, base = quote + bar.quote_volume, base + bar.volume
            self._sums[slot] = (quote, base)
            self.since[slot] = since
            if self._contract and quote > 0:
                self.values[slot] = self._contract * base / quote
            elif not self._contract and base > 0:
                self.values[slot] = quote / base


def day_of(ms: int) -> int:
    """The day that a time belongs to, UTC."""
    return ms // _DAY_MS


def sessions(length_ms: int) -> Callable[[int], int]:
    """What a session is for candles of that length: a day, or for longer candles a year of 365 days or so."""
    return day_of if length_ms < _DAY_MS else lambda ms: int(ms / _DAY_MS / 365.2425)


def _drop(known: dict[int, V], series: Series, stale_from: int) -> None:
    """Forget what is stale: all from a slot on, and what the series itself no longer has."""
    if series.first is None or stale_from <= series.first:
        known.clear()
        return
    for slot in list(takewhile(lambda slot: slot >= stale_from, reversed(known))):
        del known[slot]
    while known and (oldest := next(iter(known))) < series.first:
        del known[oldest]


def _from(series: Series, stale_from: int) -> list[tuple[int, Bar]]:
    """The candles from a slot on, oldest first."""
    found = list(takewhile(lambda item: item[0] >= stale_from, reversed(series.bars.items())))
    found.reverse()
    return found


class Studies(NamedTuple):
    """All averages that the chart can show."""

    short: Ema
    long: Ema
    vwap: Vwap

    @classmethod
    def of(cls, length_ms: int, contract: float = 0.0) -> Studies:
        """New ones for candles of that length, of contracts worth so much where volumes count those."""
        return cls(Ema(EMA_SHORT), Ema(EMA_LONG), Vwap(sessions(length_ms), contract))

    def take(self, series: Series, stale_from: int) -> None:
        """Follow the series, whose candles before that slot are as they were."""
        for study in self:
            study.take(series, stale_from)
