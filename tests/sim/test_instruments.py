"""What is listed, and how its numbers are printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.instruments import (
    E8,
    RARE_SYMBOL,
    Pair,
    eight_decimals,
    listing,
    percent,
    split_symbol,
    symbol_names,
)


@given(st.integers(-(10**20), 10**20))
def test_eight_decimals_lose_nothing(amount: int) -> None:
    text = eight_decimals(amount)
    assert Decimal(text) * E8 == amount
    assert len(text.partition(".")[2]) == 8


def test_numbers_are_printed_as_the_exchange_prints_them() -> None:
    pair = Pair("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000)
    assert pair.price(6_183_763) == "61837.63000000"
    assert pair.price(-5) == "-0.05000000"
    assert pair.quantity(2_000) == "0.02000000"
    assert pair.value(6_183_763 * 2_000, 2_000) == "1236.75260000"
    assert pair.average(100 * 3 + 200, 4) == "1.25000000"
    assert pair.average(0, 0) == "0.00000000"


def test_percent_has_three_decimals() -> None:
    assert (percent(-1, 3), percent(5, 0), percent(2, 1)) == ("-33.333", "0.000", "200.000")


def test_the_first_ten_hold_a_rare_symbol_and_one_outside_ascii() -> None:
    first = symbol_names(10)
    assert first[:2] == ("BTCUSDT", "ETHUSDT")
    assert RARE_SYMBOL in first
    assert any(not name.isascii() for name in first)


@pytest.mark.parametrize("count", [0, 1, 10, 500, 2_500])
def test_as_many_symbols_as_asked_for_and_none_twice(count: int) -> None:
    names = symbol_names(count)
    assert len(set(names)) == len(names) == count
    assert all(name == name.upper() and name.lower().upper() == name for name in names)


def test_more_symbols_begin_with_the_fewer() -> None:
    assert symbol_names(2_000)[:300] == symbol_names(300)


def test_a_tick_times_a_step_is_printable() -> None:
    for pair, profile in listing(1_500):
        assert pair.tick_e8 * pair.step_e8 >= E8, "quote volumes would lose digits"
        assert profile.price >= 50
        assert min(profile.spread, profile.gap, profile.level_steps, profile.trade_steps) >= 1


def test_large_prices_have_coarse_ticks() -> None:
    ((pair, profile),) = listing(("BTCJPY",))
    assert pair.tick_e8 == E8
    assert profile.price < 100_000_000


def test_activity_falls_and_adds_up() -> None:
    shares = [profile.share for _, profile in listing(200) if not profile.rare]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_liquid_symbols_have_a_spread_of_one_tick() -> None:
    assert {profile.spread for _, profile in listing(20) if not profile.rare} == {1}
    assert all(profile.spread > 1 for _, profile in listing(600)[500:])


def test_symbols_can_be_named() -> None:
    pairs = [pair for pair, _ in listing(("ETHBTC", "NEWUSDT", "ETHBTC"))]
    assert [(pair.symbol, pair.base, pair.quote) for pair in pairs] == [
        ("ETHBTC", "ETH", "BTC"),
        ("NEWUSDT", "NEW", "USDT"),
    ]


@pytest.mark.parametrize(
    ("symbol", "parts"),
    [
        ("BTCFDUSD", ("BTC", "FDUSD")),
        ("USDT", ("US", "DT")),
        ("币安人生USDT", ("币安人生", "USDT")),
        ("X", ("X", "X")),
    ],
)
def test_names_are_split_at_the_quote_asset(symbol: str, parts: tuple[str, str]) -> None:
    assert split_symbol(symbol) == parts
