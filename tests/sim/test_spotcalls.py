"""Spot's REST over loopback: what each call takes, refuses and answers."""

from __future__ import annotations

from typing import Any

import pytest

from bntui.venue.base import RestCall
from bntui.venue.binance.spot import spot
from tests.sim.rig import Rig, running

API = "/api/v3/"
VENUE = spot()


async def get(rig: Rig, path: str, **params: str | int) -> Any:
    response = await rig.rest.get(API + path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def refused(rig: Rig, path: str, **params: str | int) -> tuple[int, int]:
    response = await rig.rest.get(API + path, params=params)
    return response.status_code, response.json()["code"]


async def test_ping_and_time() -> None:
    async with running() as rig:
        assert await get(rig, "ping") == {}
        rig.clock.advance(1.5)
        assert await get(rig, "time") == {"serverTime": rig.clock.wall_ms()}


async def test_exchange_info_can_be_narrowed() -> None:
    async with running() as rig:
        everything = await get(rig, "exchangeInfo")
        names = [row["symbol"] for row in everything["symbols"]]
        assert len(names) == 12
        assert "币安人生USDT" in names
        one = await get(rig, "exchangeInfo", symbol="币安人生USDT")
        assert [row["symbol"] for row in one["symbols"]] == ["币安人生USDT"]
        two = await get(rig, "exchangeInfo", symbols='["ETHUSDT","BTCUSDT"]', showPermissionSets="false")
        assert [(row["symbol"], row["permissionSets"]) for row in two["symbols"]] == [
            ("ETHUSDT", []),
            ("BTCUSDT", []),
        ]
        assert len((await get(rig, "exchangeInfo", permissions='["MARGIN","SPOT"]'))["symbols"]) == 12
        assert (await get(rig, "exchangeInfo", permissions="MARGIN"))["symbols"] == []
        assert (await get(rig, "exchangeInfo", symbolStatus="HALT"))["symbols"] == []


async def test_books_statistics_candles_and_trades() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@trade"):
        rig.advance(30, steps=100)
        book = await get(rig, "depth", symbol="BTCUSDT", limit=5)
        assert len(book["bids"]) == 5
        assert len((await get(rig, "depth", symbol="BTCUSDT", limit=9_999))["bids"]) > 900
        ticker = await get(rig, "ticker/24hr", symbol="BTCUSDT")
        assert ticker["bidPrice"] == book["bids"][0][0]
        assert [row["symbol"] for row in await get(rig, "ticker/24hr", symbols='["ETHBTC","BTCUSDT"]')] == [
            "ETHBTC",
            "BTCUSDT",
        ]
        assert len(await get(rig, "ticker/24hr", type="MINI")) == 12
        candles = await get(rig, "klines", symbol="BTCUSDT", interval="1m", limit=2)
        assert candles[-1][4] == ticker["lastPrice"]
        day = await get(rig, "klines", symbol="BTCUSDT", interval="1d", limit=1, timeZone="8")
        assert (day[0][0] + 8 * 3_600_000) % 86_400_000 == 0
        trades = await get(rig, "trades", symbol="BTCUSDT", limit=3)
        assert [row["id"] for row in trades] == list(range(ticker["lastId"] - 2, ticker["lastId"] + 1))
        assert await get(rig, "historicalTrades", symbol="BTCUSDT", limit=3) == trades
        old = await get(rig, "historicalTrades", symbol="BTCUSDT", limit=2, fromId=trades[0]["id"] - 500)
        assert [row["id"] for row in old] == [trades[0]["id"] - 500, trades[0]["id"] - 499]
        aggregates = await get(rig, "aggTrades", symbol="BTCUSDT", limit=2)
        assert await get(rig, "aggTrades", symbol="BTCUSDT", fromId=aggregates[0]["a"]) == aggregates
        start = rig.clock.wall_ms() - 20_000
        between = await get(rig, "aggTrades", symbol="BTCUSDT", startTime=start, endTime=start + 10_000)
        assert between
        assert all(start <= row["T"] <= start + 10_000 for row in between)


AGO_MS = 20_000


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("time", {}),
        ("exchangeInfo", {"symbol": "BTCUSDT"}),
        ("trades", {"symbol": "BTCUSDT", "limit": 2}),
        ("historicalTrades", {"symbol": "BTCUSDT", "limit": 2}),
        ("aggTrades", {"symbol": "BTCUSDT", "limit": 2}),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": 2}),
        ("avgPrice", {"symbol": "BTCUSDT"}),
        ("ticker/24hr", {"symbol": "BTCUSDT"}),
        ("ticker/tradingDay", {"symbol": "BTCUSDT"}),
        ("ticker", {"symbol": "BTCUSDT"}),
        ("referencePrice", {"symbol": "BTCUSDT"}),
    ],
)
async def test_times_come_in_microseconds_where_that_is_asked_for(
    path: str, params: dict[str, str | int]
) -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@trade"):
        rig.clock.advance(0.0004)
        rig.advance(30, steps=100)
        plain = await get(rig, path, **params)
        for unit in ("MICROSECOND", "microsecond"):
            response = await rig.rest.get(API + path, params=params, headers={"X-MBX-TIME-UNIT": unit})
            assert rounded(response.json()) == plain
            assert response.json() != plain


def rounded(value: Any) -> Any:
    """Numbers that are times in microseconds, in milliseconds."""
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return value // 1000 if isinstance(value, int) and value > 10**14 else value


@pytest.mark.parametrize(("path", "more"), [("aggTrades", {}), ("klines", {"interval": "1s"})])
async def test_times_are_taken_in_either_unit(path: str, more: dict[str, str]) -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@trade"):
        rig.advance(30, steps=100)
        start, end = rig.clock.wall_ms() - AGO_MS, rig.clock.wall_ms() - AGO_MS // 2
        rows = await get(rig, path, symbol="BTCUSDT", startTime=start, endTime=end, **more)
        same = await get(rig, path, symbol="BTCUSDT", startTime=start * 1000, endTime=end * 1000, **more)
        assert rows == same != []


@pytest.mark.parametrize("interval", ["1s", "1m", "1w", "1M"])
async def test_a_time_beyond_all_calendars_has_no_candles(interval: str) -> None:
    async with running() as rig:
        assert await get(rig, "klines", symbol="BTCUSDT", interval=interval, startTime="9" * 20) == []
        assert await get(rig, "aggTrades", symbol="BTCUSDT", startTime="9" * 20) == []
        assert await get(rig, "klines", symbol="BTCUSDT", interval=interval, endTime="9" * 20) != []


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("time", {"x": 1}, -1101),
        ("klines", {"interval": "1m"}, -1102),
        ("klines", {"symbol": "BTCUSDT"}, -1102),
        ("klines", {"symbol": "NOSUCH", "interval": "1m"}, -1121),
        ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": 1_001}, -1130),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "many"}, -1100),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "timeZone": "x"}, -1130),
        ("depth", {"symbol": "btcusdt"}, -1100),
        ("depth", {"symbol": "BTCUSDT", "limit": 0}, -1130),
        ("depth", {"symbol": "BTCUSDT", "speed": 1}, -1104),
        ("trades", {"symbol": "BTCUSDT", "limit": 0}, -1130),
        ("ticker/24hr", {"symbol": "BTCUSDT", "type": "HUGE"}, -1139),
        ("depth", {"symbol": "BTCUSDT", "symbolStatus": "HALT"}, -1220),
        ("depth", {"symbol": "BTCUSDT", "symbolStatus": "OPEN"}, -1122),
        ("historicalBlockTrades", {"symbol": "BTCUSDT"}, -1102),
        ("ticker/24hr", {"symbols": '["BTCUSDT","NOSUCH"]'}, -1121),
        ("exchangeInfo", {"symbols": '["NOSUCH"]'}, -1121),
        ("exchangeInfo", {"symbol": "BTCUSDT", "permissions": "SPOT"}, -1128),
        ("exchangeInfo", {"showPermissionSets": "maybe"}, -1130),
        ("aggTrades", {"symbol": "BTCUSDT", "fromId": 1, "startTime": 1}, -1128),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_exchanges_code(
    path: str, params: dict[str, str | int], code: int
) -> None:
    async with running() as rig:
        assert await refused(rig, path, **params) == (400, code)


@pytest.mark.parametrize(
    "call",
    [
        VENUE.calls.time(),
        VENUE.calls.exchange_info(),
        VENUE.calls.tickers(["BTCUSDT", "币安人生USDT"]),
        VENUE.calls.klines("BTCUSDT", "1m", 30),
        VENUE.calls.depth("BTCUSDT", 100),
    ],
    ids=lambda call: call.name,
)
async def test_the_clients_own_calls_are_understood_and_cost_what_it_thinks(call: RestCall) -> None:
    async with running() as rig:
        response = await rig.rest.get(call.path, params=list(call.params))
        assert response.status_code == 200
        assert response.headers["X-MBX-USED-WEIGHT-1M"] == str(call.weight)


async def test_the_client_can_read_the_answers() -> None:
    bodies, calls = VENUE.bodies, VENUE.calls

    async with running() as rig:

        async def body(call: RestCall) -> bytes:
            return (await rig.rest.get(call.path, params=list(call.params))).content

        assert bodies.server_time_ms(await body(calls.time())) == rig.clock.wall_ms()
        instruments = bodies.instruments(await body(calls.exchange_info()))
        assert [instrument.key.symbol for instrument in instruments][:2] == ["BTCUSDT", "ETHUSDT"]
        assert instruments[0].tick_size == "0.01000000"
        tickers = bodies.tickers(await body(calls.tickers(["BTCUSDT", "BNBETH"])), 0, 0.0)
        assert [ticker.key.symbol for ticker in tickers] == ["BTCUSDT", "BNBETH"]
        closes = bodies.minute_closes("BTCUSDT", await body(calls.klines("BTCUSDT", "1m", 30)))
        assert len({close for _, close in closes.closes}) > 5, "a sparkline shows something"
        assert bodies.error(await body(calls.depth("NOSUCH", 5))) == (-1121, "Invalid symbol.")
