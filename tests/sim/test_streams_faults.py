"""What a client sees of the faults of its connection."""

from __future__ import annotations

import asyncio
import json

import pytest

from bntui.sim.switches import Switches
from tests.sim.clients import (
    QUOTES,
    Silent,
    closed,
    drained,
    frames_sent,
    next_data,
    settled,
)
from tests.sim.rig import WAIT_S, ask, receive, reply, running

# The connection


async def test_an_aborted_connection_has_no_close_frame() -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "abort"})
        assert await closed(ws) == (1006, "")


async def test_a_connection_can_be_closed_as_for_too_many_requests() -> None:
    async with running() as rig, rig.connect() as one, rig.connect() as other:
        rig.sim.fault({"fault": "close", "code": 1008, "reason": "Too many requests", "connections": [1]})
        assert await closed(one) == (1008, "Too many requests")
        await ask(other, "LIST_SUBSCRIPTIONS")
        assert rig.breaches() == {}


@pytest.mark.parametrize(("switches", "end"), [(Switches(), 1001), (Switches(life_code=0), 1006)])
async def test_a_life_can_end_now(switches: Switches, end: int) -> None:
    async with running(switches=switches) as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "end_life"})
        assert (await closed(ws))[0] == end


async def test_a_life_that_ends_now_is_announced_where_lives_are() -> None:
    switches = Switches(shutdown_lead_s=(5, 5))
    async with running(switches=switches) as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "end_life"})
        assert json.loads(await receive(ws))["stream"] == "!serverShutdown"
        rig.advance(5.1)
        assert (await closed(ws))[0] == 1001


@pytest.mark.parametrize("after", [0, 3])
async def test_a_shutdown_is_announced_and_carried_out(after: int) -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "shutdown", "after": after})
        assert json.loads(await receive(ws))["stream"] == "!serverShutdown"
        if after:
            rig.advance(2.9)
            await settled(ws)
            rig.advance(0.2)
        assert (await closed(ws))[0] == 1001


async def test_a_half_open_connection_neither_reads_nor_writes() -> None:
    async with running() as rig, rig.connect(QUOTES, create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        await next_data(rig, ws)
        rig.sim.fault({"fault": "half_open"})
        sent = frames_sent(rig)
        waiter = await ws.ping()
        rig.advance(100, steps=10)
        record = rig.sim.exchange.ledger.open[1]
        assert (record.frames_sent, record.client_pings, ws.pings) == (sent, 0, [])
        rig.sim.fault({"fault": "clear"})
        async with asyncio.timeout(WAIT_S):
            await waiter
        assert rig.sim.exchange.ledger.open[1].client_pings == 1


async def test_a_pong_that_could_not_be_read_is_not_missed() -> None:
    async with running() as rig, rig.connect(QUOTES, create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        rig.advance(20)
        await settled(ws)
        rig.sim.fault({"fault": "half_open", "for": 100})
        await ws.pong_by_hand(ws.pings[-1])
        rig.advance(101, steps=10)
        await settled(ws)
        rig.advance(10)
        assert rig.breaches() == {}
        assert rig.sim.exchange.ledger.open[1].closed_ms is None


async def test_two_reasons_to_be_half_open_must_both_end() -> None:
    async with running() as rig, rig.connect(QUOTES) as ws:
        rig.sim.fault({"fault": "silence"})
        async with rig.connect(QUOTES):
            rig.sim.fault({"fault": "half_open", "for": 5})
            rig.advance(6, steps=6)
            await settled(ws)
            assert frames_sent(rig, 2) == 0, "still silent"
            rig.sim.fault({"fault": "clear"})
            rig.advance(2, steps=10)
            assert frames_sent(rig, 2) > 0


async def test_pings_can_fail_to_come_while_data_flows() -> None:
    async with running() as rig, rig.connect(QUOTES, create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        rig.sim.fault({"fault": "no_pings"})
        rig.advance(65, steps=65)
        await settled(ws)
        assert ws.pings == []
        assert frames_sent(rig) > 100


async def test_a_flood_of_pings_is_one_beat_to_a_client_that_answers_the_newest() -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        rig.sim.fault({"fault": "ping_flood", "count": 5_000})
        await settled(ws)
        assert len(set(ws.pings)) == 5_000
        await ws.pong_by_hand(ws.pings[-1])
        for _ in range(3):
            rig.advance(19)
            await settled(ws)
        assert rig.breaches() == {}
        assert rig.sim.exchange.ledger.open[1].pongs == 1


async def test_who_answers_every_ping_of_a_flood_breaks_the_rate() -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "ping_flood", "count": 50})
        assert await closed(ws) == (1008, "Too many requests")


# Requests


async def test_answers_can_be_lost_although_requests_are_carried_out() -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "no_ack", "count": 1})
        await ws.send('{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}')
        assert await ask(ws, "LIST_SUBSCRIPTIONS", request_id=2) == {"result": ["btcusdt@trade"], "id": 2}


async def test_requests_can_be_ignored_altogether() -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "ignore_requests", "connections": [1], "for": 3})
        await ws.send('{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}')
        await settled(ws)
        rig.advance(3.1)
        assert await ask(ws, "LIST_SUBSCRIPTIONS", request_id=2) == {"result": [], "id": 2}


async def test_answers_can_come_late_and_data_before_them() -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "delay_ack", "seconds": 30})
        await ws.send('{"method":"SUBSCRIBE","params":["btcusdt@bookTicker"],"id":2}')
        await settled(ws)
        assert "stream" in json.loads(await next_data(rig, ws)), "data before the answer"
        rig.advance(30)
        assert (await reply(ws))["id"] == 2


async def test_a_late_answer_comes_behind_the_data_that_was_there_before_it() -> None:
    async with running() as rig, rig.connect(QUOTES) as ws:
        rig.sim.fault({"fault": "delay_ack", "seconds": 5})
        await ws.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
        await settled(ws)
        rig.advance(5)
        messages = await drained(ws)
        assert ["result" in message for message in messages] == [False] * (len(messages) - 1) + [True]
        assert len(messages) > 1


@pytest.mark.parametrize(
    ("kind", "request_id", "seen"),
    [
        *(("text", 7, "7"), ("number", 7, 7.5), ("number", "a", 0), ("null", 7, None)),
        *(("list", "a", ["a"]), ("other", 7, 8), ("other", "a", "ax"), (None, 7, "7")),
    ],
)
async def test_answers_can_carry_ids_of_another_type(
    kind: str | None, request_id: object, seen: object
) -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "wrong_id"} | ({} if kind is None else {"as": kind}))
        answered = await ask(ws, "LIST_SUBSCRIPTIONS", request_id=request_id)
        assert answered == {"result": [], "id": seen}
