"""Prices, best levels, averages and windows over loopback: they agree with books, trades and candles."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bntui.sim.history import TradeRow
from bntui.venue.binance.limits import TICKER_SYMBOLS
from tests.sim.rig import Rig, running

API = "/api/v3/"
SYMBOLS = '["ETHUSDT","BTCUSDT"]'
MINUTE_MS = 60_000
DAY_MS = 86_400_000
STATISTICS = [
    "symbol",
    "priceChange",
    "priceChangePercent",
    "weightedAvgPrice",
    "openPrice",
    "highPrice",
    "lowPrice",
    "lastPrice",
    "volume",
    "quoteVolume",
    "openTime",
    "closeTime",
    "firstId",
    "lastId",
    "count",
]
CHANGES = ("priceChange", "priceChangePercent", "weightedAvgPrice")
MINI = [name for name in STATISTICS if name not in CHANGES]


@pytest_asyncio.fixture(name="rig")
async def _rig() -> AsyncIterator[Rig]:
    """An exchange on which BTCUSDT has been traded for a while."""
    async with running() as rig, rig.connect("/ws/btcusdt@trade"):
        rig.clock.advance(17.3)
        rig.advance(90, steps=100)
        yield rig


async def get(rig: Rig, path: str, **params: str | int) -> Any:
    response = await rig.rest.get(API + path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def refused(rig: Rig, path: str, **params: str | int) -> tuple[int, str]:
    response = await rig.rest.get(API + path, params=params)
    assert response.status_code == 400
    body = response.json()
    return body["code"], body["msg"]


async def candle(rig: Rig, **params: str | int) -> list[Any]:
    """The newest candle of BTCUSDT."""
    rows: list[list[Any]] = await get(rig, "klines", symbol="BTCUSDT", limit=1, **params)
    return rows[0]


def as_candle(row: dict[str, Any]) -> list[Any]:
    """Statistics as a candle has them: prices, volume, quote volume, number of trades."""
    names = ("openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume", "count")
    return [row[name] for name in names]


async def test_the_last_price_is_that_of_the_last_trade(rig: Rig) -> None:
    [trade] = await get(rig, "trades", symbol="BTCUSDT", limit=1)
    one = await get(rig, "ticker/price", symbol="BTCUSDT")
    assert one == {"symbol": "BTCUSDT", "price": trade["price"]}
    assert await get(rig, "ticker/price", symbols='["BTCUSDT"]') == [one]
    assert len(await get(rig, "ticker/price")) == 12


async def test_the_best_levels_are_those_of_the_book(rig: Rig) -> None:
    book = await get(rig, "depth", symbol="BTCUSDT", limit=1)
    ((bid, bid_qty),), ((ask, ask_qty),) = book["bids"], book["asks"]
    one = await get(rig, "ticker/bookTicker", symbol="BTCUSDT")
    assert one == {
        "symbol": "BTCUSDT",
        "bidPrice": bid,
        "bidQty": bid_qty,
        "askPrice": ask,
        "askQty": ask_qty,
    }
    several = await get(rig, "ticker/bookTicker", symbols=SYMBOLS)
    assert [row["symbol"] for row in several] == ["ETHUSDT", "BTCUSDT"]
    assert len(await get(rig, "ticker/bookTicker")) == 12


async def test_the_average_is_that_of_five_minutes_and_names_the_last_trade(rig: Rig) -> None:
    average = await get(rig, "avgPrice", symbol="BTCUSDT")
    window = await get(rig, "ticker", symbol="BTCUSDT", windowSize="4m")
    [trade] = await get(rig, "trades", symbol="BTCUSDT", limit=1)
    assert average == {"mins": 5, "price": window["weightedAvgPrice"], "closeTime": trade["time"]}


async def test_candles_for_the_eye_are_candles(rig: Rig) -> None:
    asked: dict[str, str | int] = {"symbol": "BTCUSDT", "interval": "1m", "limit": 3, "timeZone": "8"}
    assert await get(rig, "uiKlines", **asked) == await get(rig, "klines", **asked)


@pytest.mark.parametrize(
    ("size", "minutes"), [("1m", 1), ("59m", 59), ("1h", 60), ("23h", 1380), ("1d", 1440), ("7d", 10_080)]
)
async def test_a_window_begins_with_a_minute_and_is_never_too_short(
    rig: Rig, size: str, minutes: int
) -> None:
    row = await get(rig, "ticker", symbol="BTCUSDT", windowSize=size)
    assert row["closeTime"] == rig.clock.wall_ms()
    assert row["openTime"] % MINUTE_MS == 0
    assert 0 <= row["closeTime"] - row["openTime"] - minutes * MINUTE_MS < MINUTE_MS
    assert row["count"] == row["lastId"] - row["firstId"] + 1


async def test_a_window_holds_what_its_candles_hold(rig: Rig) -> None:
    row = await get(rig, "ticker", symbol="BTCUSDT", windowSize="9m")
    candles = await get(rig, "klines", symbol="BTCUSDT", interval="1m", limit=10)
    assert row["openTime"] == candles[0][0]
    assert row["count"] == sum(candle[8] for candle in candles)
    assert (row["openPrice"], row["lastPrice"]) == (candles[0][1], candles[-1][4])
    assert row["highPrice"] == max((candle[2] for candle in candles), key=float)
    assert row["lowPrice"] == min((candle[3] for candle in candles), key=float)


async def test_without_a_size_the_window_is_a_day(rig: Rig) -> None:
    [row] = await get(rig, "ticker", symbols='["BTCUSDT"]')
    assert row == await get(rig, "ticker", symbol="BTCUSDT", windowSize="1d")
    assert list(row) == STATISTICS
    assert list(await get(rig, "ticker", symbol="BTCUSDT", type="MINI")) == MINI


@pytest.mark.parametrize(("zone", "hours"), [(None, 0), ("8", 8), ("-1:00", -1), ("05:45", 5.75)])
async def test_a_trading_day_is_the_days_candle(rig: Rig, zone: str | None, hours: float) -> None:
    given: dict[str, str] = {} if zone is None else {"timeZone": zone}
    row = await get(rig, "ticker/tradingDay", symbol="BTCUSDT", **given)
    day = await candle(rig, interval="1d", **given)
    assert list(row) == STATISTICS
    assert (row["openTime"], row["closeTime"]) == (day[0], day[6])
    assert (row["openTime"] + hours * 3_600_000) % DAY_MS == 0
    assert as_candle(row) == [*day[1:6], day[7], day[8]]


async def test_trading_days_of_several_symbols(rig: Rig) -> None:
    rows = await get(rig, "ticker/tradingDay", symbols=SYMBOLS, type="MINI")
    assert [row["symbol"] for row in rows] == ["ETHUSDT", "BTCUSDT"]
    assert list(rows[0]) == MINI


async def test_the_reference_price_is_that_of_the_minutes_before_and_comes_from_elsewhere(rig: Rig) -> None:
    price = await get(rig, "referencePrice", symbol="BTCUSDT")
    minute = price["timestamp"]
    assert minute == rig.clock.wall_ms() // MINUTE_MS * MINUTE_MS
    candles = await get(
        rig, "klines", symbol="BTCUSDT", interval="1m", startTime=minute - 5 * MINUTE_MS, limit=5
    )
    mean = sum(float(row[7]) for row in candles) / sum(float(row[5]) for row in candles)
    assert float(price["referencePrice"]) == pytest.approx(mean, rel=1e-6)
    calculation = await get(rig, "referencePrice/calculation", symbol="BTCUSDT")
    assert calculation["calculationType"] == "EXTERNAL"


async def test_symbols_have_no_execution_rules(rig: Rig) -> None:
    one = await get(rig, "executionRules", symbol="BTCUSDT")
    assert one == {"symbolRules": [{"symbol": "BTCUSDT", "rules": []}]}
    assert len((await get(rig, "executionRules", symbols=SYMBOLS))["symbolRules"]) == 2
    assert len((await get(rig, "executionRules"))["symbolRules"]) == 12
    assert await get(rig, "executionRules", symbolStatus="BREAK") == {"symbolRules": []}


async def test_block_trades_are_kept_by_their_ids(rig: Rig) -> None:
    desk = rig.sim.exchange.source.desk("BTCUSDT")
    assert desk is not None
    assert await get(rig, "historicalBlockTrades", symbol="BTCUSDT", fromId=0) == []
    desk.blocks.extend(TradeRow(number, number, number * 1_000, 9_125_000, 500, True) for number in (1, 2, 3))
    second, third = await get(rig, "historicalBlockTrades", symbol="BTCUSDT", fromId=2)
    assert (second["id"], third["id"]) == (2, 3)
    assert second == {
        "id": 2,
        "price": "91250.00000000",
        "qty": "0.00500000",
        "quoteQty": "456.25000000",
        "time": 2,
        "isBuyerMaker": True,
    }
    assert await get(rig, "historicalBlockTrades", symbol="BTCUSDT", fromId=1, limit=1) == [
        second | {"id": 1, "time": 1}
    ]


@pytest.mark.parametrize(
    "path", ["ticker/24hr", "ticker/price", "ticker/bookTicker", "ticker", "ticker/tradingDay"]
)
async def test_symbols_of_another_status_are_left_out_or_refused(rig: Rig, path: str) -> None:
    assert await get(rig, path, symbols=SYMBOLS, symbolStatus="HALT") == []
    assert len(await get(rig, path, symbols=SYMBOLS, symbolStatus="TRADING")) == 2
    assert await refused(rig, path, symbol="BTCUSDT", symbolStatus="BREAK") == (
        -1220,
        "The symbol's status does not match the requested symbolStatus.",
    )


@pytest.mark.parametrize("path", ["ticker", "ticker/tradingDay"])
async def test_statistics_of_everything_are_not_to_be_had(rig: Rig, path: str) -> None:
    text = "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"
    assert await refused(rig, path) == (-1102, text)
    many = json.dumps([f"S{number}" for number in range(TICKER_SYMBOLS + 1)])
    assert (await refused(rig, path, symbols=many))[0] == -1130


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "60m"}, -1130),
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "1d2h"}, -1130),
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "8d"}, -1130),
        ("ticker", {"symbol": "BTCUSDT", "type": "HUGE"}, -1139),
        ("ticker/price", {"symbol": "NOSUCH"}, -1121),
        ("ticker/price", {"symbols": '["NOSUCH"]'}, -1121),
        ("ticker/price", {"symbol": "BTCUSDT", "symbols": SYMBOLS}, -1128),
        ("ticker/price", {"symbol": "BTCUSDT", "symbolStatus": "OPEN"}, -1122),
        ("avgPrice", {}, -1102),
        ("avgPrice", {"symbol": "BTCUSDT", "mins": 5}, -1104),
        ("referencePrice/calculation", {"symbol": "BTCUSDT", "symbolStatus": "HALT"}, -1220),
        ("executionRules", {"symbol": "BTCUSDT", "symbolStatus": "TRADING"}, -1128),
        ("executionRules", {"symbols": '["NOSUCH"]'}, -1121),
    ],
)
async def test_what_makes_no_sense_is_refused(
    rig: Rig, path: str, params: dict[str, str | int], code: int
) -> None:
    assert (await refused(rig, path, **params))[0] == code
