"""One attempt reaches the address that was given, directly where it is of this machine, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

import aiofastnet
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.opening import Dial
from bntui.feed.transport import WebsocketsTransport
from bntui.venue.binance.limits import SPOT
from tests.support.recorder import Recorder

QUICK = SPOT.override({"own_open_timeout_s": 2.0, "own_close_timeout_s": 0.3})


@asynccontextmanager
async def counting(location: str = "") -> AsyncIterator[tuple[str, list[str]]]:
    """A server that counts handshakes, and answers them with a redirect where it has a location."""
    asked: list[str] = []

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        asked.append(request.path)
        if not location:
            return None
        response = connection.respond(HTTPStatus.FOUND, "elsewhere\n")
        response.headers["Location"] = location
        return response

    async def attend(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(attend, "127.0.0.1", 0, process_request=answer, close_timeout=0.1) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def test_a_redirect_is_told_and_not_followed() -> None:
    async with counting() as (elsewhere, never), counting(f"{elsewhere}/stream") as (url, asked):
        failure = await WebsocketsTransport(QUICK, SystemClock()).open(f"{url}/stream", Recorder())
    assert isinstance(failure, Failure)
    assert failure.text == "the server sends us elsewhere (302): a login page, or a wrong address"
    assert (asked, never) == (["/stream"], [])


@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"])
async def test_an_address_of_this_machine_is_reached_without_the_proxy(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with counting() as (url, asked):
        recorder = Recorder()
        link = await WebsocketsTransport(QUICK, SystemClock()).open(f"{url}/stream", recorder)
        assert not isinstance(link, Failure), link
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
    assert asked == ["/stream"]


@pytest.mark.parametrize("dial", [None, aiofastnet.create_connection])
async def test_an_attempt_that_is_given_up_hangs_up(dial: Dial | None) -> None:
    came, hung_up = asyncio.Event(), asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        with suppress(OSError):
            await reader.read(-1)
        hung_up.set()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server, asyncio.timeout(20):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        transport = WebsocketsTransport(QUICK, SystemClock(), dial=dial)
        attempt = asyncio.create_task(transport.open(url, Recorder()))
        await came.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        await hung_up.wait()


class Dialled:
    """Connects to nobody, and writes down whom it was to connect to."""

    def __init__(self) -> None:
        self.hosts: list[tuple[str, int]] = []

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], ClientConnection],
        host: str,
        port: int,
    ) -> tuple[asyncio.Transport, ClientConnection]:
        self.hosts.append((host, port))
        raise ConnectionRefusedError


async def test_what_connects_in_asyncios_place_is_left_out_by_tls_and_by_a_proxy() -> None:
    dial = Dialled()
    here = WebsocketsTransport(QUICK, SystemClock(), "none", dial)
    failure = await here.open("ws://localhost:81/stream", Recorder())
    assert isinstance(failure, Failure)
    assert failure.text == "connection refused"
    assert dial.hosts == [("localhost", 81)]
    proxied = WebsocketsTransport(QUICK, SystemClock(), "http://127.0.0.1:1", dial)
    assert isinstance(await here.open("wss://127.0.0.1:1/stream", Recorder()), Failure)
    assert isinstance(await proxied.open("ws://stream.exchange.test/stream", Recorder()), Failure)
    assert dial.hosts == [("localhost", 81)]
