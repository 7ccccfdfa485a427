"""What a client sees of the faults of its data: lost, late, twice, broken, or of another time."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

from bntui.sim.ledger import Breach
from tests.sim.clients import (
    QUOTES,
    Silent,
    closed,
    drained,
    everybody_left,
    frames_sent,
    heard,
    next_data,
    settled,
)
from tests.sim.rig import ask, receive, running


async def test_a_connection_may_open_that_acks_and_never_brings_data() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "no_data"})
        async with rig.connect(QUOTES) as zombie:
            rig.sim.fault({"fault": "clear"})
            async with rig.connect(QUOTES) as sound:
                assert (await ask(zombie, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@bookTicker"]
                await next_data(rig, sound)
                rig.advance(18, steps=10)
                await settled(zombie)
                assert frames_sent(rig, 1) == 1, "it stays what it is"
                assert frames_sent(rig, 2) > 5


async def test_pings_go_on_while_everything_is_stalled() -> None:
    async with running() as rig, rig.connect(QUOTES, create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        rig.sim.fault({"fault": "stall_all"})
        rig.advance(21, steps=20)
        await settled(ws)
        assert (frames_sent(rig), len(ws.pings)) == (0, 1)


async def test_one_connection_can_be_stalled_and_what_replaces_it_flows() -> None:
    async with running() as rig, rig.connect(QUOTES), rig.connect(QUOTES):
        rig.sim.fault({"fault": "stall_all", "connections": [1], "for": 10})
        async with rig.connect(QUOTES):
            rig.advance(9, steps=20)
            assert frames_sent(rig, 1) == 0
            assert frames_sent(rig, 2) == frames_sent(rig, 3) > 0
            rig.advance(9, steps=20)
            assert frames_sent(rig, 1) > 0


async def test_one_stream_can_be_stalled_for_a_while() -> None:
    async with running() as rig, rig.connect("/stream?streams=btcusdt@bookTicker/btcusdt@trade") as ws:
        rig.sim.fault({"fault": "stall_stream", "streams": ["btcusdt@bookTicker"], "for": 10})
        assert {message["stream"] for message in await heard(rig, ws, 9)} == {"btcusdt@trade"}
        assert {message["stream"] for message in await heard(rig, ws, 9)} == {
            "btcusdt@trade",
            "btcusdt@bookTicker",
        }


async def test_a_forgotten_stream_comes_back_when_it_is_subscribed_to_again() -> None:
    name = "btcusdt@bookTicker"
    async with running() as rig, rig.connect(QUOTES) as ws, rig.connect(QUOTES):
        rig.sim.fault({"fault": "forget_stream", "streams": [name], "connections": [1]})
        assert await heard(rig, ws, 5) == []
        assert frames_sent(rig, 2) > 0
        await ask(ws, "SUBSCRIBE", [name])
        assert await heard(rig, ws, 5)


async def test_data_can_come_of_streams_that_nobody_asked_for() -> None:
    async with running() as rig, rig.connect(QUOTES) as ws:
        rig.sim.fault({"fault": "unasked", "streams": ["ethusdt@bookTicker", "btcusdt@bookTicker"]})
        async with rig.connect("/stream?streams=solusdt@bookTicker") as later:
            both = {"ethusdt@bookTicker", "btcusdt@bookTicker"}
            assert {message["stream"] for message in await heard(rig, ws)} == both
            assert {message["stream"] for message in await drained(later)} == both | {"solusdt@bookTicker"}
            assert (await ask(ws, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@bookTicker"]
            rig.sim.fault({"fault": "clear"})
            await drained(ws)
            assert {message["stream"] for message in await heard(rig, ws)} == {"btcusdt@bookTicker"}


async def test_nobody_listens_for_a_connection_that_is_gone() -> None:
    async with running() as rig:
        async with rig.connect(QUOTES):
            rig.sim.fault({"fault": "unasked", "streams": ["ethusdt@bookTicker"]})
            assert len(rig.sim.exchange.hub.audiences) == 2
        await everybody_left(rig)
        assert rig.sim.exchange.hub.audiences == {}


def ids(messages: list[Any]) -> list[int]:
    """The ids of trades, in the order in which they came."""
    return [message["data"]["t"] for message in messages if message.get("stream", "").endswith("@trade")]


TRADES = "/stream?streams=btcusdt@trade"


async def test_single_trades_can_be_lost() -> None:
    async with running() as rig, rig.connect(TRADES) as ws:
        rig.sim.fault({"fault": "drop_trade", "streams": ["btcusdt@trade"], "count": 2})
        first, *rest = ids(await heard(rig, ws, 5))
        assert rest == list(range(first + 1, first + 1 + len(rest)))
        rig.sim.fault({"fault": "drop_trade", "streams": ["btcusdt@trade"]})
        after = ids(await heard(rig, ws, 5))
        assert after[0] == first + len(rest) + 2, "one is missing"


async def test_one_change_of_a_book_can_be_lost() -> None:
    name = "btcusdt@depth@100ms"
    async with running() as rig, rig.connect(f"/stream?streams={name}") as ws:
        before = (await heard(rig, ws))[-1]["data"]
        rig.sim.fault({"fault": "drop_diff", "streams": [name]})
        chain = [before] + [message["data"] for message in await heard(rig, ws)]
        holes = [one["U"] - other["u"] - 1 for other, one in pairwise(chain)]
        assert [hole > 0 for hole in holes] == [True] + [False] * (len(holes) - 1)


async def test_messages_can_come_twice_and_in_another_order() -> None:
    async with running() as rig, rig.connect(TRADES) as ws:
        rig.sim.fault({"fault": "duplicate", "streams": ["btcusdt@trade"], "count": 2})
        first, second, third, fourth, fifth, *_ = ids(await heard(rig, ws, 5))
        assert (second, third, fourth, fifth) == (first, first + 1, first + 1, first + 2)
        rig.sim.fault({"fault": "out_of_order", "streams": ["btcusdt@trade"]})
        first, second, third, *_ = ids(await heard(rig, ws, 5))
        assert (second, third) == (first - 1, first + 1)


# Frames


class Framewise(ClientConnection):
    """A client that keeps the frames that it gets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frames: list[Frame] = []

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame):
            self.frames.append(event)
        super().process_event(event)


async def test_json_can_end_in_the_middle() -> None:
    async with running() as rig, rig.connect(QUOTES) as ws:
        rig.sim.fault({"fault": "malformed"})
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            json.loads(await next_data(rig, ws))
        assert json.loads(await next_data(rig, ws))["stream"] == "btcusdt@bookTicker"


async def test_data_can_come_in_binary_frames() -> None:
    async with running() as rig, rig.connect(QUOTES, create_connection=Framewise) as ws:
        assert isinstance(ws, Framewise)
        rig.sim.fault({"fault": "binary", "count": 3})
        rig.advance(3, steps=20)
        await settled(ws)
        codes = [frame.opcode for frame in ws.frames if frame.opcode in (Opcode.TEXT, Opcode.BINARY)]
        assert codes[:4] == [Opcode.BINARY] * 3 + [Opcode.TEXT]
        assert json.loads(await ws.recv())["stream"] == "btcusdt@bookTicker"


async def test_data_can_come_in_fragments_with_a_ping_between_them() -> None:
    async with running() as rig, rig.connect(QUOTES, create_connection=Framewise) as ws:
        assert isinstance(ws, Framewise)
        rig.sim.fault({"fault": "fragmented"})
        assert json.loads(await next_data(rig, ws))["stream"] == "btcusdt@bookTicker"
        assert [(frame.opcode, frame.fin) for frame in ws.frames[:4]] == [
            (Opcode.TEXT, False),
            (Opcode.PING, True),
            (Opcode.CONT, False),
            (Opcode.CONT, True),
        ]


async def test_compression_that_was_not_agreed_upon_breaks_the_connection() -> None:
    async with running() as rig, rig.connect(QUOTES) as ws:
        rig.sim.fault({"fault": "compressed", "for": 5})
        rig.advance(2, steps=10)
        assert (await closed(ws))[0] == 1006
        await everybody_left(rig)
        shown = rig.sim.report()["connections"]
        assert isinstance(shown, dict)
        assert [(row["closed_by"], row["close_code"]) for row in shown["closed"]] == [("client", 1002)]


async def test_a_frame_can_be_huge_and_another_deep() -> None:
    async with running() as rig, rig.connect("/ws", max_size=None) as ws:
        rig.sim.fault({"fault": "huge_frame"})
        assert len(await receive(ws)) == 5_000_000
        rig.sim.fault({"fault": "deep_frame"})
        text = await receive(ws)
        assert json.loads(text)["e"] == "nested"
        assert depth(text) == 64


def depth(text: str) -> int:
    """How deep a text's brackets go."""
    deepest = now = 0
    for char in text:
        now += (char in "[{") - (char in "]}")
        deepest = max(deepest, now)
    return deepest


async def test_events_that_mean_nothing_come_in_the_connections_envelope() -> None:
    async with running() as rig, rig.connect("/stream") as ws:
        rig.sim.fault({"fault": "deep_frame", "depth": 3})
        assert json.loads(await receive(ws)) == {"stream": "fault@event", "data": {"e": "nested", "in": [[]]}}


async def test_any_text_can_be_sent_as_it_is() -> None:
    async with running() as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "inject", "text": "\ud800 \x1b[2J"})
        assert await receive(ws) == "? \x1b[2J"
        rig.sim.fault({"fault": "inject", "text": "{}", "frame": "binary"})
        assert await ws.recv() == b"{}"


async def test_frames_of_other_connections_stay_sound() -> None:
    async with running() as rig, rig.connect(QUOTES) as one, rig.connect(QUOTES) as other:
        rig.sim.fault({"fault": "malformed", "connections": [1], "for": 5})
        rig.advance(2, steps=10)
        assert {message["stream"] for message in await drained(other)} == {"btcusdt@bookTicker"}
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            json.loads(await receive(one))


async def test_a_clock_that_jumps_takes_everything_with_it() -> None:
    name = "/stream?streams=btcusdt@trade/btcusdt@kline_1m"
    async with running() as rig, rig.connect(name, create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        before = [message["data"]["E"] for message in await heard(rig, ws)]
        for jump in (5, -5):
            rig.sim.fault({"fault": "clock_jump", "seconds": jump, "for": 30})
            shifted = rig.clock.wall_ms() + 1000 * jump
            assert (await rig.rest.get("/api/v3/time")).json() == {"serverTime": shifted}
            after = await heard(rig, ws)
            events = [message["data"]["E"] for message in after]
            assert shifted < max(events) <= shifted + 2_000
            assert len(events) > len(before) / 4, "the market goes on at its pace"
            assert {message["stream"] for message in after} == {"btcusdt@trade", "btcusdt@kline_1m"}
            rig.sim.fault({"fault": "clear"})
            assert (await rig.rest.get("/api/v3/time")).json() == {"serverTime": rig.clock.wall_ms()}
        assert rig.breaches() == {}


async def test_faults_do_not_count_as_breaches_of_the_client() -> None:
    async with running() as rig, rig.connect(QUOTES) as ws:
        for fault in ("stall_all", "no_ack", "no_pings", "malformed", "silence"):
            rig.sim.fault({"fault": fault})
        await settled(ws)
        assert Breach.PONG_TIMEOUT not in rig.breaches()
