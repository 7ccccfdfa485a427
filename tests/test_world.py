"""What a run means, and that two processes which mean different things are told apart."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bntui import __version__
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market, SymbolKey
from bntui.preferences import NamedList, Preferences
from bntui.venue.binance.endpoints import Environment
from bntui.world import listed_keys, symbol_keys, world
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
        replace(OURS, preferences=Preferences(theme="nord", fps=3.0)),
        replace(OURS, profile="another"),
        replace(OURS, config_path=Path("elsewhere.toml")),
    ],
)
def test_what_is_the_viewer_s_own_business_changes_nothing(other: Settings) -> None:
    assert world(other).hello.fingerprint == world(OURS).hello.fingerprint


def test_limits_that_are_given_as_they_are_anyway_change_nothing() -> None:
    usual = world(Settings())
    given = Settings(limits={"own_backoff_cap_s": usual.limits.own_backoff_cap_s})
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


FUTURES = Settings(
    rest_urls={Market.USDM: "http://127.0.0.1:1"}, stream_urls={Market.USDM: "ws://127.0.0.1:2"}
)


@pytest.mark.parametrize("market", Market)
def test_every_market_is_served_and_the_default_one_comes_first(market: Market) -> None:
    markets = list(world(Settings(market=market)).markets)
    assert markets[0] is market
    assert set(markets) == set(Market)


def test_an_environment_without_futures_serves_spot_alone() -> None:
    us = Settings(environment=Environment.US)
    assert list(world(us).markets) == [Market.SPOT]
    assert world(us).markets[Market.SPOT][0].limits.server_ping_interval_s == 180
    with pytest.raises(UsageError, match="no addresses of the usdm market in the us environment"):
        world(replace(us, market=Market.USDM))
    with pytest.raises(UsageError, match=r"BTCUSDT\.usdm: there is no usdm market in the us environment"):
        symbol_keys(["BTCUSDT.usdm"], us)


def test_an_environment_without_futures_takes_addresses_that_are_given() -> None:
    given = replace(FUTURES, environment=Environment.US, market=Market.USDM)
    assert world(given).markets[Market.USDM][1].streams == "ws://127.0.0.1:2"
    with pytest.raises(UsageError, match="no addresses of the usdm market"):
        world(replace(given, rest_urls={}))


def test_a_run_with_addresses_of_its_own_reaches_for_no_other_market() -> None:
    """Neither for the market of symbols that name none."""
    assert list(world(FUTURES).markets) == [Market.USDM]
    assert world(FUTURES).description == "Binance USD-M, ws://127.0.0.1:2"
    assert list(world(OURS).markets) == [Market.SPOT]
    with pytest.raises(UsageError, match=r"BTCUSDT: no address of the spot market was given"):
        symbol_keys(["BTCUSDT"], FUTURES)
    assert symbol_keys(["btcusdt.usdm"], FUTURES) == [SymbolKey(Market.USDM, "BTCUSDT")]


def test_limits_of_every_market_are_part_of_the_world() -> None:
    """Some of them differ between markets that one number given replaces."""
    same_for_spot = Settings(limits={"own_stream_cap": world(Settings()).limits.own_stream_cap})
    assert world(same_for_spot).hello.fingerprint != world(Settings()).hello.fingerprint


def test_a_symbol_may_carry_its_market_or_has_the_default_one() -> None:
    settings = Settings(market=Market.USDM)
    assert symbol_keys(["btcusdt", "BTCUSDT.spot", "btcusd_perp.coinm"], settings) == [
        SymbolKey(Market.USDM, "BTCUSDT"),
        SymbolKey(Market.SPOT, "BTCUSDT"),
        SymbolKey(Market.COINM, "BTCUSD_PERP"),
    ]


def test_symbols_are_read_in_any_case_and_taken_once() -> None:
    typed = ["btcusdt", "ETHUSDT", "BTCUSDT", "ethusdt.spot", "币安人生usdt"]
    assert symbol_keys(typed, Settings()) == [key("BTCUSDT"), key("ETHUSDT"), key("币安人生USDT")]
    assert symbol_keys([], Settings()) == []


def test_symbols_of_all_lists_count_once_and_only_where_the_run_has_their_market() -> None:
    lists = (NamedList("a", ("BTCUSDT", "ETHUSDT.usdm")), NamedList("b", ("DOGEUSDT", "btcusdt")))
    settings = replace(OURS, preferences=Preferences(watchlists=lists))
    assert listed_keys(settings) == [key("BTCUSDT"), key("DOGEUSDT")]
    assert listed_keys(Settings()) == []


def test_another_address_of_the_same_market_is_known_unless_the_user_gave_one() -> None:
    usual = world(Settings())
    elsewhere = usual.elsewhere[Market.SPOT]
    assert elsewhere.startswith("wss://stream.binance.com")
    assert elsewhere != usual.markets[Market.SPOT][1].streams
    assert world(OURS).elsewhere == {}
    assert world(Settings(environment=Environment.US)).elsewhere == {}, "that one has a single address"


def test_a_proxy_of_the_settings_is_on_every_way_and_part_of_what_engine_and_viewer_compare() -> None:
    through = world(Settings(proxy="socks5://10.0.0.1:1080"))
    assert {endpoints.proxy for _, endpoints in through.markets.values()} == {"socks5://10.0.0.1:1080"}
    assert through.hello.fingerprint != world(Settings()).hello.fingerprint


def test_who_only_shows_a_world_does_not_load_what_the_exchange_says() -> None:
    look = (
        "import sys; from bntui.config import Settings; from bntui.world import world; "
        "w = world(Settings()); before = 'bntui.venue.markets' in sys.modules; "
        "print(before, [venue.market.value for venue, _ in w.markets.values()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False ['spot', 'usdm', 'coinm']"
