"""What an account on Spot has is what it began with, and what it was given, bought and sold, less fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bntui.sim.orders import OrderType, Status
from bntui.sim.spotkeeper import FEE
from tests.sim.trading import PLENTY, Stall


def last(stall: Stall, kind: str) -> Any:
    return [event for event in stall.events if event["e"] == kind][-1]


def test_a_bid_locks_what_it_may_cost_and_gives_it_back() -> None:
    stall = Stall()
    before = stall.keeper.free("USDT")
    order = stall.place(True, 6, stall.bid)
    locked = stall.keeper.locked("USDT")
    assert locked == Decimal(stall.bid * 6 * stall.pair.tick_e8 * stall.pair.step_e8).scaleb(-16)
    assert stall.keeper.free("USDT") == before - locked
    stall.broker.cancel(order)
    assert stall.keeper.free("USDT") == before
    assert stall.keeper.locked("USDT") == 0


def test_an_ask_locks_what_it_sells() -> None:
    stall = Stall()
    stall.place(False, 6, stall.ask)
    assert stall.keeper.locked("BTC") == Decimal(6 * stall.pair.step_e8).scaleb(-8)
    assert last(stall, "outboundAccountPosition")["B"][0]["a"] == "BTC"


def test_what_is_bought_cheaper_than_the_limit_costs_only_its_price() -> None:
    stall = Stall()
    before = stall.keeper.free("USDT")
    stall.place(True, 6, stall.ask + 1_000)
    spent = sum(trade.worth for trade in stall.records.trades)
    assert stall.keeper.free("USDT") == before - spent
    assert stall.keeper.locked("USDT") == 0


@pytest.mark.parametrize("buys", [True, False])
def test_the_fee_is_taken_from_what_is_received(buys: bool) -> None:
    stall = Stall()
    stall.place(buys, 60, type=OrderType.MARKET)
    trade = stall.records.trades[0]
    received = Decimal(trade.steps * stall.pair.step_e8).scaleb(-8) if buys else trade.worth
    assert trade.fee_asset == ("BTC" if buys else "USDT")
    assert abs(trade.fee - received * FEE) < Decimal("0.00000001")


def test_the_fee_is_paid_in_bnb_as_long_as_there_is_some_and_it_is_wanted() -> None:
    stall = Stall(began={"BTC": PLENTY, "USDT": PLENTY, "BNB": Decimal("0.0000001")}, in_bnb="0.001")
    stall.place(False, 6, type=OrderType.MARKET)
    assert stall.records.trades[-1].fee_asset == "USDT"
    stall.keeper.deposit("BNB", Decimal(1), 1)
    stall.place(False, 6, type=OrderType.MARKET)
    trade = stall.records.trades[-1]
    assert trade.fee_asset == "BNB"
    assert abs(trade.fee - trade.worth * Decimal("0.001") * FEE * Decimal("0.75")) < Decimal("0.00000001")
    assert {row["a"] for row in last(stall, "outboundAccountPosition")["B"]} == {"BTC", "USDT", "BNB"}
    stall.keeper.pays_in_bnb = False
    stall.place(False, 6, type=OrderType.MARKET)
    assert stall.records.trades[-1].fee_asset == "USDT"


def test_what_cannot_be_paid_is_refused_and_told() -> None:
    stall = Stall(began={"USDT": Decimal(1)})
    order = stall.place(True, 600, stall.bid)
    assert order.status is Status.REJECTED
    assert last(stall, "executionReport")["r"] == "INSUFFICIENT_BALANCES"
    assert not any(event["e"] == "outboundAccountPosition" for event in stall.events)
    assert [one.order_id for one in stall.records.orders()] == [order.order_id]


def test_a_market_order_is_refused_where_its_worst_price_could_not_be_paid() -> None:
    stall = Stall()
    worth = Decimal(stall.ask * stall.pair.tick_e8).scaleb(-8) * Decimal(600 * stall.pair.step_e8).scaleb(-8)
    poor = Stall(began={"USDT": worth})
    assert poor.place(True, 600, type=OrderType.MARKET).status is Status.REJECTED


def test_money_is_paid_in_and_out_but_never_more_than_there_is() -> None:
    stall = Stall(began={"USDT": Decimal(10)})
    stall.keeper.deposit("USDT", Decimal("2.5"), 1)
    stall.keeper.deposit("USDT", Decimal("-12.5"), 1)
    assert stall.keeper.free("USDT") == 0
    assert [event["d"] for event in stall.events if event["e"] == "balanceUpdate"] == [
        "2.50000000",
        "-12.50000000",
    ]
    with pytest.raises(ValueError, match="cannot be paid out"):
        stall.keeper.deposit("USDT", Decimal(-1), 1)


def test_each_report_comes_before_the_balances_that_it_changed() -> None:
    stall = Stall()
    order = stall.place(True, 6, stall.bid)
    stall.broker.hit(order, 6)
    assert [event["e"] for event in stall.events] == ["executionReport", "outboundAccountPosition"] * 2


def test_one_leans_to_what_there_is_less_of() -> None:
    rich = Stall(began={"USDT": Decimal(100), "BTC": Decimal(1)}, in_bnb="1")
    assert rich.keeper.leaning(rich.pair) > 0.9
    poor = Stall(began={"USDT": Decimal(1), "BTC": Decimal(100)}, in_bnb="1")
    assert poor.keeper.leaning(poor.pair) < 0.1
    assert Stall(began={}).keeper.leaning(rich.pair) == 0.5


def test_spot_has_no_margin() -> None:
    with pytest.raises(ValueError, match="no margin"):
        Stall().keeper.squeeze(1)
