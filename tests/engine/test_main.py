"""The engine's process: it answers, and ends when it should."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bntui.clock import SystemClock
from bntui.engine import main
from bntui.engine.main import Post, serve
from bntui.model.delta import Delta
from bntui.wire.carrier import Carrier, connect
from bntui.wire.messages import Bye, Hello, Pull, Welcome
from bntui.wire.viewer import greet
from tests.support.engine import key, memory_engine
from tests.support.exchange import MemoryExchange

HELLO = Hello("1", "print", "a test")


@asynccontextmanager
async def serving(folder: Path, *, stays: bool) -> AsyncIterator[tuple[asyncio.Task[None], Path]]:
    engine = memory_engine(folder, SystemClock(), MemoryExchange())
    engine.begin([key("BTCUSDT")])
    post = Post(folder / "engine.sock", stays, Welcome("1", "epoch", os.getpid(), 0, "a test"), HELLO)
    task = asyncio.get_running_loop().create_task(serve(engine, post, SystemClock(), 0.2))
    try:
        await asyncio.sleep(0)
        yield task, post.socket
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def viewer(socket: Path) -> Carrier:
    carrier = await connect(socket)
    await greet(carrier, HELLO, 2.0)
    return carrier


async def test_a_viewer_sees_what_is_watched(tmp_path: Path) -> None:
    async with serving(tmp_path, stays=True) as (_, socket):
        carrier = await viewer(socket)
        await carrier.send(Pull(0, ""))
        answer = await carrier.receive()
        assert isinstance(answer, Delta)
        assert answer.watchlist == [key("BTCUSDT")]
        await carrier.close()


@pytest.mark.parametrize("says_bye", [True, False])
async def test_it_ends_with_its_last_viewer(tmp_path: Path, says_bye: bool) -> None:
    async with serving(tmp_path, stays=False) as (task, socket):
        first, second = await viewer(socket), await viewer(socket)
        for carrier in (first, second):
            assert not task.done()
            if says_bye:
                await carrier.send(Bye())
            await carrier.close()
        async with asyncio.timeout(20):
            await task


async def test_one_that_stays_outlives_its_viewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "LEAVE_AFTER_S", 0.0)
    async with serving(tmp_path, stays=True) as (task, socket):
        await (await viewer(socket)).close()
        again = await viewer(socket)
        assert not task.done()
        await again.close()


async def test_a_signal_ends_it_and_the_socket_goes(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    async with serving(tmp_path, stays=True) as (task, socket):
        await (await viewer(socket)).close()
        signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await task
    assert not socket.exists()
    assert signal.getsignal(signal.SIGTERM) is before
