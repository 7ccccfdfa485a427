"""Positions open, grow, shrink, flip and close, and what they make adds up exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.sim import amounts
from bntui.sim.instruments import E8, Pair
from bntui.sim.positions import MAINTENANCE, Position
from tests.sim.floors import COIN, PERPETUAL

trades = st.lists(
    st.tuples(st.booleans(), st.integers(-50, 50), st.integers(1, 400)), min_size=1, max_size=30
)
pairs = pytest.mark.parametrize("pair", [PERPETUAL, COIN])


def ticks(pair: Pair, dollars: int) -> int:
    return dollars * E8 // pair.tick_e8


def steps(pair: Pair, quantity: str) -> int:
    return int(Decimal(quantity) * E8) // pair.step_e8


def bought(pair: Pair, quantity: str, dollars: int) -> Position:
    position = Position(pair)
    position.trade(True, ticks(pair, dollars), steps(pair, quantity))
    return position


def test_a_position_that_grows_has_the_mean_of_its_prices() -> None:
    position = bought(PERPETUAL, "0.1", 100_000)
    position.trade(True, ticks(PERPETUAL, 90_000), steps(PERPETUAL, "0.3"))
    assert position.entry == Decimal(92_500)
    assert position.realized == 0


def test_what_is_closed_makes_its_profit_final_and_the_rest_keeps_its_price() -> None:
    position = bought(PERPETUAL, "0.4", 100_000)
    assert position.trade(False, ticks(PERPETUAL, 101_000), steps(PERPETUAL, "0.1")) == Decimal(100)
    assert position.entry == Decimal(100_000)
    assert position.trade(False, ticks(PERPETUAL, 99_000), steps(PERPETUAL, "0.3")) == Decimal(-300)
    assert position.steps == 0
    assert position.cost == 0
    assert position.entry == 0
    assert position.realized == Decimal(-200)


def test_a_position_that_flips_begins_anew_at_the_price_of_the_flip() -> None:
    position = bought(PERPETUAL, "0.1", 100_000)
    assert position.trade(False, ticks(PERPETUAL, 101_000), steps(PERPETUAL, "0.3")) == Decimal(100)
    assert position.steps == -steps(PERPETUAL, "0.2")
    assert position.entry == Decimal(101_000)
    assert position.unrealized(Decimal(100_000)) == Decimal(200)


def test_contracts_of_dollars_make_their_profit_in_the_coin() -> None:
    position = bought(COIN, "100", 50_000)
    assert position.cost == Decimal("0.2")
    assert position.entry == Decimal(50_000)
    assert position.unrealized(Decimal(100_000)) == Decimal("0.1")
    assert position.trade(False, ticks(COIN, 100_000), 100) == Decimal("0.1")


def test_sold_contracts_of_dollars_lose_when_the_coin_rises() -> None:
    position = Position(COIN)
    position.trade(False, ticks(COIN, 50_000), 100)
    assert position.unrealized(Decimal(100_000)) == Decimal("-0.1")


@pairs
@given(trades)
def test_profit_made_final_is_what_came_in_less_what_is_still_open(
    pair: Pair, deals: list[tuple[bool, int, int]]
) -> None:
    position, paid = Position(pair), Decimal(0)
    sign = -1 if pair is COIN else 1
    for buys, away, quantity in deals:
        price = ticks(pair, 50_000 + 100 * away)
        worth = amounts.worth(pair, price, quantity)
        paid += worth if buys else -worth
        position.trade(buys, price, quantity)
    assert position.steps == sum(quantity if buys else -quantity for buys, _, quantity in deals)
    open_worth = position.cost if position.steps >= 0 else -position.cost
    assert sign * position.realized == open_worth - paid
    assert position.cost >= 0


@pairs
def test_fees_and_funding_move_the_price_at_which_nothing_is_lost(pair: Pair) -> None:
    position = bought(pair, "100" if pair is COIN else "0.1", 50_000)
    fee = Decimal("0.002") if pair is COIN else Decimal(50)
    position.pay(fee)
    assert position.break_even > position.entry
    assert abs(position.unrealized(position.break_even) - fee) < Decimal("0.00000002")


def test_nothing_is_owed_for_what_is_not_held() -> None:
    position = Position(PERPETUAL)
    position.pay(Decimal(5))
    assert position.spent == 0
    assert position.break_even == 0
    assert position.unrealized(Decimal(1)) == 0
    assert position.liquidation(Decimal(1_000)) == 0


@pairs
@pytest.mark.parametrize("buys", [True, False])
def test_at_the_price_of_liquidation_exactly_the_maintenance_margin_is_left(pair: Pair, buys: bool) -> None:
    position = Position(pair)
    position.trade(buys, ticks(pair, 50_000), 100 if pair is COIN else steps(pair, "0.1"))
    others = Decimal("0.02") if pair is COIN else Decimal(500)
    price = position.liquidation(others)
    assert (price < 50_000) is buys
    left = others + position.unrealized(price)
    assert abs(left - position.notional(price) * MAINTENANCE) < Decimal("0.0000001")


def test_a_position_that_no_price_can_ruin_has_no_price_of_liquidation() -> None:
    assert bought(PERPETUAL, "0.1", 50_000).liquidation(Decimal(1_000_000)) == 0
