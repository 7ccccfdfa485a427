"""Lines of a book: what they say, and how many levels each reader gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bntui.clock import ManualClock
from bntui.commandoptions import BOOK_LEVELS, MOST_BOOK_LEVELS
from bntui.engine.engine import wish_of
from bntui.engine.tail import TailRing, Tails, human, line
from bntui.feed.feed import BOOK_WISH
from bntui.model.events import PriceLevel
from bntui.model.states import BookState
from bntui.model.status import BookApplied
from tests.model.build import BTC, ETH, T0_MS, quote
from tests.support.engine import memory_engine
from tests.support.exchange import MemoryExchange

BIDS: tuple[PriceLevel, ...] = (("100.10000000", "1.50000000"), ("100.00000000", "2.00000000"))
ASKS: tuple[PriceLevel, ...] = (("100.20000000", "0.50000000"),)


def applied(
    state: BookState = BookState.SYNCED, reason: str = "", levels: int = 2, update_id: int | None = 77
) -> BookApplied:
    return BookApplied(BTC, update_id, state, reason, BIDS[:levels], ASKS, T0_MS, T0_MS + 5, 10.0)


def test_a_line_has_the_levels_as_the_exchange_printed_them() -> None:
    assert line(applied()) == (
        f'{{"kind":"book","market":"spot","symbol":"BTCUSDT","time":{T0_MS},"received":{T0_MS + 5},'
        '"update_id":77,"state":"synced",'
        '"bids":[["100.10000000","1.50000000"],["100.00000000","2.00000000"]],'
        '"asks":[["100.20000000","0.50000000"]]}'
    )


def test_a_book_that_is_not_good_says_why() -> None:
    text = line(applied(BookState.UNTRUSTED, "3 updates missing"))
    assert text is not None
    told = json.loads(text)
    assert (told["state"], told["reason"]) == ("untrusted", "3 updates missing")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            applied(),
            "synced at 77 bids 1.50000000@100.10000000 2.00000000@100.00000000 asks 0.50000000@100.20000000",
        ),
        (
            applied(BookState.SYNCING, "waits", levels=0, update_id=None),
            "syncing (waits) bids none asks 0.50000000@100.20000000",
        ),
    ],
)
def test_people_read_quantities_at_prices(event: BookApplied, words: str) -> None:
    assert human(event) == f"2026-01-01T00:00:00.000Z BTCUSDT book {words}"


def test_each_reader_gets_as_many_levels_as_it_asked_for() -> None:
    tails = Tails()
    few = tails.open([BTC], ["book"], lambda: None, 1)
    many = tails.open([BTC], ["book"], lambda: None, 5)
    tails.extend([applied()])
    assert [len(json.loads(ring.take(1).lines[0])["bids"]) for ring in (few, many)] == [1, 2]


def test_as_many_levels_are_asked_for_as_any_reader_of_books_wants() -> None:
    tails = Tails()
    assert tails.book_levels() == 0
    quotes = tails.open([], ["quote"], lambda: None, 50)
    assert tails.book_levels() == 0
    books = tails.open([BTC], ["book"], lambda: None, 20)
    everything = tails.open([], [], lambda: None)
    assert tails.book_levels() == 20
    books.close()
    assert tails.book_levels() == 0
    for ring in (quotes, everything):
        ring.close()


def test_books_come_only_to_who_asks_for_them() -> None:
    tails = Tails()
    everything = tails.open([], [], lambda: None)
    books = tails.open([], ["book"], lambda: None)
    tails.extend([applied(), quote()])
    assert (len(everything), len(books), books.levels) == (1, 1, BOOK_LEVELS)


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (7, 7), (10**9, MOST_BOOK_LEVELS)])
def test_levels_that_another_process_asks_for_are_brought_within_bounds(asked: int, given: int) -> None:
    tails = Tails()
    assert tails.open([BTC], ["book"], lambda: None, asked).levels == given


def test_a_reader_of_books_wants_the_fast_stream() -> None:
    assert wish_of("book") == BOOK_WISH
    assert wish_of("depth") != BOOK_WISH


async def test_a_tail_of_books_brings_the_book_and_takes_it_along(tmp_path: Path) -> None:
    engine = memory_engine(tmp_path, ManualClock(), MemoryExchange())
    ring = engine.tails.open([BTC], ["book"], lambda: None, 7)
    assert {stream.name for stream in engine.store.streams} == {"btcusdt@depth@100ms"}
    assert engine.feed.book(BTC) is not None
    assert engine.store.books[BTC].state is BookState.SYNCING
    ring.close()
    assert engine.feed.book(BTC) is None
    assert engine.store.books == {}


def test_a_ring_passes_other_events_as_they_are() -> None:
    tails = Tails()
    ring: TailRing = tails.open([ETH], ["quote"], lambda: None)
    tails.extend([quote(ETH), applied()])
    assert len(ring) == 1
