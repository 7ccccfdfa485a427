"""The local books of a market: opened and closed with their streams, told in order, fetched within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import httpx
import orjson

from bntui.clock import ManualClock
from bntui.feed.books import LOST_LINKS, NO_WEIGHT, Books
from bntui.feed.core.budget import WeightBudget
from bntui.feed.rest import RestClient
from bntui.model.events import DepthDiff, PartialDepth, PriceLevel, Quote
from bntui.model.markets import Market, StreamKey, SymbolKey
from bntui.model.states import BookState, ShardState, StreamState
from bntui.model.status import BookApplied, BookStatusChanged, Event, LinkChanged, StreamChanged
from bntui.model.views import StreamView
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from tests.model.build import BTC, ETH, quote
from tests.support.feed import always

FAST, SLOW, PARTIAL = "btcusdt@depth@100ms", "btcusdt@depth", "btcusdt@depth20@100ms"
ETH_FAST = "ethusdt@depth@100ms"

LIMITS = SPOT.override({"own_book_grace_s": 0.0, "own_book_backoff_base_s": 0.0})
"""What is due is due at once, so that no test waits."""

PATIENCE_S = 5.0


def diff(first: int, last: int, key: SymbolKey = BTC, bids: tuple[PriceLevel, ...] = ()) -> DepthDiff:
    return DepthDiff(key, first, last, None, bids, (), 500 + last, 600 + last, 1.0)


def stream(name: str, state: StreamState, reason: str = "", shard: int = 1) -> StreamChanged:
    view = StreamView(Market.SPOT, name, shard, state, reason, 0.0, None, None)
    return StreamChanged(StreamKey(Market.SPOT, name), view)


def link(shard: int, state: ShardState, reason: str = "cut") -> LinkChanged:
    return LinkChanged(shard, state, reason, 1006, 3, 0, 2.0, Market.SPOT)


class World:
    """Books whose exchange answers as it is told to."""

    def __init__(self, requests: int = 2) -> None:
        self.calls: list[Event] = []
        self.gulps: list[list[Event]] = []
        self.asked: list[tuple[str, int]] = []
        self.update_id = 100
        self.answers = asyncio.Event()
        self.answers.set()
        self.most_at_once = self.at_once = 0
        self.status = 200
        self.changed = asyncio.Event()
        venue = spot(LIMITS)
        self.weight = WeightBudget(6_000, 60.0, 0.2, 0.5)
        clock = ManualClock()
        rest = RestClient("http://exchange", venue, self.weight, clock, httpx.MockTransport(self._answer))
        self.clock = clock
        self.books = Books(venue, rest, clock, always(0.0), self._sink, asyncio.Semaphore(requests))

    def _sink(self, events: Sequence[Event]) -> None:
        self.gulps.append(list(events))
        self.changed.set()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.params["symbol"], int(request.url.params["limit"])))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.changed.set()
        await self.answers.wait()
        self.at_once -= 1
        levels = {"bids": [["9.0", "1.0"], ["8.0", "2.0"]], "asks": [["11.0", "1.0"]]}
        body = orjson.dumps({"lastUpdateId": self.update_id, **levels})
        return httpx.Response(self.status, content=body if self.status == 200 else b"{}")

    @property
    def said(self) -> list[Event]:
        return [event for gulp in self.gulps for event in gulp]

    def states(self, key: SymbolKey = BTC) -> list[tuple[str, str] | None]:
        """Every change of trust that was told."""
        return [
            (e.view.state, e.view.reason) if e.view else None
            for e in self.said
            if isinstance(e, BookStatusChanged) and e.key == key
        ]

    def state(self, key: SymbolKey = BTC) -> BookState | None:
        book = self.books.book(key)
        return book.state if book else None

    async def until(self, holds: object) -> None:
        assert callable(holds)
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self.changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await self.changed.wait()

    def subscribe(self, *names: str) -> None:
        self.books.want(names)
        self.books.take([stream(name, StreamState.ACKED) for name in names])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.books.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def synced(self) -> None:
        """Subscribe and wait until the book is good."""
        self.subscribe(FAST)
        self.books.take([diff(99, 101)])
        await self.until(lambda: self.state() is BookState.SYNCED)


# Which books there are


def test_a_book_is_kept_while_its_stream_is_wanted() -> None:
    world = World()
    assert world.books.book(BTC) is None
    world.books.want(["btcusdt@trade", FAST])
    assert world.state() is BookState.SYNCING
    world.books.unwant([FAST])
    assert world.books.book(BTC) is None
    assert world.states() == [("syncing", "waits for its first update"), None]


def test_a_book_is_fed_by_diffs_where_there_are_any_and_else_by_the_best_levels() -> None:
    world = World()
    world.books.want([PARTIAL])
    partial = world.books.book(BTC)
    assert partial is not None
    assert partial.partial
    world.books.want([SLOW])
    slow = world.books.book(BTC)
    assert slow is not None
    assert not slow.partial
    world.books.want([FAST])
    assert world.books.book(BTC) is slow
    world.books.unwant([FAST, SLOW])
    again = world.books.book(BTC)
    assert again is not None
    assert again.partial


# What is told


def test_without_books_everything_passes_as_it_is() -> None:
    world = World()
    events: list[Event] = [quote(), diff(1, 2)]
    world.books.take(events)
    assert world.gulps == [events]


def test_each_update_is_followed_by_its_book_in_the_same_call() -> None:
    world = World()
    world.subscribe(FAST, ETH_FAST)
    world.gulps.clear()
    first, second = diff(1, 2), diff(1, 2, ETH)
    world.books.take([first, quote(), second])
    (gulp,) = world.gulps
    assert [type(e) for e in gulp] == [DepthDiff, BookApplied, Quote, DepthDiff, BookApplied]
    applied = gulp[1]
    assert isinstance(applied, BookApplied)
    assert (applied.key, applied.state, applied.update_id) == (BTC, BookState.SYNCING, None)
    assert (applied.time_ms, applied.received_ms, applied.at) == (502, 602, 1.0)


async def test_a_synced_book_tells_as_many_levels_as_are_wanted() -> None:
    world = World()
    async with world.running():
        await world.synced()
    for levels, bids in ((0, ()), (1, (("9.5", "4.0"),)), (2, (("9.5", "4.0"), ("9.0", "1.0")))):
        world.books.levels_told = levels
        number = 102 + levels
        world.books.take([diff(number, number, bids=(("9.5", "4.0"),))])
        applied = next(e for e in reversed(world.said) if isinstance(e, BookApplied))
        assert (applied.state, applied.update_id, applied.reason) == (BookState.SYNCED, number, "")
        assert applied.bids == bids


def test_an_update_that_says_nothing_new_is_passed_on_alone() -> None:
    world = World()
    world.books.want([PARTIAL])
    depth = PartialDepth(BTC, 5, (("9.0", "1"),), (("11.0", "1"),), None, 0, 1.0)
    world.books.take([depth])
    world.gulps.clear()
    world.books.take([depth])
    assert world.gulps == [[depth]]


async def test_a_hole_is_told_behind_the_update_that_shows_it_and_mended() -> None:
    world = World()
    async with world.running():
        await world.synced()
        world.gulps.clear()
        world.update_id = 110
        world.books.take([diff(105, 108)])
        assert [type(e) for e in world.gulps[0]] == [DepthDiff, BookApplied, BookStatusChanged]
        applied = world.gulps[0][1]
        assert isinstance(applied, BookApplied)
        assert (applied.state, applied.reason) == (BookState.UNTRUSTED, "3 updates missing")
        await world.until(lambda: world.state() is BookState.SYNCED)
    assert world.states() == [
        ("untrusted", "3 updates missing"),
        ("resync", "3 updates missing"),
        ("synced", ""),
    ]
    status = next(e for e in reversed(world.said) if isinstance(e, BookStatusChanged))
    assert status.view is not None
    assert (status.view.resyncs, status.view.update_id) == (1, 110)


# Streams and connections


async def test_a_lost_connection_makes_its_books_doubtful_at_once() -> None:
    world = World()
    async with world.running():
        await world.synced()
    world.books.take([link(2, ShardState.WAITING)])
    assert world.state() is BookState.SYNCED
    world.books.take([link(1, ShardState.WAITING)])
    assert world.states()[-1] == ("untrusted", "shard 1: cut")
    world.books.take([diff(102, 103)])
    assert world.state() is BookState.SYNCED


async def test_a_planned_end_of_a_connection_changes_nothing() -> None:
    world = World()
    async with world.running():
        await world.synced()
    for state in ShardState:
        if state not in LOST_LINKS:
            world.books.take([link(1, state)])
    world.books.take([link(1, ShardState.GATED, reason="")])
    assert world.state() is BookState.SYNCED


async def test_a_stale_stream_makes_its_book_doubtful() -> None:
    world = World()
    async with world.running():
        await world.synced()
    world.books.take([stream(FAST, StreamState.STALE, "bookTicker shows id 9")])
    assert world.states()[-1] == ("untrusted", "bookTicker shows id 9")


async def test_a_stream_that_took_over_is_watched_from_where_it_stands() -> None:
    world = World()
    async with world.running():
        await world.synced()
        world.subscribe(SLOW)
        world.books.take([stream(SLOW, StreamState.LIVE, shard=2)])
        world.books.unwant([FAST])
        assert world.state() is BookState.SYNCED
        world.books.take([link(1, ShardState.WAITING)])
        assert world.state() is BookState.SYNCED
        world.books.take([link(2, ShardState.WAITING)])
    assert world.state() is BookState.UNTRUSTED


# Snapshots


async def test_so_many_snapshots_are_asked_for_at_a_time_and_no_more() -> None:
    world = World(requests=2)
    world.answers.clear()
    symbols = [f"COIN{n}USDT" for n in range(6)]
    keys = [SymbolKey(Market.SPOT, symbol) for symbol in symbols]
    async with world.running():
        world.subscribe(*(f"{symbol.lower()}@depth@100ms" for symbol in symbols))
        world.books.take([diff(99, 101, key) for key in keys])
        await world.until(lambda: len(world.asked) == 2)
        world.answers.set()
        await world.until(lambda: all(world.state(key) is BookState.SYNCED for key in keys))
    assert world.most_at_once == 2
    assert sorted(world.asked) == [(symbol, 1_000) for symbol in symbols]


async def test_a_small_budget_buys_a_small_snapshot_and_none_is_said() -> None:
    world = World()
    assert world.weight.take(940, world.clock.wall_ms(), optional=True)
    async with world.running():
        await world.synced()
        assert world.asked == [("BTCUSDT", 100)]
        assert world.weight.take(20, world.clock.wall_ms(), optional=True)
        world.subscribe(ETH_FAST)
        world.books.take([diff(99, 101, ETH)])
        await world.until(lambda: bool(world.states(ETH)) and NO_WEIGHT in str(world.states(ETH)[-1]))
    assert world.asked == [("BTCUSDT", 100)]
    assert world.states(ETH)[-1] == ("syncing", f"waits for its first snapshot; {NO_WEIGHT}")


async def test_a_failure_of_rest_is_told_and_waited_out() -> None:
    world = World()
    world.status = 503
    async with world.running():
        world.subscribe(FAST)
        world.books.take([diff(99, 101)])
        await world.until(lambda: "503" in str(world.states()[-1]))
    assert len(world.asked) == 1
    book = world.books.book(BTC)
    assert book is not None
    assert book.state is BookState.SYNCING


async def test_a_snapshot_for_a_book_that_was_closed_meanwhile_is_of_no_use() -> None:
    world = World()
    world.answers.clear()
    async with world.running():
        world.subscribe(FAST)
        world.books.take([diff(99, 101)])
        await world.until(lambda: bool(world.asked))
        world.books.unwant([FAST])
        world.gulps.clear()
        world.answers.set()
        await world.until(lambda: world.at_once == 0)
        await asyncio.sleep(0)
    assert world.gulps == []
    assert world.books.book(BTC) is None
