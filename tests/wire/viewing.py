"""A viewer's link, and engines that a test plays message by message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from bntui.clock import SystemClock
from bntui.wire.carrier import Carrier, MemoryCarrier, memory_pair
from bntui.wire.messages import (
    Delta,
    Hello,
    Message,
    Pull,
    Welcome,
)
from bntui.wire.mirror import LinkState, Mirror
from bntui.wire.viewer import ViewerLink
from tests.model.build import T0_MS

T = TypeVar("T")

HELLO = Hello("0.1", "f1", "binance main")
SILENCE_S = 0.25


async def soon(wanted: Awaitable[T]) -> T:
    async with asyncio.timeout(20):
        return await wanted


class WatchedMirror(Mirror):
    """A mirror that a test can wait on."""

    def __init__(self, silence_s: float) -> None:
        super().__init__(silence_s)
        self.changed = asyncio.Event()

    def apply(self, delta: Delta, at: float) -> None:
        super().apply(delta, at)
        self.changed.set()

    def silent(self, reason: str) -> None:
        super().silent(reason)
        self.changed.set()

    def lost(self, reason: str) -> None:
        super().lost(reason)
        self.changed.set()

    async def until(self, holds: Callable[[Mirror], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds(self):
                self.changed.clear()
                await self.changed.wait()

    async def until_link(self, state: LinkState) -> None:
        await self.until(lambda mirror: mirror.link is state)


class Engines:
    """Hands the link one end of a conversation, and the test the other."""

    def __init__(self) -> None:
        self.reached: asyncio.Queue[MemoryCarrier] = asyncio.Queue()
        self.failures: list[Exception] = []
        self.attempts = 0

    async def connect(self) -> Carrier:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        here, there = memory_pair()
        self.reached.put_nowait(there)
        return here


class Engine:
    """An engine played by the test, message by message."""

    def __init__(self, carrier: MemoryCarrier, epoch: str) -> None:
        self.carrier = carrier
        self.epoch = epoch
        self.seq = 0

    async def hear(self) -> Message | None:
        return await soon(self.carrier.receive())

    async def hear_pull(self) -> Pull:
        message = await self.hear()
        assert isinstance(message, Pull), message
        return message

    async def welcome(self) -> None:
        assert await self.hear() == HELLO
        await self.carrier.send(Welcome("0.1", self.epoch, 1, T0_MS, "demo"))

    async def answer(self, full: bool = False) -> None:
        self.seq += 1
        await self.carrier.send(Delta(self.epoch, self.seq, full, 100.0, T0_MS))


@asynccontextmanager
async def linked(
    silence_s: float = 30.0, pull_interval_s: float = 0.0
) -> AsyncIterator[tuple[ViewerLink, WatchedMirror, Engines, asyncio.Task[None]]]:
    engines = Engines()
    mirror = WatchedMirror(silence_s)
    link = ViewerLink(
        engines.connect,
        mirror,
        SystemClock(),
        HELLO,
        pull_interval_s=pull_interval_s,
        silence_s=silence_s,
        retry_first_s=0.001,
    )
    running = asyncio.create_task(link.run())
    try:
        yield link, mirror, engines, running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def met(engines: Engines, epoch: str = "e1") -> Engine:
    """An engine that welcomed the viewer and told it everything."""
    engine = Engine(await soon(engines.reached.get()), epoch)
    await engine.welcome()
    await engine.hear_pull()
    await engine.answer(full=True)
    return engine
