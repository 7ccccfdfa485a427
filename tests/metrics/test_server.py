"""`bntui serve-metrics`: on this machine alone, with or without an engine, until it is told to end."""

from __future__ import annotations

import asyncio
import signal
import socket as sockets
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bntui.clock import SystemClock
from bntui.commandoptions import MetricsOptions
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.metrics.server import serve
from bntui.world import world
from tests.support.asked import socket, watching
from tests.support.command_line import CommandLine
from tests.support.programs import LOOK_S, WAIT_S, ended, exchange, program


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


@asynccontextmanager
async def serving(*words: str) -> AsyncIterator[tuple[Process, str]]:
    """The command as a process, and the address that it prints."""
    async with program("serve-metrics", "--listen", "127.0.0.1:0", *words) as process:
        assert process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            url = (await process.stdout.readline()).decode().strip()
        yield process, url


async def scraped(url: str, holds: Callable[[str], bool]) -> str:
    """What is served, as soon as that holds."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(WAIT_S):
        while True:
            answer = await client.get(url)
            assert answer.status_code == 200
            if holds(answer.text):
                return answer.text
            await asyncio.sleep(LOOK_S)  # another process sets no event of ours


async def test_an_engine_is_followed_and_its_end_is_told(tmp_path: Path) -> None:
    async with exchange() as sim, serving() as (_, url):
        async with watching(tmp_path, sim):
            text = await scraped(url, lambda text: 'bntui_verdict{grade="live"} 1.0' in text)
            assert "bntui_engine_up 1.0" in text
            assert 'bntui_shard_up{market="spot",shard="1"} 1.0' in text
            sim.fault({"fault": "stall_all"})
            text = await scraped(url, lambda text: 'bntui_verdict{grade="blind"} 1.0' in text)
            assert "bntui_engine_up 1.0" in text, "the engine is there, and blind"
        text = await scraped(url, lambda text: "bntui_engine_up 0.0" in text)
        assert 'bntui_verdict{grade="blind"} 1.0' in text
        assert "bntui_shard_up{" not in text


async def test_without_an_engine_that_is_told_and_a_signal_ends_it_in_order() -> None:
    async with serving() as (process, url):
        text = await scraped(url, lambda text: 'bntui_verdict{grade="blind"} 1.0' in text)
        assert "bntui_engine_up 0.0" in text
        process.send_signal(signal.SIGTERM)
        assert (await ended(process)).code == 0


async def test_the_root_says_where_they_are_and_nothing_else_is_there() -> None:
    async with serving() as (_, url), httpx.AsyncClient(trust_env=False) as client:
        base = url.removesuffix("/metrics")
        assert "/metrics" in (await client.get(base)).text
        assert (await client.get(f"{base}/etc/passwd")).status_code == 404
        assert (await client.post(url)).status_code == 405
        kind = (await client.get(url)).headers["Content-Type"]
    assert kind.startswith("text/plain; version=")


async def test_a_port_that_is_taken_is_told() -> None:
    with sockets.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        options, the_world = MetricsOptions("127.0.0.1", port), world(Settings())
        with pytest.raises(UsageError, match=f"127.0.0.1, port {port}") as told:
            await serve(socket(), the_world.hello, the_world.limits, options, SystemClock())
    assert "another port" in told.value.hint


@pytest.mark.parametrize("host", ["host.invalid", "a..b"])
async def test_a_host_that_is_none_is_told(host: str) -> None:
    the_world = world(Settings())
    with pytest.raises(UsageError, match=f"Nothing can be served on {host}"):
        await serve(socket(), the_world.hello, the_world.limits, MetricsOptions(host, 0), SystemClock())


@pytest.mark.parametrize("listen", ["9464", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "::1:9464"])
async def test_an_address_that_is_none_is_refused(listen: str, bntui: CommandLine) -> None:
    said = await bntui("serve-metrics", "--listen", listen)
    assert said.code == 3
    assert "write it like 127.0.0.1:9464" in said.err


async def test_an_engine_of_another_exchange_is_told_as_one_that_refuses(tmp_path: Path) -> None:
    async with exchange() as sim, watching(tmp_path, sim), serving("--env", "testnet") as (process, url):
        text = await scraped(url, lambda text: 'bntui_verdict{grade="blind"} 1.0' in text)
        assert "bntui_engine_up 0.0" in text
        assert process.stderr is not None
        async with asyncio.timeout(WAIT_S):
            assert b"another" in await process.stderr.readline()
