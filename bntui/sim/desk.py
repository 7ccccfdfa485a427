"""Where one symbol is traded: its book, its trades, its candles, and the streams that follow each change."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from bntui.sim.bars import MINUTE_US
from bntui.sim.book import Book, BookSide
from bntui.sim.dialect import SPOT_TEXTS, Texts
from bntui.sim.history import TradeRow
from bntui.sim.hub import Audience
from bntui.sim.instruments import Pair
from bntui.sim.payloads import Level
from bntui.sim.resting import Resting, Waiting
from bntui.sim.timeline import Timeline, Window
from bntui.sim.tradelog import AggRow, TradeLog

_KEPT_BLOCKS = 1_000
_KEPT_LIQUIDATIONS = 100


class BookWatcher(Protocol):
    """Something that wants to know which levels change."""

    def level_changed(self, side: BookSide, key: int) -> None:
        """A level of one side has a new quantity."""
        ...


class TradeWatcher(Protocol):
    """Something that wants to know every trade."""

    def traded(self, row: TradeRow) -> None:
        """A trade was done."""
        ...


class AggregateWatcher(Protocol):
    """Something that wants to know every aggregate."""

    def aggregated(self, row: AggRow) -> None:
        """Some trades of one taker at one price; others may be added to them."""
        ...


class Desk:
    """All that is true of one symbol now. Every change goes through here, so that all views of it agree."""

    __slots__ = (
        "_windows",
        "agg_stream",
        "agg_watchers",
        "blocks",
        "book",
        "book_watchers",
        "last_steps",
        "last_trade_us",
        "liquidations",
        "log",
        "moment_us",
        "pair",
        "quote_stream",
        "quotes",
        "texts",
        "timeline",
        "trade_stream",
        "trade_watchers",
        "trades",
        "waiting",
    )

    def __init__(
        self, pair: Pair, book: Book, timeline: Timeline, log: TradeLog, texts: Texts = SPOT_TEXTS
    ) -> None:
        """Nobody listens yet. `texts`: how the market words what it sends."""
        self.pair = pair
        self.texts = texts
        self.book = book
        self.timeline = timeline
        self.log = log
        self.last_steps = 0
        self.last_trade_us = timeline.start * MINUTE_US
        self.moment_us = self.last_trade_us
        """When the last thing happened here."""
        self.quotes = 0
        """How often the best levels changed."""
        self.trades = 0
        """How many trades were done here."""
        self.blocks: deque[TradeRow] = deque(maxlen=_KEPT_BLOCKS)
        """Block trades; beyond so many the oldest are forgotten."""
        self.quote_stream: Audience | None = None
        self.trade_stream: Audience | None = None
        self.agg_stream: Audience | None = None
        self.book_watchers: list[BookWatcher] = []
        self.trade_watchers: list[TradeWatcher] = []
        self.agg_watchers: list[AggregateWatcher] = []
        self.liquidations: deque[TradeRow] = deque(maxlen=_KEPT_LIQUIDATIONS)
        """Orders that closed a position by force; beyond so many the oldest are forgotten."""
        self.waiting = Waiting()
        """Orders of accounts in the book."""
        self._windows: dict[int, Window] = {}

    def __repr__(self) -> str:
        return f"<Desk {self.pair.symbol} {self.book!r} {self.trades} trades>"

    def set_level(self, side: BookSide, key: int, steps: int) -> None:
        """Give a level a new quantity; each change has an id of its own. What accounts have there stays."""
        side.set(key, max(steps, self.waiting.steps.get(key, 0)))
        self.book.count_change()
        for watcher in self.book_watchers:
            watcher.level_changed(side, key)

    def lay(self, order: Resting) -> None:
        """Put an account's order into the book, on top of what its level holds."""
        side = self.book.bids if order.key > 0 else self.book.asks
        self.waiting.add(order)
        self.set_level(side, order.key, side.steps.get(order.key, 0) + order.steps)
        self.quote_changed()

    def withdraw(self, order: Resting) -> bool:
        """Take an account's order out of the book; the last level of a side stays. False where it is gone."""
        if not self.waiting.remove(order):
            return False
        side = self.book.bids if order.key > 0 else self.book.asks
        rest = side.steps[order.key] - order.steps
        self.set_level(side, order.key, rest if len(side) > 1 else max(rest, 1))
        self.quote_changed()
        return True

    def best(self) -> tuple[Level, Level]:
        """Best bid and ask; zeros where a side is empty."""
        bids, asks = self.book.bids.top(1), self.book.asks.top(1)
        return bids[0] if bids else (0, 0), asks[0] if asks else (0, 0)

    def quote_changed(self) -> None:
        """The best levels changed: tell those who follow them."""
        self.quotes += 1
        if self.quote_stream is not None:
            bid, ask = self.best()
            text = self.texts.book_ticker(self.pair, self.book.update_id, bid, ask, self.moment_us)
            self.quote_stream.send(lambda micro: text)

    def trade(self, row: TradeRow) -> None:
        """A trade was done. Its level must have lost the quantity already."""
        self.roll(row.time_us)
        self.trades += 1
        self.last_steps = row.steps
        self.last_trade_us = row.time_us
        self.timeline.open.add(row.trade_id, row.price, row.steps, not row.buyer_is_maker)
        self.log.add(row)
        for watcher in self.trade_watchers:
            watcher.traded(row)
        if self.trade_stream is not None:
            self.trade_stream.send(partial(self.texts.trade, self.pair, row, row.time_us))

    def aggregated(self, rows: Sequence[AggRow]) -> None:
        """A taker's order is done: tell those who follow aggregates."""
        for row in rows:
            if self.agg_stream is not None:
                self.agg_stream.send(partial(self.texts.agg_trade, self.pair, row, row.time_us))
            for watcher in self.agg_watchers:
                watcher.aggregated(row)

    def roll(self, now_us: int) -> None:
        """Close the minutes that are over."""
        self.timeline.roll(now_us // MINUTE_US)

    def window(self, minutes: int) -> Window:
        """Rolling statistics over so many minutes."""
        window = self._windows.get(minutes)
        if window is None:
            window = self._windows[minutes] = Window(self.timeline, minutes)
        return window
