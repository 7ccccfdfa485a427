"""Every REST call is counted and charged, and refused or answered with the headers that go with it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from bntui.sim.handshake import FIREWALL, GEO_BLOCK
from bntui.sim.ledger import Breach
from bntui.sim.switches import Switches
from bntui.venue.binance.limits import SPOT
from tests.sim.rig import WAIT_S, Rig, running

API = "/api/v3/"


async def get(rig: Rig, path: str, **params: str | int) -> Any:
    response = await rig.rest.get(API + path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("ping", {}, 1),
        ("time", {}, 1),
        ("exchangeInfo", {}, 20),
        ("exchangeInfo", {"symbol": "BTCUSDT"}, 20),
        ("depth", {"symbol": "BTCUSDT"}, 5),
        ("depth", {"symbol": "BTCUSDT", "limit": 101}, 25),
        ("depth", {"symbol": "BTCUSDT", "limit": 501}, 50),
        ("depth", {"symbol": "BTCUSDT", "limit": 5_000}, 250),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": 1_000}, 2),
        ("ticker/24hr", {"symbol": "BTCUSDT"}, 2),
        ("ticker/24hr", {"symbols": '["BTCUSDT","ETHUSDT"]'}, 2),
        ("ticker/24hr", {"symbols": json.dumps(["BTCUSDT"] * 21)}, 40),
        ("ticker/24hr", {}, 80),
        ("trades", {"symbol": "BTCUSDT"}, 25),
        ("historicalTrades", {"symbol": "BTCUSDT"}, 25),
        ("aggTrades", {"symbol": "BTCUSDT"}, 4),
        ("historicalBlockTrades", {"symbol": "BTCUSDT", "fromId": 1}, 25),
        ("uiKlines", {"symbol": "BTCUSDT", "interval": "1m"}, 2),
        ("avgPrice", {"symbol": "BTCUSDT"}, 2),
        ("ticker/price", {"symbol": "BTCUSDT"}, 2),
        ("ticker/price", {"symbols": '["BTCUSDT"]'}, 4),
        ("ticker/bookTicker", {}, 4),
        ("ticker", {"symbols": '["BTCUSDT","ETHUSDT"]'}, 8),
        ("ticker/tradingDay", {"symbol": "BTCUSDT"}, 4),
        ("referencePrice", {"symbol": "BTCUSDT"}, 2),
        ("referencePrice/calculation", {"symbol": "BTCUSDT"}, 2),
        ("executionRules", {}, 40),
        ("klines", {"symbol": "NOSUCH"}, 2),
        ("depth", {"limit": "9" * 5_000}, 5),
    ],
)
async def test_every_call_has_its_weight_also_when_it_is_refused(
    path: str, params: dict[str, str | int], weight: int
) -> None:
    async with running() as rig:
        response = await rig.rest.get(API + path, params=params)
        assert response.headers["X-MBX-USED-WEIGHT-1M"] == str(weight)
        assert response.headers["X-MBX-USED-WEIGHT"] == str(weight)
        assert response.headers["Content-Type"] == "application/json;charset=UTF-8"


async def test_weight_adds_up_and_is_gone_with_the_next_clock_minute() -> None:
    async with running() as rig:
        rig.clock.advance(59.9)
        for expected in ("1", "2"):
            assert (await rig.rest.get(API + "ping")).headers["X-MBX-USED-WEIGHT-1M"] == expected
        rig.clock.advance(0.2)
        assert (await rig.rest.get(API + "ping")).headers["X-MBX-USED-WEIGHT-1M"] == "1"


async def test_who_uses_too_much_is_refused_and_then_banned() -> None:
    limits = SPOT.override({"request_weight": 30})
    async with running(limits=limits, switches=Switches(patience=2)) as rig:
        rig.clock.advance(15)
        await get(rig, "exchangeInfo")
        await get(rig, "time")
        for _ in range(2):
            late = await rig.rest.get(API + "exchangeInfo")
            assert (late.status_code, late.headers["Retry-After"], late.json()) == (
                429,
                "45",
                {
                    "code": -1003,
                    "msg": "Too much request weight used; current limit is 30 request weight per 1 MINUTE. "
                    "Please use WebSocket Streams for live updates to avoid polling the API.",
                },
            )
        banned = await rig.rest.get(API + "ping")
        until = rig.clock.wall_ms() + 120_000
        assert (banned.status_code, banned.headers["Retry-After"]) == (418, "120")
        assert banned.json()["msg"] == (
            f"Way too much request weight used; IP banned until {until}. "
            "Please use WebSocket Streams for live updates to avoid bans."
        )
        rig.clock.advance(60)
        assert (await rig.rest.get(API + "ping")).headers["Retry-After"] == "60"
        rig.clock.advance(60)
        await get(rig, "ping")
        assert rig.breaches() == {Breach.WEIGHT: 2, Breach.BANNED: 2}


async def test_other_windows_have_other_headers() -> None:
    limits = SPOT.override({"request_weight_window_s": 10, "request_weight": 0})
    async with running(limits=limits) as rig:
        response = await rig.rest.get(API + "ping")
        assert response.headers["X-MBX-USED-WEIGHT-10S"] == "1"
        assert "per 10S" in response.json()["msg"]


async def test_bans_grow_with_each_one() -> None:
    limits = SPOT.override({"request_weight": 0, "ban_longest_s": 300})
    async with running(limits=limits, switches=Switches(patience=0)) as rig:
        waits = []
        for _ in range(4):
            banned = await rig.rest.get(API + "ping")
            waits.append((banned.status_code, int(banned.headers["Retry-After"])))
            rig.advance(waits[-1][1] + 1)
        assert waits == [(418, 120), (418, 240), (418, 300), (418, 300)]


async def test_the_end_of_a_ban_is_told_by_the_exchanges_clock() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "clock_jump", "seconds": 5})
        rig.sim.fault({"fault": "ban", "for": 60})
        banned = await rig.rest.get(API + "ping")
        assert f"IP banned until {rig.clock.wall_ms() + 65_000}." in banned.json()["msg"]


async def test_other_addresses_are_not_charged() -> None:
    async with running() as rig:
        transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
        async with httpx.AsyncClient(base_url=rig.sim.urls.rest, transport=transport) as other:
            await get(rig, "exchangeInfo")
            assert (await other.get(API + "ping")).headers["X-MBX-USED-WEIGHT-1M"] == "1"


async def test_the_times_of_candles_are_in_microseconds_too() -> None:
    async with running() as rig:
        answer = await rig.rest.get(
            API + "klines?symbol=BTCUSDT&interval=1h&limit=1", headers={"x-mbx-time-unit": "MICROSECOND"}
        )
        ((opened, *_, closed, _, _, _, _, _),) = answer.json()
        assert (opened % 3_600_000_000, closed - opened) == (0, 3_600_000_000 - 1)


async def test_times_can_be_given_in_either_unit() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@aggTrade"):
        rig.advance(30, steps=100)
        start = rig.clock.wall_ms() - 20_000
        span = {"startTime": start, "endTime": start + 9_999}
        rows = await get(rig, "aggTrades", symbol="BTCUSDT", **span)
        finer = {"startTime": start * 1000, "endTime": (start + 9_999) * 1000 + 999}
        assert await get(rig, "aggTrades", symbol="BTCUSDT", **finer) == rows != []
        minute = start - start % 60_000
        for unit in (1, 1000):
            candles = await get(rig, "klines", symbol="BTCUSDT", interval="1m", startTime=minute * unit)
            assert candles[0][0] == minute
            after = await get(rig, "klines", symbol="BTCUSDT", interval="1m", startTime=minute * unit + 1)
            assert after[:1] == candles[1:2]


# Faults


@pytest.mark.parametrize(
    ("status", "retry_after", "code", "text"),
    [
        (500, None, -1000, "An unknown error occurred while processing the request."),
        (503, 5, -1000, "An unknown error occurred while processing the request."),
        (
            429,
            9,
            -1003,
            "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API.",
        ),
        (
            418,
            60,
            -1003,
            "Way too much request weight used; IP banned until 1767225660000. "
            "Please use WebSocket Streams for live updates to avoid bans.",
        ),
    ],
)
async def test_rest_can_be_made_to_fail(status: int, retry_after: int | None, code: int, text: str) -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_status", "status": status, "retry_after": retry_after, "count": 1})
        failed = await rig.rest.get(API + "time")
        assert (failed.status_code, failed.json()) == (status, {"code": code, "msg": text})
        assert failed.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))
        assert failed.headers["X-MBX-USED-WEIGHT-1M"] == "1"
        await get(rig, "time")
        assert rig.breaches() == {}


@pytest.mark.parametrize(("status", "body"), [(451, GEO_BLOCK), (403, FIREWALL)])
async def test_blocks_have_their_own_bodies(status: int, body: bytes) -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_status", "status": status})
        blocked = await rig.rest.get(API + "time")
        assert (blocked.status_code, blocked.content) == (status, body)


async def test_one_path_can_fail_while_others_answer() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_status", "status": 503, "path": "/api/v3/depth"})
        assert (await rig.rest.get(API + "depth?symbol=BTCUSDT")).status_code == 503
        await get(rig, "time")


async def test_rest_can_be_down_while_the_back_door_is_open() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_down", "for": 10})
        with pytest.raises(httpx.RemoteProtocolError):
            await rig.rest.get(API + "time")
        report = (await rig.rest.get("/_sim/report")).json()
        assert (report["requests"], report["answers"]) == ({"/api/v3/time": 1}, {})
        assert "127.0.0.1" not in report["addresses"], "what never arrived is not charged"
        rig.advance(10)
        await get(rig, "time")


async def test_rest_can_be_slow_by_the_exchanges_clock() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_slow", "seconds": 30, "path": "/api/v3/time"})
        late = asyncio.ensure_future(rig.rest.get(API + "time", timeout=None))
        await get(rig, "ping")
        rig.advance(29.9)
        await get(rig, "ping")
        assert not late.done()
        rig.advance(0.2)
        async with asyncio.timeout(WAIT_S):
            assert (await late).json() == {"serverTime": rig.clock.wall_ms()}


@pytest.mark.parametrize(
    ("words", "body"), [({}, b'{"serverTime":17'), ({"body": "<html>"}, b"<html>"), ({"body": ""}, b"")]
)
async def test_rest_can_answer_nonsense(words: dict[str, str], body: bytes) -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_garbage"} | words)
        answer = await rig.rest.get(API + "time")
        assert (answer.status_code, answer.content) == (200, body)
