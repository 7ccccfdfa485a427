"""An engine is a process with a folder of its own, and it ends in order."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bntui import paths
from bntui.clock import SystemClock
from bntui.compose.engines import engine_command
from bntui.config import Settings
from bntui.errors import ConnectError
from bntui.model.states import Grade
from bntui.wire.carrier import Carrier, connect
from bntui.wire.messages import Bye, Delta, Hello, Pull
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import greet
from bntui.world import world
from tests.support.engine import key
from tests.support.programs import WAIT_S, closings, ended, exchange, files, program, reaching, until


@asynccontextmanager
async def engine_process(
    settings: Settings, folder: Path, *more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """An engine in a private folder, as a viewer starts it."""
    words = ["engine", *settings.arguments(), "--leaves", "--folder", str(folder), *more]
    async with program(*words) as process:
        yield process


@asynccontextmanager
async def viewer(folder: Path, hello: Hello) -> AsyncIterator[Carrier]:
    """A viewer's conversation with the engine of a folder, begun as soon as it serves."""
    carrier = await reached(paths.socket_path(folder))
    try:
        await greet(carrier, hello, WAIT_S)
        yield carrier
        await carrier.send(Bye())
    finally:
        await carrier.close()


async def reached(path: Path) -> Carrier:
    """The engine's end of a socket that may not be there yet."""
    await until(path.exists)
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                return await connect(path)
            except ConnectError:  # it is there a moment before it is listened to
                await asyncio.sleep(0)


async def look(carrier: Carrier, mirror: Mirror) -> None:
    """Ask the engine once."""
    await carrier.send(Pull(mirror.seq, mirror.epoch))
    async with asyncio.timeout(WAIT_S):
        answer = await carrier.receive()
    assert isinstance(answer, Delta)
    mirror.apply(answer, SystemClock().monotonic())


async def look_until_live(carrier: Carrier) -> Mirror:
    """Ask the engine until it says live."""
    mirror = Mirror(WAIT_S)
    async with asyncio.timeout(WAIT_S):
        while mirror.verdict(SystemClock().monotonic()).grade is not Grade.LIVE:
            await look(carrier, mirror)
    return mirror


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    path.mkdir(mode=0o700)
    return path


async def test_an_engine_serves_its_viewer_and_ends_in_order_with_it(folder: Path, home: Path) -> None:
    async with exchange() as sim:
        settings = reaching(sim)
        async with engine_process(settings, folder, "BTCUSDT") as process:
            async with viewer(folder, world(settings).hello) as carrier:
                mirror = await look_until_live(carrier)
                row = mirror.rows[key("BTCUSDT")]
                assert row.bid is not None
                assert row.last is not None
            assert await ended(process) == (0, "", "")
        await until(lambda: (None, None) not in closings(sim))
        assert closings(sim) == [("client", 1000)]
        assert sim.report()["breaches"] == {"total": 0, "by_kind": {}, "newest": []}
    assert files(folder.parent) == [], "the folder was this run's alone"
    assert files(home) == ["state/default/engine.log"], "a run of its own leaves its log and nothing else"


async def test_an_engine_watches_the_named_lists_without_a_screen_and_nothing_unasked(
    folder: Path, tmp_path: Path
) -> None:
    async with exchange() as sim:
        settings = reaching(sim)
        file = tmp_path / "config.toml"
        file.write_text('[watchlists]\nmine = ["ETHUSDT", "BTCUSDT"]\n')
        async with engine_process(settings, folder, "--config", str(file)) as process:
            async with viewer(folder, world(settings).hello) as carrier:
                mirror = await look_until_live(carrier)
                assert mirror.watchlist == (key("ETHUSDT"), key("BTCUSDT"))
            assert (await ended(process))[0] == 0


async def test_a_second_engine_in_the_folder_is_refused_and_harms_nobody(folder: Path) -> None:
    async with exchange() as sim:
        settings = reaching(sim)
        async with engine_process(settings, folder, "BTCUSDT") as first:
            async with viewer(folder, world(settings).hello) as carrier:
                async with engine_process(settings, folder) as second:
                    refused = await ended(second)
                assert refused.code == 3
                assert f"Another engine runs on this profile already (process {first.pid})" in refused.err
                assert "bntui attach" in refused.err
                assert "Traceback" not in refused.err
                assert {"engine.sock", "engine.lock", "journal.db"} <= set(files(folder))
                await look_until_live(carrier)
            assert (await ended(first)).code == 0


async def test_a_signal_ends_an_engine_in_order(folder: Path) -> None:
    async with exchange() as sim:
        settings = reaching(sim)
        async with engine_process(settings, folder, "BTCUSDT") as process:
            carrier = await reached(paths.socket_path(folder))
            try:
                await greet(carrier, world(settings).hello, WAIT_S)
                await look_until_live(carrier)
                process.send_signal(signal.SIGTERM)
                assert await ended(process) == (0, "", "")
                assert await carrier.receive() is None
            finally:
                await carrier.close()
        await until(lambda: (None, None) not in closings(sim))
        assert closings(sim) == [("client", 1000)]
    assert files(folder.parent) == []


def test_the_engine_of_a_shared_folder_is_told_settings_and_symbols_alone() -> None:
    settings = Settings(profile="bot2")
    words = engine_command(settings, [key("BTCUSDT")], None)
    assert words == [
        *(sys.executable, "-m", "bntui", "engine"),
        *settings.arguments(),
        "--leaves",
        "BTCUSDT.spot",
    ]
