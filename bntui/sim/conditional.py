"""The service in which the orders of USD-M wait for a price (since 2025-12-09).

An order waits there under an id of its own. When the last price reaches its trigger, a market order is placed
for it; only that one is heard of in the reports of orders.
"""

from __future__ import annotations

from dataclasses import replace

from bntui.sim.announcer import Announcer
from bntui.sim.broker import Broker, reached
from bntui.sim.futuresuserpayloads import Conditional, algo_update
from bntui.sim.instruments import Pair
from bntui.sim.orders import OrderType, Status

MOST_WAITING = 4
"""Orders that wait; before one more is placed the oldest is cancelled."""


class ConditionalOrders:
    """Those of one account."""

    def __init__(self, broker: Broker, announcer: Announcer) -> None:
        """Nothing waits."""
        self._broker = broker
        self._announcer = announcer
        self.waiting: dict[int, Conditional] = {}
        """By id, in the order in which they were placed."""

    def __repr__(self) -> str:
        return f"<ConditionalOrders {len(self.waiting)} wait>"

    def place(self, pair: Pair, buys: bool, steps: int, trigger: int, *, reduce_only: bool = True) -> None:
        """Let an order wait for a price in ticks."""
        for one in list(self.waiting.values())[: 1 - MOST_WAITING]:
            self.cancel(one)
        numbers = self._broker.numbers
        one = Conditional(pair, numbers.next_id(), numbers.name(), buys, steps, trigger, reduce_only, "NEW")
        self.waiting[one.algo_id] = one
        self._tell(one)

    def cancel(self, one: Conditional) -> None:
        """Wait no longer."""
        if self.waiting.pop(one.algo_id, None) is not None:
            self._tell(replace(one, status="CANCELED"))

    def advance(self) -> None:
        """Trigger what has been reached."""
        for one in list(self.waiting.values()):
            if reached(self._broker.desk(one.pair), one.buys, one.trigger):
                del self.waiting[one.algo_id]
                self._trigger(one)

    def _trigger(self, one: Conditional) -> None:
        one = replace(one, status="TRIGGERING", triggered_us=self._broker.market.moment_us)
        self._tell(one)
        order = self._broker.place(
            one.pair,
            one.buys,
            one.steps,
            type=OrderType.MARKET,
            reduce_only=one.reduce_only,
            client_id=one.client_id,
            born=OrderType.STOP_MARKET,
        )
        if order.status is Status.REJECTED:
            reason = "Reduce Only reject" if one.reduce_only else "Margin is insufficient"
            self._tell(replace(one, status="REJECTED", reason=reason))
            return
        self._tell(replace(one, status="TRIGGERED", order=order))
        self._tell(replace(one, status="FINISHED", order=order))

    def _tell(self, one: Conditional) -> None:
        self._announcer.tell(algo_update(one, self._broker.market.moment_us))
