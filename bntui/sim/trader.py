"""Somebody who trades one account by a script: at a steady rate, in orders of every kind.

He lays orders at the best price and further away, lets them be taken, takes himself, and cancels. Where the
market alone fills his orders often enough, he does less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from bntui.sim.broker import Broker, Keeper
from bntui.sim.desk import Desk
from bntui.sim.instruments import Pair, Profile
from bntui.sim.market import Listed
from bntui.sim.orders import Order, OrderType
from bntui.sim.script import Script

Chore = Callable[[Pair, Desk], None]
"""Something that is done beside trading, such as an order that is refused."""

MOST_OPEN = 12
"""Open orders; before one more is placed the oldest is cancelled."""
_LONGEST_PAUSE_S = 60.0
"""After a longer pause he goes on as if only this had passed."""
_CHORES = 0.6
"""What is done beside each fill, in the mean."""
_OPENED_WITH = 4
_LEAST_OWED = -20.0
"""So many fills too many, at most, are made up for by doing less."""
_COST_OF_NONE = 0.34
"""What an attempt that brings no fill counts, in fills."""


class Trader:
    """Trades one account; moves only in `advance`."""

    def __init__(
        self,
        broker: Broker,
        keeper: Keeper,
        listed: Sequence[Listed],
        script: Script,
        rng: Random,
        chores: Sequence[Chore],
        now_us: int,
    ) -> None:
        """`listed`: what is traded; `chores`: what only this market knows, done as often as anything else."""
        self.fills_per_s = script.fills_per_s
        """May be changed at any time; 0: he does nothing."""
        self._broker = broker
        self._keeper = keeper
        self._listed = listed
        self._rng = rng
        self._post_only = (
            (OrderType.LIMIT, "GTX")
            if any(pair.contract for pair, _ in listed)
            else (OrderType.LIMIT_MAKER, "GTC")
        )
        self._chores: Sequence[tuple[int, Chore]] = (
            (6, self._quote),
            (2, self._lay_deeper),
            (3, self._cancel),
            (1, self._ioc),
            (1, self._fok),
            *((1, chore) for chore in chores),
        )
        self._seen_us = now_us
        self._owed = 0.0
        self._chores_owed = 0.0
        self._opened = False

    def __repr__(self) -> str:
        return f"<Trader {self.fills_per_s} fills/s on {len(self._listed)} symbols>"

    def advance(self, now_us: int) -> None:
        """Do what is due by now."""
        filled = self._counting(self._broker.collect)
        self._broker.trigger()
        passed_s = min(_LONGEST_PAUSE_S, max(0.0, (now_us - self._seen_us) / 1e6))
        self._seen_us = now_us
        if not (self.fills_per_s and self._listed):
            return
        if not self._opened:
            self._opened = True
            for _ in range(_OPENED_WITH):
                self._do(self._quote)
                self._do(self._lay_deeper)
        self._owed = max(_LEAST_OWED, self._owed + self.fills_per_s * passed_s - filled)
        self._chores_owed += _CHORES * self.fills_per_s * passed_s
        while self._chores_owed >= 1:
            self._chores_owed -= 1
            weights = [weight for weight, _ in self._chores]
            self._do(self._rng.choices(self._chores, weights)[0][1])
        while self._owed >= 1:
            self._owed -= max(_COST_OF_NONE, self._counting(self._trade))

    def _counting(self, act: Callable[[], None]) -> int:
        """How many fills something brought."""
        before = self._broker.fills
        act()
        return self._broker.fills - before

    def _do(self, chore: Chore) -> None:
        pair = self._choice()[0]
        chore(pair, self._broker.desk(pair))

    def _choice(self) -> Listed:
        """A symbol: the busier, the likelier."""
        weights = [1 / (2 + place) for place in range(len(self._listed))]
        return self._rng.choices(self._listed, weights)[0]

    # Fills

    def _trade(self) -> None:
        best = [order for order in self._working() if self._broker.at_best(order)]
        if best and self._rng.random() < 0.65:
            order = self._rng.choice(best)
            self._broker.hit(order, max(1, round(order.left * self._rng.uniform(0.3, 1.3))))
        else:
            self._take()

    def _take(self) -> None:
        pair, profile = self._choice()
        desk, rng = self._broker.desk(pair), self._rng
        self._broker.market.wake(pair.symbol)
        (bid, _), (ask, _) = desk.best()
        buys = self._buys(pair)
        touch = ask if buys else bid
        steps = self._steps(pair, profile, buys, touch)
        if not steps or not touch:
            return
        parts = [max(1, steps // rng.randint(2, 4)) for _ in range(rng.randrange(3))]
        kind = rng.random()
        if kind < 0.7:
            self._broker.place(
                pair, buys, steps, type=OrderType.MARKET, parts=parts, reduce_only=rng.random() < 0.05
            )
        else:
            in_force = "IOC" if kind < 0.85 else "GTC"
            self._broker.place(pair, buys, steps, touch, time_in_force=in_force, parts=parts)

    # Everything else

    def _quote(self, pair: Pair, desk: Desk) -> None:
        """An order at the best price, or a little better."""
        (bid, _), (ask, _) = desk.best()
        buys, improves = self._buys(pair), self._rng.random() < 0.5 and ask - bid > 1
        price = (bid + improves) if buys else (ask - improves)
        kind, in_force = self._post_only if self._rng.random() < 0.3 else (OrderType.LIMIT, "GTC")
        self._lay(pair, buys, price, kind, in_force)

    def _lay_deeper(self, pair: Pair, desk: Desk) -> None:
        """An order that nobody will take soon."""
        (bid, _), (ask, _) = desk.best()
        buys = self._buys(pair)
        away = max(2, round(bid * self._rng.uniform(0.0005, 0.004)))
        self._lay(pair, buys, max(1, bid - away) if buys else ask + away, OrderType.LIMIT, "GTC")

    def _lay(self, pair: Pair, buys: bool, price: int, kind: OrderType, in_force: str) -> None:
        profile = next(profile for one, profile in self._listed if one is pair)
        steps = self._steps(pair, profile, buys, price)
        if steps and price > 0:
            self.make_room()
            self._broker.place(pair, buys, steps, price, type=kind, time_in_force=in_force)

    def make_room(self) -> None:
        """Cancel the oldest orders where there are too many."""
        for order in list(self._broker.records.open.values())[: 1 - MOST_OPEN]:
            self._broker.cancel(order)

    def _cancel(self, pair: Pair, desk: Desk) -> None:
        """One of the older orders."""
        orders = list(self._broker.records.open.values())
        if len(orders) > 2:
            self._broker.cancel(self._rng.choice(orders[: 1 + len(orders) // 2]))

    def _ioc(self, pair: Pair, desk: Desk) -> None:
        """More than the best level holds, where that can be paid, so that a rest expires."""
        (bid, below), (ask, above) = desk.best()
        buys = self._buys(pair)
        touch, there = (ask, above) if buys else (bid, below)
        most = self._keeper.most(pair, buys, touch)
        if most > there:
            self._broker.place(pair, buys, min(most, there + 1 + there // 2), touch, time_in_force="IOC")
        elif most:
            self._broker.place(pair, buys, 1 + most // 4, bid if buys else ask, time_in_force="IOC")

    def _fok(self, pair: Pair, desk: Desk) -> None:
        """More than there is at any price it would pay, so that all of it expires."""
        (bid, _), (ask, _) = desk.best()
        buys = self._buys(pair)
        most = self._keeper.most(pair, buys, ask)
        if most:
            self._broker.place(pair, buys, 1 + most // 4, bid if buys else ask, time_in_force="FOK")

    def _working(self) -> list[Order]:
        return [order for order in self._broker.records.open.values() if order.resting is not None]

    def _buys(self, pair: Pair) -> bool:
        return self._rng.random() < self._keeper.leaning(pair)

    def _steps(self, pair: Pair, profile: Profile, buys: bool, price: int) -> int:
        """A sensible quantity; 0 where there is no money for any."""
        wanted = 1 + int(profile.trade_steps * self._rng.lognormvariate(-0.2, 0.6))
        return min(wanted, self._keeper.most(pair, buys, price)) if price > 0 else 0
