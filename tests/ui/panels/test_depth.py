from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.panels import LadderLevel
from bntui.model.states import BookState
from bntui.ui.panels.depth import (
    EXACT,
    best_of,
    coins_for,
    imbalance,
    plain,
    rounded,
    rungs,
    step_text,
    wrongness,
)
from tests.support.opened import book, level, status

AMOUNTS = st.decimals("0.00000001", "99999999", places=8).map(lambda number: f"{number:f}")


def test_totals_and_costs_are_exact() -> None:
    climbed = rungs([level("0.1", "0.2"), level("0.3", "0.00000001")])
    assert [(rung.total, rung.cost) for rung in climbed] == [
        (Decimal("0.2"), Decimal("0.02")),
        (Decimal("0.20000001"), Decimal("0.020000003")),
    ]


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=50))
def test_no_digit_is_lost_over_any_levels(amounts: list[tuple[str, str]]) -> None:
    last = rungs([level(price, qty) for price, qty in amounts])[-1]
    # In whole units of the last decimal there is nothing to round.
    assert last.total.scaleb(8, EXACT) == sum(int(Decimal(qty) * 10**8) for _, qty in amounts)
    assert last.cost.scaleb(16, EXACT) == sum(
        int(Decimal(price) * 10**8) * int(Decimal(qty) * 10**8) for price, qty in amounts
    )


def test_the_average_is_the_cost_by_the_quantity() -> None:
    assert rungs([level("100", "1"), level("103", "2")])[-1].average == 102


@pytest.mark.parametrize("junk", ["", "abc", "NaN", "1e999"])
def test_a_level_that_is_no_number_ends_its_side(junk: str) -> None:
    good = level("1", "1")
    assert len(rungs([good, LadderLevel(junk, "1", "1"), good])) == 1
    assert len(rungs([good, LadderLevel("1", junk, "1")])) == 1


def test_contracts_cost_less_at_a_higher_price() -> None:
    assert coins_for(rungs([level("50000", "10"), level("40000", "10")]), Decimal(100)) == Decimal("0.045")
    assert coins_for(rungs([LadderLevel("1", "1", "0")]), Decimal(100)) is None


def test_spread_mid_and_microprice_of_the_best_levels() -> None:
    best = best_of(book(bids=[level("99.00", "3")], asks=[level("101.00", "1")]))
    assert best is not None
    assert [best.spread, best.mid, best.bps, best.ticks("0.01")] == [2, 100, 200, 200]
    assert best.microprice == Decimal("100.5")  # three times as much is bid: it leans to the ask


def test_best_levels_are_the_exchanges_own_where_the_ladder_is_grouped() -> None:
    view = book(
        bids=[level("60", "3")],
        asks=[level("70", "1")],
        best_bid=level("64", "3"),
        best_ask=level("65", "1"),
    )
    best = best_of(view)
    assert best is not None
    assert best.spread == 1


def test_one_side_alone_has_no_spread() -> None:
    assert best_of(book(asks=[])) is None
    assert best_of(book(bids=[])) is None


def test_imbalance_is_the_bids_share() -> None:
    assert imbalance(rungs([level("1", "3")]), rungs([level("2", "1")])) == Decimal("0.75")
    assert imbalance([], rungs([level("2", "1")])) == 0
    assert imbalance([], []) is None


@pytest.mark.parametrize(("bid", "word"), [("101", "locked"), ("102", "crossed")])
def test_a_book_that_calls_itself_synced_is_wrong_where_its_sides_meet(bid: str, word: str) -> None:
    assert wrongness(book(bids=[level(bid, "1")], asks=[level("101", "1")])) == f"{word}: bid {bid}, ask 101"


def test_what_the_book_says_of_itself_comes_first() -> None:
    view = replace(book(), status=status(state=BookState.RESYNC, reason="an update is missing"))
    assert wrongness(view) == "an update is missing"
    assert wrongness(book()) == ""


@pytest.mark.parametrize(
    ("tick", "multiple", "text"),
    [
        ("0.01000000", 1, ""),
        ("0.01000000", 2, "0.02"),
        ("0.01000000", 100, "1"),
        ("0.00000001", 5, "0.00000005"),
        ("10", 1_000, "10000"),
        ("nonsense", 5, ""),
    ],
)
def test_steps_are_multiples_of_the_tick_without_an_exponent(tick: str, multiple: int, text: str) -> None:
    assert step_text(tick, multiple) == text


def test_numbers_are_told_whole_or_rounded_to_even() -> None:
    assert plain(Decimal("1E-8")) == "0.00000001"
    assert plain(Decimal("100")) == "100"
    assert rounded(Decimal("0.125"), 2) == "0.12"
    assert rounded(Decimal(10) ** 39, 10).startswith("1000")
