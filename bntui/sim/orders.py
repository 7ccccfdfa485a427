"""One order of an account, from its placing to its end, and the trades that came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bntui.sim.amounts import NOTHING
from bntui.sim.instruments import Pair
from bntui.sim.resting import Resting

KEPT_ORDERS = 20_000
"""Closed orders that an account remembers; beyond so many the oldest are forgotten. Open ones never are."""
KEPT_TRADES = 20_000
"""Trades that an account remembers; beyond so many the oldest are forgotten."""


class OrderType(StrEnum):
    """What an order does, in the exchange's words (enums.md, read 2026-07-21)."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    """Of Spot: it rests, or is refused. On the futures that is a time in force, `GTX`."""
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    """Of Spot: a limit order that waits for a price."""
    STOP_MARKET = "STOP_MARKET"
    """Of the futures: a market order that waits for a price."""


class Execution(StrEnum):
    """What happened to an order (`x` of the reports)."""

    NEW = "NEW"
    TRADE = "TRADE"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class Status(StrEnum):
    """How an order stands (`X` of the reports)."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


@dataclass(slots=True, eq=False)
class Order:
    """One order."""

    pair: Pair
    order_id: int
    client_id: str
    buys: bool
    type: OrderType
    time_in_force: str
    """`GTC`, `IOC`, `FOK`, and `GTX` on the futures."""
    price: int
    """Ticks; 0: any."""
    steps: int
    placed_us: int
    stop: int = 0
    """Ticks that the price must reach before it works; 0: it works at once."""
    reduce_only: bool = False
    """It only makes a position smaller (futures)."""
    born: OrderType | None = None
    """What it was placed as, where that was something else."""
    status: Status = Status.NEW
    filled: int = 0
    product: int = 0
    """Sum of ticks times steps of what is filled."""
    paid: Decimal = NOTHING
    """What the filled part came to: of the quote asset, or of the base asset (COIN-M)."""
    locked: Decimal = NOTHING
    """What Spot keeps back for it."""
    updated_us: int = 0
    working_us: int = 0
    """Since when it works; 0: it waits for its price."""
    resting: Resting | None = None
    """What is in the book of it."""

    @property
    def side(self) -> str:
        """The exchange's word."""
        return "BUY" if self.buys else "SELL"

    @property
    def open(self) -> bool:
        """Can it still be filled?"""
        return self.status in (Status.NEW, Status.PARTIALLY_FILLED)

    @property
    def left(self) -> int:
        """Steps that are not filled."""
        return self.steps - self.filled


@dataclass(frozen=True, slots=True)
class OwnTrade:
    """One trade of an order: a public trade, seen from one side."""

    order: Order
    trade_id: int
    time_us: int
    price: int
    steps: int
    maker: bool
    worth: Decimal
    fee: Decimal
    fee_asset: str
    realized: Decimal = NOTHING
    """Profit that it made final (futures)."""


class Records:
    """The orders and trades of one account."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.open: dict[int, Order] = {}
        self.closed: deque[Order] = deque(maxlen=KEPT_ORDERS)
        """In the order in which they ended."""
        self.trades: deque[OwnTrade] = deque(maxlen=KEPT_TRADES)
        """In the order in which they were done."""

    def __repr__(self) -> str:
        return f"<Records {len(self.open)} open, {len(self.closed)} closed, {len(self.trades)} trades>"

    def close(self, order: Order) -> None:
        """An order has ended."""
        self.open.pop(order.order_id, None)
        self.closed.append(order)

    def order(self, order_id: int) -> Order | None:
        """An order that is remembered."""
        return self.open.get(order_id) or next(
            (one for one in reversed(self.closed) if one.order_id == order_id), None
        )

    def orders(self) -> Iterator[Order]:
        """All that are remembered, in the order of their ids."""
        return iter(sorted((*self.closed, *self.open.values()), key=lambda order: order.order_id))
