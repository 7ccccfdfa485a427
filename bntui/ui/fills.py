"""The fills of a screen: in the order in which they happened, filtered, with exact sums for each symbol.

Sums are kept as fills come and go, so that ten thousand of them cost no more than the new ones.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from bntui.model.markets import SymbolKey
from bntui.ui.format import decimal_of
from bntui.ui.panels.depth import DIVIDED, EXACT

if TYPE_CHECKING:
    from bntui.model.account import AccountKey, Fill
    from bntui.model.accounts import Accounts

ZERO = Decimal(0)


class SumKey(NamedTuple):
    """What sums are kept for: a symbol of one account."""

    owner: AccountKey
    symbol: str

    @property
    def key(self) -> SymbolKey:
        """Which symbol."""
        return SymbolKey(self.owner.market, self.symbol)


@dataclass(slots=True)
class Sums:
    """The fills of one symbol together. Exact, but for what is divided when it is shown."""

    fills: int = 0
    bought: Decimal = ZERO
    bought_quote: Decimal = ZERO
    sold: Decimal = ZERO
    sold_quote: Decimal = ZERO
    fees: dict[str, Decimal] = field(default_factory=dict)
    """By asset."""
    realized: Decimal = ZERO
    realizing: int = 0
    """Fills that tell what they realised; where there are none, nothing is known of it."""
    unreadable: int = 0
    """Fills with a number that cannot be computed with: the sums lack it."""

    @property
    def net(self) -> Decimal:
        """Bought less sold."""
        return EXACT.subtract(self.bought, self.sold)

    def average_bought(self, contract: Decimal | None) -> Decimal | None:
        """Average price paid; `contract`: what one is worth where quantities count contracts."""
        return _average(self.bought, self.bought_quote, contract)

    def average_sold(self, contract: Decimal | None) -> Decimal | None:
        """Average price got."""
        return _average(self.sold, self.sold_quote, contract)

    def add(self, fill: Fill, times: int) -> None:
        """Count a fill, once or (-1) no longer."""
        self.fills += times
        qty, quote, fee = decimal_of(fill.qty), decimal_of(fill.quote_qty), decimal_of(fill.fee)
        if qty is None or quote is None or fee is None:
            self.unreadable += times
        plus = EXACT.add if times > 0 else EXACT.subtract
        if qty is not None and quote is not None:
            if fill.side == "BUY":
                self.bought = plus(self.bought, qty)
                self.bought_quote = plus(self.bought_quote, quote)
            else:
                self.sold = plus(self.sold, qty)
                self.sold_quote = plus(self.sold_quote, quote)
        if fee:
            paid = plus(self.fees.get(fill.fee_asset, ZERO), fee)
            if paid:
                self.fees[fill.fee_asset] = paid
            else:
                self.fees.pop(fill.fee_asset, None)
        realized = decimal_of(fill.realized_pnl)
        if realized is not None:
            self.realizing += times
            self.realized = plus(self.realized, realized)


def _average(qty: Decimal, quote: Decimal, contract: Decimal | None) -> Decimal | None:
    """Quote for one; of contracts, whose fills tell their worth in the base asset, the other way round."""
    if not qty or not quote:
        return None
    if contract is None:
        return DIVIDED.divide(quote, qty)
    return DIVIDED.divide(EXACT.multiply(qty, contract), quote)


def slippage_bps(fill: Fill) -> Decimal | None:
    """How much worse than the mid it was done, in hundredths of a per cent; below zero: better."""
    price, mid = decimal_of(fill.price), decimal_of(fill.mid)
    if price is None or mid is None or mid <= 0:
        return None
    worse = EXACT.subtract(price, mid) if fill.side == "BUY" else EXACT.subtract(mid, price)
    return DIVIDED.divide(EXACT.multiply(worse, Decimal(10_000)), mid)


def words_of(fill: Fill) -> str:
    """All that a filter may look for, in capitals."""
    return " ".join(
        (
            fill.owner.label,
            fill.key.full,
            fill.side,
            fill.position_side,
            "MAKER" if fill.maker else "TAKER",
            "RECOVERED" if fill.recovered else "",
            fill.client_order_id,
        )
    ).upper()


class FillList:
    """The fills that a viewer holds, less those that the filter hides.

    As many as `Accounts` holds: what has gone from there goes here with the next `take`.
    """

    def __init__(self) -> None:
        """Empty, without a filter."""
        self.sums: dict[SumKey, Sums] = {}
        """Of the fills that are listed."""
        self.position_sides: set[str] = set()
        """Those that any fill was of."""
        self._fills: dict[int, Fill] = {}
        self._order: list[tuple[int, int]] = []
        """Time and number of those listed, ascending."""
        self._words: tuple[str, ...] = ()
        self._epoch = ""
        self._last = 0

    def __repr__(self) -> str:
        return f"<FillList {len(self._order)} of {len(self._fills)}, {len(self.sums)} symbols>"

    def __len__(self) -> int:
        return len(self._order)

    @property
    def total(self) -> int:
        """How many there are, hidden ones included."""
        return len(self._fills)

    @property
    def newest_first(self) -> list[int]:
        """The numbers of those listed, those that happened last first."""
        return [number for _, number in reversed(self._order)]

    def get(self, number: int) -> Fill | None:
        """The fill of this number."""
        return self._fills.get(number)

    def take(self, epoch: str, accounts: Accounts) -> bool:
        """Take in what is new of them, and let go what is gone; False where nothing is.

        Numbers mean something within an epoch only.
        """
        fills = accounts.fills
        if epoch != self._epoch or accounts.last_fill < self._last:
            self._epoch, self._last = epoch, 0
            self._fills, self._order, self.sums = {}, [], {}
            self.position_sides = set()
            changed = True
        else:
            changed = self._let_go(fills)
        new: list[int] = []
        for number in reversed(fills):
            if number <= self._last:
                break
            new.append(number)
        for number in reversed(new):
            fill = self._fills[number] = fills[number]
            self.position_sides.add(fill.position_side)
            self._list(number, fill)
        self._last = max(accounts.last_fill, self._last)
        return changed or bool(new)

    def set_filter(self, text: str) -> None:
        """List only those that hold every word of the text."""
        words = tuple(text.upper().split())
        if words != self._words:
            self._words = words
            self._order, self.sums = [], {}
            for number, fill in self._fills.items():
                self._list(number, fill)

    def _let_go(self, fills: Mapping[int, Fill]) -> bool:
        oldest = next(iter(fills), 0)
        gone = False
        while self._fills and (number := next(iter(self._fills))) < oldest:
            fill = self._fills.pop(number)
            at = bisect_left(self._order, (fill.time_ms, number))
            if at < len(self._order) and self._order[at] == (fill.time_ms, number):
                del self._order[at]
                key = SumKey(fill.owner, fill.symbol)
                self.sums[key].add(fill, -1)
                if not self.sums[key].fills:
                    del self.sums[key]
            gone = True
        return gone

    def _list(self, number: int, fill: Fill) -> None:
        if self._words:
            told = words_of(fill)
            if not all(word in told for word in self._words):
                return
        place = (fill.time_ms, number)
        if not self._order or place > self._order[-1]:
            self._order.append(place)
        else:
            insort(self._order, place)
        key = SumKey(fill.owner, fill.symbol)
        sums = self.sums.get(key)
        if sums is None:
            sums = self.sums[key] = Sums()
        sums.add(fill, 1)
