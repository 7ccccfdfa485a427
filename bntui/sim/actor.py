"""Everybody who trades one symbol: draws what happens next, and does it to the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import NamedTuple, Protocol

from bntui.sim.bars import HOUR_MINUTES
from bntui.sim.book import Book, BookSide
from bntui.sim.desk import Desk
from bntui.sim.dialect import FUTURES_TEXTS, SPOT_TEXTS
from bntui.sim.history import Painter, Past, Piece, TradeRow
from bntui.sim.instruments import Pair, Profile
from bntui.sim.noise import unit
from bntui.sim.resting import Resting
from bntui.sim.timeline import Timeline
from bntui.sim.tradelog import TradeLog, aggregates

TAKE = 0.14
"""Part of what happens that is an order which takes from the book."""
_DEEPEN = 0.20
"""… that changes levels below the best."""
_MOST_MOVES = 0.12
"""… that moves the price, at most."""
_ONE_MORE_FILL = 0.375
FILLS = 1 / (1 - _ONE_MORE_FILL)
"""Trades of a taking order, in the mean."""
_MOST_FILLS = 12
_THINNEST = 5
"""Levels that are never taken from a side."""
_HOURLY_MOVE = 0.006
"""How far a price strays in an hour, about."""
_RARE_TRADE_S = 150.0
"""Seconds between the trades of a rare symbol, in the mean."""
_KEPT_S = 900.0
"""Trades are kept one by one for about so long."""
_LIQUIDATIONS = 0.01
"""Part of the orders for a contract that close somebody's position by force."""
_STRIDE = 60
"""Ids that the futures' books spend on one another between two changes of one of them, at most."""
AGGREGATED_US = 100_000
"""On the futures, what is traded at one price on one side within this is one aggregate (USD-M, Aggregate
Trade Streams, read 2026-05-28)."""
_PULL = 4.0
"""Spreads away from what a contract should cost, from which on nearly every change goes back there."""
_ASTRAY = 5e-4
"""So far away, market makers move their quotes at once."""
_LAID_AT_ONCE = 10
_LEAST_EVENTS_PER_S = 1e-6
_LEAST_KEPT = 1_000
_MOST_KEPT = 50_000


class Followed(Protocol):
    """What contracts follow."""

    def fair_ticks(self, pair: Pair) -> float:
        """What a contract should cost."""
        ...

    def hours(self, pair: Pair) -> Callable[[int], Piece | None]:
        """The past of what a contract follows, by the hour."""
        ...

    def ratio(self, pair: Pair) -> tuple[int, int]:
        """Ticks of a contract, and of what it follows, that are worth the same."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What makes a symbol's market what it is."""

    pair: Pair
    profile: Profile
    rate: float
    seed: int
    number: int
    followed: Followed | None = None
    """What a contract follows; None on Spot."""

    @property
    def moves(self) -> float:
        """Part of what happens that moves the price: fewer where a tick is much."""
        profile = self.profile
        wanted = (_HOURLY_MOVE * profile.price / profile.gap) ** 2 / 3600
        busy = (
            _RARE_TRADE_S**-1 / TAKE if profile.rare else max(self.rate * profile.share, _LEAST_EVENTS_PER_S)
        )
        return min(_MOST_MOVES, wanted / busy)

    @property
    def events_per_s(self) -> float:
        """How often something happens, in the mean."""
        if self.profile.rare:
            return 1 / _RARE_TRADE_S / TAKE
        messages = 1.0 + self.moves - _DEEPEN + TAKE * FILLS
        return max(self.rate * self.profile.share / messages, _LEAST_EVENTS_PER_S)


class _Deal(NamedTuple):
    """A trade, and the account's order that it was done with, if any."""

    row: TradeRow
    maker: Resting | None


class Actor:
    """One symbol's market."""

    def __init__(self, setting: Setting, minute: int) -> None:
        """The market as it is at the start, with a past behind it."""
        pair, profile = setting.pair, setting.profile
        trades_per_s = setting.events_per_s * TAKE * FILLS
        self._profile = profile
        self._events_per_s = setting.events_per_s
        self._move = setting.moves
        self._rng = Random(setting.seed ^ setting.number)
        followed = setting.followed
        self._fair = followed.fair_ticks if followed is not None else None
        self._painter = Painter(
            setting.seed,
            setting.number,
            trades_per_s * 3600,
            profile.trade_steps,
            followed.hours(pair) if followed is not None else None,
            followed.ratio(pair) if followed is not None else (1, 1),
        )
        last_id = 1_000 + round(trades_per_s * 86_400 * (200 + 800 * unit(setting.number, 1)))
        self._agg_id = last_id - last_id // 3
        past = Past(self._painter, minute, profile.price, last_id, last_id - self._agg_id)
        keep = min(_MOST_KEPT, max(_LEAST_KEPT, ceil(trades_per_s * _KEPT_S)))
        self.desk = Desk(
            pair,
            Book(last_id * 7, _STRIDE if pair.contract else 1),
            Timeline(minute, profile.price, last_id, past),
            TradeLog(keep, past),
            FUTURES_TEXTS if pair.contract else SPOT_TEXTS,
        )
        self._aggregating: tuple[int, int, bool] | None = None
        """Slot of time, price and side of the last aggregate."""
        self._recall_last_trade()
        self._drift = 0.0
        self._build_book(profile.price)
        self.turn = 0
        """Changes each time the market wakes; 0 while it sleeps."""
        self.idle_since_us: int | None = None

    def __repr__(self) -> str:
        return f"<Actor {self.desk!r} {'awake' if self.awake else 'asleep'}>"

    @property
    def awake(self) -> bool:
        """Whether things happen here."""
        return self.turn > 0

    def next_beat(self, beat: float) -> float:
        """When something happens next."""
        return beat + self._rng.expovariate(self._events_per_s)

    def skip_to(self, minute: int) -> None:
        """Make up the minutes since this market fell asleep, and lay out the book anew after them."""
        timeline = self.desk.timeline
        if timeline.minute >= minute:
            return
        timeline.roll(timeline.minute + 1)
        before = timeline.open.last_id
        for hour, low, high in hours_between(timeline.minute, minute):
            entry = timeline.open
            piece = self._painter.after(
                hour, low, high, entry.close, entry.last_id, entry.last_id - self._agg_id
            )
            timeline.fill(piece)
            self.desk.log.skip(piece)
            self._agg_id += piece.trades
        done = timeline.open.last_id - before
        if done:
            self._recall_last_trade()
            self.desk.book.update_id += 7 * done
            self._build_book(round(self._fair(self.desk.pair)) if self._fair else timeline.open.close)

    def _recall_last_trade(self) -> None:
        desk = self.desk
        row = next(desk.log.from_id(desk.timeline.open.last_id), None)
        if row is not None:
            desk.last_steps, desk.last_trade_us = row.steps, row.time_us

    def _build_book(self, price: int) -> None:
        book, profile = self.desk.book, self._profile
        bid = max(_THINNEST, price - profile.spread // 2)
        for side, best in ((book.bids, bid), (book.asks, -(bid + profile.spread))):
            side.clear()
            key, keys = best, [best]
            for _ in range(profile.levels - 1):
                key -= 1 + int(self._rng.expovariate(1 / profile.gap))
                if key == 0 or (key < 0) != (best < 0):
                    break
                keys.append(key)
            side.keys = keys[::-1]
            side.steps = {key: self._level_steps() for key in keys}

    def _level_steps(self) -> int:
        return 1 + int(self._profile.level_steps * self._rng.lognormvariate(-0.3, 0.8))

    def _upwards(self) -> bool:
        bid = self.desk.book.best_bid() or 0
        if self._fair is not None:
            away = self._fair(self.desk.pair) - bid - self._profile.spread / 2
            pull = max(-0.45, min(0.45, away / (2 * _PULL * self._profile.spread)))
            return self._rng.random() < 0.5 + pull
        if bid < max(4 * _THINNEST, self._profile.price // 3):
            return True
        return self._rng.random() < 0.5 + self._drift and bid < 3 * self._profile.price

    def step(self, now_us: int) -> None:
        """Let one thing happen."""
        rng, book = self._rng, self.desk.book
        self.desk.moment_us = now_us
        if self._fair is not None:
            self._follow(self._fair(self.desk.pair), now_us)
        if rng.random() < 0.0025:
            self._drift = rng.uniform(-0.12, 0.12)
        kind = rng.random()
        if kind < TAKE:
            self._take(now_us)
            return
        kind -= TAKE
        if kind < _DEEPEN:
            self._deepen()
            return
        kind -= _DEEPEN
        bid, ask = book.bids.keys[-1], -book.asks.keys[-1]
        wide = ask - bid > self._profile.spread
        if wide and kind < 0.4:
            self._close_spread(bid, ask)
        elif kind < self._move:
            self._shift()
        else:
            side = book.bids if rng.random() < 0.5 else book.asks
            key = side.keys[-1]
            steps = self._level_steps()
            self.desk.set_level(side, key, steps + (steps == side.steps[key]))
            self.desk.quote_changed()

    def _follow(self, fair: float, now_us: int) -> None:
        """Where the price has gone too far astray, whoever quotes withdraws and quotes anew around it."""
        book, spread = self.desk.book, self._profile.spread
        away = fair - (book.bids.keys[-1] - book.asks.keys[-1]) / 2
        if abs(away) <= max(_PULL * spread, _ASTRAY * fair):
            return
        bid = max(_THINNEST, round(fair - spread / 2))
        for side, best in ((book.bids, bid), (book.asks, -(bid + spread))):
            while side.keys and side.keys[-1] > best:
                self._sweep(side, now_us)
            if not side.keys or side.keys[-1] != best:
                self.desk.set_level(side, best, self._level_steps())
            worst = side.keys[0]
            for _ in range(min(_LAID_AT_ONCE, self._profile.levels // 2 - len(side))):
                worst -= 1 + int(self._rng.expovariate(1 / self._profile.gap))
                if worst == 0 or (worst < 0) != (best < 0):
                    break
                self.desk.set_level(side, worst, self._level_steps())
        self.desk.quote_changed()

    def _close_spread(self, bid: int, ask: int) -> None:
        """Somebody bids or asks within a spread that is wider than usual."""
        room = ask - bid - self._profile.spread
        inside = room if self._rng.random() < 0.7 else self._rng.randint(1, room)
        book = self.desk.book
        if self._upwards():
            self.desk.set_level(book.bids, bid + inside, self._level_steps())
        else:
            self.desk.set_level(book.asks, -(ask - inside), self._level_steps())
        self.desk.quote_changed()

    def _shift(self) -> None:
        """The best level of one side is withdrawn, and the other side follows."""
        book = self.desk.book
        leaving = book.asks if self._upwards() else book.bids
        if len(leaving) <= _THINNEST:
            return
        self.desk.set_level(leaving, leaving.keys[-1], 0)
        self.desk.quote_changed()
        bid, ask = book.bids.keys[-1], -book.asks.keys[-1]
        if leaving is book.asks:
            self.desk.set_level(book.bids, ask - self._profile.spread, self._level_steps())
        else:
            self.desk.set_level(book.asks, -(bid + self._profile.spread), self._level_steps())
        self.desk.quote_changed()

    def _deepen(self) -> None:
        """Some levels below the best are placed, changed or withdrawn."""
        rng, book, profile = self._rng, self.desk.book, self._profile
        for _ in range(rng.randint(1, 3)):
            side = book.bids if rng.random() < 0.5 else book.asks
            count = len(side)
            if count > profile.levels + profile.levels // 10:
                self.desk.set_level(side, side.keys[0], 0)
            elif count > _THINNEST and count >= profile.levels and rng.random() < 0.5:
                self.desk.set_level(side, side.keys[rng.randrange(count - 1)], 0)
            else:
                best = side.keys[-1]
                distance = 1 + int(rng.expovariate(1 / profile.gap) * (1 + rng.random() * profile.levels / 4))
                key = best - distance
                if key != 0 and (key < 0) == (best < 0):
                    self.desk.set_level(side, key, self._level_steps())

    def _sweep(self, side: BookSide, now_us: int) -> None:
        """The best level goes: who quoted withdraws, and what an account has there is taken."""
        key = side.keys[-1]
        waiting = self.desk.waiting.steps.get(key, 0)
        if waiting:
            self.take(now_us, side is self.desk.book.asks, (waiting,))
        self.desk.set_level(side, key, 0)

    def _take(self, now_us: int) -> None:
        """An order takes from the best levels: one trade a resting order, one aggregate a price."""
        rng, desk = self._rng, self.desk
        buys = self._upwards()
        fills = 1
        while fills < _MOST_FILLS and rng.random() < _ONE_MORE_FILL:
            fills += 1
        deals: list[_Deal] = []
        for _ in range(fills):
            wanted = 1 + int(self._profile.trade_steps * rng.lognormvariate(-0.5, 1.0))
            self._deal(deals, now_us, buys, wanted)
        rows = self._announce(deals)
        if desk.pair.contract is not None and rng.random() < _LIQUIDATIONS:
            desk.liquidations.append(rows[-1]._replace(steps=sum(row.steps for row in rows)))

    def take(self, now_us: int, buys: bool, parts: Sequence[int], limit: int = 0) -> list[TradeRow]:
        """An account's order, or one against it, takes from the book: what was traded, in order.

        `parts`: steps of what it meets, one after the other. `limit`: the worst price; 0: whatever there is.
        """
        side = self.desk.book.asks if buys else self.desk.book.bids
        worst = -limit if buys else limit
        self.desk.moment_us = max(self.desk.moment_us, now_us)
        deals: list[_Deal] = []
        for part in parts:
            while part > 0 and (not limit or side.keys[-1] >= worst):
                part -= self._deal(deals, now_us, buys, part)
        return self._announce(deals)

    def _deal(self, deals: list[_Deal], now_us: int, buys: bool, wanted: int) -> int:
        """A taker meets the first order of the best level: how many steps are traded."""
        desk = self.desk
        side = desk.book.asks if buys else desk.book.bids
        key = side.keys[-1]
        rest, maker = side.steps[key], desk.waiting.first(key)
        if wanted >= rest and len(side) <= _THINNEST:
            desk.set_level(side, key, rest + wanted)
            rest += wanted
        steps = min(wanted, rest)
        if maker is not None:
            steps = min(steps, maker.steps)
            desk.waiting.fill(maker, steps)
        desk.set_level(side, key, rest - steps)
        price = abs(key)
        if self._begins_aggregate(deals, now_us, price, not buys):
            self._agg_id += 1
        row = TradeRow(
            desk.timeline.open.last_id + 1 + len(deals), self._agg_id, now_us, price, steps, not buys
        )
        deals.append(_Deal(row, maker))
        return steps

    def _announce(self, deals: Sequence[_Deal]) -> list[TradeRow]:
        """Tell everybody of the trades of one order, and last those whose orders were in the book."""
        rows, desk = [deal.row for deal in deals], self.desk
        if not rows:
            return rows
        for row in rows:
            desk.trade(row)
        desk.aggregated(list(aggregates(iter(rows))))
        desk.quote_changed()
        for row, maker in deals:
            if maker is not None:
                maker.filled(row)
        return rows

    def _begins_aggregate(self, deals: list[_Deal], now_us: int, price: int, maker_buys: bool) -> bool:
        """Whether a trade belongs to no aggregate yet; on the futures also earlier orders are joined."""
        if self.desk.pair.contract is None:
            return not deals or deals[-1].row.price != price
        before, self._aggregating = self._aggregating, (now_us // AGGREGATED_US, price, maker_buys)
        return before != self._aggregating


def hours_between(low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Minutes since the epoch as runs within an hour: hour, first minute of it, minute after the last."""
    while low < high:
        hour, place = divmod(low, HOUR_MINUTES)
        end = min(high, (hour + 1) * HOUR_MINUTES)
        yield hour, place, place + end - low
        low = end
