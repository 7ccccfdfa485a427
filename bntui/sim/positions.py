"""Positions in contracts: how they open, grow, flip and close, what they make, and where they are liquidated.

Worth is counted in the asset that a position is margined in: of the quote asset on USD-M, of the base asset
on COIN-M, where a contract is worth the less of it the dearer the asset is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bntui.sim import amounts
from bntui.sim.amounts import NOTHING
from bntui.sim.futurespayloads import contract_of
from bntui.sim.instruments import Pair

MAINTENANCE = Decimal("0.005")
"""Of a position's worth, what must be there so that it is not liquidated: one tier for all."""


@dataclass(slots=True)
class Position:
    """What an account holds of one contract, in one-way mode."""

    pair: Pair
    steps: int = 0
    """Negative: sold."""
    cost: Decimal = NOTHING
    """What the open part was worth when it was opened."""
    realized: Decimal = NOTHING
    """Profit that was made final since the beginning, before fees."""
    spent: Decimal = NOTHING
    """Fees and funding less profit since it was opened: what the rest must earn to break even."""
    leverage: int = 20
    updated_us: int = 0

    @property
    def _direction(self) -> int:
        """1 where a higher price makes its worth in the margin asset a profit, else -1."""
        long = 1 if self.steps > 0 else -1 if self.steps < 0 else 0
        return -long if self._coin else long

    @property
    def _coin(self) -> bool:
        return contract_of(self.pair).coin_margined

    def trade(self, buys: bool, price: int, steps: int) -> Decimal:
        """Take a trade: the profit that it makes final."""
        change, whole = steps if buys else -steps, amounts.worth(self.pair, price, steps)
        realized = NOTHING
        if self.steps and (self.steps > 0) is not buys:
            closing = min(abs(self.steps), steps)
            left = amounts.worth(self.pair, price, closing) if closing < steps else whole
            part = (
                self.cost
                if closing == abs(self.steps)
                else amounts.rounded(self.cost * closing / abs(self.steps))
            )
            realized = self._direction * (left - part)
            self.cost += whole - left - part
            if closing == abs(self.steps):
                self.spent = NOTHING
            else:
                self.spent -= realized
        else:
            self.cost += whole
        self.steps += change
        self.realized += realized
        return realized

    def pay(self, amount: Decimal) -> None:
        """A fee, or funding, is paid for it."""
        if self.steps:
            self.spent += amount

    @property
    def entry(self) -> Decimal:
        """The mean price at which it was opened; 0 where there is none."""
        return self._price(self.cost)

    @property
    def break_even(self) -> Decimal:
        """The price at which all that it has cost is earned; 0 where there is no position."""
        return self._price(self.cost + self._direction * self.spent)

    def _price(self, cost: Decimal) -> Decimal:
        quantity = amounts.quantity(self.pair, abs(self.steps))
        if not quantity or cost <= 0:
            return NOTHING
        return quantity * contract_of(self.pair).dollars / cost if self._coin else cost / quantity

    def notional(self, mark: Decimal) -> Decimal:
        """What it is worth at a mark price, in the margin asset; never negative."""
        quantity = amounts.quantity(self.pair, abs(self.steps))
        if not quantity or not mark:
            return NOTHING
        return quantity * contract_of(self.pair).dollars / mark if self._coin else quantity * mark

    def unrealized(self, mark: Decimal) -> Decimal:
        """What it would make at a mark price."""
        if not self.steps:
            return NOTHING
        return amounts.rounded(self._direction * (self.notional(mark) - self.cost))

    def maintenance(self, mark: Decimal) -> Decimal:
        """The margin that it must have at a mark price."""
        return amounts.rounded(self.notional(mark) * MAINTENANCE)

    def liquidation(self, others: Decimal) -> Decimal:
        """The mark price at which it is liquidated; 0 where no price does it.

        `others`: the wallet, with what all other positions would make, less the margin that they must have.
        That is where `others` + profit = maintenance margin. With d = 1 for long and -1 for short, q the
        quantity, c the cost and m the rate of maintenance: (others - d c) / (q (m - d)) on USD-M, and
        q dollars (m + d) / (others + d c) on COIN-M (USD-M and COIN-M liquidation price guides, cross
        margin, one tier).
        """
        if not self.steps:
            return NOTHING
        quantity, long = amounts.quantity(self.pair, abs(self.steps)), 1 if self.steps > 0 else -1
        if self._coin:
            below = others + long * self.cost
            price = (
                quantity * contract_of(self.pair).dollars * (MAINTENANCE + long) / below if below else NOTHING
            )
        else:
            price = (others - long * self.cost) / (quantity * (MAINTENANCE - long))
        return max(NOTHING, price)
