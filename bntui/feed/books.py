"""The local books of one market: one for each symbol whose depth stream is wanted.

What the feed says passes through here. Behind each update of a book follows how that book stands then, in
the same call, so that nobody ever reads a book that is newer or older than what he was told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.core.backoff import Uniform
from bntui.feed.core.book import LocalBook
from bntui.feed.core.failures import rest_least_wait_s
from bntui.feed.core.keptbook import PartialBook
from bntui.feed.rest import RestClient
from bntui.model.events import DepthDiff, PartialDepth
from bntui.model.markets import StreamKind, SymbolKey
from bntui.model.states import BookState, ShardState, StreamState
from bntui.model.status import BookApplied, BookStatusChanged, Event, LinkChanged, StreamChanged
from bntui.model.views import StreamView
from bntui.venue.base import RestCall, StreamSpec, Venue

log = logging.getLogger(__name__)

BOOK_KINDS = frozenset({StreamKind.DEPTH, StreamKind.PARTIAL_DEPTH})

LOST_LINKS = frozenset({ShardState.WAITING, ShardState.GATED, ShardState.FAILED})

WHOLE_SHARE = 0.5
"""Whole snapshots take this part of our weight at most; many books at once get smaller ones."""

OWN_SHARE = 0.8
"""Those take this part; the rest is kept for what proves that streams flow."""

FEWER_LEVELS = 10
"""A smaller snapshot has so many times fewer levels."""

PUT_OFF_S = 2.0
"""How soon the budget is looked at again when it allows no snapshot."""

LONGEST_NAP_S = 1.0

NO_WEIGHT = "waits for request weight"

Book = LocalBook | PartialBook

_LOOKED_AT = frozenset({DepthDiff, PartialDepth, StreamChanged, LinkChanged})
"""Types of events that mean something for a book; all others pass at the cost of one look."""


class Books:
    """Every book of a market. Bounded by the depth streams that are wanted."""

    def __init__(
        self,
        venue: Venue,
        rest: RestClient,
        clock: Clock,
        uniform: Uniform,
        sink: Callable[[Sequence[Event]], None],
        requests: asyncio.Semaphore,
    ) -> None:
        """No book. `requests` is shared by all markets: so many snapshots are asked for at a time."""
        self._venue = venue
        self._rest = rest
        self._clock = clock
        self._uniform = uniform
        self._sink = sink
        self._requests = requests
        self._wake = asyncio.Event()
        self._books: dict[SymbolKey, Book] = {}
        self._streams: dict[SymbolKey, dict[str, StreamSpec]] = {}
        """Wanted depth streams, by symbol and name."""
        self._followed: dict[str, SymbolKey] = {}
        """The stream that says how a book's updates flow, and whose it is."""
        self._views: dict[str, StreamView] = {}
        """How each depth stream stands, as far as it was told."""
        self._told: dict[SymbolKey, tuple[BookState, str, int]] = {}
        self.levels_told = 0
        """Levels of each side that a BookApplied carries."""

    @property
    def symbols(self) -> list[str]:
        """Whose books are kept: the symbols that somebody has open."""
        return [key.symbol for key in self._books]

    # What is wanted

    def want(self, names: Iterable[str]) -> None:
        """Keep a book for each of these streams that is one of a book."""
        self._change(names, wanted=True)

    def unwant(self, names: Iterable[str]) -> None:
        """Close those that no other stream feeds."""
        self._change(names, wanted=False)

    def _change(self, names: Iterable[str], *, wanted: bool) -> None:
        events: list[Event] = []
        for name in names:
            spec = self._venue.parse_stream(name)
            if spec.kind not in BOOK_KINDS:
                continue
            key = SymbolKey(self._venue.market, spec.symbol)
            streams = self._streams.setdefault(key, {})
            if wanted:
                streams[name] = spec
            else:
                streams.pop(name, None)
                self._views.pop(name, None)
            events += self._follow(key, streams)
        if events:
            self._sink(events)

    def _follow(self, key: SymbolKey, streams: dict[str, StreamSpec]) -> list[Event]:
        """Let the best stream there is say how the book stands."""
        for name in [name for name, whose in self._followed.items() if whose == key]:
            del self._followed[name]
        if not streams:
            del self._streams[key]
            self._told.pop(key, None)
            return [BookStatusChanged(key, None)] if self._books.pop(key, None) else []
        name, spec = min(streams.items(), key=lambda each: _preference(each[1]))
        self._followed[name] = key
        partial = spec.kind is StreamKind.PARTIAL_DEPTH
        book = self._books.get(key)
        if book is None or book.partial is not partial:
            self._books[key] = self._open(key, partial=partial)
            self._told.pop(key, None)
        if (view := self._views.get(name)) is not None:
            self._judge(self._books[key], view)
        return self._status(key, self._books[key])

    def _open(self, key: SymbolKey, *, partial: bool) -> Book:
        now = self._clock.monotonic()
        if partial:
            return PartialBook(key, now)
        return LocalBook(key, self._venue.book_rule, self._venue.limits, self._uniform, now)

    def book(self, key: SymbolKey) -> Book | None:
        """The book of a symbol, to be read at once; None where none is kept."""
        return self._books.get(key)

    # What the feed says

    def take(self, events: Sequence[Event]) -> None:
        """Pass events on, with what they mean for the books behind each."""
        if not self._books:
            self._sink(events)
            return
        out: list[Event] = []
        for event in events:
            out.append(event)
            if type(event) not in _LOOKED_AT:
                continue
            match event:
                case DepthDiff() | PartialDepth():
                    out += self._update(event)
                case StreamChanged():
                    out += self._stream(event)
                case LinkChanged():
                    out += self._link(event)
                case _:
                    pass
        self._sink(out)

    def _update(self, event: DepthDiff | PartialDepth) -> list[Event]:
        book = self._books.get(event.key)
        match book, event:
            case LocalBook(), DepthDiff():
                applied = book.offer(event, event.at)
                if book.deadline() is not None:
                    self._wake.set()
            case PartialBook(), PartialDepth():
                applied = book.offer(event, event.at)
            case _:
                return []
        said: list[Event] = []
        if applied:
            top = book.top(self.levels_told)
            said.append(
                BookApplied(
                    event.key,
                    book.update_id,
                    book.state,
                    book.reason,
                    top.bids,
                    top.asks,
                    event.time_ms,
                    event.received_ms,
                    event.at,
                )
            )
        return said + self._status(event.key, book)

    def _stream(self, event: StreamChanged) -> list[Event]:
        name, view = event.key.name, event.view
        if view is None or view.market is not self._venue.market:
            return []
        spec = self._venue.parse_stream(name)
        if spec.kind not in BOOK_KINDS:
            return []
        self._views[name] = view
        if (key := self._followed.get(name)) is None:
            return []
        self._judge(self._books[key], view)
        return self._status(key, self._books[key])

    def _judge(self, book: Book, view: StreamView) -> None:
        """A stream that stopped makes its book doubtful; one that is subscribed lets it be built."""
        now = self._clock.monotonic()
        match view.state:
            case StreamState.STALE | StreamState.BLIND:
                book.lost(view.reason or f"its stream is {view.state}", now)
            case StreamState.ACKED | StreamState.LIVE | StreamState.QUIET:
                book.flows(now, live=view.state is StreamState.LIVE)
                self._wake.set()
            case StreamState.WANTED:
                pass

    def _link(self, event: LinkChanged) -> list[Event]:
        """A connection that is gone takes its books along at once, before anybody judges its streams."""
        said: list[Event] = []
        if event.market is not self._venue.market or event.state not in LOST_LINKS or not event.reason:
            return said
        for name, key in self._followed.items():
            view = self._views.get(name)
            if view is not None and view.shard == event.shard:
                self._books[key].lost(f"shard {event.shard}: {event.reason}", event.at)
                said += self._status(key, self._books[key])
        return said

    def _status(self, key: SymbolKey, book: Book) -> list[Event]:
        """The change of trust, if there is one that was not told."""
        now = (book.state, book.reason, book.resyncs)
        before = self._told.get(key)
        if now == before:
            return []
        self._told[key] = now
        if book.state is not BookState.SYNCED and before is not None and before[0] is not book.state:
            log.warning("book of %s: %s: %s", key.label, book.state, book.reason)
        return [BookStatusChanged(key, book.status())]

    # Snapshots

    async def run(self) -> None:
        """Ask for the snapshots that are due, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                due = self._most_urgent()
                if due is None:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._nap_s()):
                            await self._wake.wait()
                    continue
                await self._requests.acquire()
                # What was due may have healed meanwhile, or another may be more urgent.
                due = self._most_urgent()
                if due is None:
                    self._requests.release()
                else:
                    self._begin(due, tasks)

    def _most_urgent(self) -> LocalBook | None:
        now = self._clock.monotonic()
        due = [b for b in self._books.values() if isinstance(b, LocalBook) and b.wants_snapshot(now)]
        return min(due, key=lambda book: book.deadline() or now, default=None)

    def _nap_s(self) -> float:
        now = self._clock.monotonic()
        deadlines = [b.deadline() for b in self._books.values() if isinstance(b, LocalBook)]
        return min([LONGEST_NAP_S, *(max(0.0, at - now) for at in deadlines if at is not None)])

    def _begin(self, book: LocalBook, tasks: asyncio.TaskGroup) -> None:
        now = self._clock.monotonic()
        chosen = self._affordable(book.key.symbol)
        if chosen is None:
            self._requests.release()
            book.put_off(NO_WEIGHT, now + PUT_OFF_S, now)
        else:
            levels, call = chosen
            book.asked(levels, now)
            # Held here, so that the request's end is awaited also when its book is closed meanwhile.
            tasks.create_task(self._fetch(book, call))
        self._say(book)

    def _affordable(self, symbol: str) -> tuple[int, RestCall] | None:
        """The largest snapshot that our share of the weight allows."""
        most = int(self._venue.limits.own_book_levels)
        for levels, share in ((most, WHOLE_SHARE), (max(1, most // FEWER_LEVELS), OWN_SHARE)):
            call = self._venue.calls.depth(symbol, levels)
            if self._rest.affordable(call, share):
                return levels, call
        return None

    async def _fetch(self, book: LocalBook, call: RestCall) -> None:
        try:
            body = await self._rest.fetch(call, optional=True)
            snapshot = self._venue.bodies.depth(body)
        except RestError as exc:
            wait_s = rest_least_wait_s(exc.status, exc.retry_after_s, self._venue.limits)
            book.failed(exc.message.rstrip("."), self._clock.monotonic(), wait_s)
        except ValueError as exc:
            book.failed(f"depth: {exc}", self._clock.monotonic())
        else:
            book.snapshot(snapshot, self._clock.monotonic())
        finally:
            self._requests.release()
        self._wake.set()
        self._say(book)

    def _say(self, book: LocalBook) -> None:
        if self._books.get(book.key) is book and (events := self._status(book.key, book)):
            self._sink(events)

    def __repr__(self) -> str:
        return f"<Books {self._venue.market} {list(self._books.values())}>"


def _preference(spec: StreamSpec) -> tuple[bool, bool, int]:
    """Best first: diffs, then fast ones, then many levels."""
    return spec.kind is StreamKind.PARTIAL_DEPTH, not spec.speed, -spec.levels
