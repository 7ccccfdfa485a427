"""Reading single values: exact or refused."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.markets import Side
from bntui.venue.binance.values import (
    entries,
    epoch_ms,
    flag,
    identifier,
    identifier_or_none_yet,
    items,
    price_levels,
    require_decimals,
    require_signed_decimals,
    taker_side,
    text,
)

_DECIMALS = ["0", "1", "0.00000001", "61837.63000000", "007.10", "9" * 40 + "." + "9" * 40]
_NO_DECIMALS = [
    "",
    " ",
    "1 2",
    " 1",
    "1 ",
    "1\n",
    "1e5",
    "1E-8",
    "0x10",
    "NaN",
    "inf",
    "1,5",
    ".5",
    "1.",
    "+1",
    "-1",
    "1.2.3",
    "٣",
    "1_000",
    "9" * 41,
]


@pytest.mark.parametrize("value", _DECIMALS)
def test_decimal_text_is_taken(value: str) -> None:
    require_decimals(value)
    require_decimals(*_DECIMALS, value)
    require_signed_decimals(value, f"-{value}")


@pytest.mark.parametrize("value", [*_NO_DECIMALS, 1, 1.5, True, None, [], {}, ["1"], b"1"])
def test_anything_else_is_no_decimal_wherever_it_stands(value: Any) -> None:
    for values in ([value], ["1", value], [value, "1"], ["1", value, "1"]):
        with pytest.raises(ValueError, match="a price or quantity is no"):
            require_decimals(*values)


@pytest.mark.parametrize("value", ["--1", "-", "1-", "- 1", "1e5", "", 1, None])
def test_only_a_leading_minus_is_a_sign(value: Any) -> None:
    with pytest.raises(ValueError, match="a change is no"):
        require_signed_decimals("1", value)


def test_values_that_together_look_right_are_still_refused() -> None:
    with pytest.raises(ValueError, match="no decimal number"):
        require_decimals("1 2", "3")
    with pytest.raises(ValueError, match="no decimal number"):
        require_decimals("1 2", "", "3")


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,45}(\.[0-9]{1,45})?", fullmatch=True))
def test_every_text_that_is_taken_is_a_finite_number(value: str) -> None:
    try:
        require_decimals(value)
    except ValueError:
        return
    assert Decimal(value).is_finite()
    assert isfinite(float(value))


def test_a_side_of_a_book_keeps_order_and_digits() -> None:
    pairs = [["61837.63000000", "0.00000000"], ["61837.62", "1.50"]]
    assert price_levels(pairs) == (("61837.63000000", "0.00000000"), ("61837.62", "1.50"))
    assert price_levels([]) == ()


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        "12",
        5,
        ["12"],
        [{"a": 1, "b": 2}],
        [[]],
        [["1"]],
        [["1", "2", "3"]],
        [["1", 2]],
        [["1", "x"]],
        [["1", "2"], None],
        [["1", ["2"]]],
        [["1", "2"], ["3"]],
        [["1 2", "3"]],
    ],
)
def test_a_side_of_a_book_of_another_shape_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"side of the book|price or quantity"):
        price_levels(value)


@pytest.mark.parametrize("value", [0, 1, 2**63])
def test_ids_are_whole_numbers(value: int) -> None:
    assert identifier(value) == identifier_or_none_yet(value) == value


@pytest.mark.parametrize("value", [-2, 1.0, True, False, "1", None, 1e30])
def test_nothing_else_is_an_id(value: Any) -> None:
    for read in (identifier, identifier_or_none_yet):
        with pytest.raises(ValueError, match="no whole number"):
            read(value)


def test_minus_one_stands_for_no_id_only_where_there_may_be_none() -> None:
    assert identifier_or_none_yet(-1) == -1
    with pytest.raises(ValueError, match="no whole number"):
        identifier(-1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (1_767_225_600_123, 1_767_225_600_123),
        (1_767_225_600_123_999, 1_767_225_600_123),
        (10**14 - 1, 10**14 - 1),
        (10**14, 10**11),
    ],
)
def test_times_are_milliseconds_also_where_they_came_in_microseconds(value: int, expected: int) -> None:
    assert epoch_ms(value) == expected


@pytest.mark.parametrize("value", [-1, 1.5, True, "1767225600123", None, 10**17, 2**64 - 1])
def test_what_can_be_no_time_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="a time is no"):
        epoch_ms(value)


def test_the_taker_sells_when_the_buyer_was_the_maker() -> None:
    assert taker_side(True) is Side.SELL
    assert taker_side(False) is Side.BUY


@pytest.mark.parametrize("read", [taker_side, flag])
@pytest.mark.parametrize("value", [0, 1, None, "true", 1.0])
def test_only_booleans_are_booleans(read: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        read(value)


def test_plain_values_pass_through_and_others_do_not() -> None:
    assert text("x") == "x"
    assert entries({"a": 1}) == {"a": 1}
    assert items([1]) == [1]
    assert flag(True) is True
    for read, wrong in ((text, 1), (entries, []), (items, {}), (items, "text")):
        with pytest.raises(ValueError, match=r"."):
            read(wrong)
