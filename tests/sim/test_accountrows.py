"""A request gets the rows of the time or the ids that it names, and is refused where it names too much."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bntui.sim.accountrows import answered, found, orders_asked_for, span_us
from bntui.sim.instruments import Pair
from bntui.sim.orders import Order, OrderType
from bntui.sim.parameters import Parameters, Refused

PAIR = Pair("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000)
HOUR_MS = 3_600_000
START_MS = 1_767_225_600_000
ORDERS = [
    Order(
        PAIR,
        number,
        f"name-{number}",
        True,
        OrderType.LIMIT,
        "GTC",
        100,
        10,
        (START_MS + number * HOUR_MS) * 1000,
    )
    for number in range(30)
]


def parameters(**given: object) -> Parameters:
    words = [(name, str(value)) for name, value in given.items()]
    return Parameters(words, ("orderId", "startTime", "endTime", "limit", "origClientOrderId"))


def asked(**given: object) -> Sequence[int]:
    rows = orders_asked_for(ORDERS, parameters(**given), 24 * HOUR_MS, 500, 1_000)
    return [order.order_id for order in rows]


def test_without_times_the_newest_come() -> None:
    assert asked() == list(range(30))
    assert asked(limit=2) == [28, 29]


def test_from_an_id_on_the_oldest_come() -> None:
    assert asked(orderId=5, limit=2) == [5, 6]


def test_within_a_time_the_oldest_come_and_both_ends_belong_to_it() -> None:
    start, end = START_MS + 3 * HOUR_MS, START_MS + 6 * HOUR_MS
    assert asked(startTime=start, endTime=end) == [3, 4, 5, 6]
    assert asked(startTime=start, endTime=end, limit=2) == [3, 4]


def test_one_end_alone_means_the_longest_time_from_there() -> None:
    assert asked(startTime=START_MS + HOUR_MS) == list(range(1, 26))
    assert asked(endTime=START_MS + 28 * HOUR_MS) == list(range(4, 29))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"startTime": START_MS, "endTime": START_MS + 24 * HOUR_MS + 1}, -1127),
        ({"startTime": START_MS + 1, "endTime": START_MS}, -1023),
        ({"limit": 1_001}, -1130),
        ({"limit": 0}, -1130),
        ({"orderId": "x"}, -1100),
        ({"startTime": "yesterday"}, -1100),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, object], code: int) -> None:
    with pytest.raises(Refused) as refused:
        asked(**given)
    assert refused.value.code == code


def test_a_call_without_a_longest_time_takes_any() -> None:
    start_us, end_us = span_us(parameters(startTime=START_MS, endTime=START_MS * 2), None)
    assert (start_us, end_us) == (START_MS * 1000, START_MS * 2000 + 999)


def test_an_order_is_found_by_its_id_or_its_name() -> None:
    assert found(ORDERS, "BTCUSDT", parameters(orderId=7)).client_id == "name-7"
    assert found(ORDERS, "BTCUSDT", parameters(origClientOrderId="name-8")).order_id == 8


@pytest.mark.parametrize(
    ("symbol", "given", "code"),
    [
        ("BTCUSDT", {}, -1102),
        ("BTCUSDT", {"orderId": 99}, -2013),
        ("ETHUSDT", {"orderId": 7}, -2013),
        ("BTCUSDT", {"origClientOrderId": ""}, -1102),
    ],
)
def test_an_order_that_is_not_there_is_refused(symbol: str, given: dict[str, object], code: int) -> None:
    with pytest.raises(Refused) as refused:
        found(ORDERS, symbol, parameters(**given))
    assert refused.value.code == code


def test_only_known_calls_are_answered_with_the_parameters_that_they_take() -> None:
    questions = {"bare": ((), lambda given: "answer"), "some": (("symbol",), lambda given: given.symbol())}
    assert answered(questions, "bare", {}) == "answer"
    assert answered(questions, "some", {"symbol": "BTCUSDT"}) == "BTCUSDT"
    for name, given, code in (
        ("none", {}, -1020),
        ("bare", {"symbol": "X"}, -1101),
        ("some", {"symbol": "X", "more": "1"}, -1104),
    ):
        with pytest.raises(Refused) as refused:
            answered(questions, name, given)
        assert refused.value.code == code
