"""One host of the embedded exchange with its sockets: REST and streams of a market on loopback ports."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from bntui.errors import ConnectError
from bntui.sim.building import Built
from bntui.sim.doorway import admit, api_client_class, attend, client_class
from bntui.sim.parameters import Call
from bntui.sim.rest import RestSide
from bntui.sim.signedrest import KeyCall, SignedRest
from bntui.sim.turnstile import Peer

_CLOSE_S = 0.3
"""A client that does not answer a close frame is cut after so long."""
_REST_CLOSE_S = 1
_BACKLOG = 512


@dataclass(frozen=True, slots=True)
class HostUrls:
    """Where one market is reached."""

    rest: str
    streams: str
    ws_api: str
    """Of the WebSocket API, without its path, which differs by market."""


class Host:
    """One market with its sockets."""

    def __init__(self, built: Built, rewind: Callable[[], bool]) -> None:
        """`rewind` starts the recording again; false where none is played."""
        self.exchange = built.exchange
        calls: dict[str, Call | KeyCall] = {**built.calls, **SignedRest(built.exchange).calls()}
        self._rest_side = RestSide(built.exchange, calls, rewind, self._cut_rest)
        self._calls = built.calls
        self._websockets: list[Server] = []
        self._rest: uvicorn.Server | None = None
        self._sockets: list[socket.socket] = []

    def listen(self, address: str, rest_port: int, stream_port: int, api_port: int) -> HostUrls:
        """Take the ports; 0: any free one. Raises ConnectError where one is taken."""
        for port in (rest_port, stream_port, api_port):
            self._sockets.append(_listen(address, port))
        host = f"[{address}]" if ":" in address else address
        rest, streams, api = (taken.getsockname()[1] for taken in self._sockets)
        return HostUrls(f"http://{host}:{rest}", f"ws://{host}:{streams}", f"ws://{host}:{api}")

    def give_up(self) -> None:
        """Let go of ports that nobody was served on."""
        while self._sockets:
            self._sockets.pop().close()

    async def start(self) -> None:
        """Serve on the ports."""
        rest_socket, stream_socket, api_socket = self._sockets
        classes = client_class(self.exchange), api_client_class(self.exchange, self._calls)
        for taken, made in zip((stream_socket, api_socket), classes, strict=True):
            self._websockets.append(await self._serve(taken, made))
        self._rest = await _serve_rest(self._rest_side.application(), rest_socket)

    async def _serve(self, taken: socket.socket, made: type[ServerConnection]) -> Server:
        return await serve(
            attend,
            sock=taken,
            process_request=admit,
            create_connection=made,
            compression=None,
            extensions=[_deflate()] if self.exchange.switches.compression else None,
            server_header=None,
            ping_interval=None,
            open_timeout=None,
            close_timeout=_CLOSE_S,
            logger=_quiet_logger(),
        )

    def close_websockets(self) -> None:
        """Take no more connections, and close those there are."""
        for server in self._websockets:
            server.close()

    async def stop(self) -> None:
        """Close every connection and all ports."""
        websockets, self._websockets = self._websockets, []
        rest, self._rest = self._rest, None
        for server in websockets:
            server.close()
        if websockets:
            self.exchange.turn_away()
        if rest is not None:
            await _end_rest(rest, self._sockets[0])
        for server in websockets:
            await server.wait_closed()

    def _cut_rest(self, peer: Peer) -> None:
        """End a REST client's connection without an answer."""
        if self._rest is not None:
            for connection in list(self._rest.server_state.connections):
                if isinstance(connection, H11Protocol) and connection.client == peer:
                    connection.transport.abort()


def _quiet_logger() -> logging.Logger:
    """What goes wrong on a connection is in the report; nothing is logged."""
    logger = logging.getLogger("bntui.sim.websockets")
    logger.setLevel(logging.CRITICAL)
    return logger


def _deflate() -> ServerPerMessageDeflateFactory:
    """Compression with the parameters that the exchange answered in 2021 (XChange #3907)."""
    return ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_max_window_bits=15)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConnectError(f"Port {port} is taken.", "Name another with --port.") from None
        raise ConnectError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return listener


async def _serve_rest(application: Starlette, listener: socket.socket) -> uvicorn.Server:
    """Serve REST in this loop: without uvicorn's signal handlers, log, and loop of its own."""
    config = uvicorn.Config(
        application,
        loop="none",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_REST_CLOSE_S,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    await server.on_tick(0)
    return server


async def _end_rest(server: uvicorn.Server, listener: socket.socket) -> None:
    """Stop serving REST; uvicorn's own way takes a while, which only open connections need."""
    if server.server_state.connections:
        await server.shutdown([listener])
    else:
        for one in server.servers:
            one.close()
        listener.close()
