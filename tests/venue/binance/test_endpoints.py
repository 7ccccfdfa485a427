"""Addresses of every market and environment."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from bntui.model.markets import Market
from bntui.venue.binance.endpoints import Environment, alternates, endpoints
from bntui.venue.places import Endpoints


def test_the_environments_have_the_words_of_the_command_line() -> None:
    assert [str(each) for each in Environment] == ["main", "testnet", "demo", "us"]


@pytest.mark.parametrize(
    ("environment", "streams", "rest"),
    [
        (Environment.MAIN, "wss://stream.binance.com:9443", "https://api.binance.com"),
        (Environment.TESTNET, "wss://stream.testnet.binance.vision", "https://testnet.binance.vision"),
        (Environment.DEMO, "wss://demo-stream.binance.com", "https://demo-api.binance.com"),
        (Environment.US, "wss://stream.binance.us:9443", "https://api.binance.us"),
    ],
)
def test_spot_is_reached_in_every_environment(environment: Environment, streams: str, rest: str) -> None:
    found = endpoints(Market.SPOT, environment)
    assert (found.streams, found.rest) == (streams, rest)


@pytest.mark.parametrize(
    ("market", "environment", "streams", "rest"),
    [
        (Market.USDM, Environment.MAIN, "wss://fstream.binance.com", "https://fapi.binance.com"),
        (Market.COINM, Environment.MAIN, "wss://dstream.binance.com", "https://dapi.binance.com"),
        (Market.USDM, Environment.DEMO, "wss://demo-fstream.binance.com", "https://demo-fapi.binance.com"),
        (Market.COINM, Environment.DEMO, "wss://demo-dstream.binance.com", "https://demo-dapi.binance.com"),
        (
            Market.USDM,
            Environment.TESTNET,
            "wss://fstream.binancefuture.com",
            "https://demo-fapi.binance.com",
        ),
        (
            Market.COINM,
            Environment.TESTNET,
            "wss://dstream.binancefuture.com",
            "https://demo-dapi.binance.com",
        ),
    ],
)
def test_futures_are_reached_in_every_environment_of_binance_com(
    market: Market, environment: Environment, streams: str, rest: str
) -> None:
    found = endpoints(market, environment)
    assert (found.streams, found.rest) == (streams, rest)


def _all_addresses(environment: Environment) -> list[Endpoints]:
    served = [m for m in Market if environment is not Environment.US or m is Market.SPOT]
    return [each for m in served for each in (endpoints(m, environment), *alternates(m, environment))]


@pytest.mark.parametrize("environment", Environment)
def test_addresses_are_encrypted_and_bare(environment: Environment) -> None:
    for each in _all_addresses(environment):
        for url, scheme in ((each.rest, "https"), (each.streams, "wss"), (each.ws_api, "wss")):
            parts = urlsplit(url)
            assert parts.scheme == scheme
            assert parts.hostname
            assert (parts.path, parts.query, parts.fragment, parts.username) == ("", "", "", None)


@pytest.mark.parametrize("environment", Environment)
def test_no_alternate_repeats_another(environment: Environment) -> None:
    addresses = _all_addresses(environment)
    assert len(addresses) == len(set(addresses))


def test_main_has_the_other_port_and_the_hosts_for_market_data_only() -> None:
    others = alternates(Market.SPOT, Environment.MAIN)
    assert "wss://stream.binance.com:443" in {each.streams for each in others}
    pairs = {(each.streams, each.rest) for each in others}
    assert ("wss://data-stream.binance.vision", "https://data-api.binance.vision") in pairs
    assert {f"https://api{n}.binance.com" for n in range(1, 5)} <= {each.rest for each in others}


def test_an_environment_does_not_reach_into_another() -> None:
    for environment in (Environment.TESTNET, Environment.DEMO, Environment.US):
        main_hosts = {urlsplit(each.streams).hostname for each in _all_addresses(Environment.MAIN)}
        for each in _all_addresses(environment):
            assert urlsplit(each.streams).hostname not in main_hosts


@pytest.mark.parametrize("lookup", [endpoints, alternates])
def test_an_unknown_combination_is_refused_with_a_sentence(
    lookup: Callable[[Market, Environment], object],
) -> None:
    with pytest.raises(ValueError, match=r"no addresses of the coinm market in the us environment\."):
        lookup(Market.COINM, Environment.US)
