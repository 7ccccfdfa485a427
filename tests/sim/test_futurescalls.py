"""REST of the futures over loopback: one pool of weight, lists of limits, keys, and what each call tells."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bntui.model.markets import Market
from tests.sim.rig import Rig, running

BOTH = (Market.USDM, Market.COINM)
API = {Market.USDM: "/fapi/v1/", Market.COINM: "/dapi/v1/"}
SYMBOL = {Market.USDM: "BTCUSDT", Market.COINM: "BTCUSD_PERP"}
KEY = {"X-MBX-APIKEY": "k" * 64}
HOUR_MS = 3_600_000


async def ask(rig: Rig, market: Market, path: str, **params: str | int) -> httpx.Response:
    return await rig.get(market, API[market] + path, params=params)


async def get(rig: Rig, market: Market, path: str, **params: str | int) -> Any:
    response = await ask(rig, market, path, **params)
    assert response.status_code == 200, response.text
    return response.json()


async def with_key(rig: Rig, path: str, **params: str | int) -> httpx.Response:
    return await rig.get(Market.USDM, API[Market.USDM] + path, params=params, headers=KEY)


async def refused(rig: Rig, market: Market, path: str, **params: str | int) -> tuple[int, int]:
    response = await ask(rig, market, path, **params)
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("ping", {}, 1),
        ("time", {}, 1),
        ("exchangeInfo", {}, 1),
        ("depth", {"limit": 5}, 2),
        ("depth", {"limit": 50}, 2),
        ("depth", {"limit": 100}, 5),
        ("depth", {}, 10),
        ("depth", {"limit": 1_000}, 20),
        ("depth", {"limit": 7}, 2),
        ("klines", {"interval": "1m", "limit": 99}, 1),
        ("klines", {"interval": "1m", "limit": 100}, 2),
        ("klines", {"interval": "1m"}, 5),
        ("klines", {"interval": "1m", "limit": 1_500}, 10),
        ("ticker/24hr", {}, 1),
        ("premiumIndex", {}, 1),
        ("ticker/bookTicker", {}, 2),
        ("openInterest", {}, 1),
        ("trades", {}, 5),
        ("historicalTrades", {}, 20),
        ("aggTrades", {}, 20),
    ],
)
async def test_a_call_is_charged_whatever_its_answer_is(
    path: str, params: dict[str, str | int], weight: int
) -> None:
    async with running(markets=(Market.USDM,)) as rig:
        named = {} if path in ("ping", "time", "exchangeInfo") else {"symbol": "BTCUSDT"}
        await ask(rig, Market.USDM, path, **(params | named))
        (told,) = rig.sim.exchange.doors.report(0.0, rig.clock.wall_ms()).values()
        assert told["used_weight"] == weight


async def test_calls_for_all_contracts_cost_more() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        for path, before in (("ticker/24hr", 0), ("premiumIndex", 40), ("ticker/bookTicker", 50)):
            response = await ask(rig, Market.USDM, path)
            assert len(response.json()) == 12
            cost = {"ticker/24hr": 40, "premiumIndex": 10, "ticker/bookTicker": 5}[path]
            if path != "ticker/bookTicker":
                assert response.headers["X-MBX-USED-WEIGHT-1M"] == str(before + cost)


async def test_both_markets_draw_on_one_pool_and_spot_has_its_own() -> None:
    async with running(markets=tuple(Market), symbols=20) as rig:
        await get(rig, Market.USDM, "depth", symbol="BTCUSDT", limit=1_000)
        coin = await ask(rig, Market.COINM, "ping")
        spot = await rig.get(Market.SPOT, "/api/v3/ping")
        assert [one.headers["X-MBX-USED-WEIGHT-1M"] for one in (coin, spot)] == ["21", "1"]


async def test_who_uses_up_the_pool_is_refused_and_then_banned_at_both() -> None:
    overrides = {"request_weight": 100.0}
    async with running(markets=BOTH, overrides=overrides, symbols=6) as rig:
        statuses = []
        for turn in range(18):
            market = BOTH[turn % 2]
            response = await ask(rig, market, "depth", symbol=SYMBOL[market], limit=1_000)
            statuses.append(response.status_code)
        assert statuses == [200] * 5 + [429] * 10 + [418] * 3
        assert (await ask(rig, Market.COINM, "ping")).status_code == 418
        rig.advance(121)
        assert (await ask(rig, Market.USDM, "ping")).status_code == 200


async def test_the_weight_is_told_with_its_window_only() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        told = (await ask(rig, Market.USDM, "ping")).headers
        assert [name for name in told if name.startswith("x-mbx")] == ["x-mbx-used-weight-1m"]


async def test_the_time_of_exchange_info_is_old() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        rig.clock.advance(7 * 3_600)
        now_ms = (await get(rig, Market.USDM, "time"))["serverTime"]
        assert now_ms - (await get(rig, Market.USDM, "exchangeInfo"))["serverTime"] >= 7 * HOUR_MS


async def test_the_header_of_best_levels_is_wrong() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        wrong = await ask(rig, Market.USDM, "ticker/bookTicker", symbol="BTCUSDT")
        right = await ask(rig, Market.USDM, "ping")
        assert [one.headers["X-MBX-USED-WEIGHT-1M"] for one in (wrong, right)] == ["2399", "3"]


async def test_limits_of_depth_come_from_a_list_and_candles_have_a_most() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        for limit in (5, 10, 20, 50, 100, 500, 1_000):
            assert len((await get(rig, Market.USDM, "depth", symbol="BTCUSDT", limit=limit))["bids"]) <= limit
        for limit in (0, 1, 6, 200, 1_001):
            assert await refused(rig, Market.USDM, "depth", symbol="BTCUSDT", limit=limit) == (400, -4021)
        candles: dict[str, str | int] = {"symbol": "BTCUSDT", "interval": "1m"}
        assert len(await get(rig, Market.USDM, "klines", limit=1_500, **candles)) == 1_500
        assert await refused(rig, Market.USDM, "klines", limit=1_501, **candles) == (400, -1130)
        assert await refused(rig, Market.USDM, "klines", symbol="BTCUSDT", interval="1s") == (400, -1120)
        assert await refused(rig, Market.USDM, "depth", symbol="NOSUCH") == (400, -1121)
        assert await refused(rig, Market.USDM, "depth") == (400, -1102)
        assert await refused(rig, Market.USDM, "depth", symbol="BTCUSD_PERP") == (400, -1121)


async def test_exchange_info_tells_what_contracts_are() -> None:
    async with running(markets=BOTH, symbols=24) as rig:
        usdm, coinm = [await get(rig, market, "exchangeInfo") for market in BOTH]
        assert usdm["futuresType"] == "U_MARGINED"
        weights = [one["limit"] for one in usdm["rateLimits"] if one["rateLimitType"] == "REQUEST_WEIGHT"]
        assert weights == [2_400]
        by_name = {row["symbol"]: row for row in (*usdm["symbols"], *coinm["symbols"])}
        btc, coin, end = by_name["BTCUSDT"], by_name["BTCUSD_PERP"], by_name["BTCUSDT_260327"]
        assert (btc["pricePrecision"], btc["status"], btc["contractType"]) == (2, "TRADING", "PERPETUAL")
        tick = next(one["tickSize"] for one in btc["filters"] if one["filterType"] == "PRICE_FILTER")
        assert tick == "0.10"
        assert (coin["contractSize"], coin["contractStatus"], coin["marginAsset"]) == (100, "TRADING", "BTC")
        assert "status" not in coin
        assert (end["contractType"], end["pair"], end["deliveryDate"]) == (
            "CURRENT_QUARTER",
            "BTCUSDT",
            1_774_598_400_000,
        )
        assert btc["deliveryDate"] == 4_133_404_800_000


@pytest.mark.parametrize("market", BOTH)
async def test_every_call_answers_from_the_same_book_and_trades(market: Market) -> None:
    symbol, coin = SYMBOL[market], market is Market.COINM
    path = f"/ws/{symbol.lower()}@trade" if coin else f"/public/ws/{symbol.lower()}@trade"
    async with running(markets=(market,)) as rig, rig.connect(path):
        rig.advance(20, steps=100)
        book = await get(rig, market, "depth", symbol=symbol, limit=5)
        assert list(book)[:3] == ["lastUpdateId", "E", "T"]
        assert (book.get("symbol"), book.get("pair")) == ((symbol, "BTCUSD") if coin else (None, None))
        best = await get(rig, market, "ticker/bookTicker", symbol=symbol)
        best = best[0] if coin else best
        assert [best["bidPrice"], best["bidQty"]] == book["bids"][0]
        assert best["lastUpdateId"] == book["lastUpdateId"]
        day = await get(rig, market, "ticker/24hr", symbol=symbol)
        day = day[0] if coin else day
        trades = await get(rig, market, "trades", symbol=symbol, limit=1_000)
        assert (day["lastId"], day["lastPrice"]) == (trades[-1]["id"], trades[-1]["price"])
        assert ("baseVolume" in day, "baseQty" in trades[0]) == (coin, coin)
        mark = await get(rig, market, "premiumIndex", symbol=symbol)
        mark = mark[0] if coin else mark
        assert float(mark["markPrice"]) == pytest.approx(float(best["bidPrice"]), rel=0.002)
        assert mark["nextFundingTime"] > mark["time"]
        held = await get(rig, market, "openInterest", symbol=symbol)
        assert float(held["openInterest"]) > 0
        candles = await get(rig, market, "klines", symbol=symbol, interval="1m", limit=2)
        assert candles[-1][4] == trades[-1]["price"]
        aggregates = await get(rig, market, "aggTrades", symbol=symbol, limit=10)
        assert aggregates[-1]["l"] == trades[-1]["id"]
        assert list(aggregates[-1]) == list("apqflTm")


async def test_coinm_answers_with_lists_and_can_be_asked_by_pair() -> None:
    async with running(markets=(Market.COINM,)) as rig:
        ours = [row["symbol"] for row in await get(rig, Market.COINM, "ticker/24hr", pair="BTCUSD")]
        assert ours == ["BTCUSD_PERP", "BTCUSD_260327", "BTCUSD_260626"]
        delivery = await get(rig, Market.COINM, "premiumIndex", symbol="BTCUSD_260327")
        assert (delivery[0]["lastFundingRate"], delivery[0]["nextFundingTime"]) == ("", 0)
        assert await refused(rig, Market.COINM, "premiumIndex", pair="NOSUCH") == (400, -1121)
        both = {"pair": "BTCUSD", "symbol": "BTCUSD_PERP"}
        assert await refused(rig, Market.COINM, "premiumIndex", **both) == (400, -1128)


async def test_old_trades_need_a_key() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        newest = (await get(rig, Market.USDM, "trades", symbol="BTCUSDT", limit=1))[0]["id"]
        wanted: dict[str, str | int] = {"symbol": "BTCUSDT", "fromId": newest - 700, "limit": 500}
        assert await refused(rig, Market.USDM, "historicalTrades", **wanted) == (401, -2014)
        rows = (await with_key(rig, "historicalTrades", **wanted)).json()
        assert [row["id"] for row in rows] == list(range(newest - 700, newest - 200))
        newest_rows = await with_key(rig, "historicalTrades", symbol="BTCUSDT")
        assert len(newest_rows.json()) == 100
        too_many = await with_key(rig, "historicalTrades", symbol="BTCUSDT", limit=501)
        assert too_many.json()["code"] == -1130


async def test_aggregates_older_than_two_days_are_refused() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        now_ms = rig.clock.wall_ms()
        calls: list[tuple[dict[str, int], int]] = [
            ({"startTime": now_ms - 49 * HOUR_MS}, -4166),
            ({"startTime": now_ms - 5 * HOUR_MS, "endTime": now_ms - 3 * HOUR_MS}, -1127),
            ({"startTime": now_ms - HOUR_MS, "fromId": 5}, -1128),
            ({"fromId": 5}, -4166),
        ]
        for params, code in calls:
            found = await refused(rig, Market.USDM, "aggTrades", symbol="BTCUSDT", **params)
            assert found == (400, code), params
        rows = await get(rig, Market.USDM, "aggTrades", symbol="BTCUSDT", startTime=now_ms - 47 * HOUR_MS)
        assert rows[0]["T"] >= now_ms - 47 * HOUR_MS
        again = await get(rig, Market.USDM, "aggTrades", symbol="BTCUSDT", fromId=rows[3]["a"], limit=2)
        assert again == rows[3:5]
        beyond = await get(rig, Market.USDM, "aggTrades", symbol="BTCUSDT", fromId=10**15)
        assert beyond == []
