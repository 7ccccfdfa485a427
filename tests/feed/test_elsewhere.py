"""Whether another host can be reached is tried by TCP alone."""

from __future__ import annotations

import asyncio
import socket

from bntui.feed.elsewhere import reachable


async def test_a_host_that_accepts_is_reachable() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read() == b"", "nothing is asked for"
        writer.close()
        closed.set()

    closed = asyncio.Event()
    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await reachable(f"wss://127.0.0.1:{port}/stream", 2.0)
        async with asyncio.timeout(20):
            await closed.wait()


async def test_a_host_that_refuses_is_not() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert not await reachable(f"ws://127.0.0.1:{port}", 2.0)
