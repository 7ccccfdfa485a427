"""A server with all that it serves, and viewers that a test speaks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from bntui.clock import ManualClock
from bntui.engine.tail import Tails
from bntui.errors import UsageError
from bntui.model.markets import Market, StreamKey
from bntui.model.panels import Focus
from bntui.model.status import Event
from bntui.store.store import Store
from bntui.wire.carrier import Carrier, MemoryCarrier, memory_pair
from bntui.wire.messages import (
    Command,
    Delta,
    Hello,
    Message,
    Pull,
    TailLines,
    Unwatch,
    Watch,
    Welcome,
)
from bntui.wire.server import ViewerServer
from tests.model.build import BTC, T0_MS

T = TypeVar("T")

HELLO = Hello("0.1", "f1", "binance main")
WELCOME = Welcome("0.1", "e1", 4711, T0_MS, "binance main")


async def soon(wanted: Awaitable[T]) -> T:
    async with asyncio.timeout(20):
        return await wanted


class Engine:
    """A server with all that it serves, and what it was told."""

    def __init__(self, pull_wait_s: float) -> None:
        self.asked_ages: list[int] = []
        self.store = Store("e1", T0_MS, self.ages)
        self.store.set_watchlist([BTC])
        self.tails = Tails()
        self.clock = ManualClock()
        self.commands: list[Command] = []
        self.looks: list[tuple[int, Focus | None]] = []
        self.viewers: list[int] = []
        self.ended = asyncio.Event()
        self.server = ViewerServer(
            self.store,
            self.tails,
            welcome=WELCOME,
            own=HELLO,
            handle_command=self.handle,
            handle_focus=self.look,
            on_viewers=self.count,
            clock=self.clock,
            pull_wait_s=pull_wait_s,
            wanted=self.read,
        )
        self.unread: list[Event] = []
        """What waits in the exchange's connections."""

    def read(self) -> None:
        """It comes when the loop looks at them next."""
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._apply_unread)

    def _apply_unread(self) -> None:
        unread, self.unread = self.unread, []
        self.store.apply(unread)

    def ages(self, shard: int) -> list[tuple[StreamKey, float]]:
        self.asked_ages.append(shard)
        return [(StreamKey(Market.SPOT, "btcusdt@trade"), 1.5)]

    def handle(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(command, Watch):
            raise UsageError("no such symbol: NOPE", "Did you mean NOPEUSDT?")
        if isinstance(command, Unwatch):
            raise RuntimeError("a fault")

    def look(self, viewer: int, focus: Focus | None) -> Focus | None:
        self.looks.append((viewer, focus))
        return focus

    def count(self, viewers: int) -> None:
        self.viewers.append(viewers)
        if not viewers:
            self.ended.set()


class Viewer:
    """The other end of a conversation."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    async def say(self, *messages: Message) -> None:
        for message in messages:
            await soon(self.carrier.send(message))

    async def hear(self) -> Message | None:
        return await soon(self.carrier.receive())

    async def hear_delta(self) -> Delta:
        answer = await self.hear()
        assert isinstance(answer, Delta), answer
        return answer

    async def hear_lines(self) -> TailLines:
        answer = await self.hear()
        assert isinstance(answer, TailLines), answer
        return answer

    async def pull(self, seq: int = 0, focus: int | None = None) -> Delta:
        await self.say(Pull(seq, "e1", focus))
        return await self.hear_delta()

    async def hears_nothing(self) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self.carrier.receive(), 0.05)


class MemoryListener:
    """Viewers that come when a test says so."""

    def __init__(self) -> None:
        self.coming: asyncio.Queue[Carrier | OSError] = asyncio.Queue()

    async def accept(self) -> Carrier:
        comer = await self.coming.get()
        if isinstance(comer, OSError):
            raise comer
        return comer


@asynccontextmanager
async def running(
    pull_wait_s: float = 30.0,
) -> AsyncIterator[tuple[Engine, Callable[[], Awaitable[Viewer]], MemoryListener]]:
    """An engine, and a way to come to it as a viewer that is not yet known."""
    engine = Engine(pull_wait_s)
    listener = MemoryListener()
    comers: list[MemoryCarrier] = []

    async def come() -> Viewer:
        here, there = memory_pair()
        comers.append(here)
        listener.coming.put_nowait(there)
        return Viewer(here)

    serving = asyncio.create_task(engine.server.run(listener))
    try:
        yield engine, come, listener
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        assert serving.cancelled()
        for carrier in comers:
            await carrier.close()


async def greeted(come: Callable[[], Awaitable[Viewer]]) -> Viewer:
    viewer = await come()
    await viewer.say(HELLO)
    assert await viewer.hear() == WELCOME
    return viewer
