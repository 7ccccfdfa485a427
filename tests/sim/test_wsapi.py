"""A conversation over the WebSocket API: sessions, subscriptions, limits, and every refusal in its words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from bntui.model.markets import Market
from bntui.sim.wsapi import Conversation
from tests.sim.accounts import (
    ask_api,
    connect_api,
    key,
    said,
    signed_params,
    subscribed,
    with_account,
)
from tests.sim.rig import Rig, running

REVOKED = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}


def refusal(reply: Any) -> tuple[int, int]:
    """Status and code of a refusal."""
    return reply["status"], reply["error"]["code"]


async def log_on(rig: Rig, ws: ClientConnection, name: str = "ed25519") -> Any:
    """Log on with a key."""
    return await ask_api(ws, "session.logon", **signed_params(rig, name))


# The form of requests and replies


async def test_replies_carry_id_status_result_and_the_weight_used() -> None:
    async with running() as rig, connect_api(rig) as ws:
        assert await ask_api(ws, "time", "a-1") == {
            "id": "a-1",
            "status": 200,
            "result": {"serverTime": rig.clock.wall_ms()},
            "rateLimits": [
                {
                    "rateLimitType": "REQUEST_WEIGHT",
                    "interval": "MINUTE",
                    "intervalNum": 1,
                    "limit": 6000,
                    "count": 3,  # 2 for the connection
                }
            ],
        }


@pytest.mark.parametrize("request_id", [7, -1, "x" * 36, None])
async def test_every_kind_of_id_comes_back(request_id: object) -> None:
    async with running() as rig, connect_api(rig) as ws:
        assert (await ask_api(ws, "ping", request_id))["id"] == request_id


async def test_who_wants_no_rate_limits_gets_none() -> None:
    async with running() as rig:
        async with connect_api(rig) as ws:
            assert "rateLimits" not in await ask_api(ws, "ping", returnRateLimits=False)
        async with connect_api(rig, "/ws-api/v3?returnRateLimits=false") as ws:
            assert "rateLimits" not in await ask_api(ws, "ping")
            assert "rateLimits" in await ask_api(ws, "ping", returnRateLimits=True)


async def test_times_come_in_microseconds_where_the_address_asks_for_them() -> None:
    async with running() as rig, connect_api(rig, "/ws-api/v3?timeUnit=MICROSECOND") as ws:
        assert (await ask_api(ws, "time"))["result"] == {"serverTime": rig.clock.wall_ms() * 1000}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", -1135),
        ("[1]", -1135),
        ('{"id":1.5,"method":"ping"}', -1100),
        (f'{{"id":"{"x" * 37}","method":"ping"}}', -1100),
        ('{"id":1}', -1102),
        ('{"id":1,"method":"ping","params":[1]}', -1135),
        ('{"id":1,"method":"ping","params":{"a":{}}}', -1135),
    ],
)
async def test_what_is_no_request_is_refused_without_an_id(text: str, code: int) -> None:
    async with running() as rig, connect_api(rig) as ws:
        await ws.send(text)
        reply = await said(ws)
        assert (reply["id"], *refusal(reply)) == (None, 400, code)
        assert rig.breaches() == {"bad request": 1}


async def test_unknown_methods_are_refused() -> None:
    async with running() as rig, connect_api(rig) as ws:
        assert refusal(await ask_api(ws, "order.place")) == (400, -1130)


async def test_market_data_is_what_rest_answers() -> None:
    async with running() as rig, connect_api(rig) as ws:
        for method, path, params in (
            ("depth", "depth", {"symbol": "BTCUSDT", "limit": 5}),
            ("klines", "klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": 2}),
            ("ticker.24hr", "ticker/24hr", {"symbols": ["BTCUSDT", "ETHUSDT"]}),
        ):
            given = {
                name: value if isinstance(value, str | int) else json.dumps(value, separators=(",", ":"))
                for name, value in params.items()
            }
            rest = (await rig.rest.get(f"/api/v3/{path}", params=given)).json()
            assert (await ask_api(ws, method, **params))["result"] == rest
        assert refusal(await ask_api(ws, "depth", symbol="NOSUCH")) == (400, -1121)


async def test_weight_is_that_of_rest_out_of_the_same_pool() -> None:
    async with running() as rig, connect_api(rig) as ws:
        await rig.rest.get("/api/v3/depth", params={"symbol": "BTCUSDT", "limit": 1000})
        reply = await ask_api(ws, "depth", symbol="BTCUSDT", limit=5000)
        assert reply["rateLimits"][0]["count"] == 2 + 50 + 250


async def test_whoever_has_no_weight_left_is_told_when_to_come_back_and_whoever_goes_on_is_banned() -> None:
    limits = {"request_weight": 10}
    async with running(overrides=limits) as rig, connect_api(rig) as ws:
        reply = await ask_api(ws, "exchangeInfo")
        now, window_ms = rig.clock.wall_ms(), 60_000
        assert reply["status"] == 429
        assert reply["error"]["code"] == -1003
        assert reply["error"]["data"]["serverTime"] == now
        back = reply["error"]["data"]["retryAfter"]
        assert now < back <= now - now % window_ms + window_ms + 1000
        while reply["status"] == 429:
            reply = await ask_api(ws, "ping")
        assert reply["status"] == 418
        assert "IP banned until" in reply["error"]["msg"]
        await ws.wait_closed()
        assert ws.close_code == 1008


# Signatures


@pytest.mark.parametrize("name", ["hmac", "rsa", "ed25519"])
async def test_every_kind_of_key_subscribes_by_signature(name: str) -> None:
    async with running() as rig, connect_api(rig) as ws:
        account = with_account(rig)
        assert (await subscribed(rig, ws, name))["result"] == {"subscriptionId": 0}
        account.fill(7)
        rig.advance(0.02)
        assert await said(ws) == {"subscriptionId": 0, "event": {"e": "executionReport", "t": 7}}


@pytest.mark.parametrize("change", ["recvWindow", "timestamp"])
async def test_a_signature_is_of_every_parameter(change: str) -> None:
    async with running() as rig, connect_api(rig) as ws:
        params = signed_params(rig, recvWindow=4_000)
        params[change] = int(params[change]) - 1
        reply = await ask_api(ws, "userDataStream.subscribe.signature", **params)
        assert refusal(reply) == (400, -1022)


async def test_a_frame_that_is_sent_again_later_is_too_old() -> None:
    async with running() as rig, connect_api(rig) as ws:
        params = signed_params(rig)
        rig.advance(5.1)
        reply = await ask_api(ws, "userDataStream.subscribe.signature", **params)
        assert refusal(reply) == (400, -1021)
        assert rig.sim.exchange.users.refusals == {"-1021": 1}


@pytest.mark.parametrize(("name", "status", "code"), [("elsewhere", 401, -2015), ("nothing", 401, -2015)])
async def test_a_key_that_may_not_is_refused(name: str, status: int, code: int) -> None:
    async with running() as rig, connect_api(rig) as ws:
        reply = await subscribed(rig, ws, name)
        assert refusal(reply) == (status, code)
        assert reply["error"]["msg"] == REVOKED["msg"]


async def test_signed_requests_are_answered_by_the_account() -> None:
    async with running() as rig, connect_api(rig) as ws:
        account = with_account(rig)
        reply = await ask_api(ws, "myTrades", **signed_params(rig, symbol="BTCUSDT"))
        assert reply["result"] == {"asked": "myTrades"}
        assert account.asked == [("myTrades", {"symbol": "BTCUSDT"})]
        assert refusal(await ask_api(ws, "account.status")) == (400, -1102)
        reply = await ask_api(ws, "myTrades", **signed_params(rig, symbol="NOSUCH"))
        assert refusal(reply) == (400, -1121)


# Sessions


async def test_an_ed25519_key_logs_on_and_then_needs_no_signature() -> None:
    async with running() as rig, connect_api(rig) as ws:
        account = with_account(rig)
        now = rig.clock.wall_ms()
        result = (await log_on(rig, ws))["result"]
        assert result == {
            "apiKey": key(rig, "ed25519").api_key,
            "authorizedSince": now,
            "connectedSince": now,
            "returnRateLimits": True,
            "serverTime": now,
            "userDataStream": False,
        }
        assert (await ask_api(ws, "userDataStream.subscribe"))["result"] == {"subscriptionId": 0}
        assert (await ask_api(ws, "session.status"))["result"]["userDataStream"] is True
        assert (await ask_api(ws, "account.status", timestamp=now))["status"] == 200
        assert refusal(await ask_api(ws, "account.status")) == (400, -1102)
        assert refusal(await ask_api(ws, "account.status", timestamp=now - 6_000)) == (400, -1021)
        assert len(account.sinks) == 1


@pytest.mark.parametrize("name", ["hmac", "rsa"])
async def test_other_kinds_of_keys_do_not_log_on(name: str) -> None:
    async with running() as rig, connect_api(rig) as ws:
        assert refusal(await log_on(rig, ws, name)) == (400, -2028)
        assert refusal(await ask_api(ws, "userDataStream.subscribe")) == (400, -1193)


async def test_logging_out_ends_what_the_session_began_and_nothing_else() -> None:
    async with running() as rig, connect_api(rig) as ws:
        main, other = with_account(rig), with_account(rig, name="other")
        await log_on(rig, ws)
        await ask_api(ws, "userDataStream.subscribe")
        await subscribed(rig, ws, "other")
        assert (await ask_api(ws, "session.logout"))["event"]["e"] == "eventStreamTerminated"
        assert (await said(ws))["result"]["apiKey"] is None
        assert (await ask_api(ws, "session.subscriptions"))["result"] == [{"subscriptionId": 1}]
        assert (len(main.sinks), len(other.sinks)) == (0, 1)


async def test_nothing_may_come_with_a_request_that_takes_nothing() -> None:
    async with running() as rig, connect_api(rig) as ws:
        for method in ("userDataStream.subscribe", "session.status", "session.subscriptions"):
            assert refusal(await ask_api(ws, method, odd=1)) == (400, -1104)


# Subscriptions


async def test_an_account_is_heard_once_on_a_connection_and_numbers_go_on() -> None:
    async with running() as rig, connect_api(rig) as ws:
        with_account(rig)
        await subscribed(rig, ws)
        assert refusal(await subscribed(rig, ws, "rsa")) == (400, -2035)
        event = await ask_api(ws, "userDataStream.unsubscribe", subscriptionId=0)
        assert event["event"]["e"] == "eventStreamTerminated"
        assert (await said(ws))["result"] == {}
        assert refusal(await ask_api(ws, "userDataStream.unsubscribe")) == (400, -2036)
        assert (await subscribed(rig, ws))["result"] == {"subscriptionId": 1}


async def test_two_connections_hear_the_same_account() -> None:
    async with running() as rig, connect_api(rig) as one, connect_api(rig) as two:
        account = with_account(rig)
        for ws in (one, two):
            await subscribed(rig, ws)
        account.fill()
        rig.advance(0.02)
        assert await said(one) == await said(two)


async def test_a_connection_begins_so_many_subscriptions_in_its_life() -> None:
    async with running() as rig:
        with_account(rig)
        talk = Conversation(rig.sim.exchange, {}, "127.0.0.1", 1, lambda text: None, most_subscriptions=1)

        async def asked(method: str, **params: object) -> Any:
            return json.loads(await talk.answer(json.dumps({"id": 1, "method": method, "params": params})))

        subscribe = "userDataStream.subscribe.signature"
        assert (await asked(subscribe, **signed_params(rig)))["status"] == 200
        await asked("userDataStream.unsubscribe")
        assert refusal(await asked(subscribe, **signed_params(rig))) == (400, -2042)


async def test_listen_keys_of_spot_are_gone() -> None:
    async with running() as rig, connect_api(rig) as ws:
        reply = await ask_api(ws, "userDataStream.start", apiKey=key(rig).api_key)
        assert refusal(reply) == (410, -1016)


async def test_the_api_of_futures_makes_listen_keys_and_brings_no_events() -> None:
    async with (
        running(markets=(Market.USDM,), symbols=4) as rig,
        connect_api(rig, "/ws-fapi/v1") as ws,
    ):
        owner = key(rig).api_key
        made = (await ask_api(ws, "userDataStream.start", apiKey=owner))["result"]
        assert (await ask_api(ws, "userDataStream.ping", apiKey=owner))["result"] == made
        assert (await ask_api(ws, "userDataStream.stop", apiKey=owner))["result"] == {}
        assert refusal(await ask_api(ws, "userDataStream.ping", apiKey=owner)) == (400, -1125)
        assert refusal(await subscribed(rig, ws)) == (400, -1130)
        assert (await log_on(rig, ws))["result"]["userDataStream"] is None


# What goes wrong


async def test_a_revoked_key_is_told_so_once_without_an_id_and_hears_nothing() -> None:
    async with running() as rig, connect_api(rig) as ws:
        account = with_account(rig)
        await subscribed(rig, ws)
        rig.sim.fault({"fault": "revoke_key", "key": "hmac"})
        account.fill()
        rig.advance(0.02)
        assert await ask_api(ws, "session.subscriptions") == {"id": None, "status": 401, "error": REVOKED}
        assert (await ask_api(ws, "session.subscriptions"))["result"] == []
        assert refusal(await subscribed(rig, ws)) == (401, -2015)


async def test_a_stream_that_is_ended_says_so_and_its_socket_stays_open() -> None:
    async with running() as rig, connect_api(rig) as ws:
        account = with_account(rig)
        await subscribed(rig, ws)
        rig.sim.fault({"fault": "terminate_streams"})
        account.fill()
        rig.advance(0.02)
        event = await said(ws)
        assert event == {
            "subscriptionId": 0,
            "event": {"e": "eventStreamTerminated", "E": rig.clock.wall_ms() - 20},
        }
        assert (await ask_api(ws, "session.subscriptions"))["result"] == []


async def test_a_stream_may_end_so_many_seconds_after_it_began() -> None:
    async with running() as rig, connect_api(rig) as ws:
        with_account(rig)
        rig.sim.fault({"fault": "short_subscriptions", "seconds": 20, "count": 1})
        await subscribed(rig, ws)
        rig.advance(19.9, steps=2)
        assert (await ask_api(ws, "session.subscriptions"))["result"] == [{"subscriptionId": 0}]
        rig.advance(0.2, steps=2)
        assert (await said(ws))["event"]["e"] == "eventStreamTerminated"
        await subscribed(rig, ws)
        rig.advance(30, steps=2)
        assert (await ask_api(ws, "session.subscriptions"))["result"] == [{"subscriptionId": 1}]


async def test_events_may_be_lost_while_the_socket_is_well() -> None:
    async with running() as rig, connect_api(rig) as ws:
        account = with_account(rig)
        await subscribed(rig, ws)
        rig.sim.fault({"fault": "user_silence"})
        account.fill(1)
        rig.sim.fault({"fault": "clear", "faults": ["user_silence"]})
        account.fill(2)
        rig.advance(0.02)
        assert (await said(ws))["event"]["t"] == 2
        assert rig.sim.exchange.users.report()["lost_events"] == 1
