"""What comes in large reads is told just like what comes in small ones, and each gulp is told to its end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Frame, Opcode

from bntui.clock import SystemClock
from bntui.feed import gulps
from bntui.feed.connection import CLOSE_REASON_BYTES, MANY_BYTES, Connection, close_reason
from bntui.feed.gulps import FULL_BYTES, LARGE_BYTES
from bntui.feed.transport import WebsocketsTransport
from bntui.venue.binance.limits import SPOT
from tests.support.recorder import Recorder

LIMITS = SPOT.override({"own_close_timeout_s": 0.3, "own_gulp_s": 0.02})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Connection, Recorder]]:
    """A connection to a server that says nothing."""

    async def silent(server: ServerConnection) -> None:
        await server.wait_closed()

    async with serve(silent, "127.0.0.1", 0) as server:
        recorder = Recorder()
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        link = await WebsocketsTransport(LIMITS, SystemClock()).open(url, recorder)
        assert isinstance(link, Connection)
        yield link, recorder
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)


def quote(n: int) -> bytes:
    """A message, of which each begins like the others."""
    return f'{{"stream":"btcusdt@bookTicker","data":{{"u":{n},"s":"BTCUSDT","b":"{"1" * 80}"}}}}'.encode()


def sent(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin=fin).serialize(mask=False)


FLOOD = [quote(n) for n in range(2 * FULL_BYTES // 130)]


async def test_a_flood_is_told_as_it_comes_and_its_end_by_the_beat() -> None:
    async with connected() as (connection, recorder):
        connection.data_received(b"".join(map(sent, FLOOD)))
        assert recorder.floods == [len(FLOOD)]
        assert recorder.gulps == []
        await recorder.until(lambda: recorder.gulps)
        assert recorder.got == FLOOD


async def test_the_rest_of_a_flood_is_told_with_it() -> None:
    async with connected() as (connection, recorder):
        stream = b"".join(map(sent, FLOOD))
        connection.data_received(stream[:-50])
        connection.data_received(stream[-50:])
        assert recorder.gulps == []
        await recorder.until(lambda: recorder.gulps)
        assert recorder.got == FLOOD
        assert recorder.gulps == [1]


async def test_a_large_read_that_was_not_full_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gulps, "FULL_SHARE", 100)
    async with connected() as (connection, recorder):
        messages = FLOOD[: LARGE_BYTES // 100]
        connection.data_received(b"".join(map(sent, messages)))
        assert recorder.floods == [len(messages)]
        assert recorder.gulps == [0], "its end, behind which nothing is left over"
        assert recorder.got == messages


async def test_what_a_flood_left_over_is_told_before_the_end_is() -> None:
    async with connected() as (connection, recorder):
        connection.data_received(b"".join(map(sent, FLOOD)) + sent(b"\x03\xe8bye", Opcode.CLOSE))
        assert recorder.got == FLOOD
        assert recorder.losses == []


def _usual(chance: random.Random, n: int) -> list[bytes]:
    return [sent(quote(n))] * chance.randint(1, 400)


def _parts(chance: random.Random, n: int) -> list[bytes]:
    begun = [sent(b"parts", fin=False), sent(b"%d" % n, Opcode.PING), sent(b" of", Opcode.CONT, fin=False)]
    return [*begun, sent(b" one", Opcode.CONT)]


OTHERS: list[Callable[[random.Random, int], list[bytes]]] = [
    lambda chance, n: [sent(b"%d" % n, Opcode.PING)],
    lambda chance, n: [sent(b"b" * chance.choice([1, 125, 126, 70_000]), Opcode.BINARY)],
    lambda chance, n: [sent(b'{"result":null,"id":%d}' % n)],
    lambda chance, n: [sent(b'{"stream":"!ticker@arr","data":[' + b"1," * 50_000 + b"1]}")],
    _parts,
]


@pytest.mark.parametrize("seed", range(8))
async def test_large_reads_tell_the_same_as_small_ones(seed: int) -> None:
    chance = random.Random(seed)
    stream = bytearray()
    for n in range(150):
        for make in (_usual, chance.choice(OTHERS)):
            stream += b"".join(make(chance, n))

    async def told(longest: int) -> Recorder:
        async with connected() as (connection, recorder):
            at = 0
            while at < len(stream):
                size = chance.randint(longest // 2, longest)
                connection.data_received(bytes(stream[at : at + size]))
                at += size
            connection.data_received(sent(b"end"))
            return recorder

    small, large = await told(MANY_BYTES // 2), await told(3 * LARGE_BYTES)
    assert not small.floods
    assert len(large.floods) > len(stream) / (3 * FULL_BYTES) / 2
    assert large.got == small.got
    assert (large.pings, large.binaries) == (small.pings, small.binaries)


async def test_a_server_that_breaks_the_protocol_within_a_flood_is_left() -> None:
    async with connected() as (connection, recorder):
        connection.data_received(b"".join(map(sent, FLOOD)) + b"\x83\x01x" + b"".join(map(sent, FLOOD)))
        assert recorder.got == FLOOD
        async with asyncio.timeout(20):
            await recorder.until(lambda: recorder.losses)
        assert recorder.losses[0][0] == 1002


def test_a_close_reason_is_cut_to_what_a_frame_holds() -> None:
    assert close_reason("bntui ends") == "bntui ends"
    assert len(close_reason("ü" * 200).encode()) == CLOSE_REASON_BYTES - 1, "and between letters"
