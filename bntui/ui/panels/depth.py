"""What follows from the levels of a book: totals, spread, mid, microprice, imbalance. Never raises.

A level whose numbers cannot be computed with ends its side: what lies behind it has no total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from typing import TYPE_CHECKING

from bntui.model.states import BookState
from bntui.ui.format import decimal_of

if TYPE_CHECKING:
    from bntui.model.panels import BookView, LadderLevel

EXACT = Context(prec=200, traps=[Inexact])
"""Wide enough for sums and products of everything that `decimal_of` lets through."""

DIVIDED = Context(prec=40, rounding=ROUND_HALF_EVEN)
"""For what is divided, and therefore rounded when it is shown."""

ROUNDED = Context(prec=200, rounding=ROUND_HALF_EVEN)
"""For showing it with fewer decimals."""

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
"""Multiples of the tick size by which levels can be grouped."""

LEVELS = (5, 10, 20, 50)
"""Depths that the ladder can have."""

PARTIAL_LEVELS = 20
"""Levels of a side that the exchange's partial book stream has at most."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level, and what eating the book up to it and including it takes."""

    level: LadderLevel
    price: Decimal
    qty: Decimal
    quote: Decimal
    """Price × quantity of this level."""
    total: Decimal
    """Quantity from the best level to this one."""
    cost: Decimal
    """Price × quantity over the same levels."""

    @property
    def average(self) -> Decimal:
        """Average price of eating up to this level."""
        return DIVIDED.divide(self.cost, self.total) if self.total else self.price


@dataclass(frozen=True, slots=True)
class Best:
    """The best level of each side, and what follows from both."""

    bid: Rung
    ask: Rung

    @property
    def spread(self) -> Decimal:
        """Ask less bid: not above zero where the book is locked or crossed."""
        return EXACT.subtract(self.ask.price, self.bid.price)

    @property
    def mid(self) -> Decimal:
        """Half way between bid and ask."""
        return DIVIDED.divide(EXACT.add(self.ask.price, self.bid.price), Decimal(2))

    @property
    def microprice(self) -> Decimal:
        """The mid weighted with the quantities of the other side: where the next trade pulls."""
        total = EXACT.add(self.bid.qty, self.ask.qty)
        if not total:
            return self.mid
        weighted = EXACT.add(
            EXACT.multiply(self.bid.price, self.ask.qty), EXACT.multiply(self.ask.price, self.bid.qty)
        )
        return DIVIDED.divide(weighted, total)

    @property
    def bps(self) -> Decimal | None:
        """The spread in hundredths of a per cent of the mid."""
        return (
            DIVIDED.divide(EXACT.multiply(self.spread, Decimal(10_000)), self.mid) if self.mid > 0 else None
        )

    def ticks(self, tick_size: str | None) -> Decimal | None:
        """The spread in price steps of the exchange, where those are known."""
        tick = decimal_of(tick_size)
        return DIVIDED.divide(self.spread, tick) if tick is not None and tick > 0 else None


def rungs(levels: Sequence[LadderLevel]) -> list[Rung]:
    """The levels with their totals, best first."""
    climbed: list[Rung] = []
    total = cost = Decimal(0)
    for level in levels:
        price, qty, quote = decimal_of(level.price), decimal_of(level.qty), decimal_of(level.quote_qty)
        if price is None or qty is None or quote is None:
            break
        total, cost = EXACT.add(total, qty), EXACT.add(cost, quote)
        climbed.append(Rung(level, price, qty, quote, total, cost))
    return climbed


def coins_for(side: Sequence[Rung], size: Decimal) -> Decimal | None:
    """What eating these levels costs in the base currency where they are of contracts, each worth `size`
    of the quote currency: at a higher price a contract costs less. None where that cannot be computed."""
    coins = Decimal(0)
    for rung in side:
        if not rung.quote or not rung.qty:
            return None
        price = DIVIDED.divide(rung.quote, rung.qty)
        coins = DIVIDED.add(coins, DIVIDED.divide(EXACT.multiply(rung.qty, size), price))
    return coins


def best_of(view: BookView) -> Best | None:
    """The best levels; None where a side is empty."""
    bids = rungs([view.best_bid] if view.best_bid is not None else view.bids[:1])
    asks = rungs([view.best_ask] if view.best_ask is not None else view.asks[:1])
    return Best(bids[0], asks[0]) if bids and asks else None


def imbalance(bids: Sequence[Rung], asks: Sequence[Rung]) -> Decimal | None:
    """The bids' share of the quantity in all these levels, 0 to 1; None where there is none."""
    bid, ask = (side[-1].total if side else Decimal(0) for side in (bids, asks))
    both = EXACT.add(bid, ask)
    return DIVIDED.divide(bid, both) if both else None


def wrongness(view: BookView) -> str:
    """Why the view must not be taken for the market's book, in words; empty where it may.

    What the book says of itself comes first. A crossed or locked book is never good, whatever it says.
    """
    status = view.status
    if status.state is not BookState.SYNCED:
        return status.reason or str(status.state)
    best = best_of(view)
    if best is not None and best.spread <= 0:
        word = "locked" if best.spread == 0 else "crossed"
        return f"{word}: bid {best.bid.level.price}, ask {best.ask.level.price}"
    return ""


def step_text(tick_size: str, multiple: int) -> str:
    """A price step as Focus wants it: empty for the exchange's own levels, or where no tick is known."""
    tick = decimal_of(tick_size)
    if multiple == 1 or tick is None or tick <= 0:
        return ""
    return plain(EXACT.multiply(tick, Decimal(multiple)))


def plain(value: Decimal) -> str:
    """A number with all its digits, without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, decimals: int) -> str:
    """A number with so many decimals, for what had to be rounded anyway."""
    return f"{ROUNDED.quantize(value, Decimal(1).scaleb(-decimals)):f}"
