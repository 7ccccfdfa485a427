"""Where each market of Binance is reached, by environment."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bntui.model.markets import Market
from bntui.venue.places import Endpoints


class Environment(StrEnum):
    """Which of the exchange's worlds is meant."""

    MAIN = "main"
    """binance.com: real prices, real money."""
    TESTNET = "testnet"
    """The test network: made-up prices, wiped about once a month."""
    DEMO = "demo"
    """Demo mode: real prices, virtual money."""
    US = "us"
    """Binance.US: another exchange with an older set of rules."""


def _main(rest_host: str, stream_port: int, ws_api_port: int) -> Endpoints:
    return Endpoints(
        rest=f"https://{rest_host}",
        streams=f"wss://stream.binance.com:{stream_port}",
        ws_api=f"wss://ws-api.binance.com:{ws_api_port}",
    )


def _futures_test(api: str, stream_host: str) -> Endpoints:
    return Endpoints(
        rest=f"https://demo-{api}.binance.com",
        streams=f"wss://{stream_host}",
        ws_api="wss://testnet.binancefuture.com",
    )


_PLACES: Mapping[tuple[Market, Environment], tuple[Endpoints, ...]] = MappingProxyType(
    {
        # Sources: web-socket-streams.md, web-socket-api.md, rest-api.md (read 2026-07-21).
        (Market.SPOT, Environment.MAIN): (
            _main("api.binance.com", 9443, 443),
            _main("api1.binance.com", 443, 9443),
            # The market data hosts are often reachable where the main ones are blocked.
            Endpoints(
                rest="https://data-api.binance.vision",
                streams="wss://data-stream.binance.vision",
                ws_api="wss://ws-api.binance.com:443",
            ),
            _main("api2.binance.com", 9443, 443),
            _main("api3.binance.com", 443, 9443),
            _main("api4.binance.com", 9443, 443),
        ),
        # Source: testnet/general-info.md (read 2026-07-21). testnet.binance.vision/ws answers 404 now.
        (Market.SPOT, Environment.TESTNET): (
            Endpoints(
                rest="https://testnet.binance.vision",
                streams="wss://stream.testnet.binance.vision",
                ws_api="wss://ws-api.testnet.binance.vision",
            ),
            Endpoints(
                rest="https://api1.testnet.binance.vision",
                streams="wss://stream.testnet.binance.vision:9443",
                ws_api="wss://ws-api.testnet.binance.vision",
            ),
        ),
        # Source: demo-mode/general-info.md (read 2026-07-21).
        (Market.SPOT, Environment.DEMO): (
            Endpoints(
                rest="https://demo-api.binance.com",
                streams="wss://demo-stream.binance.com",
                ws_api="wss://demo-ws-api.binance.com",
            ),
            Endpoints(
                rest="https://demo-api.binance.com",
                streams="wss://demo-stream.binance.com:9443",
                ws_api="wss://demo-ws-api.binance.com",
            ),
        ),
        # Sources: the derivatives pages of developers.binance.com (read 2026-05-28). The paths behind these
        # hosts (/public, /market, /private of USD-M) belong to the kinds of streams.
        (Market.USDM, Environment.MAIN): (
            Endpoints(
                rest="https://fapi.binance.com",
                streams="wss://fstream.binance.com",
                ws_api="wss://ws-fapi.binance.com",
            ),
        ),
        (Market.COINM, Environment.MAIN): (
            Endpoints(
                rest="https://dapi.binance.com",
                streams="wss://dstream.binance.com",
                ws_api="wss://ws-dapi.binance.com",
            ),
        ),
        # Testnet and demo mode of the futures are one world under two names; the documents name the older
        # stream hosts, newer SDKs those of demo mode.
        (Market.USDM, Environment.TESTNET): (
            _futures_test("fapi", "fstream.binancefuture.com"),
            _futures_test("fapi", "demo-fstream.binance.com"),
        ),
        (Market.USDM, Environment.DEMO): (
            _futures_test("fapi", "demo-fstream.binance.com"),
            _futures_test("fapi", "fstream.binancefuture.com"),
        ),
        (Market.COINM, Environment.TESTNET): (
            _futures_test("dapi", "dstream.binancefuture.com"),
            _futures_test("dapi", "demo-dstream.binance.com"),
        ),
        (Market.COINM, Environment.DEMO): (
            _futures_test("dapi", "demo-dstream.binance.com"),
            _futures_test("dapi", "dstream.binancefuture.com"),
        ),
        # Source: unicorn-binance-websocket-api connection settings (read 2026-08-01); the REST host is the
        # one that Binance.US publishes.
        (Market.SPOT, Environment.US): (
            Endpoints(
                rest="https://api.binance.us",
                streams="wss://stream.binance.us:9443",
                ws_api="wss://ws-api.binance.us:443",
            ),
        ),
    }
)
"""The usual addresses first, then the alternates in the order in which to try them."""


def endpoints(market: Market, environment: Environment) -> Endpoints:
    """The usual addresses of a market. Raises ValueError where an environment does not have it."""
    return _places(market, environment)[0]


def is_known(market: Market, environment: Environment) -> bool:
    """Whether an environment has the market."""
    return (market, environment) in _PLACES


def alternates(market: Market, environment: Environment) -> tuple[Endpoints, ...]:
    """Other addresses of the same market, best first; empty where there are none.

    Raises ValueError where an environment does not have the market.
    """
    return _places(market, environment)[1:]


def _places(market: Market, environment: Environment) -> tuple[Endpoints, ...]:
    places = _PLACES.get((market, environment))
    if places is None:
        raise ValueError(f"bntui knows no addresses of the {market} market in the {environment} environment.")
    return places
