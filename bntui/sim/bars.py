"""Candles in whole ticks and steps, and where their intervals begin."""

from __future__ import annotations

from calendar import timegm
from time import gmtime
from typing import NamedTuple

from bntui.venue.binance.names import INTERVALS

MINUTE_US = 60_000_000
HOUR_MINUTES = 60
_MONDAY_MS = 345_600_000
"""The first Monday after the epoch: weeks are counted from Mondays."""


class Bar(NamedTuple):
    """What was traded in a span of time."""

    open: int
    high: int
    low: int
    close: int
    """Without trades, all four are the price before."""
    volume: int
    quote: int
    """Sum of ticks times steps."""
    trades: int
    taker_volume: int
    """Bought by takers."""
    taker_quote: int
    last_id: int
    """Id of the last trade in or before the span; the ids of a symbol have no gaps."""

    @property
    def first_id(self) -> int:
        """Id of the span's first trade; -1 without trades, as in the exchange's candles."""
        return self.last_id - self.trades + 1 if self.trades else -1


def empty_bar(price: int, last_id: int) -> Bar:
    """A span without trades, after a trade at `price`."""
    return Bar(price, price, price, price, 0, 0, 0, 0, 0, last_id)


def join(earlier: Bar, later: Bar) -> Bar:
    """Two neighbouring spans as one."""
    if not later.trades:
        return earlier
    if not earlier.trades:
        return later
    return Bar(
        earlier.open,
        max(earlier.high, later.high),
        min(earlier.low, later.low),
        later.close,
        earlier.volume + later.volume,
        earlier.quote + later.quote,
        earlier.trades + later.trades,
        earlier.taker_volume + later.taker_volume,
        earlier.taker_quote + later.taker_quote,
        later.last_id,
    )


class OpenBar:
    """A bar that still takes trades."""

    __slots__ = (
        "close",
        "high",
        "last_id",
        "low",
        "open",
        "quote",
        "taker_quote",
        "taker_volume",
        "trades",
        "volume",
    )

    def __init__(self, start: Bar) -> None:
        """Go on from what a span holds so far."""
        (
            self.open,
            self.high,
            self.low,
            self.close,
            self.volume,
            self.quote,
            self.trades,
            self.taker_volume,
            self.taker_quote,
            self.last_id,
        ) = start

    def add(self, trade_id: int, price: int, steps: int, taker_buys: bool) -> None:
        """Take one trade."""
        if not self.trades:
            self.open = self.high = self.low = price
        elif price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price
        self.close = price
        product = price * steps
        self.volume += steps
        self.quote += product
        self.trades += 1
        self.last_id = trade_id
        if taker_buys:
            self.taker_volume += steps
            self.taker_quote += product

    def bar(self) -> Bar:
        """What the span holds so far."""
        return Bar(
            self.open,
            self.high,
            self.low,
            self.close,
            self.volume,
            self.quote,
            self.trades,
            self.taker_volume,
            self.taker_quote,
            self.last_id,
        )


def interval_start(interval: str, time_ms: int, offset_ms: int = 0) -> int:
    """When the candle that holds a moment began. `offset_ms`: boundaries of a zone east of UTC."""
    local = time_ms + offset_ms
    if interval == "1M":
        moment = gmtime(local // 1000)
        start = timegm((moment.tm_year, moment.tm_mon, 1, 0, 0, 0)) * 1000
    elif interval == "1w":
        start = local - (local - _MONDAY_MS) % INTERVALS["1w"]
    else:
        start = local - local % INTERVALS[interval]
    return start - offset_ms


def interval_end(interval: str, start_ms: int, offset_ms: int = 0) -> int:
    """When the candle that began at `start_ms` ends, and the next begins."""
    if interval != "1M":
        return start_ms + INTERVALS[interval]
    moment = gmtime((start_ms + offset_ms) // 1000)
    year, month = (moment.tm_year + 1, 1) if moment.tm_mon == 12 else (moment.tm_year, moment.tm_mon + 1)
    return timegm((year, month, 1, 0, 0, 0)) * 1000 - offset_ms
