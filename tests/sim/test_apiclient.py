"""A connection to the WebSocket API: what it costs, how long it lives, and what faults do to it."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import InvalidStatus

from bntui.model.markets import Market
from bntui.sim.apiclient import ApiClient, ApiTarget
from bntui.sim.switches import Switches
from tests.sim.accounts import ask_api, connect_api, said, signed_params, subscribed, with_account
from tests.sim.clients import Silent, closed, everybody_left
from tests.sim.rig import Dialling, Rig, running

PATH = "/ws-api/v3"


async def refused(rig: Rig, path: str = PATH) -> tuple[int, str | None]:
    """Status and Retry-After of a handshake that fails."""
    with pytest.raises(InvalidStatus) as status:
        async with connect_api(rig, path):
            pass
    response = status.value.response
    return response.status_code, response.headers.get("Retry-After")


def used_weight(rig: Rig) -> int:
    """Weight that this machine has used."""
    return rig.sim.exchange.doors.address("127.0.0.1").used_weight


async def test_opening_costs_weight() -> None:
    async with running() as rig, connect_api(rig):
        assert used_weight(rig) == 2


async def test_on_the_futures_it_costs_more() -> None:
    async with (
        running(markets=(Market.COINM,), symbols=4) as rig,
        connect_api(rig, "/ws-dapi/v1"),
    ):
        assert used_weight(rig) == 5


async def test_without_weight_nobody_is_let_in() -> None:
    async with running(overrides={"request_weight": 1}) as rig:
        status, retry_after = await refused(rig)
        assert status == 429
        assert retry_after is not None
        assert rig.breaches() == {"request weight": 1}


async def test_attempts_are_counted_with_those_at_the_streams() -> None:
    async with running(overrides={"connection_attempts": 2}) as rig, connect_api(rig), rig.connect():
        assert (await refused(rig))[0] == 429


async def test_there_is_nothing_at_other_paths() -> None:
    async with running() as rig:
        assert (await refused(rig, "/ws-api/v2"))[0] == 404
        assert (await refused(rig, "/stream"))[0] == 404
        assert rig.breaches() == {"wrong path": 2}


def test_the_address_says_how_to_answer() -> None:
    plain, told = (
        ApiTarget(f"{PATH}{query}", PATH) for query in ("/", "?timeUnit=microsecond&returnRateLimits=false")
    )
    assert (plain.micro, plain.tells_limits) == (False, True)
    assert (told.micro, told.tells_limits) == (True, False)


async def test_requests_are_not_counted_by_the_second() -> None:
    async with running() as rig, connect_api(rig) as ws:
        for number in range(50):
            await ws.send(json.dumps({"id": number, "method": "ping"}))
        assert [(await said(ws))["id"] for _ in range(50)] == list(range(50))


async def test_whoever_does_not_answer_pings_is_closed_after_a_minute() -> None:
    async with running() as rig:
        silent = Dialling(
            rig.sim.urls.ws_api + PATH, ping_interval=None, compression=None, create_connection=Silent
        )
        async with silent as ws:
            rig.advance(20)
            rig.advance(60)
            assert await closed(ws) == (1008, "Pong timeout")
        assert rig.breaches() == {"pong timeout": 1}


async def test_it_lives_for_a_day() -> None:
    async with (
        running(overrides={"connection_life_s": 100, "pong_timeout_s": 1000}) as rig,
        connect_api(rig) as ws,
    ):
        account = with_account(rig)
        await subscribed(rig, ws)
        rig.advance(100, steps=2)
        assert (await closed(ws))[0] == 1001
        await everybody_left(rig)
        assert account.sinks == []


async def test_a_shutdown_is_announced_in_the_envelope_of_events() -> None:
    async with running() as rig, connect_api(rig) as ws:
        rig.sim.fault({"fault": "shutdown", "after": 5})
        assert await said(ws) == {"event": {"e": "serverShutdown", "E": rig.clock.wall_ms()}}
        rig.advance(5)
        assert (await closed(ws))[0] == 1001


async def test_an_event_may_come_before_the_reply_to_its_subscription() -> None:
    async with running(switches=Switches(event_before_reply=True)) as rig, connect_api(rig) as ws:
        account = with_account(rig)
        request = {"id": 1, "method": "userDataStream.subscribe.signature", "params": signed_params(rig)}
        await ws.send(json.dumps(request))
        await ask_api(ws, "ping", 2)
        account.fill()
        rig.advance(0.02)
        assert "event" in await said(ws)
        assert (await said(ws))["result"] == {"subscriptionId": 0}


async def test_one_late_reply_does_not_swallow_another() -> None:
    async with running(switches=Switches(event_before_reply=True)) as rig, connect_api(rig) as ws:
        with_account(rig)
        with_account(rig, name="other")
        for number, name in ((1, "hmac"), (2, "other")):
            request = {"method": "userDataStream.subscribe.signature", "params": signed_params(rig, name)}
            await ws.send(json.dumps({"id": number, **request}))
        assert (await said(ws))["id"] == 1
        rig.advance(1)
        assert (await said(ws))["id"] == 2


async def test_without_an_event_the_reply_is_a_second_late() -> None:
    async with running(switches=Switches(event_before_reply=True)) as rig, connect_api(rig) as ws:
        with_account(rig)
        request = {"id": 1, "method": "userDataStream.subscribe.signature", "params": signed_params(rig)}
        await ws.send(json.dumps(request))
        assert (await ask_api(ws, "ping", 2))["id"] == 2
        rig.advance(1)
        assert (await said(ws))["id"] == 1


async def test_whoever_does_not_wait_for_answers_is_closed() -> None:
    async with running() as rig, connect_api(rig) as ws:
        await ask_api(ws, "ping")
        client = next(iter(rig.sim.exchange.members.values()))
        assert isinstance(client, ApiClient)
        for _ in range(1_001):
            client.heard("{}")
        assert await closed(ws) == (1008, "Too many requests")


async def test_who_is_gone_hears_nothing_more() -> None:
    async with running() as rig:
        account = with_account(rig)
        async with connect_api(rig) as ws:
            await subscribed(rig, ws)
            assert len(account.sinks) == 1
        await everybody_left(rig)
        assert account.sinks == []


async def test_the_report_tells_of_its_subscriptions() -> None:
    async with running() as rig, connect_api(rig) as ws:
        with_account(rig)
        await subscribed(rig, ws)
        report = (await rig.rest.get("/_sim/report")).json()
        assert report["connections"]["open"][0]["streams"] == 1
        assert [row["key"] for row in report["users"]["subscriptions"]] == ["hmac"]
        assert report["requests"][f"{PATH} userDataStream.subscribe.signature"] == 1


async def test_answers_may_be_late_or_missing_like_those_of_streams() -> None:
    async with running() as rig, connect_api(rig) as ws:
        rig.sim.fault({"fault": "no_ack", "count": 1})
        await ws.send(json.dumps({"id": 1, "method": "ping"}))
        assert (await ask_api(ws, "ping", 2))["id"] == 2
        rig.sim.fault({"fault": "delay_ack", "seconds": 3, "count": 1})
        await ws.send(json.dumps({"id": 3, "method": "ping"}))
        assert (await ask_api(ws, "ping", 4))["id"] == 4
        rig.advance(3)
        assert (await said(ws))["id"] == 3
