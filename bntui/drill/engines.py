"""The engine that a drill works on: in this loop, or a process that can be stopped and killed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bntui.clock import Clock
from bntui.drill.caretaker import Caretaker
from bntui.engine.engine import Engine
from bntui.engine.launcher import EngineProcess
from bntui.model.markets import SymbolKey
from bntui.venue.limits import Limits
from bntui.wire.carrier import SocketListener
from bntui.wire.messages import Hello, Welcome
from bntui.wire.server import ViewerServer


class ShiftedClock:
    """A clock whose wall time can be made to jump, as a machine's does; its monotonic time never does."""

    def __init__(self, clock: Clock) -> None:
        """Like `clock`, until it is told to jump."""
        self._clock = clock
        self._ahead_ms = 0

    def jump(self, seconds: float) -> None:
        """Move the wall time."""
        self._ahead_ms += round(seconds * 1000)

    def monotonic(self) -> float:
        """Seconds that pass evenly."""
        return self._clock.monotonic()

    def wall_ms(self) -> int:
        """Epoch milliseconds as the machine has them now."""
        return self._clock.wall_ms() + self._ahead_ms


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the program is made of, for one set of addresses and limits; built by whoever sees all."""

    hello: Hello
    limits: Limits
    build_engine: Callable[[Path, Clock], Engine]
    """An engine in this process: where it counts connection attempts, and its clock."""
    command: Callable[[Path, Sequence[SymbolKey]], Sequence[str]]
    """The command line of an engine process with this state folder that watches these symbols."""
    socket: Callable[[Path], Path]
    """Where an engine with this state folder is spoken to."""


@asynccontextmanager
async def local_engine(
    wiring: Wiring, folder: Path, watch: Sequence[SymbolKey], clock: Clock
) -> AsyncIterator[Engine]:
    """An engine in this loop, with its socket. What ends it early is raised."""
    engine = wiring.build_engine(folder / "attempts.json", clock)
    listener = SocketListener(wiring.socket(folder))
    server = ViewerServer(
        engine.store,
        engine.tails,
        welcome=Welcome(
            wiring.hello.version, engine.store.epoch, os.getpid(), engine.store.started_ms, "drill"
        ),
        own=wiring.hello,
        handle_command=engine.handle,
        handle_focus=engine.opened.look,
        on_viewers=lambda count: None,
        clock=clock,
        pull_wait_s=wiring.limits.own_pull_wait_s,
        wanted=engine.beat.wanted,
    )
    try:
        engine.watch(watch)
        async with asyncio.TaskGroup() as tasks:
            running = (tasks.create_task(engine.run()), tasks.create_task(server.run(listener)))
            yield engine
            for task in running:
                task.cancel()
    finally:
        listener.close()


@asynccontextmanager
async def ended(process: EngineProcess, within_s: float) -> AsyncIterator[EngineProcess]:
    """An engine process that is started when it is looked for, and gone at the end."""
    try:
        yield process
    finally:
        await process.ended(within_s)


class ProcessControl:
    """Stops, starves and kills a process, and never leaves it stopped."""

    def __init__(self, caretaker: Caretaker | None = None) -> None:
        """Nothing was done to any. The caretaker is told what is stopped."""
        self._caretaker = caretaker or Caretaker()
        self._starving: asyncio.Task[None] | None = None
        self._stopped: set[int] = set()

    def stop(self, pid: int) -> None:
        """Stop it where it stands."""
        self._stopped.add(pid)
        self._caretaker.hold(pid)
        _send(pid, signal.SIGSTOP)

    def go_on(self, pid: int) -> None:
        """Let it go on."""
        self._stopped.discard(pid)
        _send(pid, signal.SIGCONT)
        self._caretaker.release(pid)

    def kill(self, pid: int) -> None:
        """End it at once."""
        _send(pid, signal.SIGKILL)

    def starve(self, pid: int, seconds: float, share: float, turn_s: float) -> None:
        """Let it run for only this share of each turn, for so long."""
        self._starving = asyncio.get_running_loop().create_task(self._starve(pid, seconds, share, turn_s))

    async def _starve(self, pid: int, seconds: float, share: float, turn_s: float) -> None:
        try:
            for _ in range(max(1, round(seconds / turn_s))):
                self.stop(pid)
                await asyncio.sleep(turn_s * (1 - share))
                self.go_on(pid)
                await asyncio.sleep(turn_s * share)
        finally:
            self.go_on(pid)

    async def release(self) -> None:
        """Let everything go on that was stopped."""
        if self._starving is not None:
            self._starving.cancel()
            with suppress(asyncio.CancelledError):
                await self._starving
        for pid in list(self._stopped):
            self.go_on(pid)


def _send(pid: int, number: signal.Signals) -> None:
    """A signal to a process of ours; never to this one, and it may be gone."""
    if pid == os.getpid():
        raise ValueError("the engine is no process of its own")
    with suppress(ProcessLookupError):
        os.kill(pid, number)
