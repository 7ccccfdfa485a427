"""What is the fast library's alone; all that a transport must do is tested with the other one's tests."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.transport_picows import PicowsTransport
from bntui.venue.binance.limits import SPOT
from tests.support.recorder import Recorder

QUICK = SPOT.override({"own_open_timeout_s": 0.2, "own_close_timeout_s": 0.2})


async def test_an_attempt_that_is_given_up_hangs_up_within_the_time_of_one() -> None:
    hung_up = asyncio.Event()
    came = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        with suppress(OSError):
            await reader.read(-1)
        hung_up.set()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server, asyncio.timeout(20):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        attempt = asyncio.create_task(PicowsTransport(QUICK, SystemClock()).open(url, Recorder()))
        await came.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        await hung_up.wait()


async def test_a_proxy_is_asked_unless_the_exchange_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    outcome = await PicowsTransport(QUICK, SystemClock()).open("wss://example.invalid/stream", Recorder())
    assert isinstance(outcome, Failure)
    said = f"connection refused (through the proxy http://127.0.0.1:{port})"
    assert outcome.text == said, "by the proxy: the name was asked of nobody"
    outcome = await PicowsTransport(QUICK, SystemClock()).open(f"ws://localhost:{port}/stream", Recorder())
    assert isinstance(outcome, Failure)
    assert outcome.text == "connection refused"
