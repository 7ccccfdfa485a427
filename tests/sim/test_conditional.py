"""A stop of USD-M waits in its own service, and only what it triggers is an order."""

from __future__ import annotations

from typing import Any

from bntui.sim.conditional import MOST_WAITING, ConditionalOrders
from bntui.sim.desk import Desk
from bntui.sim.instruments import Pair
from bntui.sim.orders import OrderType
from tests.sim.trading import Told, futures


class Service:
    """Stops of an account that does nothing by itself."""

    def __init__(self) -> None:
        self.told: Told = futures(0.0, past=0)
        account = self.told.account
        self.broker = account.broker
        self.stops = ConditionalOrders(self.broker, account.announcer)
        self.pair: Pair = next(pair for pair in self.broker.market.pairs if pair.symbol == "BTCUSDT")

    @property
    def desk(self) -> Desk:
        return self.broker.desk(self.pair)

    @property
    def last(self) -> int:
        return self.desk.timeline.open.close

    def hold(self, buys: bool, steps: int) -> None:
        self.broker.place(self.pair, buys, steps, type=OrderType.MARKET)
        self.told.events.clear()

    def statuses(self) -> list[str]:
        return [event["o"]["X"] for event in self.told.of("ALGO_UPDATE")]


def test_a_stop_waits_without_an_order() -> None:
    service = Service()
    service.stops.place(service.pair, False, 5, service.last - 100)
    service.stops.advance()
    assert [event["e"] for event in service.told.events] == ["ALGO_UPDATE"]
    assert service.statuses() == ["NEW"]


def test_a_reached_stop_is_triggered_and_its_order_is_filled() -> None:
    service = Service()
    service.hold(True, 5)
    service.stops.place(service.pair, False, 5, service.last)
    service.stops.advance()
    assert service.statuses() == ["NEW", "TRIGGERING", "TRIGGERED", "FINISHED"]
    finished: Any = service.told.of("ALGO_UPDATE")[-1]["o"]
    orders = service.told.of("ORDER_TRADE_UPDATE")
    assert orders[0]["o"]["x"] == "NEW"
    assert {(event["o"]["i"], event["o"]["c"], event["o"]["ot"]) for event in orders} == {
        (int(finished["ai"]), finished["caid"], "STOP_MARKET")
    }
    assert orders[-1]["o"]["X"] == "FILLED"
    assert float(finished["aq"]) > 0
    assert not service.stops.waiting


def test_a_stop_for_a_position_that_is_gone_is_rejected() -> None:
    service = Service()
    service.stops.place(service.pair, False, 5, service.last)
    service.stops.advance()
    assert service.statuses() == ["NEW", "TRIGGERING", "REJECTED"]
    assert service.told.of("ALGO_UPDATE")[-1]["o"]["rm"] == "Reduce Only reject"
    assert not service.told.of("ORDER_TRADE_UPDATE")


def test_a_stop_can_be_cancelled_once() -> None:
    service = Service()
    service.stops.place(service.pair, True, 5, service.last + 100)
    (one,) = service.stops.waiting.values()
    service.stops.cancel(one)
    service.stops.cancel(one)
    assert service.statuses() == ["NEW", "CANCELED"]


def test_the_oldest_goes_where_there_are_too_many() -> None:
    service = Service()
    for away in range(MOST_WAITING + 1):
        service.stops.place(service.pair, True, 5, service.last + 100 + away)
    assert len(service.stops.waiting) == MOST_WAITING
    assert service.statuses().count("CANCELED") == 1
