"""What a run means, and that two processes which mean different things are told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bntui import __version__
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market
from bntui.venue.binance.endpoints import Environment
from bntui.world import symbol_keys, world
from tests.support.engine import key

OURS = Settings(
    rest_urls={Market.SPOT: "http://127.0.0.1:1"},
    stream_urls={Market.SPOT: "ws://127.0.0.1:2"},
    ws_api_urls={Market.SPOT: "ws://127.0.0.1:3"},
    limits={"own_stream_cap": 200.0},
)


@pytest.mark.parametrize(
    "other",
    [
        replace(OURS, environment=Environment.TESTNET),
        replace(OURS, rest_urls={Market.SPOT: "http://127.0.0.1:9"}),
        replace(OURS, rest_urls={}),
        replace(OURS, stream_urls={Market.SPOT: "ws://127.0.0.1:9"}),
        replace(OURS, ws_api_urls={Market.SPOT: "ws://127.0.0.1:9"}),
        replace(OURS, limits={"own_stream_cap": 201.0}),
        replace(OURS, limits={}),
    ],
)
def test_another_exchange_or_other_limits_are_another_world(other: Settings) -> None:
    assert world(other).hello.fingerprint != world(OURS).hello.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(OURS),
        replace(OURS, theme="nord", fps=3.0),
        replace(OURS, profile="another"),
        replace(OURS, config_path=Path("elsewhere.toml")),
    ],
)
def test_what_is_the_viewer_s_own_business_changes_nothing(other: Settings) -> None:
    assert world(other).hello.fingerprint == world(OURS).hello.fingerprint


def test_limits_that_are_given_as_they_are_anyway_change_nothing() -> None:
    usual = world(Settings())
    given = Settings(limits={"own_stream_cap": usual.limits.own_stream_cap})
    assert world(given).hello == usual.hello


def test_a_world_says_where_it_is() -> None:
    assert world(Settings()).description == "Binance Spot, main"
    assert world(OURS).description == "Binance Spot, ws://127.0.0.1:2"
    assert world(OURS, "demo").description == "demo"
    hello = world(Settings(environment=Environment.US)).hello
    assert (hello.version, hello.description) == (__version__, "Binance Spot, us")


def test_addresses_and_limits_that_are_given_replace_the_usual_ones() -> None:
    venue, addresses = world(OURS).markets[Market.SPOT]
    assert (addresses.rest, addresses.streams) == ("http://127.0.0.1:1", "ws://127.0.0.1:2")
    assert venue.limits.own_stream_cap == 200
    usual = world(replace(OURS, rest_urls={})).markets[Market.SPOT][1]
    assert usual.rest == "https://api.binance.com"


@pytest.mark.parametrize("market", [Market.USDM, Market.COINM])
def test_a_market_that_is_not_served_is_refused_in_words(market: Market) -> None:
    with pytest.raises(UsageError, match=f"The market {market} is not served yet; Spot is"):
        world(Settings(market=market))
    with pytest.raises(UsageError, match=f"BTCUSDT.{market}: the market {market} is not served yet"):
        symbol_keys([f"BTCUSDT.{market}"], Settings())


def test_symbols_are_read_in_any_case_and_taken_once() -> None:
    typed = ["btcusdt", "ETHUSDT", "BTCUSDT", "ethusdt.spot", "币安人生usdt"]
    assert symbol_keys(typed, Settings()) == [key("BTCUSDT"), key("ETHUSDT"), key("币安人生USDT")]
    assert symbol_keys([], Settings()) == []


def test_another_address_of_the_same_market_is_known_unless_the_user_gave_one() -> None:
    usual = world(Settings())
    elsewhere = usual.elsewhere[Market.SPOT]
    assert elsewhere.startswith("wss://stream.binance.com")
    assert elsewhere != usual.markets[Market.SPOT][1].streams
    assert world(OURS).elsewhere == {}
    assert world(Settings(environment=Environment.US)).elsewhere == {}, "that one has a single address"
