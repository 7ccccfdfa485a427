"""How the websocket library opens connections for us: nothing but what we asked for, and to nobody else."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol as Interface
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import WebSocketURI

from bntui.feed.connection import Connection
from bntui.venue.limits import Limits

log = logging.getLogger("bntui.feed.websockets")
"""The library's own words; what matters of them reaches the user another way."""

log.addHandler(logging.NullHandler())
log.propagate = False


_P = TypeVar("_P", bound=asyncio.Protocol)


class Dial(Interface):
    """What connects to a host: what asyncio's `create_connection` is to a loop."""

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], _P],
        host: str,
        port: int,
    ) -> tuple[asyncio.Transport, _P]:
        """An open connection, without TLS. Raises what asyncio raises."""
        ...


class StartTls(Interface):
    """What begins TLS on an open connection: what asyncio's `start_tls` is to a loop."""

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: asyncio.Transport,
        protocol: asyncio.Protocol,
        sslcontext: ssl.SSLContext,
        *,
        server_hostname: str,
    ) -> asyncio.Transport | None:
        """What the protocol is to use from now on; None where the connection is lost. Raises what asyncio
        raises."""
        ...


@dataclass(frozen=True, slots=True)
class Sockets:
    """How a host is reached."""

    dial: Dial
    start_tls: StartTls


async def _dial(
    loop: asyncio.AbstractEventLoop, protocol_factory: Callable[[], _P], host: str, port: int
) -> tuple[asyncio.Transport, _P]:
    return await loop.create_connection(protocol_factory, host, port)


async def _start_tls(
    loop: asyncio.AbstractEventLoop,
    transport: asyncio.Transport,
    protocol: asyncio.Protocol,
    sslcontext: ssl.SSLContext,
    *,
    server_hostname: str,
) -> asyncio.Transport | None:
    return await loop.start_tls(transport, protocol, sslcontext, server_hostname=server_hostname)


ASYNCIO = Sockets(_dial, _start_tls)
"""The sockets that are always there."""


class _Early(asyncio.Protocol):
    """Keeps what TLS tells before anybody can be told: that it failed, or what came with its last bytes."""

    def __init__(self) -> None:
        self._told: list[Callable[[asyncio.Protocol], object]] = []
        """At most what one read brings: who waits for TLS goes on in the next round of the loop."""

    def data_received(self, data: bytes) -> None:
        self._told.append(lambda protocol: protocol.data_received(data))

    def eof_received(self) -> None:
        self._told.append(lambda protocol: protocol.eof_received())

    def connection_lost(self, exc: Exception | None) -> None:
        self._told.append(lambda protocol: protocol.connection_lost(exc))

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Somebody can be told now."""
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        for tell in self._told:
            tell(protocol)


class Protocol(ClientProtocol):
    """Leaves PINGs to their receiver: the exchange counts PONGs, so that a flood of pings must not be
    answered one by one."""

    def recv_frame(self, frame: Frame) -> None:
        """Take a frame in; a PING only becomes an event."""
        if frame.opcode is Opcode.PING:
            self.events.append(frame)
        else:
            super().recv_frame(frame)


class Opening(connect):
    """One attempt: without compression, library pings, reconnecting, and redirects."""

    def __init__(
        self,
        url: str,
        limits: Limits,
        make: Callable[[ClientProtocol, float], Connection],
        tls: ssl.SSLContext | None,
        proxy: str | None,
        sockets: Sockets = ASYNCIO,
    ) -> None:
        """`make` builds the connection for a protocol and a close timeout; `proxy` None: none is asked, the
        environment neither. By a proxy asyncio connects. Nothing happens before `await`."""
        super().__init__(
            url,
            compression=None,
            open_timeout=limits.own_open_timeout_s,
            logger=log,
            user_agent_header="bntui",
            proxy=proxy,
            ssl=tls,
        )

        def factory(uri: WebSocketURI) -> Connection:
            protocol = Protocol(uri, max_size=int(limits.own_frame_bytes), logger=log)
            return make(protocol, limits.own_close_timeout_s)

        # The library has a seam for the connection and none for the protocol under it.
        self.factory = factory
        self._make = factory
        self._sockets = sockets
        self._tls = tls

    async def open_tcp_connection(self) -> ClientConnection:
        """Connect, before any handshake."""
        if self.proxy is not None:
            return await super().open_tcp_connection()
        uri, loop, sockets = self.ws_uri, asyncio.get_running_loop(), self._sockets
        connection = self._make(uri)
        if self._tls is None:
            await sockets.dial(loop, lambda: connection, uri.host, uri.port)
            return connection
        # TLS is begun by ourselves, so that what reads from the socket is at hand: to pause what decrypts
        # would save nothing, since it goes on reading, and wakes up each time.
        early = _Early()
        endpoint, _ = await sockets.dial(loop, asyncio.Protocol, uri.host, uri.port)
        decrypting = await sockets.start_tls(loop, endpoint, early, self._tls, server_hostname=uri.host)
        if decrypting is None:
            raise ConnectionResetError("the connection was lost before TLS began")
        connection.below(endpoint)
        early.hand_over(decrypting, connection)
        return connection

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow none: bntui talks to the address that it was given, and to nobody else."""
        return exc
