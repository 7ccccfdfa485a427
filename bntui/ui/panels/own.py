"""What is one's own of the open symbol: orders on the levels of its book, and fills on its candles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bntui.model.account import Fill, OrderUpdate
from bntui.model.accounts import Accounts
from bntui.model.markets import SymbolKey
from bntui.ui.chart.scene import OwnFill
from bntui.ui.format import decimal_of
from bntui.ui.panels.accounts import is_trusted
from bntui.ui.panels.depth import EXACT, ROUNDED
from bntui.ui.tables.orders import left_of, trigger_of

FILLS_SHOWN = 2_000
"""Fills of a symbol that are marked on its candles: the newest."""

Level = tuple[str, Decimal]
"""A side of the book, `ask` or `bid`, and a price."""


@dataclass(frozen=True, slots=True)
class OwnOrders:
    """Orders that rest in the book."""

    resting: tuple[tuple[str, Decimal, Decimal], ...] = ()
    """Side, price and what is left of each."""
    good: bool = True
    """Do they follow the accounts now?"""

    def on_levels(self, step: Decimal | None) -> Mapping[Level, Decimal]:
        """What is left of them at each level of a book that is grouped by a step, if it is."""
        levels: dict[Level, Decimal] = {}
        for side, price, left in self.resting:
            at = price
            if step:
                way = ROUND_CEILING if side == "ask" else ROUND_FLOOR
                at = EXACT.multiply(ROUNDED.divide(price, step).to_integral_value(way), step)
            level = (side, at.normalize(EXACT))
            levels[level] = EXACT.add(levels.get(level, Decimal(0)), left)
        return levels


NO_ORDERS = OwnOrders()


def resting(order: OrderUpdate) -> tuple[str, Decimal, Decimal] | None:
    """Side, price and what is left of an order in the book; one that waits for a price is not in it."""
    price, left = decimal_of(order.price), left_of(order)
    if not order.open or order.conditional or trigger_of(order) is not None:
        return None
    if not price or price < 0 or left is None or left <= 0 or order.side not in ("BUY", "SELL"):
        return None
    return "bid" if order.side == "BUY" else "ask", price, left


@dataclass(slots=True)
class OwnMarks:
    """The marks of one symbol; read anew only when something of accounts changed, or for another symbol."""

    orders: OwnOrders = NO_ORDERS
    fills: tuple[OwnFill, ...] = ()
    """Oldest first."""
    _key: SymbolKey | None = field(default=None, repr=False)

    def take(self, accounts: Accounts, key: SymbolKey, changed: bool) -> None:
        """Read the accounts, if need be."""
        if key == self._key and not changed:
            return
        self._key = key
        own = [order for order in accounts.orders.values() if order.key == key]
        found = [(order, place) for order in own if (place := resting(order)) is not None]
        self.orders = OwnOrders(
            tuple(place for _, place in found),
            all(is_trusted(accounts, order.owner) for order, _ in found),
        )
        fills = _newest_of(accounts, key)
        if fills != self.fills:
            self.fills = fills


def _newest_of(accounts: Accounts, key: SymbolKey) -> tuple[OwnFill, ...]:
    found: list[Fill] = []
    for fill in reversed(accounts.fills.values()):
        if fill.symbol == key.symbol and fill.owner.market == key.market:
            found.append(fill)
            if len(found) >= FILLS_SHOWN:
                break
    return tuple(sorted(OwnFill(fill.time_ms, fill.side == "BUY") for fill in found))
