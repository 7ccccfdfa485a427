"""Serves the metrics by HTTP, and follows the engine for them like any other viewer."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bntui.clock import Clock
from bntui.commandoptions import MetricsOptions
from bntui.errors import EngineRefused, UsageError
from bntui.metrics.collector import EngineCollector
from bntui.venue.limits import Limits
from bntui.wire.carrier import connect
from bntui.wire.messages import Hello
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import ViewerLink

PULL_EVERY_S = 1.0
"""Prometheus asks a few times a minute; the engine is not asked any faster than it would be seen."""

REFUSED_WAIT_S = 10.0
"""An engine that refuses may be followed by one that does not."""

AT_ONCE = 16
"""Requests at once; more are refused with 503."""

_BACKLOG = 64
_CLOSE_S = 1


async def serve(engine: Path, hello: Hello, limits: Limits, options: MetricsOptions, clock: Clock) -> int:
    """Serve until a signal comes. Raises UsageError where the address cannot be listened on."""
    with _listening(options.host, options.port) as listener:
        mirror = Mirror(limits.own_engine_silence_s)
        server = _Server(_config(application(mirror, clock)))
        with _ended_by_signals(server):
            print(_address(listener), flush=True)  # noqa: T201
            await _serve_on(listener, server, _follow(engine, hello, limits, mirror, clock))
    return 0


@asynccontextmanager
async def beside(
    engine: Path, hello: Hello, limits: Limits, options: MetricsOptions, clock: Clock
) -> AsyncIterator[None]:
    """Serve while something else runs, such as a drill, whose output is not disturbed. Raises UsageError
    where the address cannot be listened on."""
    with _listening(options.host, options.port) as listener:
        mirror = Mirror(limits.own_engine_silence_s)
        server = _Server(_config(application(mirror, clock)))
        sys.stderr.write(f"{_address(listener)}\n")
        serving = asyncio.create_task(
            _serve_on(listener, server, _follow(engine, hello, limits, mirror, clock)), name="metrics"
        )
        try:
            yield
        finally:
            server.end()
            await serving


async def _serve_on(listener: socket.socket, server: _Server, follow: Coroutine[Any, Any, None]) -> None:
    following = asyncio.create_task(follow, name="engine")
    # Without it what is served would grow old and look new.
    following.add_done_callback(lambda _: server.end())
    try:
        await server.serve(sockets=[listener])
    finally:
        following.cancel()
        await asyncio.wait([following])
    if not following.cancelled():
        following.result()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/metrics"


def application(mirror: Mirror, clock: Clock) -> Starlette:
    """What answers: the metrics, and at the root where they are."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(EngineCollector(mirror, clock))

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def root(request: Request) -> Response:
        return PlainTextResponse("The metrics of bntui are at /metrics\n")

    return Starlette(routes=[Route("/metrics", metrics), Route("/", root)])


async def _follow(engine: Path, hello: Hello, limits: Limits, mirror: Mirror, clock: Clock) -> None:
    """Keep the mirror in step with whatever engine there is; one that is gone or refuses is told as that."""
    while True:
        link = ViewerLink(
            lambda: connect(engine),
            mirror,
            clock,
            hello,
            pull_interval_s=PULL_EVERY_S,
            silence_s=limits.own_engine_silence_s,
        )
        try:
            await link.run()
        except EngineRefused as refusal:
            sys.stderr.write(f"bntui: {refusal}\n")
        await asyncio.sleep(REFUSED_WAIT_S)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on the address; who is not on this machine is told of."""
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except (OSError, UnicodeError) as error:
        if listener is not None:
            listener.close()
        why = error.strerror if isinstance(error, OSError) else "this is no host's name"
        raise UsageError(
            f"Nothing can be served on {host}, port {port}: {why}.", "Name another address, or another port."
        ) from None
    if not ipaddress.ip_address(listener.getsockname()[0]).is_loopback:
        sys.stderr.write("bntui: whoever reaches this address can read what you watch and when you trade\n")
    try:
        yield listener
    finally:
        listener.close()


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=AT_ONCE,
        timeout_graceful_shutdown=_CLOSE_S,
    )


class _Server(uvicorn.Server):
    """Leaves signals to its starter."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield

    def end(self) -> None:
        """Answer what was asked, and end."""
        self.should_exit = True


@contextmanager
def _ended_by_signals(server: _Server) -> Iterator[None]:
    """Whoever asks the program to go ends the server in order."""

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: server.end()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
