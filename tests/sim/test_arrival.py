"""Who is let in, who is refused with which status, and who is left waiting."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus

from bntui.sim.handshake import FIREWALL, GEO_BLOCK
from bntui.sim.ledger import Breach
from bntui.sim.switches import Switches
from bntui.venue.binance.limits import SPOT
from tests.sim.clients import closed, refused
from tests.sim.rig import WAIT_S, Rig, ask, running


def attempts(rig: Rig) -> int:
    """Handshakes and cut connections so far."""
    return rig.sim.exchange.ledger.attempts


async def somebody_came(rig: Rig) -> None:
    """Wait until the first bytes of a handshake have arrived."""
    for _ in range(10_000):
        if attempts(rig):
            return
        await asyncio.sleep(0)
    raise AssertionError("nobody came")


@pytest.mark.parametrize("path", ["/", "/ws-api/v3", "/wss"])
async def test_other_paths_are_not_found(path: str) -> None:
    async with running() as rig:
        assert await refused(rig, path) == (404, None)
        assert rig.breaches() == {Breach.WRONG_PATH: 1}


async def test_too_many_attempts_are_refused_and_then_banned() -> None:
    limits = SPOT.override({"connection_attempts": 3})
    async with running(limits=limits, switches=Switches(patience=2)) as rig:
        for _ in range(3):
            async with rig.connect():
                pass
        assert await refused(rig) == (429, "300")
        rig.advance(100)
        assert await refused(rig) == (429, "200")
        rig.advance(100)
        assert await refused(rig) == (418, "120")
        assert (await rig.rest.get("/api/v3/time")).status_code == 418, "the address is banned altogether"
        rig.advance(20)
        assert await refused(rig) == (418, "100")
        rig.advance(400)
        async with rig.connect():
            assert rig.breaches() == {Breach.TOO_MANY_ATTEMPTS: 2, Breach.BANNED: 3}
        assert attempts(rig) == 8


async def test_the_status_of_too_many_attempts_can_be_another() -> None:
    limits = SPOT.override({"connection_attempts": 0})
    async with running(limits=limits, switches=Switches(attempts_status=403)) as rig:
        assert await refused(rig) == (403, "300")


def path_of(length: int) -> str:
    """A path for streams with so many characters."""
    path = "/stream?streams="
    while len(path) + 60 < length:
        path += f"symbol{len(path):05}usdt@trade/"
    return path + "x" * (length - len(path) - len("@trade")) + "@trade"


async def test_a_path_of_the_longest_length_is_taken_whole() -> None:
    most = int(SPOT.url_chars)
    path = path_of(most)
    assert len(path) == most
    async with running() as rig, rig.connect(path) as ws:
        names = path.partition("=")[2].split("/")
        assert (await ask(ws, "LIST_SUBSCRIPTIONS"))["result"] == names
        assert rig.breaches() == {}


@pytest.mark.parametrize(("switches", "status"), [(Switches(), 414), (Switches(long_url_status=400), 400)])
@pytest.mark.parametrize("length", [int(SPOT.url_chars) + 1, 200_000])
async def test_a_longer_path_is_refused(length: int, switches: Switches, status: int) -> None:
    async with running(switches=switches) as rig:
        assert await refused(rig, path_of(length)) == (status, None)
        assert rig.breaches() == {Breach.LONG_URL: 1}
        assert rig.sim.exchange.doors.address("127.0.0.1").attempts == attempts(rig) == 1


async def test_who_never_says_what_he_wants_is_cut() -> None:
    async with running() as rig:
        reader, writer = await asyncio.open_connection(*rig.sim.urls.streams[5:].split(":"))
        writer.write(b"GET /ws HTTP/1.1\r\n")
        await somebody_came(rig)
        rig.advance(9.9)
        assert rig.sim.exchange.visitors
        rig.advance(0.2)
        async with asyncio.timeout(WAIT_S):
            with pytest.raises((ConnectionError, EOFError)):
                await reader.readexactly(1)
        writer.close()


async def test_refused_connections_are_cut_before_the_handshake() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "refuse", "count": 1})
        with pytest.raises((InvalidHandshake, OSError, EOFError)):
            async with rig.connect():
                pass
        async with rig.connect():
            assert attempts(rig) == 2


@pytest.mark.parametrize(
    ("status", "retry_after", "body"),
    [(403, None, FIREWALL), (418, 120, b""), (429, 30, b""), (451, None, GEO_BLOCK), (503, None, b"")],
)
async def test_handshakes_can_be_answered_with_a_status(
    status: int, retry_after: int | None, body: bytes
) -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "handshake_status", "status": status, "retry_after": retry_after, "count": 1})
        with pytest.raises(InvalidStatus) as refusal:
            async with rig.connect():
                pass
        response = refusal.value.response
        assert (response.status_code, bytes(response.body or b"")) == (status, body)
        assert response.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))
        async with rig.connect():
            pass


async def test_the_geo_block_is_told_in_json() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "handshake_status", "status": 451})
        with pytest.raises(InvalidStatus) as refusal:
            async with rig.connect():
                pass
        assert json.loads(refusal.value.response.body or b"")["code"] == 0
        assert refusal.value.response.headers["Content-Type"].startswith("application/json")


async def test_a_handshake_can_be_left_without_an_answer_and_go_on_later() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "hang_handshake", "for": 40})
        opening = asyncio.ensure_future(opened(rig))
        await somebody_came(rig)
        rig.advance(39, steps=10)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not opening.done(), "longer than others have to come to the point"
        rig.advance(2)
        async with asyncio.timeout(WAIT_S):
            assert await opening == {"result": None, "id": 1}


async def test_a_handshake_that_is_held_may_come_in_pieces() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "hang_handshake"})
        reader, writer = await asyncio.open_connection(*rig.sim.urls.streams[5:].split(":"))
        writer.write(b"GET /ws HTTP/1.1\r\nHost: x\r\n")
        await somebody_came(rig)
        writer.write(b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
        writer.write(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        assert (await rig.rest.get("/api/v3/ping")).status_code == 200, "by now it has arrived"
        rig.sim.fault({"fault": "clear"})
        async with asyncio.timeout(WAIT_S):
            assert await reader.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
        writer.close()


async def opened(rig: Rig) -> object:
    """Connect, and subscribe to something."""
    async with rig.connect(open_timeout=None) as ws:
        return await ask(ws, "SUBSCRIBE", ["btcusdt@trade"])


async def test_connections_can_be_accepted_and_closed_at_once() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "accept_close", "code": 1012, "reason": "restart"})
        for _ in range(3):
            async with rig.connect() as ws:
                assert await closed(ws) == (1012, "restart")
        rig.sim.fault({"fault": "clear"})
        rig.sim.fault({"fault": "accept_close", "code": 0, "count": 1})
        async with rig.connect() as ws:
            assert await closed(ws) == (1006, "")
        async with rig.connect() as ws:
            await ask(ws, "LIST_SUBSCRIPTIONS")


async def test_connections_can_be_accepted_and_closed_a_little_later() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "accept_close", "after": 3})
        async with rig.connect() as ws:
            await ask(ws, "LIST_SUBSCRIPTIONS")
            rig.advance(2.9)
            await ask(ws, "LIST_SUBSCRIPTIONS")
            rig.advance(0.2)
            assert (await closed(ws))[0] == 1001


async def test_connections_can_be_accepted_without_another_word() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "silence"})
        async with rig.connect("/stream?streams=btcusdt@bookTicker") as ws:
            answer = await ws.ping()
            rig.advance(50, steps=50)
            record = rig.sim.exchange.ledger.open[1]
            assert (record.frames_sent, record.pings_sent, record.client_pings) == (0, 0, 0)
            rig.sim.fault({"fault": "clear"})
            async with asyncio.timeout(WAIT_S):
                await answer


async def test_everybody_can_be_banned() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "ban", "for": 60})
        assert await refused(rig) == (418, "60")
        banned = await rig.rest.get("/api/v3/ping")
        assert (banned.status_code, banned.headers["Retry-After"]) == (418, "60")
        assert f"IP banned until {rig.clock.wall_ms() + 60_000}" in banned.json()["msg"]
        rig.advance(61)
        async with rig.connect():
            assert (await rig.rest.get("/api/v3/ping")).status_code == 200
        rig.sim.fault({"fault": "ban"})
        assert (await refused(rig))[0] == 418
        rig.sim.fault({"fault": "clear"})
        async with rig.connect():
            pass
