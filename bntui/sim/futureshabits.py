"""What a futures account does beside trading: stops, other leverage, deposits; and what happens to it when
its margin is used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from bntui.sim import amounts
from bntui.sim.broker import Broker
from bntui.sim.conditional import ConditionalOrders
from bntui.sim.desk import Desk
from bntui.sim.futureskeeper import FuturesKeeper
from bntui.sim.futurespayloads import contract_of
from bntui.sim.instruments import Pair
from bntui.sim.orders import OrderType
from bntui.sim.trader import Chore

_LEVERAGES = (10, 15, 20, 25)
_MOVED = Decimal("0.01")
"""Part of what a wallet began with that is paid in, or out."""


class FuturesHabits:
    """One account's."""

    def __init__(
        self,
        broker: Broker,
        keeper: FuturesKeeper,
        conditional: ConditionalOrders,
        began: Mapping[str, Decimal],
        rng: Random,
        *,
        moves_money: bool = True,
    ) -> None:
        """`began`: what each wallet held at first; one that has lost half of it is filled up again."""
        self._moves_money = moves_money
        self._broker = broker
        self._keeper = keeper
        self._conditional = conditional
        self._began = dict(began)
        self._rng = rng

    @property
    def chores(self) -> Sequence[Chore]:
        """What there is to do. How stops of COIN-M are told is not documented: there are none."""
        common: tuple[Chore, ...] = (self.fail_to_make, self.change_leverage)
        common = (*common, self.move_money) if self._moves_money else common
        return common if self._keeper.coin_margined else (*common, self.stop, self.stop, self.stop_waiting)

    def advance(self) -> None:
        """Trigger stops, and close by force what has no margin any more."""
        self._conditional.advance()
        now_us = self._broker.market.moment_us
        for asset in sorted(self._keeper.exhausted):
            self._liquidate(asset, now_us)

    def _liquidate(self, asset: str, now_us: int) -> None:
        """Cancel every order, and close every position, in the name that the exchange uses for this."""
        for order in list(self._broker.records.open.values()):
            if contract_of(order.pair).margin_asset == asset:
                self._broker.cancel(order)
        for position in list(self._keeper.held(asset)):
            name = f"autoclose-{now_us // 1000}{self._rng.randrange(10_000):04}"
            self._broker.place(
                position.pair,
                position.steps < 0,
                abs(position.steps),
                type=OrderType.MARKET,
                reduce_only=True,
                client_id=name,
            )

    def fail_to_make(self, pair: Pair, desk: Desk) -> None:
        """An order that must not take, at a price at which it would: it expires."""
        _, (ask, _) = desk.best()
        if self._keeper.most(pair, True, ask):
            self._broker.place(pair, True, 1, ask, time_in_force="GTX")

    def change_leverage(self, pair: Pair, desk: Desk) -> None:
        """Another leverage for a symbol."""
        now_us = self._broker.market.moment_us
        self._keeper.set_leverage(pair, self._rng.choice(_LEVERAGES), now_us)

    def move_money(self, pair: Pair, desk: Desk) -> None:
        """Something is paid in or out."""
        asset, now_us = contract_of(pair).margin_asset, self._broker.market.moment_us
        began, has = self._began[asset], self._keeper.wallets[asset]
        amount = amounts.cut(began * _MOVED)
        if has < began / 2:
            self._keeper.deposit(asset, began - has, now_us)
        elif self._rng.random() < 0.5 or self._keeper.available(asset, now_us) < amount:
            self._keeper.deposit(asset, amount, now_us)
        else:
            self._keeper.deposit(asset, -amount, now_us)

    def stop(self, pair: Pair, desk: Desk) -> None:
        """Close a position when the price goes so far the wrong way."""
        held = list(self._keeper.held())
        if not held:
            return
        position = self._rng.choice(held)
        (bid, _), (ask, _) = self._broker.desk(position.pair).best()
        long, away = position.steps > 0, self._rng.uniform(0.0002, 0.003)
        price = bid if long else ask
        distance = max(1, round(price * away))
        trigger = price - distance if long else price + distance
        if trigger > 0:
            steps = max(1, abs(position.steps) // self._rng.randint(1, 3))
            self._conditional.place(position.pair, not long, steps, trigger)

    def stop_waiting(self, pair: Pair, desk: Desk) -> None:
        """Cancel a stop."""
        waiting = list(self._conditional.waiting.values())
        if waiting:
            self._conditional.cancel(self._rng.choice(waiting))
