"""One attempt reaches the address that was given, directly where it is of this machine, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
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
