"""Candles as numbers to draw with: read once, kept by their slot, merged into wider ones.

Floats serve the drawing only. What is told of a candle in figures is the exchange's own text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bntui.model.panels import CandleView, Hole
from bntui.ui.chart.intervals import Slots
from bntui.ui.format import decimal_of


class Bar(NamedTuple):
    """One candle, or several neighbours as one."""

    slot: int
    """Of its first candle."""
    open: float
    high: float
    low: float
    close: float
    volume: float
    quote_volume: float
    trades: int
    closed: bool
    candles: int = 1
    """How many it is made of."""

    @property
    def direction(self) -> int:
        """1 where it rose, -1 where it fell, 0 where it closed as it opened."""
        return (self.close > self.open) - (self.close < self.open)


def bar_of(view: CandleView, slot: int) -> Bar | None:
    """The candle's numbers; None where a text of it is no number that could be drawn.

    A high below the close, which no exchange should send, is lifted: nothing is drawn outside its candle.
    """
    numbers: list[float] = []
    for text in (view.open, view.high, view.low, view.close, view.volume, view.quote_volume):
        number = decimal_of(text)
        if number is None:
            return None
        numbers.append(float(number))
    opened, high, low, close, volume, quote_volume = numbers
    prices = (opened, high, low, close)
    return Bar(
        slot,
        opened,
        max(prices),
        min(prices),
        close,
        max(volume, 0.0),
        max(quote_volume, 0.0),
        view.trades,
        view.closed,
    )


def merged(bars: Sequence[Bar], slot: int) -> Bar:
    """Neighbours, oldest first, as one candle that opens with the first and closes with the last."""
    if len(bars) == 1 and bars[0].slot == slot:
        return bars[0]
    return Bar(
        slot,
        bars[0].open,
        max(bar.high for bar in bars),
        min(bar.low for bar in bars),
        bars[-1].close,
        sum(bar.volume for bar in bars),
        sum(bar.quote_volume for bar in bars),
        sum(bar.trades for bar in bars),
        all(bar.closed for bar in bars),
        len(bars),
    )


PATIENCE_MS = 5_000
"""A candle may come so late: the exchange tells of one every two seconds at most."""


def overdue(interval: str, newest: CandleView, now_ms: int) -> Hole | None:
    """The time since the newest candle, where whole candles should have come since and none did.

    The exchange makes a candle of every interval, also of one in which nothing is traded.
    """
    slots = Slots.of(interval, newest.open_ms)
    first, last = slots.at(newest.open_ms) + 1, slots.at(now_ms - PATIENCE_MS) - 1
    return Hole(slots.opens(first), slots.opens(last), "no candle came") if first <= last else None


class Blind(NamedTuple):
    """Slots in a row of which nothing is known though something should be."""

    first: int
    last: int
    cause: str


class Series:
    """The candles of one symbol and interval by slot, and the slots of which we were blind."""

    def __init__(self) -> None:
        """Start empty."""
        self.slots = Slots(60_000)
        self.bars: dict[int, Bar] = {}
        """In ascending order."""
        self.views: dict[int, CandleView] = {}
        """What the exchange said of each, in the same order."""
        self.blind: tuple[Blind, ...] = ()
        """In ascending order."""
        self.first: int | None = None
        """The slot of the oldest candle."""
        self.last: int | None = None
        """The newest slot that has a candle."""
        self._interval = ""
        self._holes: tuple[Hole, ...] = ()
        self._seen: dict[int, CandleView] = {}

    def __repr__(self) -> str:
        return f"<Series {self._interval} {len(self.bars)} candles {self.first}..{self.last}>"

    def take(self, interval: str, candles: Mapping[int, CandleView], holes: Iterable[Hole]) -> int | None:
        """Take what is known now: the first slot of which something is new; None where nothing is.

        Only candles that changed are read anew: the exchange sends the last one ten times a second,
        and there are thousands before it.
        """
        if interval != self._interval or (not self._seen and candles):
            self._interval = interval
            self.slots = Slots.of(interval, next(iter(candles), 0))
            self._seen = {}
            self._holes = ()
            self._rebuild(candles)
            self._take_holes(holes)
            return self._oldest()
        seen = self._seen
        changed = [view for view in candles.values() if seen.get(view.open_ms) is not view]
        told = tuple(holes)
        if not changed and len(seen) == len(candles) and told == self._holes:
            return None
        added = sum(1 for view in changed if view.open_ms not in seen)
        newest = next(reversed(seen), 0)
        is_shorter = len(seen) + added != len(candles)
        if is_shorter or any(view.open_ms < newest for view in changed):
            self._rebuild(candles)
        else:
            for view in changed:
                self._put(view)
            self._measure()
        if told != self._holes:
            self._take_holes(told)
        if is_shorter:
            return self._oldest()
        return min((self.slots.at(view.open_ms) for view in changed), default=self._beyond())

    def between(self, first: int, last: int) -> list[Bar]:
        """The candles of these slots, both ends included, oldest first."""
        bars = self.bars
        if last - first < len(bars):
            return [bars[slot] for slot in range(first, last + 1) if slot in bars]
        return [bar for slot, bar in bars.items() if first <= slot <= last]

    def blind_between(self, first: int, last: int) -> list[Blind]:
        """What of these slots we were blind in."""
        return [blind for blind in self.blind if blind.first <= last and blind.last >= first]

    def _oldest(self) -> int:
        return 0 if self.first is None else self.first

    def _beyond(self) -> int:
        """The slot behind the newest candle: no candle is another."""
        return 0 if self.last is None else self.last + 1

    def _rebuild(self, candles: Mapping[int, CandleView]) -> None:
        known = {view.open_ms: self.bars.get(self.slots.at(view.open_ms)) for view in self._seen.values()}
        seen = self._seen
        self._seen, self.bars, self.views = {}, {}, {}
        for open_ms in sorted(candles):
            view = candles[open_ms]
            self._put(view, known.get(open_ms) if seen.get(open_ms) is view else None)
        self._measure()

    def _put(self, view: CandleView, bar: Bar | None = None) -> None:
        slot = self.slots.at(view.open_ms)
        self._seen[view.open_ms] = view
        bar = bar or bar_of(view, slot)
        if bar is None:
            self.bars.pop(slot, None)
            self.views.pop(slot, None)
            return
        self.bars[slot] = bar
        self.views[slot] = view

    def _measure(self) -> None:
        self.first = next(iter(self.bars), None)
        self.last = next(reversed(self.bars), None)

    def _take_holes(self, holes: Iterable[Hole]) -> None:
        self._holes = tuple(holes)
        self.blind = tuple(
            sorted(
                Blind(
                    self.slots.at(hole.from_ms),
                    max(self.slots.at(hole.to_ms), self.slots.at(hole.from_ms)),
                    hole.cause,
                )
                for hole in self._holes
            )
        )
