"""A connection's life by the exchange's rules, seen by real clients."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import pytest
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Opcode

from bntui.sim.ledger import Breach
from bntui.sim.switches import Switches
from bntui.venue.binance.limits import SPOT
from tests.sim.clients import Silent, closed, everybody_left, next_data, settled
from tests.sim.rig import ask, receive, reply, running

# Subscribing


@pytest.mark.parametrize("path", ["/stream", "/stream?streams=", "/ws", "/ws/0"])
async def test_bare_paths_take_subscriptions(path: str) -> None:
    async with running() as rig, rig.connect(path) as ws:
        assert await ask(ws, "SUBSCRIBE", ["btcusdt@trade", "btcusdt@trade"]) == {"result": None, "id": 1}
        assert (await ask(ws, "LIST_SUBSCRIPTIONS", request_id="x"))["result"] == ["btcusdt@trade"]
        message = json.loads(await next_data(rig, ws))
        assert ("stream" in message) is path.startswith("/stream")


@pytest.mark.parametrize(
    "path",
    [
        "/ws/btcusdt@bookTicker",
        "/stream?streams=btcusdt@bookTicker/nosuch@trade",
        f"/stream?streams={quote('btcusdt@bookTicker')}",
    ],
)
async def test_names_in_the_path_are_subscribed(path: str) -> None:
    async with running() as rig, rig.connect(path) as ws:
        message = json.loads(await next_data(rig, ws))
        payload = message["data"] if path.startswith("/stream") else message
        assert payload["s"] == "BTCUSDT"


async def test_a_symbol_outside_ascii_flows() -> None:
    name = "币安人生usdt@bookTicker"
    async with running() as rig, rig.connect(f"/stream?streams={quote(name)}") as ws:
        assert json.loads(await next_data(rig, ws))["stream"] == name


async def test_unknown_streams_are_acked_listed_and_silent() -> None:
    names = ["nosuchusdt@trade", "BTCUSDT@trade", "btcusdt@nosuch", "!bookTicker"]
    async with running() as rig, rig.connect() as ws:
        assert (await ask(ws, "SUBSCRIBE", names))["result"] is None
        assert (await ask(ws, "LIST_SUBSCRIPTIONS"))["result"] == names
        rig.advance(10, steps=10)
        await settled(ws)
        assert rig.sim.exchange.ledger.open[1].frames_sent == 2
        assert rig.breaches() == {}


async def test_the_envelope_follows_the_property_live() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@bookTicker") as ws:
        assert "stream" not in json.loads(await next_data(rig, ws))
        await ask(ws, "SET_PROPERTY", ["combined", True])
        assert json.loads(await next_data(rig, ws))["stream"] == "btcusdt@bookTicker"
        assert (await ask(ws, "GET_PROPERTY", ["combined"]))["result"] is True


async def test_unsubscribed_streams_end() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@bookTicker/ethusdt@bookTicker") as ws:
        await ask(ws, "UNSUBSCRIBE", ["btcusdt@bookTicker", "never@trade"])
        for _ in range(5):
            assert json.loads(await next_data(rig, ws))["s"] == "ETHUSDT"


async def test_times_can_be_in_microseconds() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@trade?timeUnit=MICROSECOND") as ws:
        assert json.loads(await next_data(rig, ws))["T"] > 10**15


async def test_errors_do_not_end_the_connection() -> None:
    async with running() as rig, rig.connect() as ws:
        await ws.send("{")
        assert (await reply(ws))["error"]["code"] == 3
        assert (await ask(ws, "FOO", request_id=None))["id"] is None
        await ws.send('{"method":"\\ud800","id":1}')
        assert (await reply(ws))["error"]["code"] == 2
        assert rig.breaches() == {Breach.BAD_REQUEST: 3}


async def test_errors_can_be_flat() -> None:
    async with running(switches=Switches(nested_errors=False)) as rig, rig.connect() as ws:
        assert await ask(ws, "GET_PROPERTY", ["x"]) == {"code": 0, "msg": "Unknown property", "id": 1}


async def test_a_request_may_come_in_fragments() -> None:
    async with running() as rig, rig.connect() as ws:
        await ws.send(['{"method":"LIST_', 'SUBSCRIPTIONS","id', '":5}'])
        assert await reply(ws) == {"result": [], "id": 5}


# Breaches


async def test_the_sixth_frame_in_a_second_ends_the_connection() -> None:
    async with running() as rig, rig.connect() as ws:
        for number in range(5):
            assert (await ask(ws, "LIST_SUBSCRIPTIONS", request_id=number))["id"] == number
        await ws.send("{}")
        assert await closed(ws) == (1008, "Too many requests")
        assert rig.breaches() == {Breach.FRAME_RATE: 1}


async def test_what_came_before_the_breach_is_answered() -> None:
    async with running() as rig, rig.connect() as ws:
        for number in range(12):
            await ws.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": number}))
        assert [(await reply(ws))["id"] for _ in range(5)] == [0, 1, 2, 3, 4]
        assert (await closed(ws))[0] == 1008
        assert rig.breaches() == {Breach.FRAME_RATE: 1}


@pytest.mark.parametrize("opcode", [Opcode.PING, Opcode.PONG])
async def test_pings_and_pongs_count_in_the_rate(opcode: Opcode) -> None:
    async with running() as rig, rig.connect() as ws:
        for _ in range(6):
            await (ws.ping() if opcode is Opcode.PING else ws.pong(b""))
        assert await closed(ws) == (1008, "Too many requests")
        assert rig.sim.exchange.ledger.breach_counts[Breach.FRAME_RATE] == 1


async def test_the_rate_is_one_of_any_second() -> None:
    async with running() as rig, rig.connect() as ws:
        for number in range(12):
            assert (await ask(ws, "LIST_SUBSCRIPTIONS", request_id=number))["id"] == number
            rig.advance(0.25)
        assert rig.breaches() == {}


async def test_a_malformed_name_is_refused_and_closes_the_connection_about_a_second_later() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@kline_1M") as ws:
        assert (await ask(ws, "SUBSCRIBE", ["btc usdt"]))["error"] == {
            "code": 2,
            "msg": "Invalid request: invalid stream",
        }
        rig.advance(SPOT.invalid_stream_close_delay_s - 0.01)
        await settled(ws)
        rig.advance(0.02)
        assert await closed(ws) == (1008, "Invalid request")
        assert rig.breaches() == {Breach.MALFORMED_STREAM: 1}


async def test_one_stream_too_many_loses_them_all() -> None:
    names = [f"s{number}@trade" for number in range(int(SPOT.streams_per_connection) + 1)]
    async with running() as rig, rig.connect() as ws:
        for start in range(0, len(names) - 1, 205):
            assert (await ask(ws, "SUBSCRIBE", names[start : min(start + 205, len(names) - 1)]))[
                "result"
            ] is None
            rig.advance(0.3)
        assert (await ask(ws, "SUBSCRIBE", names[:5]))["result"] is None, "those held already do not count"
        assert (await ask(ws, "SUBSCRIBE", names[-1:], 19)) == {
            "error": {"code": 4, "msg": "Too many subscriptions"},
            "id": 19,
        }
        assert await closed(ws) == (1008, "Invalid request")
        assert rig.breaches() == {Breach.TOO_MANY_STREAMS: 1}
        await everybody_left(rig)
        assert rig.sim.exchange.hub.audiences == {}


async def test_a_long_text_frame_is_ignored() -> None:
    most = int(SPOT.subscribe_frame_bytes)
    request = json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    async with running() as rig, rig.connect() as ws:
        await ws.send(request.ljust(most + 1))
        await ws.send(request.replace("1", "2").ljust(most))
        assert (await reply(ws))["id"] == 2
        assert rig.breaches() == {Breach.LONG_FRAME: 1}


async def test_a_binary_frame_ends_the_connection() -> None:
    async with running() as rig, rig.connect() as ws:
        await ws.send(b'{"method":"LIST_SUBSCRIPTIONS","id":1}')
        assert await closed(ws) == (1008, "Invalid request")
        assert rig.breaches() == {Breach.BINARY_FRAME: 1}


async def test_text_that_is_no_text_ends_the_connection() -> None:
    async with running() as rig, rig.connect() as ws:
        await ws.send(b"\xff\xfe", text=True)
        assert (await closed(ws))[0] == 1007


# Pings and the end


async def test_the_server_pings_with_its_time_and_counts_the_pongs() -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        rig.advance(SPOT.server_ping_interval_s - 0.1)
        await settled(ws)
        assert ws.pings == []
        rig.advance(0.2)
        await settled(ws)
        assert ws.pings == [str(rig.clock.wall_ms()).encode()]
        rig.advance(SPOT.server_ping_interval_s)
        await ws.pong_by_hand(ws.pings[0])
        await ws.pong_by_hand(ws.pings[0])
        await settled(ws)
        record = rig.sim.exchange.ledger.open[1]
        assert (record.pings_sent, record.pongs, record.stray_pongs) == (2, 1, 1)
        assert record.last_ping_ms == record.last_pong_ms == rig.clock.wall_ms()


@pytest.mark.parametrize("payload", [b"", b"something else"])
async def test_other_pongs_do_not_keep_a_connection(payload: bytes) -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        rig.advance(20, steps=2)
        for _ in range(3):
            await settled(ws)
            await ws.pong_by_hand(payload)
            rig.advance(19.9)
        await settled(ws)
        rig.advance(0.5)
        assert await closed(ws) == (1008, "Pong timeout")
        assert rig.breaches() == {Breach.PONG_TIMEOUT: 1}


async def test_pongs_without_payload_can_be_let_pass() -> None:
    switches = Switches(empty_pongs_count=True)
    async with running(switches=switches) as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        for _ in range(5):
            rig.advance(20)
            await ws.pong_by_hand(b"")
            await settled(ws)
        assert rig.sim.exchange.ledger.open[1].pongs == 5
        assert rig.breaches() == {}


async def test_a_client_that_answers_stays() -> None:
    async with running() as rig, rig.connect() as ws:
        for _ in range(10):
            rig.advance(20)
            await settled(ws)
        assert rig.breaches() == {}
        assert rig.sim.exchange.ledger.open[1].client_pings == 10


@pytest.mark.parametrize(("path", "combined"), [("/ws", False), ("/stream", True)])
async def test_a_life_ends_with_a_warning(path: str, combined: bool) -> None:
    limits = SPOT.override({"connection_life_s": 30, "server_ping_interval_s": 1_000})
    switches = Switches(shutdown_lead_s=(5, 10))
    async with running(limits=limits, switches=switches) as rig, rig.connect(path) as ws:
        rig.advance(19.9)
        await settled(ws)
        assert rig.sim.exchange.ledger.open[1].frames_sent == 0
        rig.advance(5.1)
        warning = json.loads(await receive(ws))
        event = warning["data"] if combined else warning
        assert event == {"e": "serverShutdown", "E": rig.clock.wall_ms()}
        assert ("stream" in warning) is combined
        rig.advance(0.1)
        await settled(ws)
        assert rig.sim.exchange.ledger.open[1].frames_sent == 1, "it is said once"
        assert warning.get("stream", "!serverShutdown") == "!serverShutdown"
        rig.advance(5.1)
        assert (await closed(ws))[0] == 1001


async def test_a_life_ends_without_a_warning() -> None:
    limits = SPOT.override({"connection_life_s": 30})
    async with running(limits=limits) as rig, rig.connect() as ws:
        rig.advance(29.9)
        await settled(ws)
        rig.advance(0.2)
        assert (await closed(ws))[0] == 1001
        await everybody_left(rig)
        assert rig.sim.exchange.ledger.open == {}


# Writing


async def test_compression_is_answered_where_it_is_switched_on() -> None:
    for switched in (True, False):
        options = {"extensions": [ClientPerMessageDeflateFactory()]}
        async with (
            running(switches=Switches(compression=switched)) as rig,
            rig.connect("/stream?streams=btcusdt@depth5", **options) as ws,
        ):
            assert bool(ws.protocol.extensions) is switched
            assert ws.response is not None
            assert ws.response.headers.get("Sec-WebSocket-Extensions") == (
                "permessage-deflate; server_no_context_takeover; client_max_window_bits=15"
                if switched
                else None
            )
            assert len(json.loads(await next_data(rig, ws))["data"]["bids"]) == 5


async def test_who_reads_too_slowly_is_cut_and_others_are_not() -> None:
    switches = Switches(send_buffer_bytes=20_000)
    names = "/".join(f"{symbol}usdt@depth20@100ms" for symbol in ("btc", "eth", "sol", "bnb", "xrp"))
    async with (
        running(switches=switches, rate=3_000.0) as rig,
        rig.connect("/ws/btcusdt@bookTicker") as quick,
        rig.connect(f"/stream?streams={names}") as slow,
    ):
        slow.transport.pause_reading()
        for _ in range(6_000):
            rig.advance(0.1)
            await asyncio.sleep(0)
            if rig.breaches():
                break
        assert rig.breaches() == {Breach.SLOW_CONSUMER: 1}
        await settled(quick)
        slow.transport.resume_reading()
        assert (await closed(slow))[0] == 1006
        shown = rig.sim.report()["connections"]
        assert isinstance(shown, dict)
        assert [(row["number"], row["closed_by"]) for row in shown["closed"]] == [(2, "server")]


async def test_who_closed_is_known() -> None:
    async with running() as rig:
        async with rig.connect():
            pass
        async with rig.connect("/ws") as ws:
            ws.transport.abort()
        async with rig.connect() as ws:
            rig.sim.fault({"fault": "close", "code": 1012, "reason": "restart"})
            assert await closed(ws) == (1012, "restart")
        await everybody_left(rig)
        shown = rig.sim.report()["connections"]
        assert isinstance(shown, dict)
        assert [(row["closed_by"], row["close_code"], row["path"]) for row in shown["closed"]] == [
            ("client", 1000, "/stream"),
            ("nobody", None, "/ws"),
            ("server", 1012, "/stream"),
        ]
