from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bntui.ui.chart.scale import Scale, fitted, labels, price_text, round_step

PRICES = st.floats(1e-8, 1e9)


@given(PRICES, PRICES, st.integers(1, 80), st.booleans(), st.lists(PRICES, min_size=2))
def test_a_higher_price_never_stands_lower(
    one: float, other: float, lines: int, log: bool, asked: list[float]
) -> None:
    scale = fitted(min(one, other), max(one, other), 0.0, lines, log)
    halves = [scale.half(price) for price in sorted(asked)]
    assert halves == sorted(halves, reverse=True)
    assert all(0 <= half < lines * 2 for half in halves)


@given(PRICES, PRICES, st.integers(1, 80), st.booleans())
def test_what_is_visible_is_on_the_scale(one: float, other: float, lines: int, log: bool) -> None:
    low, high = min(one, other), max(one, other)
    scale = fitted(low, high, 1e-8, lines, log)
    assert scale.holds(low)
    assert scale.holds(high)
    assert scale.low >= 0


@given(PRICES, st.integers(1, 80), st.booleans())
@example(1.19e-07, 80, True)
def test_the_same_price_everywhere_stands_in_the_middle(price: float, lines: int, log: bool) -> None:
    scale = fitted(price, price, 1e-8, lines, log)
    assert abs(scale.half(price) - lines) <= 1 or price < 4e-8, "there is nothing below zero"


def test_the_picture_stands_still_while_it_fits() -> None:
    before = fitted(100, 200, 0.01, 20, False)
    assert fitted(101, 199, 0.01, 20, False, before) is before
    assert fitted(100, 203, 0.01, 20, False, before) is before
    assert fitted(100, 210, 0.01, 20, False, before) is not before
    assert fitted(100, 120, 0.01, 20, False, before) is not before, "it would fill a fifth only"
    assert fitted(101, 199, 0.01, 21, False, before) is not before
    assert fitted(101, 199, 0.01, 20, True, before).log


def test_a_logarithmic_scale_gives_each_doubling_the_same_height() -> None:
    scale = fitted(1, 16, 0.01, 100, True)
    heights = [scale.half(price) for price in (1, 2, 4, 8, 16)]
    steps = [below - above for below, above in pairwise(heights)]
    assert max(steps) - min(steps) <= 1


def test_nothing_below_zero_gets_a_logarithmic_scale() -> None:
    assert not fitted(0, 16, 0.01, 100, True).log
    assert Scale(1, 16, 10, True).half(0) == 19


@given(PRICES, PRICES, st.integers(1, 80), st.booleans())
def test_the_middle_of_a_line_is_on_that_line(one: float, other: float, lines: int, log: bool) -> None:
    assume(abs(one - other) > 1e-6 * max(one, other))
    scale = fitted(min(one, other), max(one, other), 1e-8, lines, log)
    for line in range(lines):
        assert scale.line(scale.price_at(line)) == line


@pytest.mark.parametrize(
    ("least", "tick", "step"),
    [
        ("3.2", "0.01", "5"),
        ("0.011", "0.01", "0.02"),
        ("0.021", "0.01", "0.05"),
        ("0.004", "0.01", "0.01"),
        ("2.3", "0.5", "2.5"),
        ("21", "0.01", "25"),
        ("900", "0.01", "1000"),
        ("0.3", "0.25", "0.5"),
        ("7", "3", "9"),
        ("2.1E-8", "1E-8", "5E-8"),
    ],
)
def test_steps_are_round_and_whole_ticks(least: str, tick: str, step: str) -> None:
    assert round_step(Decimal(least), Decimal(tick)) == Decimal(step)


@given(
    PRICES,
    PRICES,
    st.sampled_from(["0.01", "0.00000001", "0.5", "1", "0.0003"]),
    st.integers(1, 80),
    st.booleans(),
)
def test_labels_are_whole_ticks_on_their_lines(
    one: float, other: float, tick: str, lines: int, log: bool
) -> None:
    scale = fitted(min(one, other), max(one, other), float(tick), lines, log)
    found = labels(scale, Decimal(tick))
    assert len(found) <= lines
    for line, price in found.items():
        assert not price % Decimal(tick)
        assert scale.line(float(price)) == line
        assert price >= 0


def test_a_chart_has_labels_every_few_lines() -> None:
    found = labels(fitted(62_500, 63_100, 0.01, 30, False), Decimal("0.01"))
    assert [int(price) for price in found.values()] == [
        62_500,
        62_600,
        62_700,
        62_800,
        62_900,
        63_000,
        63_100,
    ]


def test_a_logarithmic_scale_has_equal_steps_while_it_is_nearly_straight() -> None:
    prices = [
        int(price) for price in labels(fitted(62_500, 63_100, 0.01, 30, True), Decimal("0.01")).values()
    ]
    assert prices == [62_500, 62_600, 62_700, 62_800, 62_900, 63_000, 63_100]
    steep = [float(price) for price in labels(fitted(1, 1_000, 0.01, 30, True), Decimal("0.01")).values()]
    assert len(steep) >= 6
    assert max(steep) / min(steep) > 100


def test_prices_have_the_exchanges_decimals() -> None:
    assert price_text(Decimal("6.25E+4"), 2) == "62500.00"
    assert price_text(Decimal("1E-8"), 8) == "0.00000001"
    assert price_text(Decimal("1000000"), 2) == "1000000.00"
    assert price_text(Decimal("1E+6"), 0) == "1000000"
    assert price_text(Decimal("0.123456"), 4) == "0.1235"
    assert price_text(Decimal(1).scaleb(60), 20) == f"1{'0' * 60}"
