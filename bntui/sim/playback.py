"""Plays a recording as if it were the exchange: recorded streams byte for byte, the others made from them.

Books are the recorded snapshot rolled forward by the diffs; tickers, candles and aggregates come from
the recorded trades. Time is the tape's: it stands still until the first subscription to a recorded
stream.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from random import Random
from typing import Any

from bntui.clock import Clock
from bntui.model.markets import StreamKind
from bntui.sim.bars import MINUTE_US
from bntui.sim.book import Book
from bntui.sim.desk import Desk
from bntui.sim.dialect import SPOT_TEXTS, Texts
from bntui.sim.history import TradeRow
from bntui.sim.hub import COMBINED, MICROSECONDS, Audience, Message
from bntui.sim.instruments import Pair
from bntui.sim.payloads import time_us
from bntui.sim.recording import (
    RecordedFrame,
    RecordedSymbol,
    Recording,
    amount_e8,
    in_unit,
    set_levels,
    take_apart,
)
from bntui.sim.switchboard import Switchboard
from bntui.sim.timeline import Timeline
from bntui.sim.tradelog import AggRow, TradeLog
from bntui.tape import read_tape
from bntui.venue.base import StreamSpec

_MOST_AT_ONCE = 2_000
"""Frames played in one step; where more are due, the tape falls behind rather than the clients."""
_KEPT_TRADES = 50_000
_EPILOGUE_S = 2.5
"""After the last frame, statistics and candles get so long to be sent once more."""


class Stage:
    """One symbol of the recording, as far as it has been played."""

    def __init__(self, known: RecordedSymbol, pair: Pair, start_us: int, texts: Texts) -> None:
        """The symbol as it was at the beginning of the tape."""
        self.known = known
        timeline = Timeline(
            start_us // MINUTE_US, known.first_price_e8 // pair.tick_e8, max(known.first_id - 1, 0)
        )
        first_id = known.depth_ids[0] if known.depth_ids else 1
        self.desk = Desk(pair, Book(first_id - 1), timeline, TradeLog(_KEPT_TRADES), texts)
        self.aggregate: AggRow | None = None
        if (snapshot := known.snapshot) is not None:
            book = self.desk.book
            set_levels(book.bids, pair, snapshot["bids"], 1)
            set_levels(book.asks, pair, snapshot["asks"], -1)
            book.update_id = snapshot["lastUpdateId"]

    def depth(self, fields: dict[str, Any]) -> None:
        """Roll the book forward."""
        book, pair, before = self.desk.book, self.desk.pair, self.desk.best()
        if fields["u"] <= book.update_id:
            return
        set_levels(book.bids, pair, fields["b"], 1)
        set_levels(book.asks, pair, fields["a"], -1)
        book.update_id = fields["u"]
        self.desk.moment_us = time_us(fields.get("T", fields["E"]))
        if self.desk.best() != before:
            self.desk.quote_changed()

    def quote(self, fields: dict[str, Any]) -> None:
        """Without recorded diffs, the best levels are all that is known of the book."""
        book, pair = self.desk.book, self.desk.pair
        if self.known.depth_ids is None:
            book.bids.clear()
            book.asks.clear()
            set_levels(book.bids, pair, [(fields["b"], fields["B"])], 1)
            set_levels(book.asks, pair, [(fields["a"], fields["A"])], -1)
            book.update_id = fields["u"]
        self.desk.quotes += 1

    def trade(self, fields: dict[str, Any]) -> None:
        """Count a trade, and finish its aggregate when it is the last of one."""
        pair, ends = self.desk.pair, self.known.aggregates
        trade_id: int = fields["t"]
        price, steps = amount_e8(fields["p"]) // pair.tick_e8, amount_e8(fields["q"]) // pair.step_e8
        place = bisect_left(ends, trade_id)
        row = TradeRow(trade_id, place + 1, time_us(fields["T"]), price, steps, fields["m"])
        self.desk.trade(row)
        so_far = self.aggregate
        if so_far is None or so_far.agg_id != row.agg_id:
            so_far = AggRow(row.agg_id, trade_id, trade_id, row.time_us, price, 0, row.buyer_is_maker)
        self.aggregate = so_far._replace(last_id=trade_id, steps=so_far.steps + steps)
        if place < len(ends) and ends[place] == trade_id:
            self.desk.aggregated([self.aggregate])

    def aggregate_alone(self, fields: dict[str, Any]) -> None:
        """Count the trades of an aggregate where no single ones were recorded: their sums are known."""
        if self.known.aggregates:
            return
        desk, pair = self.desk, self.desk.pair
        price, steps = amount_e8(fields["p"]) // pair.tick_e8, amount_e8(fields["q"]) // pair.step_e8
        moment_us = time_us(fields["T"])
        desk.roll(moment_us)
        for trade_id in range(fields["f"], fields["l"] + 1):
            part = steps if trade_id == fields["l"] else 0
            row = TradeRow(trade_id, fields["a"], moment_us, price, part, fields["m"])
            desk.timeline.open.add(trade_id, price, part, not row.buyer_is_maker)
            for watcher in desk.trade_watchers:
                watcher.traded(row)
        desk.trades += 1
        desk.last_steps, desk.last_trade_us = steps, moment_us


class Playback:
    """A recording as a source of data."""

    texts = SPOT_TEXTS
    speeds: tuple[str, ...] = ("", "@100ms")
    """With which speeds a book can be asked for."""

    def __init__(self, clock: Clock, recording: Recording, *, speed: float = 1.0, loop: bool = False) -> None:
        """Wait at the beginning of the tape. `speed`: recorded seconds in a second."""
        self._clock = clock
        self._recording = recording
        self._speed = speed
        self._loop = loop
        self._audiences: dict[str, tuple[StreamSpec, Audience]] = {}
        self._load()

    def __repr__(self) -> str:
        state = "waiting" if self._started is None else "over" if self.over else "playing"
        return f"<Playback {state}, {self.played} of {self._recording.frames} frames>"

    def _load(self) -> None:
        self._started: float | None = None
        """When the beginning of the tape was played, on the monotonic clock."""
        self.played = 0
        self._lines = (
            frame for line in read_tape(self._recording.paths) if (frame := take_apart(line)) is not None
        )
        self._next: RecordedFrame | None = next(self._lines, None)
        start_us = self._recording.first_ns // 1000 + self._recording.ahead_us
        self._stages = {
            symbol: Stage(known, self.pair(known), start_us - self._recording.slowest_us, self.texts)
            for symbol, known in self._recording.symbols.items()
        }
        self._board = self.board()

    def pair(self, known: RecordedSymbol) -> Pair:
        """A symbol as it is listed."""
        return known.pair()

    def board(self) -> Switchboard:
        """What connects streams that are made from the recording."""
        return Switchboard(Random(0))

    @property
    def over(self) -> bool:
        """Whether everything has been played."""
        return self._next is None

    @property
    def pairs(self) -> Sequence[Pair]:
        """The recorded symbols."""
        return [stage.desk.pair for stage in self._stages.values()]

    def _position_ns(self) -> int:
        if self._started is None:
            return self._recording.first_ns
        elapsed = self._clock.monotonic() - self._started
        return self._recording.first_ns + round(elapsed * self._speed * 1e9)

    def now_us(self) -> int:
        """The recorded exchange's time: not before any event that was played."""
        return self._position_ns() // 1000 + self._recording.ahead_us

    def _settled_us(self) -> int:
        """Until when every trade has been received: statistics and candles are those of this moment."""
        return self.now_us() - self._recording.slowest_us

    def desk(self, symbol: str) -> Desk | None:
        """The desk of a recorded symbol."""
        stage = self._stages.get(symbol)
        if stage is None:
            return None
        stage.desk.roll(self._settled_us())
        return stage.desk

    def holds(self, stream: str) -> bool:
        """Whether a stream was recorded."""
        return stream in self._recording.streams

    def open(self, spec: StreamSpec, audience: Audience) -> bool:
        """Let a stream flow; the first recorded one starts the tape.

        What cannot be made from trades and books stays silent.
        """
        if spec.symbol and spec.symbol not in self._stages:
            return False
        if spec.kind is StreamKind.BLOCK_TRADE and audience.name not in self._recording.streams:
            return False
        self._audiences[audience.name] = (spec, audience)
        if self._recorded_as(spec, audience.name) is None:
            self._connect(spec, audience)
        elif self._started is None:
            self._started = self._clock.monotonic()
        return True

    def close(self, audience: Audience) -> None:
        """Nobody listens to a stream any more."""
        found = self._audiences.pop(audience.name, None)
        if found is not None and self._recorded_as(found[0], audience.name) is None:
            stage = self._stages.get(found[0].symbol)
            self._board.close(stage.desk if stage else None, found[0], audience)

    def _recorded_as(self, spec: StreamSpec, name: str) -> str | None:
        """The recorded stream that answers a subscription; every speed of a book is the recorded one."""
        if name in self._recording.streams:
            return name
        if spec.kind is StreamKind.DEPTH:
            return self._recording.symbols[spec.symbol].depth_stream or None
        return None

    def _connect(self, spec: StreamSpec, audience: Audience) -> None:
        if spec.symbol:
            self._board.open(self._stages[spec.symbol].desk, spec, audience, self._settled_us())
        else:
            self._board.open_all(self._desks, spec, audience, self._settled_us())

    def _desks(self) -> Iterator[Desk]:
        return (stage.desk for stage in self._stages.values())

    def rewind(self) -> None:
        """Go back to the beginning, and play on if anybody listens to a recorded stream."""
        self._load()
        for spec, audience in self._audiences.values():
            if self._recorded_as(spec, audience.name) is None:
                self._connect(spec, audience)
            elif self._started is None:
                self._started = self._clock.monotonic()

    def advance(self) -> None:
        """Play what is due."""
        if self._started is None or self._silent():
            return
        position_ns, left = self._position_ns(), _MOST_AT_ONCE
        while self._next is not None and self._next.received_ns <= position_ns:
            if not left:
                self._hold_at(self._next.received_ns)
                break
            left -= 1
            frame, self._next = self._next, next(self._lines, None)
            self._play(frame)
        self._board.schedule.run(self._settled_us())
        if self._next is None and self._loop:
            self.rewind()

    def shift(self, by_us: int) -> None:
        """Not possible: a recording keeps its own time."""
        raise ValueError("the clock of a recording cannot be moved")

    def _silent(self) -> bool:
        epilogue_us = self._recording.slowest_us + _EPILOGUE_S * 1e6
        return self.over and self._position_ns() > self._recording.last_ns + epilogue_us * 1000

    def _hold_at(self, position_ns: int) -> None:
        """Too much is due: let the tape's time stand where the playing is."""
        tape_s = (position_ns - self._recording.first_ns) / 1e9
        self._started = self._clock.monotonic() - tape_s / self._speed

    def _play(self, frame: RecordedFrame) -> None:
        self.played += 1
        if not frame.stream:
            return
        stage = self._stages[self._recording.streams[frame.stream]]
        fields = frame.fields()
        match fields.get("e"):
            case "trade":
                stage.trade(fields)
            case "depthUpdate":
                stage.depth(fields)
            case "aggTrade":
                stage.aggregate_alone(fields)
            case None | "bookTicker" if "b" in fields and "u" in fields:
                stage.quote(fields)
        render = partial(in_unit, frame.payload)
        shape = COMBINED | MICROSECONDS if self._recording.micro else COMBINED
        for name in self._answering(frame.stream, stage):
            if (found := self._audiences.get(name)) is not None:
                found[1].pass_on(Message(render, frame.text if name == frame.stream else None, shape))

    def _answering(self, stream: str, stage: Stage) -> Iterator[str]:
        """The names under which a recorded stream is listened to."""
        if stream != stage.known.depth_stream:
            return iter((stream,))
        symbol = stream.partition("@")[0]
        others = (f"{symbol}@depth{speed}" for speed in self.speeds)
        return chain((stream,), (name for name in others if name not in self._recording.streams))
