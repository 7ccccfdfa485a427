"""What an account on Spot does beside trading: orders that are refused or wait for a price, and deposits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from bntui.sim import amounts
from bntui.sim.broker import Broker
from bntui.sim.desk import Desk
from bntui.sim.instruments import Pair
from bntui.sim.orders import OrderType
from bntui.sim.spotkeeper import FEE_ASSET, SpotKeeper
from bntui.sim.trader import Chore

_GIFT = Decimal("0.03")
"""Of BNB, so that fees are paid in it for a while."""
_MOVED = Decimal("0.01")
"""Part of the quote asset that is paid in, or out."""


class SpotHabits:
    """One account's."""

    def __init__(self, broker: Broker, keeper: SpotKeeper, rng: Random, *, moves_money: bool = True) -> None:
        """Each chore is done by the trader, when it comes to him."""
        self._moves_money = moves_money
        self._broker = broker
        self._keeper = keeper
        self._rng = rng

    @property
    def chores(self) -> Sequence[Chore]:
        """What there is to do."""
        common = (self.overspend, self.fail_to_make, self.wait_for_price, self.choose_fees)
        return (*common, self.move_money) if self._moves_money else common

    def advance(self) -> None:
        """Nothing is due by the clock."""

    def overspend(self, pair: Pair, desk: Desk) -> None:
        """An order that costs more than there is."""
        (bid, _), _ = desk.best()
        one = amounts.worth(pair, bid, 1)
        if one:
            self._broker.place(pair, True, 2 + int(self._keeper.free(pair.quote) / one), bid)

    def fail_to_make(self, pair: Pair, desk: Desk) -> None:
        """An order that must not take, at a price at which it would."""
        _, (ask, _) = desk.best()
        if self._keeper.most(pair, True, ask):
            self._broker.place(pair, True, 1, ask, type=OrderType.LIMIT_MAKER)

    def wait_for_price(self, pair: Pair, desk: Desk) -> None:
        """A stop: sell when the price falls so far, for a little less."""
        (bid, _), _ = desk.best()
        stop = bid - max(1, round(bid * self._rng.uniform(0.0002, 0.003)))
        steps = self._keeper.most(pair, False, bid) // 2
        if steps and stop > 2:
            price = stop - max(1, stop // 1_000)
            self._broker.place(pair, False, steps, price, type=OrderType.STOP_LOSS_LIMIT, stop=stop)

    def move_money(self, pair: Pair, desk: Desk) -> None:
        """Something is paid in or out."""
        now_us = self._broker.market.moment_us
        if self._keeper.free(FEE_ASSET) < _GIFT:
            self._keeper.deposit(FEE_ASSET, _GIFT, now_us)
            return
        amount = amounts.cut(self._keeper.free(pair.quote) * _MOVED)
        if amount:
            self._keeper.deposit(pair.quote, amount if self._rng.random() < 0.6 else -amount, now_us)

    def choose_fees(self, pair: Pair, desk: Desk) -> None:
        """Pay fees in BNB from now on, or no longer."""
        self._keeper.pays_in_bnb = not self._keeper.pays_in_bnb
