"""What everything is built from: streams that a command asks for, and engine and exchange as processes."""

from __future__ import annotations

import asyncio
import signal
import socket
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from bntui import compose, paths
from bntui.clock import SystemClock
from bntui.commandoptions import StatusOptions, TailOptions
from bntui.config import Settings
from bntui.errors import ConnectError, UsageError
from bntui.model.markets import Market
from bntui.model.states import Grade
from bntui.wire.carrier import Carrier, connect
from bntui.wire.messages import Bye, Delta, Hello, Pull
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import greet
from bntui.world import world
from tests.support.engine import key
from tests.support.programs import WAIT_S, closings, ended, exchange, files, program, reaching, until

ENDS_WITHIN_S = 20.0
"""What is told to end does so within a second; a busy machine gets some more."""


# The engine as a process


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


# The embedded exchange as a process


async def test_an_exchange_says_where_it_is_in_one_line_and_ends_on_a_signal() -> None:
    async with program("sim", "--symbols", "3") as process:
        assert process.stdout is not None
        urls = orjson.loads(await process.stdout.readline())["spot"]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{urls['rest']}/api/v3/ping")).status_code == 200
            assert (await client.get(f"{urls['rest']}/_sim/report")).json()["attempts"] == 0
        assert urls["streams"].startswith("ws://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert await ended(process, ENDS_WITHIN_S) == (0, "", "")


async def test_a_tied_exchange_ends_when_its_starter_lets_go() -> None:
    async with program("sim", "--symbols", "3", "--tied", stdin=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdout.readline()
        process.stdin.write(b"anything that is said to it is not listened to\n")
        await process.stdin.drain()
        process.stdin.close()
        assert await ended(process, ENDS_WITHIN_S) == (0, "", "")


async def test_an_exchange_without_a_starter_stays_when_stdin_is_closed() -> None:
    async with program("sim", "--symbols", "3") as process:
        assert process.stdout is not None
        urls = orjson.loads(await process.stdout.readline())["spot"]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{urls['rest']}/api/v3/ping")).status_code == 200
        assert process.returncode is None


async def test_a_port_that_is_taken_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with program("sim", "--symbols", "3", "--port", str(port)) as process:
            refused = await ended(process)
    assert (refused.code, refused.out) == (4, "")
    assert refused.err == f"bntui: Port {port} is taken.\n  Name another with --port.\n"


@pytest.mark.parametrize("command", ["tail", "status"])
@pytest.mark.parametrize(
    ("symbol", "kinds", "complaint"),
    [
        ("BTCUSDT", "trade,mark_price", "Binance Spot has no mark_price."),
        ("BTCUSDT.usdm", "avg_price", "Binance USD-M has no avg_price."),
        ("BTCUSDT.usdm", "candle:1s", "Binance USD-M has no candle of 1s."),
    ],
)
def test_a_kind_that_the_market_does_not_have_is_refused_before_anything_is_asked(
    command: str, symbol: str, kinds: str, complaint: str
) -> None:
    nowhere = dict.fromkeys(Market, "ws://127.0.0.1:9")
    settings = Settings(rest_urls=dict.fromkeys(Market, "http://127.0.0.1:9"), stream_urls=nowhere)
    wanted = tuple(kinds.split(","))
    status = StatusOptions(json=False, for_s=1.0, kinds=wanted, own=True)
    tail = TailOptions(json=False, for_s=1.0, kinds=wanted, own=True)
    run: dict[str, Callable[[], object]] = {
        "status": lambda: compose.run_status(settings, (symbol,), status),
        "tail": lambda: compose.run_tail(settings, (symbol,), tail),
    }
    with pytest.raises(UsageError, match=complaint):
        run[command]()


async def test_switches_are_set_by_name_and_shown() -> None:
    words = ("sim", "--symbols", "3", "--switch", "patience=3", "--switch", "nested_errors=off")
    async with program(*words) as process:
        assert process.stdout is not None
        urls = orjson.loads(await process.stdout.readline())["spot"]
        async with httpx.AsyncClient(trust_env=False) as client:
            shown = (await client.get(f"{urls['rest']}/_sim/report")).json()["switches"]
    assert (shown["patience"], shown["nested_errors"], shown["compression"]) == (3, False, True)


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("nosuch=1", "--switch: there is no switch 'nosuch'; there are nested_errors, "),
        ("patience=x", "--switch: 'x' is no number for patience."),
    ],
)
async def test_a_switch_that_is_none_is_refused_in_words(word: str, complaint: str) -> None:
    async with program("sim", "--switch", word) as process:
        refused = await ended(process)
    assert (refused.code, refused.out) == (3, "")
    assert complaint in refused.err
