"""The past of a symbol, made up on demand and exact in every sum.

Nobody simulates the days before the start trade by trade. Each hour takes one of a few prepared
shapes: 240 segments of 15 s, each with a price offset, a weight and a count. A symbol's hour is its
shape at some price, scale and lot size, so its candle, those of its minutes, and each single trade
follow from the same few numbers, and agree with one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import NamedTuple

from bntui.sim.bars import HOUR_MINUTES, MINUTE_US, Bar, empty_bar, join
from bntui.sim.noise import mix, unit

HISTORY_HOURS = 90 * 24
"""How long before the start every symbol was listed; nothing is known of the time before."""

_SEGMENTS = 4
_HOUR_SEGMENTS = HOUR_MINUTES * _SEGMENTS
_SEGMENT_US = MINUTE_US // _SEGMENTS
_DENSITIES = (240, 120, 60, 30, 15, 8, 4, 2, 1)
"""Segments of an hour in which somebody trades."""
_VARIANTS = 8


class TradeRow(NamedTuple):
    """One trade of the past."""

    trade_id: int
    agg_id: int
    time_us: int
    price: int
    steps: int
    buyer_is_maker: bool


class Segment(NamedTuple):
    """A quarter of a minute in which somebody trades, at one price and on one side."""

    place: int
    """Of the hour's 240."""
    offset: int
    weight: int
    deals: int
    taker_buys: bool


class Sums(NamedTuple):
    """What a run of segments adds up to, in offsets and weights."""

    first: int
    last: int
    high: int
    low: int
    weight: int
    moment: int
    """Sum of offset times weight."""
    deals: int
    taker_weight: int
    taker_moment: int


def _sum(segments: Sequence[Segment]) -> Sums | None:
    if not segments:
        return None
    offsets = [segment.offset for segment in segments]
    taken = [segment for segment in segments if segment.taker_buys]
    return Sums(
        offsets[0],
        offsets[-1],
        max(offsets),
        min(offsets),
        sum(segment.weight for segment in segments),
        sum(segment.offset * segment.weight for segment in segments),
        sum(segment.deals for segment in segments),
        sum(segment.weight for segment in taken),
        sum(segment.offset * segment.weight for segment in taken),
    )


def _join_sums(parts: Iterable[Sums | None]) -> Sums | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    first, last, high, low, weight, moment, count, taker_weight, taker_moment = zip(*known, strict=True)
    return Sums(
        first[0],
        last[-1],
        max(high),
        min(low),
        sum(weight),
        sum(moment),
        sum(count),
        sum(taker_weight),
        sum(taker_moment),
    )


class Shape:
    """An hour of trading without its price and size; shared by all symbols."""

    def __init__(self, amplitude: int, active: int, variant: int) -> None:
        """Draw `active` segments on a random walk that stays within `amplitude` of its start."""
        rng = Random(mix(amplitude, active, variant))
        walk, steps = [0.0], [rng.gauss(0.0, 1.0) for _ in range(_HOUR_SEGMENTS - 1)]
        for step in steps:
            walk.append(walk[-1] + step)
        widest = max(abs(place) for place in walk) or 1.0
        chosen = sorted(rng.sample(range(_HOUR_SEGMENTS), active))
        segments = []
        for index in chosen:
            count = rng.randint(1, 9) if active == _HOUR_SEGMENTS else 1
            weight = count * rng.randint(1, 6) * (rng.randint(2, 6) if rng.random() < 0.15 else 1)
            offset = round(walk[index] * amplitude / widest)
            segments.append(Segment(index, offset, weight, count, rng.random() < 0.5))
        self.minutes_segments: tuple[tuple[Segment, ...], ...] = tuple(
            tuple(s for s in segments if s.place // _SEGMENTS == minute) for minute in range(HOUR_MINUTES)
        )
        self.minutes: tuple[Sums | None, ...] = tuple(_sum(part) for part in self.minutes_segments)
        self.whole = _join_sums(self.minutes)
        counts = [0]
        for sums in self.minutes:
            counts.append(counts[-1] + (sums.deals if sums else 0))
        self.counts_before: tuple[int, ...] = tuple(counts)
        """Trades before each minute of the hour, and in all of it."""

    def sums(self, low: int, high: int) -> Sums | None:
        """The minutes from `low` up to but not including `high`; None without trades."""
        return self.whole if (low, high) == (0, HOUR_MINUTES) else _join_sums(self.minutes[low:high])


@lru_cache(maxsize=256)
def shape(amplitude: int, active: int, variant: int) -> Shape:
    """A prepared hour; the same arguments give the same one in every process."""
    return Shape(amplitude, active, variant)


@dataclass(frozen=True, slots=True)
class Piece:
    """A symbol's trading in one hour, or in some minutes of it."""

    hour: int
    """Hours since the epoch."""
    low: int
    high: int
    """Minutes of the hour: from `low` up to but not including `high`."""
    shape: Shape
    base: int
    """Ticks at offset 0."""
    scale: int
    """Ticks per offset; negative turns the shape upside down."""
    lots: int
    """Steps per weight."""
    crowd: int
    """Trades per count."""
    entry: int
    """Price of the trade before."""
    first_id: int
    agg_shift: int
    """A trade's id less that of its aggregate: here each trade is an aggregate of its own."""
    per: int = 1
    """So many offsets are `scale` ticks: more than one where another symbol's shape is followed whose ticks
    are finer."""

    def price(self, offset: int) -> int:
        """The price at an offset, in ticks."""
        return self.base + self.scale * offset // self.per

    @property
    def minutes(self) -> range:
        """The minutes since the epoch that this covers."""
        return range(self.hour * HOUR_MINUTES + self.low, self.hour * HOUR_MINUTES + self.high)

    @property
    def trades(self) -> int:
        """Number of trades."""
        return self._trades_before(self.high)

    @property
    def last_id(self) -> int:
        """Id of the last trade in or before this piece."""
        return self.first_id + self.trades - 1

    def _trades_before(self, minute: int) -> int:
        counts = self.shape.counts_before
        return self.crowd * (counts[minute] - counts[self.low])

    def span(self, low: int, high: int) -> Bar:
        """The bar of some minutes of the hour, within those of the piece."""
        last_id = self.first_id - 1 + self._trades_before(high)
        sums = self.shape.sums(low, high)
        if sums is None:
            before = self.shape.sums(self.low, low)
            return empty_bar(self.price(before.last) if before else self.entry, last_id)
        ends = (self.price(sums.high), self.price(sums.low))
        quote, taker_quote = self._quotes(sums, low, high)
        return Bar(
            self.price(sums.first),
            max(ends),
            min(ends),
            self.price(sums.last),
            self.lots * sums.weight,
            quote,
            self.crowd * sums.deals,
            self.lots * sums.taker_weight,
            taker_quote,
            last_id,
        )

    def _quotes(self, sums: Sums, low: int, high: int) -> tuple[int, int]:
        """What everybody paid in some minutes, and what takers did who bought."""
        if self.per == 1:
            return (
                self.lots * (self.base * sums.weight + self.scale * sums.moment),
                self.lots * (self.base * sums.taker_weight + self.scale * sums.taker_moment),
            )
        quote = taker_quote = 0
        for minute in range(low, high):
            for segment in self.shape.minutes_segments[minute]:
                paid = self.lots * segment.weight * self.price(segment.offset)
                quote += paid
                taker_quote += paid if segment.taker_buys else 0
        return quote, taker_quote

    def minute_trades(self, minute: int) -> list[TradeRow]:
        """Every trade of one minute of the hour, in order."""
        rows = []
        trade_id = self.first_id + self._trades_before(minute)
        for segment in self.shape.minutes_segments[minute]:
            count = self.crowd * segment.deals
            start_us = (self.hour * HOUR_MINUTES) * MINUTE_US + segment.place * _SEGMENT_US
            price = self.price(segment.offset)
            for turn, steps in enumerate(_split(self.lots * segment.weight, count, trade_id)):
                time_us = start_us + (2 * turn + 1) * _SEGMENT_US // (2 * count)
                rows.append(
                    TradeRow(
                        trade_id, trade_id - self.agg_shift, time_us, price, steps, not segment.taker_buys
                    )
                )
                trade_id += 1
        return rows

    def minute_of(self, trade_id: int) -> int:
        """The minute of the hour in which a trade of this piece was done."""
        counts, wanted = self.shape.counts_before, (trade_id - self.first_id) // self.crowd
        return next(
            minute for minute in range(self.low, self.high) if counts[minute + 1] - counts[self.low] > wanted
        )


def _split(total: int, count: int, salt: int) -> list[int]:
    """`total` in `count` uneven parts of at least 1 each."""
    even, rest = divmod(total, count)
    parts = [even + (place < rest) for place in range(count)]
    for place in range(0, count - 1, 2):
        shift = mix(salt, place) % even
        parts[place] += shift
        parts[place + 1] -= shift
    return parts


class Drawn(NamedTuple):
    """What an hour is like."""

    shape: Shape
    scale: int
    per: int
    lots: int
    crowd: int


class Painter:
    """Draws the hours of one symbol, forwards or backwards from a price and a trade id."""

    def __init__(
        self,
        seed: int,
        symbol_number: int,
        trades_per_hour: float,
        trade_steps: int,
        leader: Callable[[int], Piece | None] | None = None,
        ratio: tuple[int, int] = (1, 1),
    ) -> None:
        """Seed and number decide everything; the rest says how much is traded. `leader`: the hours of another
        symbol, whose shape this one's have where enough is traded; so many of its ticks, the second number of
        `ratio`, are as much as the first of this one's."""
        self._leader = leader
        self._ratio = ratio
        self._seed = seed
        self._symbol = symbol_number
        self._trades_per_hour = trades_per_hour
        self._trade_steps = trade_steps

    def _draw(self, hour: int, price: int) -> Drawn:
        """What an hour is like at about this price."""
        noise = [unit(self._seed, self._symbol, hour, kind) for kind in range(3)]
        variant = mix(self._seed, self._symbol, hour) % (2 * _VARIANTS)
        width = price * (0.002 + 0.008 * noise[0] ** 2)
        amplitude = 1
        while amplitude * 4 <= width:
            amplitude *= 4
        scale = max(1, round(width / amplitude)) * (1 if variant % 2 else -1)
        expected = self._trades_per_hour * (0.6 + 0.8 * noise[1])
        active = next((active for active in _DENSITIES if active <= expected), 1)
        drawn = shape(amplitude, active, variant // 2)
        led = self._leader(hour) if self._leader is not None else None
        if led is not None and led.shape.whole is not None and led.shape.whole.deals <= expected:
            drawn, scale, per = led.shape, led.scale * self._ratio[0], led.per * self._ratio[1]
        else:
            per = 1
        assert drawn.whole is not None
        crowd = max(1, round(expected / drawn.whole.deals))
        lots = max(crowd, round(self._trade_steps * crowd * drawn.whole.deals / drawn.whole.weight))
        return Drawn(drawn, scale, per, lots, crowd)

    def before(self, hour: int, high: int, closing: int, last_id: int, agg_shift: int) -> Piece:
        """The minutes of an hour up to `high`, so that they close at a price and end with a trade id."""
        drawn, scale, per, lots, crowd = self._draw(hour, closing)
        sums = drawn.sums(0, high)
        base = closing - scale * sums.last // per if sums else closing
        entry = base + scale * sums.first // per if sums else closing
        first_id = last_id + 1 - crowd * drawn.counts_before[high]
        return Piece(hour, 0, high, drawn, base, scale, lots, crowd, entry, first_id, agg_shift, per)

    def after(self, hour: int, low: int, high: int, entry: int, last_id: int, agg_shift: int) -> Piece:
        """Some minutes of an hour, so that they go on from a price and a trade id."""
        drawn, scale, per, lots, crowd = self._draw(hour, entry)
        sums = drawn.sums(low, high)
        base = entry - scale * sums.first // per if sums else entry
        return Piece(hour, low, high, drawn, base, scale, lots, crowd, entry, last_id + 1, agg_shift, per)


class Past:
    """Everything before the start, worked out backwards as far as somebody asks."""

    def __init__(
        self, painter: Painter, start_minute: int, closing: int, last_id: int, agg_shift: int
    ) -> None:
        """The past that ends at `start_minute` with a price and a trade id."""
        self._painter = painter
        self._agg_shift = agg_shift
        hour, minute = divmod(start_minute, HOUR_MINUTES)
        self.start_minute = start_minute
        self._newest = hour
        self._oldest = hour - HISTORY_HOURS
        self._pieces = [painter.before(hour, minute, closing, last_id, agg_shift)]

    @property
    def first_minute(self) -> int:
        """The first minute of which anything is known."""
        return self._oldest * HOUR_MINUTES

    def piece(self, hour: int) -> Piece | None:
        """An hour of the past; None of one that nothing is known of."""
        return self._piece(hour) if self._oldest <= hour <= self._newest else None

    def _piece(self, hour: int) -> Piece:
        while len(self._pieces) <= self._newest - hour:
            later = self._pieces[-1]
            self._pieces.append(
                self._painter.before(
                    later.hour - 1, HOUR_MINUTES, later.entry, later.first_id - 1, self._agg_shift
                )
            )
        return self._pieces[self._newest - hour]

    def span(self, low: int, high: int) -> Bar:
        """The bar of the minutes from `low` up to but not including `high`, all of them in the past."""
        bar: Bar | None = None
        minute = low
        while minute < high:
            hour, place = divmod(minute, HOUR_MINUTES)
            end = min(high, (hour + 1) * HOUR_MINUTES)
            part = self._piece(hour).span(place, place + end - minute)
            bar = part if bar is None else join(bar, part)
            minute = end
        if bar is None:
            raise ValueError("an empty span has no bar")
        return bar

    def newest_first(self) -> Iterator[Piece]:
        """Every hour that is known, from the newest backwards."""
        return (self._piece(hour) for hour in range(self._newest, self._oldest - 1, -1))
