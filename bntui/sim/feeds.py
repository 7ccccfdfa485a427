"""The streams that are sent by the clock: books, candles and statistics, each at its own pace.

Real-time streams leave the desk with the change itself. The paces are those of web-socket-streams.md:
a book every second or tenth of a second, statistics every second, candles every two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Protocol

from bntui.sim.bars import MINUTE_US, Bar, OpenBar, empty_bar, interval_end, interval_start
from bntui.sim.book import BookSide
from bntui.sim.desk import Desk
from bntui.sim.history import TradeRow
from bntui.sim.hub import Audience
from bntui.sim.payloads import (
    Level,
    average_price,
    block_trade,
    depth_update,
    kline,
    mini_ticker,
    reference_price,
    snapshot,
    ticker,
    window_ticker,
)
from bntui.sim.timeline import Window
from bntui.venue.binance.streams import UTC_OFFSETS

DAY_MINUTES = 1440
WINDOW_MINUTES = {"1h": 60, "4h": 240, "1d": DAY_MINUTES}
AVERAGE_MINUTES = 5
SECOND_US = 1_000_000
_FAST_US = SECOND_US // 10
_KLINE_US = 2 * SECOND_US
_BLOCK_TRADE_S = 600.0
"""Mean time between the block trades of a symbol."""


class Feed(Protocol):
    """A stream that is looked after by the clock."""

    period_us: int

    def fire(self, now_us: int) -> None:
        """Send what there is to send."""
        ...

    def due(self, now_us: int, regular_us: int) -> int:
        """When to fire next, where the usual pace says `regular_us`."""
        ...


class _Regular:
    """A feed that keeps to its pace."""

    period_us = SECOND_US

    def due(self, now_us: int, regular_us: int) -> int:
        return regular_us


class DepthFeed(_Regular):
    """`<symbol>@depth`: what changed since the last one; each begins with the id after the last."""

    def __init__(self, desk: Desk, audience: Audience, fast: bool) -> None:
        """Begin with the next change."""
        self.period_us = _FAST_US if fast else SECOND_US
        self._desk = desk
        self._audience = audience
        self._changed: tuple[dict[int, None], dict[int, None]] = ({}, {})
        self._first_id = desk.book.update_id + 1

    def level_changed(self, side: BookSide, key: int) -> None:
        """Note a level; its quantity is read when the message is made."""
        self._changed[side is self._desk.book.asks][key] = None

    def fire(self, now_us: int) -> None:
        """Send the levels that changed."""
        book, last_id = self._desk.book, self._desk.book.update_id
        if last_id < self._first_id:
            return
        bids, asks = (self._levels(s, c) for s, c in zip((book.bids, book.asks), self._changed, strict=True))
        first_id, self._first_id = self._first_id, last_id + 1
        self._changed = ({}, {})
        pair = self._desk.pair
        self._audience.send(lambda micro: depth_update(pair, first_id, last_id, bids, asks, now_us, micro))

    @staticmethod
    def _levels(side: BookSide, changed: Iterable[int]) -> list[Level]:
        return [(abs(key), side.steps.get(key, 0)) for key in sorted(changed, reverse=True)]


class PartialDepthFeed(_Regular):
    """`<symbol>@depth<levels>`: the best levels, whole, when the book changed."""

    def __init__(self, desk: Desk, audience: Audience, levels: int, fast: bool) -> None:
        """Send the book as it is at the first occasion."""
        self.period_us = _FAST_US if fast else SECOND_US
        self._desk = desk
        self._audience = audience
        self._levels = levels
        self._sent_id = -1

    def fire(self, now_us: int) -> None:
        """Send the best levels."""
        book = self._desk.book
        if book.update_id == self._sent_id or not (book.bids.keys or book.asks.keys):
            return
        self._sent_id = book.update_id
        text = snapshot(
            self._desk.pair, book.update_id, book.bids.top(self._levels), book.asks.top(self._levels)
        )
        self._audience.send(lambda micro: text)


class KlineFeed:
    """`<symbol>@kline_<interval>`: the running candle while it changes, and each candle's end once."""

    def __init__(self, desk: Desk, audience: Audience, interval: str, utc_offset: str, now_us: int) -> None:
        """Begin with what the running candle holds so far."""
        self.period_us = SECOND_US if interval == "1s" else _KLINE_US
        self._desk = desk
        self._audience = audience
        self._interval = interval
        self._offset_ms = UTC_OFFSETS.get(utc_offset, 0)
        self._start_ms = interval_start(interval, now_us // 1000, self._offset_ms)
        self._end_ms = interval_end(interval, self._start_ms, self._offset_ms)
        self._bar = OpenBar(self._so_far())
        self._changed = True

    def _so_far(self) -> Bar:
        timeline = self._desk.timeline
        if self._interval != "1s":
            return timeline.span(self._start_ms * 1000 // MINUTE_US, timeline.minute + 1)
        rows = list(self._desk.log.from_time(self._start_ms * 1000))
        last = timeline.open
        bar = OpenBar(empty_bar(last.close, last.last_id))
        for row in rows:
            bar.add(row.trade_id, row.price, row.steps, not row.buyer_is_maker)
        return bar.bar()

    def traded(self, row: TradeRow) -> None:
        """Put a trade into the candle that it belongs to."""
        self._close_until(row.time_us)
        self._bar.add(row.trade_id, row.price, row.steps, not row.buyer_is_maker)
        self._changed = True

    def fire(self, now_us: int) -> None:
        """Send the running candle."""
        self._close_until(now_us)
        if self._changed:
            self._changed = False
            self._send(now_us, closed=False)

    def due(self, now_us: int, regular_us: int) -> int:
        """At the usual pace, and at the candle's end."""
        return min(regular_us, self._end_ms * 1000)

    def _close_until(self, now_us: int) -> None:
        while now_us >= self._end_ms * 1000:
            self._send(now_us, closed=True)
            self._bar = OpenBar(empty_bar(self._bar.close, self._bar.last_id))
            self._start_ms = self._end_ms
            self._end_ms = interval_end(self._interval, self._start_ms, self._offset_ms)
            self._changed = True

    def _send(self, now_us: int, *, closed: bool) -> None:
        pair, interval, bar, span = (
            self._desk.pair,
            self._interval,
            self._bar.bar(),
            (self._start_ms, self._end_ms),
        )
        self._audience.send(lambda micro: kline(pair, interval, bar, *span, closed, now_us, micro))


class TickerFeed(_Regular):
    """`<symbol>@ticker`, when something in it changed."""

    def __init__(self, desk: Desk, audience: Audience) -> None:
        """Send the statistics as they are at the first occasion."""
        self._desk = desk
        self._audience = audience
        self._seen: tuple[object, ...] = ()

    def fire(self, now_us: int) -> None:
        """Send the statistics of 24 hours."""
        desk = self._desk
        desk.roll(now_us)
        seen = (desk.trades, desk.quotes, desk.timeline.minute)
        if seen == self._seen:
            return
        self._seen = seen
        text = ticker_of(desk, now_us)
        self._audience.send(text)


def ticker_of(desk: Desk, now_us: int) -> Callable[[bool], str]:
    """What makes the text of a symbol's 24 hour statistics."""
    window = desk.window(DAY_MINUTES)
    bar, previous, (bid, ask) = window.bar(), window.previous_close(), desk.best()
    open_us, last_steps = window.start_minute * MINUTE_US, desk.last_steps
    return lambda micro: ticker(desk.pair, bar, previous, last_steps, bid, ask, open_us, now_us, micro)


class WindowFeed(_Regular):
    """`<symbol>@miniTicker` and `<symbol>@ticker_<window>`, when something in them changed."""

    def __init__(self, desk: Desk, audience: Audience, window: str) -> None:
        """An empty window means the 24 hours of the mini ticker."""
        self._desk = desk
        self._audience = audience
        self._window = window
        self._sent: Bar | None = None

    def fire(self, now_us: int) -> None:
        """Send the statistics of the window."""
        self._desk.roll(now_us)
        bar = _rolling(self._desk, self._window).bar()
        if bar != self._sent:
            self._sent = bar
            self._audience.send(window_of(self._desk, self._window, now_us))


def _rolling(desk: Desk, window: str) -> Window:
    """A window begins with a minute and is up to a minute wider than its name (web-socket-streams.md)."""
    return desk.window(WINDOW_MINUTES[window] + 1 if window else DAY_MINUTES)


def window_of(desk: Desk, window: str, now_us: int) -> Callable[[bool], str]:
    """What makes the text of a symbol's statistics over a window; an empty one means the mini ticker."""
    rolling = _rolling(desk, window)
    bar, open_us = rolling.bar(), rolling.start_minute * MINUTE_US
    if not window:
        return lambda micro: mini_ticker(desk.pair, bar, now_us, micro)
    return lambda micro: window_ticker(desk.pair, window, bar, open_us, now_us, micro)


class ArrayFeed(_Regular):
    """`!miniTicker@arr` and `!ticker_<window>@arr`: the symbols that traded since the last one."""

    def __init__(self, desks: Callable[[], Iterable[Desk]], audience: Audience, window: str) -> None:
        """`desks` gives every symbol that is awake."""
        self._desks = desks
        self._audience = audience
        self._window = window
        self._seen: dict[str, int] = {desk.pair.symbol: desk.trades for desk in desks()}

    def fire(self, now_us: int) -> None:
        """Send one array, or nothing where nobody traded."""
        renders = []
        for desk in self._desks():
            seen = self._seen.get(desk.pair.symbol)
            self._seen[desk.pair.symbol] = desk.trades
            if seen is not None and seen != desk.trades:
                desk.roll(now_us)
                renders.append(window_of(desk, self._window, now_us))
        if renders:
            self._audience.send(lambda micro: "[" + ",".join(render(micro) for render in renders) + "]")


class AverageFeed(_Regular):
    """`<symbol>@avgPrice`, every second; `<symbol>@referencePrice`, once a minute, when it changed."""

    def __init__(self, desk: Desk, audience: Audience, *, reference: bool) -> None:
        """The reference price is the average too, but stands for a minute, and is null without trades."""
        self._desk = desk
        self._audience = audience
        self._reference = reference
        self._sent: tuple[object, ...] = ()

    def fire(self, now_us: int) -> None:
        """Send the average of the last minutes."""
        desk, pair = self._desk, self._desk.pair
        desk.roll(now_us)
        minute = desk.timeline.minute
        if not self._reference:
            price, last_us = average_of(desk), desk.last_trade_us
            self._audience.send(
                lambda micro: average_price(pair, f"{AVERAGE_MINUTES}m", price, last_us, now_us, micro)
            )
        elif self._sent[:1] != (minute,):
            text = reference_of(desk)
            if self._sent[1:] != (text,):
                self._audience.send(lambda micro: reference_price(pair, text, now_us, micro))
            self._sent = (minute, text)


def average_of(desk: Desk) -> str:
    """The average price of the last minutes; without trades, the last price."""
    bar = desk.window(AVERAGE_MINUTES).bar()
    return desk.pair.average(bar.quote, bar.volume) if bar.trades else desk.pair.price(bar.close)


def reference_of(desk: Desk) -> str | None:
    """The reference price: the average of the minutes before the running one; None without trades."""
    minute = desk.timeline.minute
    bar = desk.timeline.span(minute - AVERAGE_MINUTES, minute)
    return desk.pair.average(bar.quote, bar.volume) if bar.trades else None


class BlockTradeFeed:
    """`<symbol>@blockTrade`: a large trade off the book, once in minutes."""

    period_us = SECOND_US

    def __init__(self, desk: Desk, audience: Audience, rng: Random) -> None:
        """The first comes after a while."""
        self._desk = desk
        self._audience = audience
        self._rng = rng
        self._at_us: int | None = None

    def fire(self, now_us: int) -> None:
        """Send a trade when its time has come."""
        if self._at_us is not None and now_us >= self._at_us:
            blocks = self._desk.blocks
            block_id = blocks[-1].trade_id + 1 if blocks else 1
            largest = max([self._desk.last_steps, *self._desk.book.bids.steps.values()])
            row = TradeRow(
                block_id,
                block_id,
                now_us,
                self._desk.timeline.open.close,
                10 * largest,
                self._rng.random() < 0.5,
            )
            blocks.append(row)
            self._audience.send(lambda micro: block_trade(self._desk.pair, row, micro))
            self._at_us = None
        if self._at_us is None:
            self._at_us = now_us + round(self._rng.expovariate(1 / _BLOCK_TRADE_S) * SECOND_US)

    def due(self, now_us: int, regular_us: int) -> int:
        """When the next trade comes, or at the usual pace before that."""
        return regular_us if self._at_us is None else min(self._at_us, regular_us)
