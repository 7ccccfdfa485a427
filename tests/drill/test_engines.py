"""The engine of a drill: in this loop with a clock of the drill's, or a process that bears being stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.clock import ManualClock, SystemClock
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill.engines import ProcessControl, ShiftedClock, Wiring, ended, local_engine
from bntui.engine.launcher import EngineProcess
from bntui.wire.carrier import connect
from bntui.wire.viewer import greet
from tests.drill.stage import BTC
from tests.support.engine import memory_engine
from tests.support.exchange import MemoryExchange
from tests.support.programs import until

PATIENCE_S = 20.0


def wiring() -> Wiring:
    """The program, with an engine in memory."""
    real = drill_wiring(Settings(), {})
    return replace(
        real,
        build_engine=lambda attempts, clock: memory_engine(attempts.parent, clock, MemoryExchange()),
        socket=lambda folder: folder / "s",
    )


async def test_an_engine_in_this_loop_watches_and_serves_while_it_lasts(tmp_path: Path) -> None:
    made = wiring()
    async with local_engine(made, tmp_path, [BTC], SystemClock()) as engine:
        assert engine.store.watchlist == (BTC,)
        carrier = await connect(tmp_path / "s")
        welcome = await greet(carrier, made.hello, PATIENCE_S)
        assert (welcome.epoch, welcome.pid) == (engine.store.epoch, os.getpid())
        await carrier.close()
    assert not (tmp_path / "s").exists()


async def test_what_ends_an_engine_early_is_raised(tmp_path: Path) -> None:
    async def run_a_broken_one() -> None:
        async with local_engine(wiring(), tmp_path, [BTC], SystemClock()) as engine:
            vars(engine)["tick"] = lambda: 1 / 0
            await asyncio.sleep(PATIENCE_S)

    with pytest.raises(BaseExceptionGroup) as caught:
        await run_a_broken_one()
    assert caught.group_contains(ZeroDivisionError)


async def test_an_engine_process_is_gone_at_the_end(tmp_path: Path) -> None:
    sleeps = [sys.executable, "-c", "import time; time.sleep(60)"]
    process = EngineProcess(sleeps, tmp_path, tmp_path / "s", SystemClock())
    async with ended(process, 0.2):
        connecting = asyncio.create_task(process.connect())
        await until(lambda: vars(process)["_child"] is not None)
        child = vars(process)["_child"]
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
    assert child.returncode == -signal.SIGTERM


def test_only_the_wall_time_of_a_shifted_clock_jumps() -> None:
    inner = ManualClock(monotonic=5.0, wall_ms=1_000)
    clock = ShiftedClock(inner)
    clock.jump(5)
    assert (clock.monotonic(), clock.wall_ms()) == (5.0, 6_000)
    inner.advance(1)
    clock.jump(-5)
    assert (clock.monotonic(), clock.wall_ms()) == (6.0, 2_000)


ECHOES = "import sys\nfor line in iter(sys.stdin.readline, ''): print(line, flush=True, end='')"
"""Says what it is told."""


class Echo:
    """A process that answers whenever it is spoken to, while it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.pid = process.pid

    async def answers(self, within_s: float) -> bool:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        try:
            async with asyncio.timeout(within_s):
                await self.process.stdout.readline()
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def echo() -> AsyncIterator[Echo]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ECHOES, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        made = Echo(process)
        assert await made.answers(PATIENCE_S)
        yield made
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_process_is_stopped_goes_on_and_is_killed() -> None:
    control = ProcessControl()
    async with echo() as other:
        control.stop(other.pid)
        assert not await other.answers(0.1)
        control.go_on(other.pid)
        assert await other.answers(PATIENCE_S)
        control.kill(other.pid)
        assert await other.process.wait() == -signal.SIGKILL
        control.kill(other.pid)


async def test_nothing_is_left_stopped() -> None:
    control = ProcessControl()
    async with echo() as other:
        control.stop(other.pid)
        await control.release()
        assert await other.answers(PATIENCE_S)
        control.starve(other.pid, seconds=60, share=0.01, turn_s=60)
        await asyncio.sleep(0)
        await control.release()
        assert await other.answers(PATIENCE_S)


async def test_a_starved_process_runs_now_and_then() -> None:
    control = ProcessControl()
    async with echo() as other:
        control.starve(other.pid, seconds=0.4, share=0.5, turn_s=0.2)
        assert await other.answers(PATIENCE_S)
        await control.release()


def test_this_very_process_is_never_stopped() -> None:
    with pytest.raises(ValueError, match="no process of its own"):
        ProcessControl().stop(os.getpid())
