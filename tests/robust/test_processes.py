"""Processes that die, stop or cannot keep anything: said in words, mended, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest

from bntui import paths
from bntui.errors import ConnectError
from bntui.model.delta import Delta
from bntui.wire.carrier import connect
from bntui.wire.messages import Hello, Pull
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import greet
from bntui.world import world
from tests.robust import processes
from tests.robust.processes import child, runs
from tests.support.engine import key
from tests.support.programs import LOOK_S, WAIT_S, ended, exchange, program, reaching, until
from tests.support.terminal import Terminal, terminal

SILENCE_S = 1.0
"""The engine counts as silent after this; a third of the real time."""

LATER = re.compile(r"ENGINE SILENT +([2-9]|[0-9]{2,})s")

LIVE = "LIVE  9/9 streams, fills proven"
"""What a demo of three symbols says when all is well, and the account was compared."""

pytestmark = processes.NEEDED


async def shown(screen: Terminal, words: str) -> None:
    """Wait until the screen says something."""
    await screen.until(lambda: words in screen.screen, WAIT_S)


async def test_a_demo_bears_what_happens_to_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    limits = ("--limit", f"own_engine_silence_s={SILENCE_S}", "--limit", "own_pull_wait_s=0.2")
    async with terminal("demo", "--symbols", "3", *limits) as screen:
        viewer = screen.process.pid
        await shown(screen, LIVE)

        os.kill(child(viewer, "engine"), signal.SIGKILL)
        await shown(screen, "ENGINE GONE")
        await shown(screen, LIVE)

        engine = child(viewer, "engine")
        os.kill(engine, signal.SIGSTOP)
        await shown(screen, "ENGINE SILENT")
        said: list[str] = []

        def silent_for_longer() -> bool:
            said.append(screen.screen)
            return LATER.search(said[-1]) is not None

        await screen.until(silent_for_longer, WAIT_S)
        assert not any("LIVE" in words for words in said)
        os.kill(engine, signal.SIGCONT)
        await shown(screen, LIVE)
        assert child(viewer, "engine") == engine

        os.kill(child(viewer, "sim"), signal.SIGKILL)
        await shown(screen, "BLIND")
        await shown(screen, "the embedded exchange ended: killed by SIGKILL")
        os.kill(viewer, signal.SIGKILL)
        await until(lambda: not runs(engine))
    assert os.listdir(tmp_path) == []


OTHER_VERSION = "import sys, bntui; bntui.__version__ = '99.0'; from bntui.cli import main; sys.exit(main())"
NO_ROOM = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
    "from bntui.cli import main; sys.exit(main())"
)
"""A program on whose disks no file can grow."""


async def answering(socket: Path, hello: Hello) -> Mirror:
    """What the engine at a socket answers to the first question, once it is there."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                carrier = await connect(socket)
                break
            except ConnectError:
                await asyncio.sleep(LOOK_S)
        await greet(carrier, hello, WAIT_S)
        await carrier.send(Pull(0, ""))
        answer = await carrier.receive()
        await carrier.close()
    assert isinstance(answer, Delta)
    mirror = Mirror(WAIT_S)
    mirror.apply(answer, 0.0)
    return mirror


async def test_an_engine_of_another_version_refuses_and_one_that_died_is_replaced() -> None:
    socket = paths.socket_path(paths.state_dir("default"))
    async with exchange(symbols=2) as sim:
        settings = reaching(sim)
        async with program("engine", *settings.arguments(), "BTCUSDT") as engine:
            assert (await answering(socket, world(settings).hello)).watchlist == (key("BTCUSDT"),)
            async with program("status", altered_by=OTHER_VERSION) as other:
                code, out, err = await ended(other)
            assert (code, out) == (4, "")
            assert "The running engine is bntui " in err
            assert "this is bntui 99.0" in err
            engine.kill()
            await engine.wait()
        assert socket.exists()
        async with program("engine", *settings.arguments()) as engine:
            again = await answering(socket, world(settings).hello)
            assert again.watchlist == (key("BTCUSDT"),), "what was watched is remembered"
            engine.terminate()
            assert await ended(engine) == (0, "", "")
        assert not socket.exists()


async def test_a_disk_that_takes_nothing_costs_the_history_and_not_the_sight(home: Path) -> None:
    socket = paths.socket_path(paths.state_dir("default"))
    async with exchange(symbols=2) as sim:
        settings = reaching(sim)
        async with program("engine", *settings.arguments(), "BTCUSDT", altered_by=NO_ROOM) as engine:
            mirror = await answering(socket, world(settings).hello)
            assert all(notice.bad for notice in mirror.notices)
            assert mirror.notices[0].text.startswith("Nothing is remembered: the journal cannot be ")
            assert mirror.watchlist == (key("BTCUSDT"),)
            await until(lambda: sim.exchange.ledger.attempts == 1)
            engine.terminate()
            code, out, err = await ended(engine)
        assert (code, out) == (0, "")
        assert "Traceback" not in err
