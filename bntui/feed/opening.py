"""How the websocket library opens connections for us: nothing but what we asked for, and to nobody else."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Protocol as Interface

from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import WebSocketURI

from bntui.venue.limits import Limits

log = logging.getLogger("bntui.feed.websockets")
"""The library's own words; what matters of them reaches the user another way."""

log.addHandler(logging.NullHandler())
log.propagate = False


class Dial(Interface):
    """What connects to a host: what asyncio's `create_connection` is to a loop."""

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], ClientConnection],
        host: str,
        port: int,
    ) -> tuple[asyncio.Transport, ClientConnection]:
        """An open connection, without TLS. Raises what asyncio raises."""
        ...


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
        make: Callable[[ClientProtocol, float], ClientConnection],
        tls: ssl.SSLContext | None,
        proxy: str | None,
        dial: Dial | None = None,
    ) -> None:
        """`make` builds the connection for a protocol and a close timeout; `proxy` None: none is asked, the
        environment neither. `dial` None, by a proxy, or with TLS: asyncio connects. Nothing happens before
        `await`."""
        super().__init__(
            url,
            compression=None,
            open_timeout=limits.own_open_timeout_s,
            logger=log,
            user_agent_header="bntui",
            proxy=proxy,
            ssl=tls,
        )

        def factory(uri: WebSocketURI) -> ClientConnection:
            protocol = Protocol(uri, max_size=int(limits.own_frame_bytes), logger=log)
            return make(protocol, limits.own_close_timeout_s)

        # The library has a seam for the connection and none for the protocol under it.
        self.factory = factory
        self._dial = dial
        self._tls = tls

    async def open_tcp_connection(self) -> ClientConnection:
        """Connect, before any handshake."""
        # None of what came may wait for what comes next: with TLS aiofastnet (1.2) keeps the end of a burst,
        # now and then, when reading goes on after a pause.
        if self._dial is None or self.proxy is not None or self._tls is not None:
            return await super().open_tcp_connection()
        uri, loop = self.ws_uri, asyncio.get_running_loop()
        _, connection = await self._dial(loop, lambda: self.factory(uri), uri.host, uri.port)
        return connection

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow none: bntui talks to the address that it was given, and to nobody else."""
        return exc
