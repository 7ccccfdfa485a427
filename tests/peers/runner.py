"""Runs one client after the other, each against an embedded exchange of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.peers.environments import NotInstalled, Skipped, command, environ, prepare
from tests.peers.results import Result, Seen, Told
from tests.peers.roster import Peer

LIMIT_S = 120.0
"""No client gets longer than this."""
START_S = 20.0
STOP_S = 5.0
SIM = (
    *("sim", "--tied"),
    *("--symbols", "12"),
    *("--rate", "400"),
    # Ten times as often as the exchange, so that each client has pings to answer.
    *("--limit", "server_ping_interval_s=2"),
    *("--limit", "pong_timeout_s=6"),
)
ACCOUNTS = ("--market", "spot", "--market", "usdm", "--fills", "2")
"""What the exchange serves besides for scripts about accounts: and so many fills a second."""
_LINE_BYTES = 1 << 20
_SHOWN = 8
"""Lines of what a client said last that are shown when it fails."""


def run(peer: Peer) -> Result:
    """Ask a client for everything, and look at what the exchange saw of it."""
    result = Result(peer)
    try:
        prepare(peer)
    except Skipped as reason:
        result.skipped = str(reason)
    except NotInstalled as reason:
        result.failure = str(reason)
    else:
        asyncio.run(_run(result))
    return result


async def _run(result: Result) -> None:
    with TemporaryDirectory(prefix="bntui-peers-") as name:
        home = Path(name)
        if result.peer.script:
            async with _exchange(home) as told:
                if told is not None:
                    arguments = (told["spot"]["rest"], told["spot"]["streams"])
                    await _ask(result, home, result.peer.script, *arguments)
                await _see(result, told)
        if result.peer.accounts and not result.failure:
            async with _exchange(home, *ACCOUNTS, "--keys", str(home / "keys")) as told:
                if told is not None:
                    await _ask(result, home, result.peer.accounts, json.dumps(told))
                await _see(result, told)


async def _see(result: Result, told: Mapping[str, Any] | None) -> None:
    """Look at what each host of the exchange saw."""
    if told is None:
        result.failure = "could not be asked: the embedded exchange did not start"
        return
    for urls in told.values():
        if isinstance(urls, dict):
            async with httpx.AsyncClient(base_url=urls["rest"], trust_env=False) as http:
                result.seen += Seen.of((await http.get("/_sim/report")).json())


@asynccontextmanager
async def _exchange(home: Path, *more: str) -> AsyncIterator[Mapping[str, Any] | None]:
    """An embedded exchange in a process of its own, which ends with this one; what it tells of itself, or
    None where it did not start."""
    places = {"BNTUI_STATE_DIR": str(home / "state"), "BNTUI_CONFIG_DIR": str(home / "config")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bntui", *SIM, *more),
        stdin=PIPE,
        stdout=PIPE,
        env=os.environ | places,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_S):
            line = await process.stdout.readline()
        yield json.loads(line) if line else None
    finally:
        await _stop(process)


async def _ask(result: Result, home: Path, script: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(*command(result.peer, script), *arguments),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=dict(environ(result.peer, home)),
        cwd=home,
        limit=_LINE_BYTES,
        start_new_session=True,
    )
    said: deque[str] = deque(maxlen=_SHOWN)
    try:
        async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
            group.create_task(_hear(process, result))
            group.create_task(_overhear(process, said))
            code = await process.wait()
        if code:
            result.failure = "\n".join([f"ended with exit code {code}:", *said])
    except TimeoutError:
        result.failure = "\n".join([f"was not done after {LIMIT_S:.0f} s:", *said])
    finally:
        await _stop(process)


async def _hear(process: Process, result: Result) -> None:
    """What the script tells; clients print lines of their own, which are passed over."""
    assert process.stdout is not None
    async for line in process.stdout:
        try:
            words = json.loads(line)
        except ValueError:
            continue
        if isinstance(words, dict):
            _take(words, result)


def _take(words: dict[str, Any], result: Result) -> None:
    if "ask" in words:
        result.told.append(Told(words.pop("ask"), **words))
    elif "breach" in words:
        result.expected[words["breach"]] = words["why"]


async def _overhear(process: Process, said: deque[str]) -> None:
    assert process.stderr is not None
    async for line in process.stderr:
        said.append(line.decode(errors="replace").rstrip())


async def _stop(process: Process) -> None:
    """End a process, and whatever it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            continue
