"""An engine in memory with its seam, for tests of what looks at one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bntui.clock import SystemClock
from bntui.drill.tailing import Meeting
from bntui.errors import ConnectError
from bntui.model.events import Quote, Trade
from bntui.model.markets import Market, Side
from bntui.model.status import Event, Gap, LinkChanged
from bntui.wire.carrier import Carrier, memory_pair
from bntui.wire.messages import Hello, Welcome
from bntui.wire.server import ViewerServer
from tests.support.engine import key, memory_engine
from tests.support.exchange import MemoryExchange

HELLO = Hello("0.1", "f1", "drill")
BTC = key("BTCUSDT")


def trade(trade_id: int, *, refilled: bool = False) -> Trade:
    return Trade(BTC, trade_id, "1.0", "2.0", Side.BUY, 0, 0, 0, 0.0, refilled)


def quote(update_id: int) -> Quote:
    return Quote(BTC, "1.0", "5", "1.1", "6", update_id, None, 0, 0.0)


def gap(first: int, last: int, *, repaired: bool = False, interval: str = "") -> Gap:
    return Gap(BTC, first, last, "lost", repaired, 0, 0.0, interval)


def link(state: str) -> LinkChanged:
    return LinkChanged(1, state, "", None, 3, 0, 0.0, Market.SPOT)


class Stage:
    """An engine whose feed a test speaks for, and its viewers."""

    def __init__(self, folder: Path, tasks: asyncio.TaskGroup) -> None:
        self.clock = SystemClock()
        self.engine = memory_engine(folder, self.clock, MemoryExchange())
        self.refuses = False
        self.carriers: list[Carrier] = []
        self._tasks = tasks
        self._server = ViewerServer(
            self.engine.store,
            self.engine.tails,
            welcome=Welcome("0.1", self.engine.store.epoch, 4711, 0, "drill"),
            own=HELLO,
            handle_command=self.engine.handle,
            handle_focus=self.engine.opened.look,
            on_viewers=lambda count: None,
            clock=self.clock,
            pull_wait_s=0.05,
        )
        self.meeting = Meeting(self.reach, HELLO, 2.0)

    async def reach(self) -> Carrier:
        """A conversation with the engine."""
        if self.refuses:
            raise ConnectError("no engine")
        ours, its = memory_pair()
        self.carriers.append(its)
        self._tasks.create_task(self._server.serve(its))
        return ours

    def say(self, *events: Event) -> None:
        """The feed brings something."""
        self.engine.take(events)

    @property
    def readers(self) -> int:
        """Tails that are read now."""
        return len(vars(self.engine.tails)["_rings"])

    async def hang_up(self) -> None:
        """End every conversation from the engine's side."""
        carriers, self.carriers = self.carriers, []
        for carrier in carriers:
            await carrier.close()


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """An engine that watches BTCUSDT."""
    async with asyncio.TaskGroup() as tasks:
        made = Stage(folder, tasks)
        made.engine.watch([BTC])
        try:
            yield made
        finally:
            await made.hang_up()
