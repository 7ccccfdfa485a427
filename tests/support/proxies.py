"""Proxies on loopback that lead every name to one server, and keep what they were asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Attend = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """What a proxy was asked for."""

    port: int = 0
    names: list[str] = field(default_factory=list)
    """`host:port`, in order."""


@asynccontextmanager
async def http_proxy(target: str) -> AsyncIterator[Asked]:
    """One that knows CONNECT, and whole addresses in requests of plain http."""
    asked = Asked()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, where, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if method == "CONNECT":
            asked.names.append(where)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _join(reader, writer, target)
        else:
            parts = urlsplit(where)
            asked.names.append(parts.netloc)
            await _join(reader, writer, target, head.replace(where.encode(), parts.path.encode(), 1))

    async with _serving(attend, asked):
        yield asked


@asynccontextmanager
async def socks_proxy(target: str) -> AsyncIterator[Asked]:
    """SOCKS5 without a password (RFC 1928), for names that it resolves itself."""
    asked = Asked()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        *_, kind = await reader.readexactly(4)
        assert kind == 3, "names are left to the proxy"
        (length,) = await reader.readexactly(1)
        name = (await reader.readexactly(length)).decode()
        asked.names.append(f"{name}:{int.from_bytes(await reader.readexactly(2))}")
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await _join(reader, writer, target)

    async with _serving(attend, asked):
        yield asked


@asynccontextmanager
async def _serving(attend: Attend, asked: Asked) -> AsyncIterator[None]:
    running: set[asyncio.Task[None]] = set()

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await attend(reader, writer)
        finally:
            writer.close()
            running.discard(task)

    async with await asyncio.start_server(kept, "127.0.0.1", 0) as server:
        asked.port = server.sockets[0].getsockname()[1]
        yield
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _join(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, first: bytes = b""
) -> None:
    parts = urlsplit(target)
    far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
    far_writer.write(first)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(reader, far_writer))
            group.create_task(_pump(far_reader, writer))
    finally:
        far_writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
        sink.close()
