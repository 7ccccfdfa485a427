"""Keeps the money of a Spot account: what is free and what is locked, and the fees of its trades.

What an account has is what it began with, and what it was given, bought and sold, less fees: exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from bntui.sim import amounts, userpayloads
from bntui.sim.amounts import NOTHING
from bntui.sim.announcer import Announcer
from bntui.sim.broker import Numbers
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.orders import Execution, Order, OrderType, OwnTrade, Records

FEE = Decimal("0.001")
"""Of what is traded, for makers and takers of the lowest tier (fee schedule, read 2026-05-28)."""
_IN_BNB = Decimal("0.75")
"""Part of the fee that is paid where it is paid in BNB (the same)."""
FEE_ASSET = "BNB"
_PART = Decimal("0.2")
"""Of what is free, an order takes no more."""

Price = Callable[[str], Decimal]
"""What an asset costs in BNB; 0 where nobody knows."""


class SpotKeeper:
    """The balances of one account."""

    def __init__(
        self,
        announcer: Announcer,
        numbers: Numbers,
        records: Records,
        began: Mapping[str, Decimal],
        price: Price,
    ) -> None:
        """`began`: what it has at first."""
        self._announcer = announcer
        self._numbers = numbers
        self._records = records
        self._price = price
        self._free = dict(began)
        self._locked: dict[str, Decimal] = {}
        self.pays_in_bnb = True
        """The owner's choice; he may change it at any time."""
        self.updated_us = 0
        """When a balance changed last."""

    def __repr__(self) -> str:
        return f"<SpotKeeper {len(self._free)} assets>"

    def free(self, asset: str) -> Decimal:
        """What can be spent."""
        return self._free.get(asset, NOTHING)

    def locked(self, asset: str) -> Decimal:
        """What open orders keep back."""
        return self._locked.get(asset, NOTHING)

    def balances(self) -> Iterable[tuple[str, Decimal, Decimal]]:
        """Every asset that the account ever had: what is free, and what is locked."""
        for asset in sorted(self._free.keys() | self._locked.keys()):
            yield asset, self.free(asset), self.locked(asset)

    def deposit(self, asset: str, amount: Decimal, now_us: int) -> None:
        """Pay something in, or out where it is negative. Raises ValueError where there is too little."""
        if self.free(asset) + amount < 0:
            raise ValueError(f"{-amount} {asset} cannot be paid out of {self.free(asset)}")
        self._give(asset, amounts.cut(amount))
        self._announcer.tell(userpayloads.balance_update(asset, amounts.cut(amount), now_us))
        self._tell_balances((asset,), now_us)

    def squeeze(self, now_us: int) -> None:
        """Spot knows no margin: raises ValueError."""
        raise ValueError("an account on Spot has no margin to take away")

    def due(self, now_us: int) -> None:
        """Nothing is due on Spot."""

    # As a keeper

    def leaning(self, pair: Pair) -> float:
        """Rather buy where there is more of the quote asset."""
        base, quote = (self.free(asset) * self._price(asset) for asset in (pair.base, pair.quote))
        return float(quote / (base + quote)) if base + quote > 0 else 0.5

    def most(self, pair: Pair, buys: bool, price: int) -> int:
        """A part of what is free."""
        one = amounts.worth(pair, price, 1) if buys else amounts.quantity(pair, 1)
        return int(self.free(pair.quote if buys else pair.base) * _PART / one)

    def refusal(self, order: Order, worst: int) -> str:
        """Refuse what costs more than is free."""
        needed = _needed(order, worst, order.steps)
        return "INSUFFICIENT_BALANCES" if self.free(_spent(order)) < needed else ""

    def refused(self, order: Order, reason: str, now_us: int) -> bool:
        """Tell of an order that was refused; it is remembered."""
        self._report(order, Execution.REJECTED, now_us, rejected=reason)
        return True

    def placed(self, order: Order, now_us: int) -> None:
        """Lock what an order may cost; one at any price is filled at once, and needs no lock."""
        if order.type is not OrderType.MARKET:
            self._lock(order, _needed(order, order.price, order.steps))
        self._report(order, Execution.NEW, now_us)
        self._tell_balances((_spent(order),), now_us)

    def worked(self, order: Order, now_us: int) -> None:
        """Tell that an order is on the book now. No document says how; this is the report of a new one."""
        self._report(order, Execution.NEW, now_us)

    def traded(self, order: Order, row: TradeRow, *, maker: bool, now_us: int) -> None:
        """Spend, receive, and pay the fee."""
        pair, cost = order.pair, amounts.worth(order.pair, row.price, row.steps)
        quantity = amounts.quantity(pair, row.steps)
        spent, received = (cost, quantity) if order.buys else (quantity, cost)
        if order.locked:
            self._lock(order, -_needed(order, order.price, row.steps))
        self._give(_spent(order), -spent)
        self._give(_received(order), received)
        fee, asset = self._fee(order, received)
        self._give(asset, -fee)
        trade = OwnTrade(order, row.trade_id, row.time_us, row.price, row.steps, maker, cost, fee, asset)
        self._records.trades.append(trade)
        self._report(order, Execution.TRADE, now_us, trade=trade)
        self._tell_balances((pair.base, pair.quote, asset), now_us)

    def ended(self, order: Order, execution: Execution, reason: str, now_us: int) -> None:
        """Give back what was locked for the rest."""
        self._lock(order, -order.locked)
        cancelled = execution is Execution.CANCELED
        self._report(
            order, execution, now_us, expired=reason, cancel_id=self._numbers.name() if cancelled else ""
        )
        self._tell_balances((_spent(order),), now_us)

    # Money

    def _fee(self, order: Order, received: Decimal) -> tuple[Decimal, str]:
        """In BNB where that is wanted and there is some, else of what was received."""
        asset = _received(order)
        in_bnb = amounts.cut(received * self._price(asset) * FEE * _IN_BNB)
        if self.pays_in_bnb and 0 < in_bnb <= self.free(FEE_ASSET):
            return in_bnb, FEE_ASSET
        return amounts.cut(received * FEE), asset

    def _give(self, asset: str, amount: Decimal) -> None:
        self._free[asset] = self.free(asset) + amount

    def _lock(self, order: Order, amount: Decimal) -> None:
        asset = _spent(order)
        order.locked += amount
        self._locked[asset] = self.locked(asset) + amount
        self._give(asset, -amount)

    # Events

    def _report(
        self,
        order: Order,
        execution: Execution,
        now_us: int,
        *,
        trade: OwnTrade | None = None,
        rejected: str = "NONE",
        expired: str = "",
        cancel_id: str = "",
    ) -> None:
        self._announcer.tell(
            userpayloads.execution_report(
                order,
                execution,
                now_us,
                self._numbers.next_id(),
                trade=trade,
                rejected=rejected,
                expired=expired,
                cancel_id=cancel_id,
            )
        )

    def _tell_balances(self, assets: Iterable[str], now_us: int) -> None:
        self.updated_us = now_us
        changed = {asset: (self.free(asset), self.locked(asset)) for asset in dict.fromkeys(assets)}
        self._announcer.tell(userpayloads.account_position(changed, now_us))


def _spent(order: Order) -> str:
    return order.pair.quote if order.buys else order.pair.base


def _received(order: Order) -> str:
    return order.pair.base if order.buys else order.pair.quote


def _needed(order: Order, price: int, steps: int) -> Decimal:
    return amounts.worth(order.pair, price, steps) if order.buys else amounts.quantity(order.pair, steps)
