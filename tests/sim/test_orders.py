"""Open orders are never forgotten, closed ones and trades up to a bound."""

from __future__ import annotations

from collections import deque

from bntui.sim.instruments import Pair
from bntui.sim.orders import Order, OrderType, Records, Status

PAIR = Pair("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000)


def order(number: int, status: Status = Status.NEW) -> Order:
    one = Order(PAIR, number, f"name-{number}", True, OrderType.LIMIT, "GTC", 100, 10, 1)
    one.status = status
    return one


def test_orders_come_in_the_order_of_their_ids_whether_open_or_not() -> None:
    records = Records()
    for number in (5, 3, 4):
        records.open[number] = order(number)
    records.close(records.open[4])
    assert [one.order_id for one in records.orders()] == [3, 4, 5]
    assert list(records.open) == [5, 3]


def test_the_oldest_closed_orders_go_first_and_open_ones_never() -> None:
    records = Records()
    records.closed = deque(maxlen=2)
    records.open[1] = order(1)
    for number in (2, 3, 4):
        records.close(order(number, Status.FILLED))
    assert [one.order_id for one in records.orders()] == [1, 3, 4]


def test_what_is_not_filled_is_left() -> None:
    one = order(1)
    one.filled = 4
    assert one.left == 6


def test_an_order_is_open_until_it_is_filled_or_ended() -> None:
    open_ones = {status for status in Status if order(1, status).open}
    assert open_ones == {Status.NEW, Status.PARTIALLY_FILLED}
