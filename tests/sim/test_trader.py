"""A trader keeps to his rate on every market, whatever the market itself does with his orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from bntui.sim.trader import MOST_OPEN
from tests.sim.trading import Told, futures, spot

MARKETS: list[Callable[[float], Told]] = [
    lambda rate: spot(rate, past=0),
    lambda rate: futures(rate, past=0),
    lambda rate: futures(rate, coin=True, past=0),
]


def fills(told: Told) -> int:
    return told.account.broker.fills


@pytest.mark.parametrize("market", MARKETS)
def test_the_rate_is_kept(market: Callable[[float], Told]) -> None:
    told = market(4.0)
    told.run(30)
    assert 90 <= fills(told) <= 160


def test_fifty_fills_a_second_are_possible() -> None:
    told = spot(50.0, past=0)
    told.run(10)
    assert 420 <= fills(told) <= 600


def test_the_rate_may_change_and_stop() -> None:
    told = spot(0.0, past=0)
    told.run(5)
    assert told.events == []
    told.account.trader.fills_per_s = 10.0
    told.run(5)
    assert fills(told) > 30
    told.account.trader.fills_per_s = 0.0
    before = len(told.of("executionReport"))
    told.run(5)
    kinds = {event["x"] for event in told.of("executionReport")[before:]}
    assert kinds <= {"TRADE", "NEW"}


def test_after_a_long_pause_not_everything_comes_at_once() -> None:
    told = spot(1.0, past=0)
    told.run(1)
    before = fills(told)
    told.advance(3_600.0)
    assert fills(told) - before <= 80


def test_makers_takers_and_every_end_of_an_order_come() -> None:
    told = spot(6.0, past=0)
    told.run(60)
    reports = told.of("executionReport")
    assert {event["x"] for event in reports} == {"NEW", "TRADE", "CANCELED", "REJECTED", "EXPIRED"}
    assert {event["X"] for event in reports if event["x"] == "TRADE"} == {"PARTIALLY_FILLED", "FILLED"}
    assert Counter(event["m"] for event in reports if event["x"] == "TRADE").keys() == {True, False}
    assert {event["o"] for event in reports} == {"LIMIT", "MARKET", "LIMIT_MAKER", "STOP_LOSS_LIMIT"}
    assert {event["f"] for event in reports} == {"GTC", "IOC", "FOK"}
    assert {event["S"] for event in reports} == {"BUY", "SELL"}
    assert len({event["s"] for event in reports}) > 3


def test_open_orders_have_a_bound_and_some_are_there_from_the_first_moment() -> None:
    told = spot(6.0, past=0)
    told.run(0.05)
    assert told.account.rest("openOrders", {})
    for _ in range(20):
        told.run(1)
        rows = told.account.rest("openOrders", {})
        assert isinstance(rows, list)
        assert len(rows) <= MOST_OPEN + 2
