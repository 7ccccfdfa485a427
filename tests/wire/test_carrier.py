"""Both carriers keep the same promises: messages whole and in order, an end that is seen, no junk."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from bntui.errors import ConnectError, ProtocolError, StateFolderError
from bntui.wire.carrier import (
    MESSAGES_IN_MEMORY,
    Carrier,
    SocketCarrier,
    SocketListener,
    connect,
    memory_pair,
)
from bntui.wire.codec import HEADER_BYTES, encode
from bntui.wire.messages import Bye, Message, Pull, TailLines, Welcome

Pair = tuple[Carrier, Carrier]


@asynccontextmanager
async def memory(_: Path) -> AsyncIterator[Pair]:
    one, other = memory_pair()
    try:
        yield one, other
    finally:
        await one.close()
        await other.close()


@asynccontextmanager
async def unix_socket(folder: Path) -> AsyncIterator[Pair]:
    listener = SocketListener(folder / "engine.sock")
    viewer, engine = await asyncio.gather(connect(listener.path), listener.accept())
    try:
        yield viewer, engine
    finally:
        await viewer.close()
        await engine.close()
        listener.close()


Kind = Callable[[Path], AbstractAsyncContextManager[Pair]]
kinds = pytest.mark.parametrize("kind", [memory, unix_socket])

T = TypeVar("T")

BYE = Bye()


async def soon(wanted: Awaitable[T]) -> T:
    async with asyncio.timeout(20):
        return await wanted


async def send_for_ever(carrier: Carrier, message: Message = BYE, sent: list[Message] | None = None) -> None:
    while True:
        await carrier.send(message)
        if sent is not None:
            sent.append(message)
        await asyncio.sleep(0)


@kinds
async def test_messages_arrive_whole_and_in_order(kind: Kind, folder: Path) -> None:
    big = TailLines(1, 0, ["x" * 1000] * 3000)
    async with kind(folder) as (viewer, engine):
        reading = asyncio.create_task(soon(viewer.receive()))
        await soon(engine.send(big))
        assert await reading == big
        for seq in range(10):
            await soon(viewer.send(Pull(seq, "e")))
        assert [await soon(engine.receive()) for _ in range(10)] == [Pull(seq, "e") for seq in range(10)]


@kinds
async def test_the_end_is_seen_by_who_waits_and_by_who_sends(kind: Kind, folder: Path) -> None:
    async with kind(folder) as (viewer, engine):
        waiting = asyncio.create_task(soon(engine.receive()))
        await asyncio.sleep(0)
        await viewer.close()
        assert await waiting is None
        assert await soon(engine.receive()) is None
        with pytest.raises(ConnectError):
            await soon(send_for_ever(engine))
        with pytest.raises(ConnectError):
            await soon(viewer.send(Bye()))
        await viewer.close()


@kinds
async def test_what_was_sent_before_the_end_still_arrives(kind: Kind, folder: Path) -> None:
    async with kind(folder) as (viewer, engine):
        await viewer.send(Bye())
        await viewer.close()

        assert await soon(engine.receive()) == Bye()
        assert await soon(engine.receive()) is None


@kinds
async def test_a_receiver_that_gave_up_loses_nothing(kind: Kind, folder: Path) -> None:
    async with kind(folder) as (viewer, engine):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await engine.receive()
        await viewer.send(Pull(1, "e"))

        assert await soon(engine.receive()) == Pull(1, "e")


@kinds
async def test_a_sender_waits_for_a_peer_that_does_not_read(kind: Kind, folder: Path) -> None:
    answer = TailLines(1, 0, ["x" * 1000] * 300)
    async with kind(folder) as (viewer, engine):
        sent: list[Message] = []
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(send_for_ever(engine, answer, sent), 0.2)
        # The kernel's buffer and one message, or what the memory carrier is said to hold.
        assert len(sent) <= MESSAGES_IN_MEMORY
        assert await soon(viewer.receive()) == answer


async def test_a_peer_that_does_not_read_has_one_message_waiting_here(folder: Path) -> None:
    answer = TailLines(1, 0, ["x" * 1000])
    async with unix_socket(folder) as (_, engine):
        assert isinstance(engine, SocketCarrier)
        sending = asyncio.create_task(send_for_ever(engine, answer))
        async with asyncio.timeout(20):
            while not engine._writer.transport.get_write_buffer_size():  # noqa: ASYNC110 — nobody tells
                await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        assert engine._writer.transport.get_write_buffer_size() <= len(encode(answer))
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_a_message_in_pieces_is_not_torn_by_giving_up(folder: Path) -> None:
    listener = SocketListener(folder / "engine.sock")
    reader, writer = await asyncio.open_unix_connection(listener.path)
    engine = await listener.accept()
    data = encode(Pull(1, "e")) + encode(Pull(2, "e"))
    for cut in (HEADER_BYTES + 3, 2, len(data)):
        piece, data = data[:cut], data[cut:]
        writer.write(piece)
        await writer.drain()
        if data:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await engine.receive()

    assert await soon(engine.receive()) == Pull(1, "e")
    assert await soon(engine.receive()) == Pull(2, "e")

    writer.close()
    await writer.wait_closed()
    await engine.close()
    listener.close()
    assert await reader.read() == b""


@pytest.mark.parametrize(
    "junk",
    [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, (2 << 20).to_bytes(4, "big"), bytes(4), b"\x00\x00\x00\x01x"],
)
async def test_junk_on_the_socket_is_a_protocol_error(junk: bytes, folder: Path) -> None:
    listener = SocketListener(folder / "engine.sock")
    _, writer = await asyncio.open_unix_connection(listener.path)
    engine = await listener.accept()
    writer.write(junk)
    with pytest.raises(ProtocolError):
        await soon(engine.receive())
    writer.close()
    await writer.wait_closed()
    await engine.close()
    listener.close()


async def test_a_peer_that_dies_within_a_message_is_gone(folder: Path) -> None:
    listener = SocketListener(folder / "engine.sock")
    _, writer = await asyncio.open_unix_connection(listener.path)
    engine = await listener.accept()
    writer.write(encode(Pull(1, "e"))[:-1])
    writer.close()
    await writer.wait_closed()

    assert await soon(engine.receive()) is None
    await engine.close()
    listener.close()


async def test_closing_does_not_wait_for_a_peer_that_does_not_read(folder: Path) -> None:
    listener = SocketListener(folder / "engine.sock")
    viewer, engine = await asyncio.gather(connect(listener.path), listener.accept())
    sending = asyncio.create_task(engine.send(TailLines(1, 0, ["x" * 1000] * 3000)))
    await asyncio.sleep(0)
    await soon(engine.close())
    with pytest.raises(ConnectError):
        await soon(sending)
    await viewer.close()
    listener.close()


async def test_the_socket_is_for_its_user_only(folder: Path) -> None:
    listener = SocketListener(folder / "engine.sock")

    mode = listener.path.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    listener.close()
    assert not listener.path.exists()
    listener.close()


async def test_a_socket_left_behind_is_replaced(folder: Path) -> None:
    path = folder / "engine.sock"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with pytest.raises(ConnectError, match="no engine answers"):
        await connect(path)

    listener = SocketListener(path)
    viewer, engine = await asyncio.gather(connect(path), listener.accept())
    await viewer.close()
    await engine.close()
    listener.close()


async def test_closing_leaves_the_socket_of_a_successor_alone(folder: Path) -> None:
    path = folder / "engine.sock"
    old = SocketListener(path)
    new = SocketListener(path)
    old.close()

    assert path.exists()
    new.close()


async def test_no_engine_is_said_in_words(folder: Path) -> None:
    with pytest.raises(ConnectError, match=r"no engine answers at .*: No such file"):
        await connect(folder / "none.sock")


@pytest.mark.parametrize("name", ["x" * 120, "missing/engine.sock"])
async def test_a_place_that_cannot_be_used_is_said_in_words(name: str, folder: Path) -> None:
    with pytest.raises(StateFolderError, match="cannot be opened"):
        SocketListener(folder / name)


async def test_what_is_no_socket_is_not_replaced(folder: Path) -> None:
    path = folder / "engine.sock"
    path.write_text("precious")

    with pytest.raises(StateFolderError):
        SocketListener(path)
    assert path.read_text() == "precious"


async def test_one_listener_takes_many_viewers(folder: Path) -> None:
    listener = SocketListener(folder / "engine.sock")
    pairs = [await asyncio.gather(connect(listener.path), listener.accept()) for _ in range(3)]
    for number, (_, engine) in enumerate(pairs):
        await engine.send(Welcome("0.1", str(number), os.getpid(), 0, "demo"))
    epochs = []
    for viewer, _ in pairs:
        welcome = await soon(viewer.receive())
        assert isinstance(welcome, Welcome)
        epochs.append(welcome.epoch)
    assert epochs == ["0", "1", "2"]
    for pair in pairs:
        for carrier in pair:
            await carrier.close()
    listener.close()
