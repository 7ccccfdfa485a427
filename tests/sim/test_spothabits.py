"""What an account on Spot does beside trading ends as the exchange ends it."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from bntui.sim.spothabits import SpotHabits
from tests.sim.trading import PLENTY, Stall


def habits(stall: Stall) -> SpotHabits:
    return SpotHabits(stall.broker, stall.keeper, Random(1))


def reasons(stall: Stall) -> list[str]:
    return [event["r"] for event in stall.events if event["e"] == "executionReport"]


def test_an_order_that_costs_more_than_there_is_is_refused() -> None:
    stall = Stall(began={"USDT": Decimal(1_000)})
    habits(stall).overspend(stall.pair, stall.desk)
    assert reasons(stall) == ["INSUFFICIENT_BALANCES"]


def test_a_maker_that_would_take_is_refused() -> None:
    stall = Stall()
    habits(stall).fail_to_make(stall.pair, stall.desk)
    assert reasons(stall) == ["WOULD_MATCH_IMMEDIATELY"]


def test_a_stop_waits_below_the_price() -> None:
    stall = Stall()
    habits(stall).wait_for_price(stall.pair, stall.desk)
    (order,) = stall.records.open.values()
    assert order.price < order.stop < stall.bid
    assert not order.working_us


def test_fees_are_provided_for_first_and_then_money_moves() -> None:
    stall = Stall(began={"USDT": PLENTY})
    for _ in range(12):
        habits(stall).move_money(stall.pair, stall.desk)
    moved = [(event["a"], event["d"][0] == "-") for event in stall.events if event["e"] == "balanceUpdate"]
    assert moved[0] == ("BNB", False)
    assert set(moved[1:]) == {("USDT", False)} or ("USDT", True) in moved


def test_the_asset_of_fees_is_chosen_anew() -> None:
    stall = Stall()
    habits(stall).choose_fees(stall.pair, stall.desk)
    assert not stall.keeper.pays_in_bnb


def test_nothing_happens_by_the_clock() -> None:
    stall = Stall()
    habits(stall).advance()
    assert stall.events == []
    assert len(habits(stall).chores) == 5
