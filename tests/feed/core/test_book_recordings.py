"""The oracle of real recordings: where a book and a bookTicker have the same update id, their best levels
are the same. The recordings are no part of the project; where they are absent, this is skipped."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bntui.feed.core.book import LocalBook
from bntui.feed.core.levels import Levels
from bntui.model.events import DepthDiff, Quote
from bntui.model.markets import SymbolKey
from bntui.venue.base import Venue
from bntui.venue.binance.coinm import coinm
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from bntui.venue.books import BookSnapshot
from tests.feed.core.books import LIMITS, middle

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings"

EVERYTHING = 1_000_000
"""Levels of a snapshot that leaves out none of those that a recording knows."""

Said = DepthDiff | Quote | tuple[str, BookSnapshot]


def lines(name: str) -> Iterator[bytes]:
    path = RECORDINGS / name
    if not path.is_file():
        pytest.skip(f"the recording {name} is not on this machine")
    with gzip.open(path) as file:
        yield from file


def hftbacktest(name: str, venue: Venue, symbol: str) -> Iterator[Said]:
    """Receipt in nanoseconds and a frame on each line; one of the lines is the snapshot."""
    for line in lines(name):
        frame = line.partition(b" ")[2].strip()
        if frame.startswith(b'{"lastUpdateId"'):
            yield symbol, venue.bodies.depth(frame)
        else:
            yield from interesting(venue, frame)


def cryptofeed(venue: Venue) -> Iterator[Said]:
    """Answers of REST with their address in one file, frames with their time in the other."""
    for line in lines("cryptofeed/BINANCE.http.0.0.gz"):
        if b"symbol=" in line and (start := line.find(b'{"lastUpdateId"')) >= 0:
            symbol = line.partition(b"symbol=")[2].partition(b"&")[0].decode()
            yield symbol, venue.bodies.depth(line[start:].strip())
    for line in lines("cryptofeed/BINANCE.ws.1.0.gz"):
        if (start := line.find(b"{")) >= 0:
            yield from interesting(venue, line[start:].strip())


def interesting(venue: Venue, frame: bytes) -> Iterator[DepthDiff | Quote]:
    if b"depth" not in frame and b"bookTicker" not in frame:
        return
    for event in venue.decode(frame, 0, 0.0).events:
        if isinstance(event, DepthDiff | Quote):
            yield event


class Oracle:
    """A book for each symbol, and every quote of the same id that it is held against."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.books: dict[SymbolKey, LocalBook] = {}
        self.all_levels: dict[SymbolKey, Levels] = {}
        """What an exchange of the same recording would serve: every level that ever was told."""
        self.told: dict[SymbolKey, list[DepthDiff]] = {}
        """Updates before the snapshot."""
        self.quotes: dict[tuple[SymbolKey, int], tuple[str, ...]] = {}
        self.bests: dict[tuple[SymbolKey, int], tuple[str, ...]] = {}
        self.refreshed = 0

    def play(self, said: Iterator[Said]) -> None:
        for event in said:
            match event:
                case (symbol, snapshot):
                    self.snapshot(SymbolKey(self.venue.market, symbol), snapshot)
                case DepthDiff():
                    self.diff(event)
                case Quote():
                    at = (event.key, event.update_id)
                    self.quotes[at] = (event.bid, event.bid_qty, event.ask, event.ask_qty)

    def book(self, key: SymbolKey) -> LocalBook:
        if key not in self.books:
            self.books[key] = LocalBook(key, self.venue.book_rule, LIMITS, middle, 0.0)
            self.all_levels[key] = Levels()
        return self.books[key]

    def snapshot(self, key: SymbolKey, snapshot: BookSnapshot) -> None:
        book = self.book(key)
        self.all_levels[key].load(snapshot.bids, snapshot.asks, None)
        for diff in self.told.get(key, ()):
            self.all_levels[key].apply(diff.bids, diff.asks)
        book.asked(len(snapshot.bids), 0.0)
        book.snapshot(snapshot, 0.0)

    def diff(self, diff: DepthDiff) -> None:
        book, levels = self.book(diff.key), self.all_levels[diff.key]
        book.offer(diff, 0.0)
        if book.update_id is None:
            self.told.setdefault(diff.key, []).append(diff)
        levels.apply(diff.bids, diff.asks)
        if book.is_good:
            top = book.top(1)
            self.bests[diff.key, diff.last_update_id] = (*top.bids[0], *top.asks[0])
        if book.update_id is not None and book.deadline() is not None:
            self.refreshed += 1
            book.asked(1_000, 0.0)
            bids, asks = levels.bids.top(1_000), levels.asks.top(1_000)
            book.snapshot(BookSnapshot(diff.last_update_id, bids, asks), 0.0)

    def checks(self) -> tuple[int, int]:
        """How many ids both have, and how many of those differ."""
        common = self.quotes.keys() & self.bests.keys()
        return len(common), sum(self.quotes[at] != self.bests[at] for at in common)


@pytest.mark.parametrize(
    ("names", "checks"),
    [
        (["spot_btcusdt_20240808.gz"], 564),
        (["spot_btcusdt_20240808.gz", "spot_btcusdt_20240809.gz"], 1_072),
    ],
    ids=["one file", "the file that follows it too"],
)
def test_the_book_of_spot_bitcoin_agrees_with_every_quote(names: list[str], checks: int) -> None:
    venue = spot(LIMITS)
    oracle = Oracle(venue)
    for name in names:
        oracle.play(hftbacktest(f"hftbacktest/{name}", venue, "BTCUSDT"))
    assert oracle.checks() == (checks, 0)
    (book,) = oracle.books.values()
    assert (book.is_good, book.resyncs) == (True, 0)
    # The price left the 1,000 levels that were fetched first; it was followed.
    assert oracle.refreshed


@pytest.mark.parametrize(
    ("make", "name", "symbol", "checks"),
    [
        # One event of USD-M takes out 257 levels: the book is not good until others are fetched.
        (usdm, "usdm_btcusdt_20240808.gz", "BTCUSDT", 629),
        (coinm, "cm_btcusd_perp_20240808.gz", "BTCUSD_PERP", 1_124),
    ],
)
def test_the_books_of_futures_agree_with_every_quote(
    make: Callable[[], Venue], name: str, symbol: str, checks: int
) -> None:
    venue = make()
    oracle = Oracle(venue)
    oracle.play(hftbacktest(f"hftbacktest/{name}", venue, symbol))
    assert oracle.checks() == (checks, 0)
    (book,) = oracle.books.values()
    assert book.is_good


def test_the_books_of_four_symbols_agree_with_every_quote() -> None:
    venue = spot(LIMITS)
    oracle = Oracle(venue)
    oracle.play(cryptofeed(venue))
    checks, differ = oracle.checks()
    assert len(oracle.books) == 4
    assert checks
    assert differ == 0
    assert all(book.is_good and not book.resyncs for book in oracle.books.values()), oracle.books
