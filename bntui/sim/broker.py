"""Carries the orders of one account to the market, and back to its keeper what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bntui.sim.amounts import worth
from bntui.sim.book import BookSide
from bntui.sim.desk import Desk
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.market import Market
from bntui.sim.noise import mix
from bntui.sim.orders import Execution, Order, OrderType, Records, Status
from bntui.sim.resting import Resting

MOST_ACCOUNTS = 16
"""Accounts whose numbers, and whose trades of the past, are kept apart."""
_FAR = 50
"""A market order takes no worse price than this part of the best one away."""


class Keeper(Protocol):
    """Keeps the money of an account, and tells its events."""

    def leaning(self, pair: Pair) -> float:
        """How much it would rather buy than sell, from 0 to 1, so that it never runs out of either side."""
        ...

    def most(self, pair: Pair, buys: bool, price: int) -> int:
        """Steps that a sensible order has at most."""
        ...

    def refusal(self, order: Order, worst: int) -> str:
        """Why an order cannot be, in the exchange's word; empty where it can. `worst`: its price at worst."""
        ...

    def refused(self, order: Order, reason: str, now_us: int) -> bool:
        """An order was not taken: whether it is remembered all the same."""
        ...

    def placed(self, order: Order, now_us: int) -> None:
        """An order was taken."""
        ...

    def worked(self, order: Order, now_us: int) -> None:
        """An order that has waited for its price begins to work."""
        ...

    def traded(self, order: Order, row: TradeRow, *, maker: bool, now_us: int) -> None:
        """A part of an order is filled; the order shows it already."""
        ...

    def ended(self, order: Order, execution: Execution, reason: str, now_us: int) -> None:
        """What is left of an order is filled no more; the order shows it already."""
        ...


class Numbers:
    """Ids of one account: no other account of the exchange has the same."""

    def __init__(self, seed: int, number: int) -> None:
        """`number`: which account, from 0 up to but not including MOST_ACCOUNTS."""
        if not 0 <= number < MOST_ACCOUNTS:
            raise ValueError(f"there is no account {number}: there are {MOST_ACCOUNTS}")
        self._salt = mix(seed, number)
        self._number = number
        self._last = 100_000_000 + self._salt % 100_000_000

    def next_id(self) -> int:
        """An id above all before it."""
        self._last += 1
        return self._last * MOST_ACCOUNTS + self._number

    def name(self) -> str:
        """What a bot would call an order or a request."""
        return f"bot-{mix(self._salt, self.next_id()):016x}"


class Broker:
    """Places, cancels and fills."""

    def __init__(self, market: Market, keeper: Keeper, numbers: Numbers, records: Records) -> None:
        """An account without orders."""
        self.market = market
        self.numbers = numbers
        self.records = records
        self.fills = 0
        """Trades since it began."""
        self._keeper = keeper
        self._filled: list[tuple[Order, TradeRow]] = []
        """Trades that the market has done with orders that rest; as many as there is left of them."""

    def __repr__(self) -> str:
        return f"<Broker {self.records!r}>"

    # What somebody wants

    def place(
        self,
        pair: Pair,
        buys: bool,
        steps: int,
        price: int = 0,
        *,
        type: OrderType = OrderType.LIMIT,
        time_in_force: str = "GTC",
        stop: int = 0,
        reduce_only: bool = False,
        client_id: str = "",
        born: OrderType | None = None,
        parts: Sequence[int] = (),
    ) -> Order:
        """Place an order now. `parts`: steps of the orders that it meets where it takes from the book."""
        now_us = self.market.moment_us
        order = self.draft(pair, buys, steps, price, now_us, type=type, time_in_force=time_in_force)
        order.stop, order.reduce_only, order.born = stop, reduce_only, born
        order.client_id = client_id or order.client_id
        desk = self.desk(pair)
        self.market.wake(pair.symbol)
        reason = self._keeper.refusal(order, self._worst(desk, order))
        if not reason and type is OrderType.LIMIT_MAKER and crosses(desk, buys, price):
            reason = "WOULD_MATCH_IMMEDIATELY"
        if reason:
            order.status, order.updated_us = Status.REJECTED, now_us
            if self._keeper.refused(order, reason, now_us):
                self.records.close(order)
            return order
        self.open(order, now_us, works=not stop)
        if not stop:
            self._work(desk, order, parts)
        return order

    def cancel(self, order: Order) -> None:
        """Cancel what is left of an order."""
        if self._leaves(order):
            self.end(order, Execution.CANCELED, "", self.market.moment_us)

    def expire(self, order: Order, reason: str) -> None:
        """What is left of an order expires, for a reason in the exchange's word."""
        if self._leaves(order):
            self.end(order, Execution.EXPIRED, reason, self.market.moment_us)

    def hit(self, order: Order, steps: int) -> None:
        """Let somebody take from an order that rests. Nothing happens where another price is better."""
        if order.resting is not None and self.at_best(order):
            limit = order.price
            self.market.take(order.pair.symbol, not order.buys, (min(steps, order.resting.steps),), limit)
            self.collect()

    def collect(self) -> None:
        """Book the trades that the market has done with orders that rest."""
        filled, self._filled = self._filled, []
        for order, row in filled:
            self.fill(order, row, maker=True, now_us=row.time_us)

    def trigger(self) -> None:
        """Let orders work whose price was reached."""
        for order in list(self.records.open.values()):
            if order.stop and not order.working_us:
                desk = self.desk(order.pair)
                if reached(desk, order.buys, order.stop):
                    order.working_us = order.updated_us = self.market.moment_us
                    self._keeper.worked(order, order.working_us)
                    self._work(desk, order, ())

    # What becomes of it

    def draft(
        self,
        pair: Pair,
        buys: bool,
        steps: int,
        price: int,
        now_us: int,
        *,
        type: OrderType = OrderType.LIMIT,
        time_in_force: str = "GTC",
    ) -> Order:
        """An order with an id and a name that nobody has seen yet."""
        name, order_id = self.numbers.name(), self.numbers.next_id()
        return Order(pair, order_id, name, buys, type, time_in_force, price, steps, now_us)

    def open(self, order: Order, now_us: int, *, works: bool = True) -> None:
        """An order is taken."""
        order.updated_us = now_us
        order.working_us = now_us if works else 0
        self.records.open[order.order_id] = order
        self._keeper.placed(order, now_us)

    def fill(self, order: Order, row: TradeRow, *, maker: bool, now_us: int) -> None:
        """A part of an order is filled by a public trade."""
        self.fills += 1
        order.filled += row.steps
        order.product += row.price * row.steps
        order.paid += worth(order.pair, row.price, row.steps)
        order.status = Status.PARTIALLY_FILLED if order.left else Status.FILLED
        order.updated_us = row.time_us
        if not order.open:
            order.resting = None
            self.records.close(order)
        self._keeper.traded(order, row, maker=maker, now_us=now_us)

    def end(self, order: Order, execution: Execution, reason: str, now_us: int) -> None:
        """An order ends before it is filled."""
        order.status = Status(execution.value)
        order.updated_us = now_us
        self.records.close(order)
        self._keeper.ended(order, execution, reason, now_us)

    # The market

    def desk(self, pair: Pair) -> Desk:
        """Where a symbol is traded."""
        desk = self.market.desk(pair.symbol)
        if desk is None:
            raise ValueError(f"{pair.symbol} is traded nowhere")
        return desk

    def at_best(self, order: Order) -> bool:
        """Whether nobody offers a better price than an order that rests."""
        return self._side(self.desk(order.pair), order.buys).best() == _key(order.buys, order.price)

    @staticmethod
    def _side(desk: Desk, bids: bool) -> BookSide:
        return desk.book.bids if bids else desk.book.asks

    def _worst(self, desk: Desk, order: Order) -> int:
        """The worst price at which an order can be filled."""
        (bid, _), (ask, _) = desk.best()
        if order.price:
            return order.price
        return ask + max(1, ask // _FAR) if order.buys else bid - bid // _FAR

    def _work(self, desk: Desk, order: Order, parts: Sequence[int]) -> None:
        """Take what the book has for an order, and lay what is left."""
        worst, lays = self._worst(desk, order), order.time_in_force in ("GTC", "GTX") and order.price > 0
        if crosses(desk, order.buys, worst):
            if order.time_in_force == "GTX":
                self.end(order, Execution.EXPIRED, "POST_ONLY", self.market.moment_us)
                return
            self._clear_way(order, worst)
            if order.time_in_force != "FOK" or self._there(desk, order.buys, worst) >= order.left:
                self._take(order, worst, parts)
        if not order.open:
            return
        if lays:
            order.resting = Resting(
                _key(order.buys, order.price), order.left, lambda row: self._filled.append((order, row))
            )
            desk.lay(order.resting)
        else:
            self.end(order, Execution.EXPIRED, _unfilled(order), self.market.moment_us)

    def _take(self, order: Order, worst: int, parts: Sequence[int]) -> None:
        left, wanted = order.left, list[int]()
        for part in (*parts, left):
            wanted.append(min(part, left))
            left -= wanted[-1]
        for row in self.market.take(order.pair.symbol, order.buys, [part for part in wanted if part], worst):
            self.fill(order, row, maker=False, now_us=row.time_us)

    def _clear_way(self, order: Order, worst: int) -> None:
        """An account does not trade with itself: its own orders in the way are cancelled."""
        for other in list(self.records.open.values()):
            in_way = other.price <= worst if order.buys else other.price >= worst
            if other.pair is order.pair and other.buys is not order.buys and other.resting and in_way:
                self.cancel(other)

    def _there(self, desk: Desk, buys: bool, worst: int) -> int:
        side = self._side(desk, not buys)
        reach = _key(not buys, worst)
        return sum(side.steps[key] for key in side.keys if key >= reach)

    def _leaves(self, order: Order) -> bool:
        """Take an order out of the book. False where it has ended already."""
        self.collect()
        if order.resting is not None:
            self.desk(order.pair).withdraw(order.resting)
            order.resting = None
        return order.open


def _key(bids: bool, ticks: int) -> int:
    return ticks if bids else -ticks


def _unfilled(order: Order) -> str:
    """Why a rest expires (enums.md, expiryReason)."""
    if order.time_in_force == "FOK":
        return "UNFILLED_FOK_ORDER_EXPIRED"
    if order.time_in_force == "IOC":
        return "UNFILLED_IOC_QUANTITY_EXPIRED"
    return "INSUFFICIENT_LIQUIDITY"


def crosses(desk: Desk, buys: bool, ticks: int) -> bool:
    """Whether an order at a price would be filled at once."""
    (bid, _), (ask, _) = desk.best()
    return 0 < ask <= ticks if buys else bid >= ticks > 0


def reached(desk: Desk, buys: bool, stop: int) -> bool:
    """Whether the last price has reached that for which an order waits."""
    last = desk.timeline.open.close
    return last >= stop if buys else last <= stop
