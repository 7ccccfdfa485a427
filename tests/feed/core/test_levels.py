"""The levels of a book: exact, best first, and no further than they are known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.levels import KEYS_KEPT, MOST_LEVELS, Levels, Side
from bntui.model.events import PriceLevel
from bntui.model.panels import LadderLevel

ASKS: tuple[PriceLevel, ...] = (("10.01", "1.5"), ("10.02", "2.0"), ("10.10", "4.0"), ("10.25", "0.5"))
BIDS: tuple[PriceLevel, ...] = (("10.00", "1.0"), ("9.99", "3.0"), ("9.90", "2.5"), ("9.75", "8.0"))


def side(*levels: PriceLevel, bids: bool = False, whole: bool = True) -> Side:
    made = Side(bids=bids)
    made.load(levels, whole=whole)
    return made


_prices = st.integers(1, 60).flatmap(lambda n: st.sampled_from([f"{n / 10:.1f}", f"{n / 10:.3f}"]))


@given(
    bids=st.booleans(),
    changes=st.lists(st.tuples(_prices, st.sampled_from(["0", "0.000", "1.0", "2.50"])), max_size=80),
)
def test_a_side_is_what_a_plain_table_of_its_changes_is(bids: bool, changes: list[PriceLevel]) -> None:
    made, table = side(bids=bids), dict[Decimal, PriceLevel]()
    for number in range(0, len(changes), 5):
        made.apply(changes[number : number + 5])
    for price, qty in changes:
        table.pop(Decimal(price), None) if not Decimal(qty) else table.update({Decimal(price): (price, qty)})
    expected = [table[price] for price in sorted(table, reverse=bids)]
    assert list(made.top(len(expected) + 1)) == expected
    assert (made.best, len(made)) == (expected[0] if expected else None, len(expected))


@pytest.mark.parametrize("price", ["0.00000001", "1000000.00", "123456789012345678901234567890.0000000001"])
def test_a_price_is_shown_as_it_was_printed(price: str) -> None:
    made = side((price, "0.10000000"))
    assert made.top(1) == ((price, "0.10000000"),)
    assert made.ladder(1)[0].price == price


def test_prices_that_differ_in_their_last_digit_are_two_levels() -> None:
    made = side(("0.00000001", "1"), ("0.00000002", "2"), ("1000000.01", "3"), ("1000000.00", "4"))
    assert [price for price, _ in made.top(9)] == ["0.00000001", "0.00000002", "1000000.00", "1000000.01"]


def test_what_eating_a_level_costs_is_exact() -> None:
    assert side(("61837.63000000", "3.78826000")).ladder(1) == [
        LadderLevel("61837.63000000", "3.78826000", "234257.0202238000000000")
    ]
    assert side(("0.1", "0.2"), ("0.2", "0.1")).grouped(Decimal(1), 1) == [LadderLevel("1", "0.3", "0.04")]


# Groups


def test_groups_stand_under_the_bound_away_from_the_spread() -> None:
    assert side(*ASKS).grouped(Decimal("0.1"), 9) == [
        LadderLevel("10.1", "7.5", "75.455"),
        LadderLevel("10.3", "0.5", "5.125"),
    ]
    assert side(*BIDS, bids=True).grouped(Decimal("0.1"), 9) == [
        LadderLevel("10.0", "1.0", "10.000"),
        LadderLevel("9.9", "5.5", "54.720"),
        LadderLevel("9.7", "8.0", "78.000"),
    ]


def test_as_many_groups_as_are_wanted() -> None:
    assert [group.price for group in side(*BIDS, bids=True).grouped(Decimal("0.05"), 2)] == ["10.00", "9.95"]


def test_the_last_group_ends_where_the_book_is_known_to() -> None:
    known = side(*ASKS, whole=False)
    assert known.grouped(Decimal(1), 9) == [LadderLevel("10.25", "8.0", "80.580")]
    assert known.grouped(Decimal("0.25"), 9) == [LadderLevel("10.25", "8.0", "80.580")]
    assert side(*ASKS).grouped(Decimal(1), 9)[0].price == "11"


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=60),
    st.sampled_from(["0.01", "0.05", "0.5", "3"]),
    st.booleans(),
)
def test_groups_hold_each_level_once(numbers: list[int], step: str, bids: bool) -> None:
    made = side(*((f"{n / 100:.2f}", f"{n % 7 + 1}.5") for n in numbers), bids=bids)
    groups = made.grouped(Decimal(step), 1_000)
    assert sum(Decimal(group.qty) for group in groups) == sum(Decimal(qty) for _, qty in made.top(1_000))
    prices = [Decimal(group.price) for group in groups]
    assert prices == sorted(set(prices), reverse=bids)
    assert all(price % Decimal(step) == 0 for price in prices)


# What is known


def test_levels_beyond_the_snapshot_are_not_taken_in() -> None:
    made = side(*BIDS, bids=True, whole=False)
    made.apply([("9.74", "1"), ("9.76", "1"), ("9.75", "0")])
    assert [price for price, _ in made.top(9)] == ["10.00", "9.99", "9.90", "9.76"]
    made.apply([("9.75", "2")])
    assert made.top(9)[-1] == ("9.75", "2")


def test_a_side_keeps_so_many_levels_and_is_known_that_much_less_far() -> None:
    made = side(*((f"{n}", "1") for n in range(MOST_LEVELS)))
    made.apply([("0.5", "1")])
    assert (len(made), made.bound) == (MOST_LEVELS, (MOST_LEVELS - 2) * 10**made.decimals)
    made.apply([(f"{MOST_LEVELS + 5}", "1")])
    assert len(made) == MOST_LEVELS


def test_prices_that_come_and_go_are_not_remembered_for_ever() -> None:
    made = side(("1", "1"))
    for n in range(KEYS_KEPT * 2):
        made.apply([(f"{n + 2}.5", "0")])
    assert len(vars_of(made)) <= KEYS_KEPT
    made.apply([("1", "0")])
    assert len(made) == 0


def vars_of(made: Side) -> dict[str, int]:
    keys: dict[str, int] = getattr(made, "_keys")  # noqa: B009
    return keys


def test_a_price_with_more_decimals_than_all_before_it_keeps_them_in_their_order() -> None:
    made = side(("0.00000002", "1"), ("0.00000003", "1"), whole=False)
    made.apply([("0.000000021", "5"), ("0.000000031", "5"), ("0.0000000200", "7")])
    assert made.top(9) == (("0.0000000200", "7"), ("0.000000021", "5"), ("0.00000003", "1"))
    assert made.grouped(Decimal("0.00000000005"), 2)[0].price == "0.00000002000"


def test_sides_with_other_decimals_are_compared_by_their_prices() -> None:
    assert levels((("0.100000000001", "1"),), (("0.1", "1"),)).crossing
    assert not levels((("0.1", "1"),), (("0.100000000001", "1"),)).crossing


# Both sides


def levels(bids: tuple[PriceLevel, ...] = BIDS, asks: tuple[PriceLevel, ...] = ASKS) -> Levels:
    made = Levels()
    made.load(bids, asks, None)
    return made


def test_a_book_without_a_side_does_not_cross() -> None:
    assert levels((), ()).crossing == levels(asks=()).crossing == levels(bids=()).crossing == ""


def test_prices_that_cross_by_the_least_step_are_seen() -> None:
    assert levels((("1000000.01", "1"),), (("1000000.00", "1"),)).crossing
    assert not levels((("0.00000001", "1"),), (("0.00000002", "1"),)).crossing


def test_a_side_says_what_it_is_on_one_line() -> None:
    assert repr(levels().bids) == "<Side bids 4 levels, known to None>"
    assert "\n" not in repr(levels())
