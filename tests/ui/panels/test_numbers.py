from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bntui.ui.panels.depth import best_of, rungs
from bntui.ui.panels.numbers import (
    best_levels,
    decimals_of,
    exact,
    hundredths,
    level_price,
    places_of,
    profit_asset,
    size_of,
    unit_of,
    value_of,
    worth_asset,
    worth_of,
)
from tests.support import market
from tests.support.opened import book, level

INSTRUMENT = market.instrument("BTCUSDT", "BTC", "USDT", "0.01")


def test_decimals_are_those_of_the_exchange() -> None:
    assert decimals_of(INSTRUMENT) == (2, 5)
    assert decimals_of(None) == (None, None)


def test_money_is_of_the_quote_currency_or_of_the_coin_that_a_contract_is_settled_in() -> None:
    coins = replace(INSTRUMENT, quote="USD", margin="BTC", contract_size="100")
    assert (worth_asset(INSTRUMENT), worth_asset(coins), worth_asset(None)) == ("USDT", "BTC", "")
    assert (profit_asset(coins), profit_asset(None)) == ("BTC", "")


def test_quantities_are_of_the_base_currency_or_of_contracts() -> None:
    contracts = replace(INSTRUMENT, contract_size="100")
    rung = rungs([level("50000", "3")])[0]
    assert (unit_of(INSTRUMENT), unit_of(contracts), unit_of(None)) == ("BTC", "contracts", "")
    assert [size_of(each) for each in (INSTRUMENT, contracts, None)] == [None, 100, None]
    assert [worth_of(rung, each) for each in (INSTRUMENT, contracts)] == [150_000, 300]


def test_a_quantity_is_worth_its_price_or_what_its_contracts_are() -> None:
    contracts = replace(INSTRUMENT, contract_size="100")
    assert value_of("50000", "0.5", INSTRUMENT) == 25_000
    assert value_of("50000", "3", contracts) == 300
    assert value_of("50000", "3", None) is None
    assert value_of("x", "3", INSTRUMENT) is None


def test_prices_have_the_decimals_of_the_tick_and_lose_none() -> None:
    assert level_price(level("100.5", "1"), 2) == "100.50"
    assert level_price(level("100.50000000", "1"), 2) == "100.50"
    assert level_price(level("100.125", "1"), 2) == "100.125"
    assert level_price(level("100", "1"), 0) == "100"
    assert level_price(level("100.5", "1"), None) == "100.5"


def test_sums_keep_their_digits() -> None:
    assert exact(Decimal("0.30000000"), 5) == "0.30000"
    assert exact(Decimal("0.30000001"), 5) == "0.30000001"
    assert exact(Decimal("1E-8"), 8) == "0.00000001"


def test_what_is_there_is_never_told_as_nothing() -> None:
    assert hundredths(Decimal("0.0001")) == "<0.001"
    assert hundredths(Decimal(0)) == "0.000"
    assert hundredths(None) == "—"


def test_the_best_levels_with_their_quantities() -> None:
    best = best_of(book(bids=[level("100.00", "1.50000000")], asks=[level("100.02", "0.50000000")]))
    assert best is not None
    assert best_levels(best, INSTRUMENT)[0] == "1.50000 × 100.00 / 100.02 × 0.50000"
    assert places_of(best) == 2
