"""Limits by market and environment."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market
from bntui.venue.binance.endpoints import Environment
from bntui.venue.binance.limits import SPOT, US
from bntui.venue.markets import venue
from bntui.venue.rules import NAMES, limits_of


@pytest.mark.parametrize("environment", [Environment.MAIN, Environment.TESTNET, Environment.DEMO])
def test_all_worlds_of_the_exchange_have_the_limits_of_the_main_one(environment: Environment) -> None:
    assert limits_of(Market.SPOT, {}, environment) == SPOT


def test_another_exchange_has_its_own() -> None:
    assert limits_of(Market.SPOT, {}, Environment.US) == US


def test_limits_are_replaced_by_their_names_and_nothing_else_is_taken() -> None:
    assert limits_of(Market.SPOT, {"own_stream_cap": 5}).own_stream_cap == 5
    with pytest.raises(ValueError, match="no limit is called nonsense"):
        limits_of(Market.SPOT, {"nonsense": 1})


@pytest.mark.parametrize("market", Market)
def test_a_market_is_called_the_same_by_who_only_shows_it(market: Market) -> None:
    assert venue(market, {}).name == NAMES[market]
