"""The embedded exchange with its sockets: REST and streams on loopback ports, in any event loop."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol
from websockets.asyncio.server import Server, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from bntui.clock import Clock
from bntui.errors import ConnectError
from bntui.sim.exchange import Exchange, Source
from bntui.sim.market import Market
from bntui.sim.playback import Playback
from bntui.sim.recording import survey
from bntui.sim.rest import RestSide
from bntui.sim.streams import admit, attend, client_class
from bntui.sim.switches import Switches
from bntui.sim.turnstile import Peer
from bntui.venue.binance.limits import SPOT
from bntui.venue.limits import Limits

_TICK_S = 0.02
_CLOSE_S = 0.3
"""A client that does not answer a close frame is cut after so long."""
_REST_CLOSE_S = 1
_BACKLOG = 512


@dataclass(frozen=True, slots=True)
class SimConfig:
    """What the embedded exchange is like."""

    symbols: int | tuple[str, ...] = 30
    """How many symbols are listed, or which."""
    rate: float = 600.0
    """Mean messages a second of all `bookTicker` and `trade` streams together."""
    seed: int = 1
    host: str = "127.0.0.1"
    rest_port: int = 0
    """0: any free port."""
    stream_port: int = 0
    limits: Limits = SPOT
    """Every number that a client is held to."""
    replay: tuple[Path, ...] = ()
    """Recordings to play, one after the other, instead of the synthetic market."""
    speed: float = 1.0
    """Recorded seconds in a second."""
    loop: bool = False
    """Start the recording again at its end."""
    switches: Switches = field(default_factory=Switches)
    self_ticking: bool = True
    """Move by itself; without, whoever runs it calls `tick`."""


@dataclass(frozen=True, slots=True)
class SimUrls:
    """Where the embedded exchange is reached."""

    rest: str
    streams: str

    def as_json(self) -> dict[str, dict[str, str]]:
        """By market, as `bntui sim` prints it."""
        return {"spot": {"rest": self.rest, "streams": self.streams}}


class Sim:
    """The embedded exchange. Runs in the loop of whoever starts it, and leaves nothing behind."""

    def __init__(self, config: SimConfig, clock: Clock) -> None:
        """Prepare the market. Raises UsageError where a recording cannot be played."""
        self._config = config
        source: Source
        self.playback: Playback | None = None
        if config.replay:
            self.playback = Playback(clock, survey(config.replay), speed=config.speed, loop=config.loop)
            source = self.playback
        else:
            source = Market(clock, config.symbols, config.rate, config.seed)
        self.exchange = Exchange(source, config.limits, clock, config.switches, Random(config.seed))
        self._urls: SimUrls | None = None
        self._streams: Server | None = None
        self._rest: uvicorn.Server | None = None
        self._rest_socket: socket.socket | None = None
        self._ticker: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Sim {self._urls.streams if self._urls else 'not started'} {self.exchange!r}>"

    @property
    def urls(self) -> SimUrls:
        """Where it is reached. Raises RuntimeError before the start."""
        if self._urls is None:
            raise RuntimeError("the embedded exchange has not been started")
        return self._urls

    async def start(self) -> SimUrls:
        """Listen. Raises ConnectError where a port is taken."""
        config = self._config
        rest_socket = _listen(config.host, config.rest_port)
        try:
            stream_socket = _listen(config.host, config.stream_port)
        except ConnectError:
            rest_socket.close()
            raise
        exchange = self.exchange
        host = f"[{config.host}]" if ":" in config.host else config.host
        self._urls = SimUrls(
            f"http://{host}:{rest_socket.getsockname()[1]}", f"ws://{host}:{stream_socket.getsockname()[1]}"
        )
        self._streams = await serve(
            attend,
            sock=stream_socket,
            process_request=admit,
            create_connection=client_class(exchange),
            compression=None,
            extensions=[_deflate()] if config.switches.compression else None,
            server_header=None,
            ping_interval=None,
            open_timeout=None,
            close_timeout=_CLOSE_S,
            logger=_quiet_logger(),
        )
        self._rest_socket = rest_socket
        self._rest = await _serve_rest(
            RestSide(exchange, self.rewind, self._cut_rest).application(), rest_socket
        )
        if config.self_ticking:
            self._ticker = asyncio.create_task(self._tick_on(), name="sim ticks")
            self._ticker.add_done_callback(self._ticked_out)
        return self._urls

    async def stop(self) -> None:
        """Close every connection and both ports. Raises what made the exchange break, if it did."""
        ticker, self._ticker = self._ticker, None
        streams, self._streams = self._streams, None
        rest, self._rest = self._rest, None
        if ticker is not None:
            ticker.cancel()
            await asyncio.wait([ticker])
        if streams is not None:
            streams.close()
            self.exchange.turn_away()
        if rest is not None and self._rest_socket is not None:
            await _end_rest(rest, self._rest_socket)
        if streams is not None:
            await streams.wait_closed()
        if ticker is not None and not ticker.cancelled():
            ticker.result()

    async def __aenter__(self) -> Sim:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.tick()

    def _ticked_out(self, ticker: asyncio.Task[None]) -> None:
        """An exchange that moves no more closes its connections; `stop` then raises what happened."""
        if not ticker.cancelled() and self._streams is not None:
            self._streams.close()

    async def broken(self) -> None:
        """Wait until the exchange moves no more by a fault of its own; `stop` then raises what happened."""
        if self._ticker is not None:
            await asyncio.wait([self._ticker])

    def tick(self) -> None:
        """Let everything happen that is due by the clock."""
        self.exchange.tick()

    def report(self) -> dict[str, object]:
        """What is known of the clients: connections, breaches, attempts, frames, streams, weights, pongs."""
        return self.exchange.report()

    def fault(self, words: Mapping[str, object]) -> None:
        """Make something go wrong, as `POST /_sim/fault` does. Raises BadFault in words."""
        self.exchange.fault(words)

    def _cut_rest(self, peer: Peer) -> None:
        """End a REST client's connection without an answer."""
        if self._rest is not None:
            for connection in list(self._rest.server_state.connections):
                if isinstance(connection, H11Protocol) and connection.client == peer:
                    connection.transport.abort()

    def rewind(self) -> bool:
        """Start the recording again; false where none is played."""
        if self.playback is None:
            return False
        self.playback.rewind()
        return True


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
