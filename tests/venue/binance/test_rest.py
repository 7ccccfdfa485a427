"""REST requests of Spot, and which readers its answers have."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bntui.venue.base import RestCall
from bntui.venue.binance.answers import instruments, minute_closes, server_time_ms, tickers
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.refusals import error, explain
from bntui.venue.binance.rest import rest_bodies, rest_calls

CALLS = rest_calls(SPOT)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (CALLS.time(), RestCall("time", "/api/v3/time", (), 1)),
        (
            CALLS.exchange_info(),
            RestCall("exchange_info", "/api/v3/exchangeInfo", (("showPermissionSets", "false"),), 20),
        ),
        (
            CALLS.tickers(["BTCUSDT", "币安人生USDT"]),
            RestCall("tickers", "/api/v3/ticker/24hr", (("symbols", '["BTCUSDT","币安人生USDT"]'),), 2),
        ),
        (
            CALLS.klines("BTCUSDT", "1m", 60),
            RestCall(
                "klines",
                "/api/v3/klines",
                (("symbol", "BTCUSDT"), ("interval", "1m"), ("limit", "60")),
                2,
            ),
        ),
        (
            CALLS.depth("BTCUSDT", 1000),
            RestCall("depth", "/api/v3/depth", (("symbol", "BTCUSDT"), ("limit", "1000")), 50),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, RestCall) else "",
)
def test_a_request_is_complete_and_weighed(call: RestCall, expected: RestCall) -> None:
    assert call == expected


def test_a_request_for_no_symbol_asks_for_all() -> None:
    assert CALLS.tickers([]) == RestCall("tickers", "/api/v3/ticker/24hr", (), 80)


@pytest.mark.parametrize(("count", "weight"), [(1, 2), (20, 2), (21, 40), (100, 40)])
def test_a_request_for_more_symbols_weighs_more(count: int, weight: int) -> None:
    assert CALLS.tickers(["BTCUSDT"] * count).weight == weight


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CALLS.tickers(["BTCUSDT"] * 101),
        lambda: CALLS.klines("BTCUSDT", "1m", 0),
        lambda: CALLS.klines("BTCUSDT", "1m", 1001),
        lambda: CALLS.klines("BTCUSDT", "2m", 10),
        lambda: CALLS.depth("BTCUSDT", 0),
        lambda: CALLS.depth("BTCUSDT", 5001),
    ],
)
def test_what_the_exchange_would_not_take_is_not_asked(ask: Callable[[], RestCall]) -> None:
    with pytest.raises(ValueError, match=r"one request takes 1 to|there are no candles of 2m"):
        ask()


def test_a_hole_in_the_trades_is_asked_for_by_its_first_id() -> None:
    assert CALLS.trades_from("BTCUSDT", 77, 500) == RestCall(
        "historical_trades",
        "/api/v3/historicalTrades",
        (("symbol", "BTCUSDT"), ("limit", "500"), ("fromId", "77")),
        25,
    )


def test_the_bodies_of_the_venue_are_these_readers() -> None:
    bodies = rest_bodies()
    assert bodies.server_time_ms is server_time_ms
    assert (bodies.instruments, bodies.tickers, bodies.minute_closes) == (instruments, tickers, minute_closes)
    assert (bodies.error, bodies.explain) == (error, explain)
