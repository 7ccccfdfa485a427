"""bntui as a process of its own, the way a user runs it, and an exchange for it to reach."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bntui.clock import SystemClock
from bntui.config import Settings
from bntui.model.markets import Market
from bntui.sim.server import Sim, SimConfig

WAIT_S = 40.0
"""No test waits longer for a process; on a free machine a healthy one needs a twentieth of it."""

LOOK_S = 0.01


class Ended(NamedTuple):
    """A process that has ended."""

    code: int
    out: str
    err: str


@asynccontextmanager
async def program(*words: str, stdin: int = DEVNULL, altered_by: str = "") -> AsyncIterator[Process]:
    """`bntui WORDS…` while the context lasts; what still runs then is killed.

    `altered_by` is Python that changes its world first, and then runs it.
    """
    how = ("-c", altered_by) if altered_by else ("-m", "bntui")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *how, *words), stdin=stdin, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(process: Process, within_s: float = WAIT_S) -> Ended:
    """How the process ends by itself; TimeoutError when it does not."""
    async with asyncio.timeout(within_s):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def until(holds: Callable[[], object], within_s: float = WAIT_S) -> None:
    """Wait for what other processes do, which tell nobody when they have done it."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 — another process sets no event of ours
            await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def exchange(**config: Any) -> AsyncIterator[Sim]:
    """A small exchange on loopback that moves by itself."""
    async with Sim(SimConfig(**({"symbols": 4, "rate": 400.0} | config)), SystemClock()) as sim:
        yield sim


def reaching(sim: Sim, **limits: float) -> Settings:
    """The settings of a run on this exchange."""
    return Settings(
        rest_urls={Market.SPOT: sim.urls.rest},
        stream_urls={Market.SPOT: sim.urls.streams},
        limits=limits,
    )


def closings(sim: Sim) -> list[tuple[object, object]]:
    """(who closed it, close code) of every websocket connection; (None, None) of one that is open."""
    ledger: Any = sim.report()["connections"]
    ended_ones = [(record["closed_by"], record["close_code"]) for record in ledger["closed"]]
    return [*ended_ones, *((None, None) for _ in ledger["open"])]


def files(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
