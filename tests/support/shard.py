"""One shard's shell, with a pool's stand-in as its owner, on an exchange in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson

from bntui.clock import ManualClock
from bntui.feed.core.facts import Granted, StateChanged, Wanted
from bntui.feed.core.failures import Failure
from bntui.feed.link import ShardLink
from bntui.model.events import Malformed, MarketEvent, UnknownEvent
from bntui.model.markets import Market
from bntui.model.states import ShardState
from bntui.model.views import ShardView
from bntui.venue.base import Venue
from tests.support.exchange import MemoryExchange, MemoryLink
from tests.support.feed import VENUE, always

TRADES = "btcusdt@trade"
QUOTES = "btcusdt@bookTicker"


class Owner:
    """Stands where the pool does: wants some streams, and notes what it is told."""

    def __init__(self) -> None:
        self.wants = {TRADES, QUOTES}
        self.tells_every_quote = False
        self.listed: set[str] = set()
        self.at_gate: list[str] = []
        self.outcomes: list[Failure | None] = []
        self.changes: list[StateChanged] = []
        self.brought: list[tuple[str, int]] = []
        self.gulps = 0
        self.odd: list[UnknownEvent | Malformed] = []
        self.taken: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.rotations: list[str] = []

    def ask_gate(self, shard: ShardLink) -> None:
        self.at_gate.append("asks")

    def leave_gate(self, shard: ShardLink) -> None:
        self.at_gate.append("leaves")

    def attempt_ended(self, shard: ShardLink, failure: Failure | None) -> None:
        self.outcomes.append(failure)

    def data(self, stream: str, events: Sequence[MarketEvent], now: float) -> bool:
        self.brought.append((stream, len(events)))
        return stream in self.wants

    def lists(self, symbol: str) -> bool:
        return symbol in self.listed

    def gulp_ended(self) -> None:
        self.gulps += 1

    def odd_frame(self, event: UnknownEvent | Malformed) -> None:
        self.odd.append(event)

    def state_changed(self, shard: ShardLink, change: StateChanged) -> None:
        self.changes.append(change)

    def acked(self, shard: ShardLink, names: tuple[str, ...]) -> None:
        self.taken += names

    def refused(self, shard: ShardLink, name: str, message: str) -> None:
        self.refusals.append((name, message))

    def rotate_due(self, shard: ShardLink, reason: str) -> None:
        self.rotations.append(reason)

    @property
    def states(self) -> list[ShardState]:
        return [change.state for change in self.changes]


class Rig:
    """A shard on an exchange in memory, on a clock that the test moves."""

    def __init__(
        self,
        exchange: MemoryExchange | None = None,
        url: str = "ws://exchange/stream",
        venue: Venue = VENUE,
    ) -> None:
        self.clock = ManualClock()
        self.exchange = exchange or MemoryExchange()
        self.owner = Owner()
        self.shard = ShardLink(7, url, "exchange", venue, self.exchange, self.clock, always(0.5), self.owner)

    def ask(self, *names: str) -> None:
        """Want streams, and let the shard through the gate."""
        self.shard.apply(Wanted(names or (TRADES,)))
        self.shard.apply(Granted())

    async def connect(self, *names: str) -> MemoryLink:
        """The open connection of a shard with these streams."""
        self.ask(*names)
        await settled()
        return self.exchange.links[-1]

    def view(self, clock_offset_ms: float | None = 0.0) -> ShardView:
        return self.shard.view(self.clock.monotonic(), Market.SPOT, 0, clock_offset_ms, None)


async def settled() -> None:
    """Let everything happen that needs no time."""
    for _ in range(5):
        await asyncio.sleep(0)


def trade(event_ms: int, stream: str = TRADES) -> bytes:
    """A trade that the exchange sent at this time."""
    data = {"e": "trade", "E": event_ms, "s": "BTCUSDT", "t": 1, "p": "1.50", "q": "2.0"}
    return orjson.dumps({"stream": stream, "data": {**data, "T": event_ms, "m": True, "M": True}})


def quote() -> bytes:
    data = {"u": 1, "s": "BTCUSDT", "b": "1.4", "B": "1", "a": "1.5", "A": "1"}
    return orjson.dumps({"stream": QUOTES, "data": data})
