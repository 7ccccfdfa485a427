"""The streams that are sent by the clock: books, candles and statistics, each at its own pace.

Real-time streams leave the desk with the change itself. How often the others come is the market's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import Protocol

from bntui.sim.bars import MINUTE_US, Bar, OpenBar, empty_bar, interval_end, interval_start
from bntui.sim.book import BookSide
from bntui.sim.desk import Desk
from bntui.sim.dialect import SECOND_US, SPOT_PACES
from bntui.sim.history import TradeRow
from bntui.sim.hub import Audience
from bntui.sim.payloads import (
    Change,
    Level,
    average_price,
    block_trade,
    reference_price,
    window_ticker,
)
from bntui.sim.timeline import Window
from bntui.venue.binance.streams import UTC_OFFSETS

DAY_MINUTES = 1440
WINDOW_MINUTES = {"1h": 60, "4h": 240, "1d": DAY_MINUTES}
AVERAGE_MINUTES = 5
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


class Regular:
    """A feed that keeps to its pace."""

    def __init__(self, period_us: int) -> None:
        """Fire so often."""
        self.period_us = period_us

    def due(self, now_us: int, regular_us: int) -> int:
        """At the usual pace."""
        return regular_us


class DepthFeed(Regular):
    """`<symbol>@depth`: what changed since the last one. On Spot each begins with the id after the last."""

    def __init__(self, desk: Desk, audience: Audience, period_us: int) -> None:
        """Begin with the next change."""
        super().__init__(period_us)
        self._desk = desk
        self._audience = audience
        self._changed: tuple[dict[int, None], dict[int, None]] = ({}, {})
        self._sent_id = desk.book.update_id
        self._first_id: int | None = None

    def level_changed(self, side: BookSide, key: int) -> None:
        """Note a level; its quantity is read when the message is made."""
        if self._first_id is None:
            self._first_id = self._desk.book.update_id
        self._changed[side is self._desk.book.asks][key] = None

    def fire(self, now_us: int) -> None:
        """Send the levels that changed."""
        book, first_id = self._desk.book, self._first_id
        if first_id is None:
            return
        bids, asks = (self._levels(s, c) for s, c in zip((book.bids, book.asks), self._changed, strict=True))
        change = Change(first_id, book.update_id, self._sent_id, bids, asks)
        self._first_id, self._sent_id, self._changed = None, book.update_id, ({}, {})
        self._audience.send(partial(self._desk.texts.depth_update, self._desk.pair, change, now_us))

    @staticmethod
    def _levels(side: BookSide, changed: Iterable[int]) -> list[Level]:
        return [(abs(key), side.steps.get(key, 0)) for key in sorted(changed, reverse=True)]


class PartialDepthFeed(Regular):
    """`<symbol>@depth<levels>`: the best levels, whole, when the book changed."""

    def __init__(self, desk: Desk, audience: Audience, levels: int, period_us: int) -> None:
        """Send the book as it is at the first occasion."""
        super().__init__(period_us)
        self._desk = desk
        self._audience = audience
        self._levels = levels
        self._sent_id = -1

    def fire(self, now_us: int) -> None:
        """Send the best levels."""
        book = self._desk.book
        if book.update_id == self._sent_id or not (book.bids.keys or book.asks.keys):
            return
        before, self._sent_id = max(self._sent_id, 0), book.update_id
        bids, asks = book.bids.top(self._levels), book.asks.top(self._levels)
        change = Change(min(before + 1, book.update_id), book.update_id, before, bids, asks)
        self._audience.send(partial(self._desk.texts.partial_depth, self._desk.pair, change, now_us))


class KlineFeed:
    """`<symbol>@kline_<interval>`: the running candle while it changes, and each candle's end once."""

    def __init__(
        self,
        desk: Desk,
        audience: Audience,
        interval: str,
        utc_offset: str,
        now_us: int,
        period_us: int = SPOT_PACES.kline,
    ) -> None:
        """Begin with what the running candle holds so far."""
        self.period_us = min(period_us, SECOND_US) if interval == "1s" else period_us
        self.desk = desk
        self._audience = audience
        self.interval = interval
        self._offset_ms = UTC_OFFSETS.get(utc_offset, 0)
        self._start_ms = interval_start(interval, now_us // 1000, self._offset_ms)
        self._end_ms = interval_end(interval, self._start_ms, self._offset_ms)
        self._bar = OpenBar(self._so_far())
        self._changed = True

    def _so_far(self) -> Bar:
        timeline = self.desk.timeline
        if self.interval != "1s":
            return timeline.span(self._start_ms * 1000 // MINUTE_US, timeline.minute + 1)
        rows = list(self.desk.log.from_time(self._start_ms * 1000))
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
            self._end_ms = interval_end(self.interval, self._start_ms, self._offset_ms)
            self._changed = True

    def _send(self, now_us: int, *, closed: bool) -> None:
        self._audience.send(self.text(self._bar.bar(), (self._start_ms, self._end_ms), closed, now_us))

    def text(self, bar: Bar, span_ms: tuple[int, int], closed: bool, now_us: int) -> Callable[[bool], str]:
        """What makes the text of a candle."""
        return partial(self.desk.texts.kline, self.desk.pair, self.interval, bar, *span_ms, closed, now_us)


class TickerFeed(Regular):
    """`<symbol>@ticker`, when something in it changed."""

    def __init__(self, desk: Desk, audience: Audience, period_us: int = SPOT_PACES.ticker) -> None:
        """Send the statistics as they are at the first occasion."""
        super().__init__(period_us)
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
    text = desk.texts.ticker
    return lambda micro: text(desk.pair, bar, previous, last_steps, bid, ask, open_us, now_us, micro)


class WindowFeed(Regular):
    """`<symbol>@miniTicker` and `<symbol>@ticker_<window>`, when something in them changed."""

    def __init__(
        self, desk: Desk, audience: Audience, window: str, period_us: int = SPOT_PACES.mini_ticker
    ) -> None:
        """An empty window means the 24 hours of the mini ticker."""
        super().__init__(period_us)
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
        return partial(desk.texts.mini_ticker, desk.pair, bar, now_us)
    return lambda micro: window_ticker(desk.pair, window, bar, open_us, now_us, micro)


class ArrayFeed(Regular):
    """`!miniTicker@arr` and `!ticker_<window>@arr`: the symbols that traded since the last one."""

    def __init__(self, desks: Callable[[], Iterable[Desk]], audience: Audience, window: str) -> None:
        """`desks` gives every symbol that is awake."""
        super().__init__(SECOND_US)
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


class AverageFeed(Regular):
    """`<symbol>@avgPrice`, every second; `<symbol>@referencePrice`, once a minute, when it changed."""

    def __init__(self, desk: Desk, audience: Audience, *, reference: bool) -> None:
        """The reference price is the average too, but stands for a minute, and is null without trades."""
        super().__init__(SECOND_US)
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
