"""The futures list perpetuals and deliveries, each with the numbers that exchangeInfo tells of it."""

from __future__ import annotations

from calendar import timegm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.contracts import (
    NEVER_MS,
    coinm_names,
    contract,
    futures_listing,
    quarter_ends_ms,
    usdm_names,
)
from bntui.sim.futurespayloads import contract_of
from tests.sim.floors import COIN, COIN_DELIVERY, DELIVERY, NOW_MS, PERPETUAL


def ms(*moment: int) -> int:
    return timegm((*moment, 0, 0)) * 1000


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ((2026, 1, 1, 0), ((2026, 3, 27, 8), (2026, 6, 26, 8))),
        ((2026, 3, 27, 7), ((2026, 3, 27, 8), (2026, 6, 26, 8))),
        ((2026, 3, 27, 8), ((2026, 6, 26, 8), (2026, 9, 25, 8))),
        ((2026, 11, 22, 0), ((2026, 12, 25, 8), (2027, 3, 26, 8))),
        ((2026, 12, 25, 9), ((2027, 3, 26, 8), (2027, 6, 25, 8))),
    ],
)
def test_contracts_are_delivered_on_the_last_friday_of_a_quarter(
    now: tuple[int, ...], ends: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    assert quarter_ends_ms(ms(*now)) == (ms(*ends[0]), ms(*ends[1]))


@pytest.mark.parametrize("number", [1, 5, 12, 60, 900])
@pytest.mark.parametrize("names", [usdm_names, coinm_names])
def test_as_many_contracts_as_asked_for_and_none_twice(names: object, number: int) -> None:
    assert callable(names)
    found = names(number, NOW_MS)
    assert len(set(found)) == len(found) == number
    assert all(name.lower().upper() == name for name in found)


def test_the_first_ones_are_those_that_people_know() -> None:
    assert usdm_names(3, NOW_MS) == ("BTCUSDT", "ETHUSDT", "SOLUSDT")
    assert coinm_names(3, NOW_MS) == ("BTCUSD_PERP", "ETHUSD_PERP", "BTCUSD_260327")
    assert {"BTCUSDT_260327", "1000PEPEUSDT", "BTCUSDC"} <= set(usdm_names(12, NOW_MS))


def test_a_perpetual_never_ends_and_a_delivery_says_when() -> None:
    kinds = [contract_of(pair).kind for pair in (PERPETUAL, DELIVERY, COIN, COIN_DELIVERY)]
    assert kinds == ["PERPETUAL", "CURRENT_QUARTER", "PERPETUAL", "CURRENT_QUARTER"]
    assert contract_of(PERPETUAL).delivery_ms == contract_of(COIN).delivery_ms == NEVER_MS
    assert contract_of(DELIVERY).delivery_ms == ms(2026, 3, 27, 8)
    assert contract_of(contract("ETHUSD_260626", NOW_MS, coin_margined=True)).kind == "NEXT_QUARTER"


def test_prices_are_printed_with_other_decimals_than_those_of_the_tick() -> None:
    assert (PERPETUAL.price(912_372), PERPETUAL.price(1), PERPETUAL.price_places) == ("91237.20", "0.10", 2)
    assert (PERPETUAL.quantity(12), COIN.quantity(12)) == ("0.012", "12")


def test_contracts_of_coinm_are_worth_dollars_and_their_volume_is_told_in_coins() -> None:
    assert (contract_of(COIN).dollars, contract_of(COIN).margin_asset) == (100, "BTC")
    assert contract_of(contract("SOLUSD_PERP", NOW_MS, coin_margined=True)).dollars == 10
    ticks = 500_000
    assert COIN.value(ticks * 50, 50) == "0.10000000"
    assert COIN.value(0, 0) == "0.00000000"
    assert PERPETUAL.value(ticks * 50, 50) == "2500.00000"


def test_cheap_assets_are_traded_by_the_thousand() -> None:
    pepe = contract("1000PEPEUSDT", NOW_MS, coin_margined=False)
    assert (contract_of(pepe).index_symbol, contract_of(pepe).index_units) == ("PEPEUSDT", 1_000)
    assert contract_of(PERPETUAL).index_symbol == contract_of(COIN).index_symbol == "BTCUSDT"


@given(st.text("ABUSDTC10_P2690é币", min_size=1, max_size=20), st.booleans())
def test_any_name_is_taken_for_a_contract_s(name: str, coin: bool) -> None:
    pair = contract(name, NOW_MS, coin_margined=coin)
    assert pair.symbol == name
    assert pair.price(12_345)
    assert contract_of(pair).index_symbol
    assert (contract_of(pair).kind == "PERPETUAL") is (contract_of(pair).delivery_ms == NEVER_MS)


@pytest.mark.parametrize("coin", [False, True])
def test_activity_is_parted_among_the_contracts_and_one_hardly_trades(coin: bool) -> None:
    listed = futures_listing(12, NOW_MS, coin_margined=coin)
    assert sum(profile.share for _, profile in listed) == pytest.approx(1.0)
    rare = [pair.symbol for pair, profile in listed if profile.rare]
    assert [name.rpartition("_")[2] for name in rare] == ["260626"]
    named = futures_listing([pair.symbol for pair, _ in listed], NOW_MS, coin_margined=coin)
    assert named == listed
