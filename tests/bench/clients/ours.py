"""bntui's whole way of a message: socket, link, decoder, merge, books, store; no screen looks at it.

Ways: `websockets` or `fast`, the sockets of asyncio or of aiofastnet; with `+every` behind either, each quote
is decoded, as for `bntui tail`; with `+profile` at the end, a profile of the run is written to stderr.
"""

from __future__ import annotations

import asyncio
import cProfile
import os
import pstats
import random
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aiofastnet import create_connection, start_tls

from bntui.clock import Clock, SystemClock
from bntui.config import Settings
from bntui.engine.engine import Engine, Sink
from bntui.engine.memory import tune_collector
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.core.failures import Failure
from bntui.feed.feed import Feed, Wish
from bntui.feed.opening import Sockets
from bntui.feed.runs import Run
from bntui.feed.transport import Link, Receiver, Transport, WebsocketsTransport
from bntui.model.events import Trade
from bntui.model.markets import Market, SymbolKey
from bntui.model.status import Event
from bntui.venue.base import Venue
from bntui.venue.limits import Limits
from bntui.world import world
from tests.bench.clients.counting import Asked, Count, asked

WAYS: dict[str, Callable[[Limits, Clock], Transport]] = {
    "websockets": WebsocketsTransport,
    "fast": lambda limits, clock: WebsocketsTransport(
        limits, clock, sockets=Sockets(create_connection, start_tls)
    ),
}

ENOUGH_ATTEMPTS = 1_000
WINDOW_MS = 300_000


class Counted:
    """A receiver that counts messages and hands everything on."""

    def __init__(self, inner: Receiver, count: Count) -> None:
        self._take, self._flood, self._count = inner.frames, inner.flood, count
        self.binary, self.pinged, self.ponged = inner.binary, inner.pinged, inner.ponged
        self.lost = inner.lost

    def frames(self, frames: list[bytes]) -> None:
        """One gulp."""
        self._count.messages += len(frames)
        self._take(frames)

    def flood(self, run: Run) -> None:
        """Of a gulp, what one read brought."""
        self._count.messages += len(run)
        self._flood(run)


class CountingTransport:
    """A transport whose messages are counted."""

    def __init__(self, inner: Transport, count: Count) -> None:
        self._inner = inner
        self._count = count

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """An open connection, or why there is none."""
        return await self._inner.open(url, Counted(receiver, self._count))


class CountingEngine(Engine):
    """An engine that counts the trades that it takes."""

    count = Count()

    def take(self, events: Sequence[Event]) -> None:
        """Count, and take everything."""
        self.count.trades += sum(type(event) is Trade for event in events)
        super().take(events)


def build(wanted: Asked, folder: Path, count: Count) -> CountingEngine:
    """An engine on the bench's stream source."""
    spot = Market.SPOT
    settings = Settings(rest_urls={spot: wanted.rest}, stream_urls={spot: wanted.streams})
    the_world, clock = world(settings, "bench"), SystemClock()

    def make_feed(sink: Sink) -> Feed:
        attempts = AttemptsFile(folder / "attempts.json", AttemptLimit(ENOUGH_ATTEMPTS, WINDOW_MS), clock)
        make = WAYS[wanted.way.partition("+")[0]]

        def counting(venue: Venue) -> Transport:
            return CountingTransport(make(venue.limits, clock), count)

        return Feed(the_world.markets, counting, attempts, clock, random.Random(1), sink)

    return CountingEngine(make_feed, the_world.limits, clock, "bench")


async def run(wanted: Asked, count: Count) -> None:
    """Take everything in until told to end."""
    with TemporaryDirectory(prefix="bntui-bench-") as folder:
        engine = build(wanted, Path(folder), count)
        engine.count = count
        keys = [SymbolKey(Market.SPOT, symbol) for symbol in wanted.symbols]
        venue = engine.feed.market(Market.SPOT).venue
        engine.store.set_watchlist(keys)
        for kind in wanted.kinds:
            spec = venue.parse_stream(f"{wanted.symbols[0].lower()}@{kind}")
            engine.feed.want(keys, [Wish(spec.kind, spec.interval, spec.speed)])
        engine.feed.tell_every_quote("+every" in wanted.way)
        tune_collector()
        await engine.run()


def main() -> None:
    """Take everything in until told to end."""
    wanted, count = asked(), Count()
    count.told_at_the_end()
    if not wanted.way.endswith("+profile"):
        asyncio.run(run(wanted, count))
        return
    profile = cProfile.Profile()

    def tell(*_: object) -> None:
        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
        sys.stderr.flush()
        os._exit(0)

    signal.signal(signal.SIGTERM, tell)
    profile.enable()
    asyncio.run(run(wanted, count))


if __name__ == "__main__":
    main()
