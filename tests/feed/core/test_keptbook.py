"""What readers get of a book: view, status, series; and the cheaper book of the best levels."""

from __future__ import annotations

import pytest

from bntui.feed.core.keptbook import PartialBook, step_of
from bntui.model.events import PartialDepth, PriceLevel
from bntui.model.panels import LadderLevel
from bntui.model.states import BookState
from bntui.venue.books import BookSnapshot
from tests.feed.core.books import BTC, book, diff

BIDS: tuple[PriceLevel, ...] = (("99.0", "3.0"), ("98.5", "1.0"))
ASKS: tuple[PriceLevel, ...] = (("101.0", "1.0"),)


def partial(
    update_id: int, bids: tuple[PriceLevel, ...] = BIDS, asks: tuple[PriceLevel, ...] = ASKS
) -> PartialDepth:
    return PartialDepth(BTC, update_id, bids, asks, None, 0, 0.0)


def test_a_view_tells_levels_costs_and_trust() -> None:
    made = book()
    made.asked(1_000, 1.0)
    made.snapshot(BookSnapshot(100, BIDS, ASKS), 1.0)
    made.offer(diff(101, 102, asks=(("101.0", "2.0"),), at=2.0), 2.0)

    view = made.view(1)

    assert view.status == made.status()
    assert (view.status.key, view.status.state, view.status.partial) == (BTC, BookState.SYNCED, False)
    assert view.bids == [LadderLevel("99.0", "3.0", "297.00")]
    assert view.asks == [LadderLevel("101.0", "2.0", "202.00")]
    assert (view.at, view.time_ms, view.levels_known, view.step) == (2.0, 1_102, 3, "")


def test_a_grouped_view_tells_the_best_prices_too() -> None:
    made = PartialBook(BTC, 0.0)
    made.offer(partial(1), 1.0)
    view = made.view(5, "10")
    assert [level.price for level in view.bids] == ["90"]
    assert [level.price for level in view.asks] == ["110"]
    assert view.best_bid == LadderLevel("99.0", "3.0", "297.00")
    assert view.best_ask == LadderLevel("101.0", "1.0", "101.00")


@pytest.mark.parametrize("text", ["0", "-1", "abc", "NaN", "Infinity", "1e"])
def test_what_is_no_step_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no price step"):
        step_of(text)


def test_an_empty_book_has_a_view() -> None:
    view = book().view(20, "0.1")
    assert (view.bids, view.asks, view.best_bid, view.best_ask) == ([], [], None, None)
    assert (view.at, view.levels_known) == (None, 0)


# The best levels alone


def test_each_event_is_the_whole_partial_book() -> None:
    made = PartialBook(BTC, 0.0)
    assert made.state is BookState.SYNCING
    assert made.offer(partial(1), 1.0)
    assert made.offer(partial(2, bids=(("98.0", "1.0"),)), 1.1)
    assert made.status().partial
    assert made.is_good
    assert made.top(5).bids == (("98.0", "1.0"),)


def test_a_partial_book_never_goes_back() -> None:
    made = PartialBook(BTC, 0.0)
    made.offer(partial(2), 1.0)
    assert not made.offer(partial(1, bids=()), 1.1)
    assert made.top(5).bids == BIDS


def test_a_crossed_partial_book_is_not_good_until_the_next_event() -> None:
    made = PartialBook(BTC, 0.0)
    made.offer(partial(1, bids=(("101.0", "1.0"),)), 1.0)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, "the best bid 101.0 is also the best ask")
    made.offer(partial(2), 1.1)
    assert made.is_good


def test_a_partial_book_whose_stream_is_lost_is_good_again_with_data_only() -> None:
    made = PartialBook(BTC, 0.0)
    made.offer(partial(1), 1.0)
    made.lost("shard 1: cut", 2.0)
    assert (made.state, made.reason, made.since) == (BookState.UNTRUSTED, "shard 1: cut", 2.0)
    made.flows(3.0, live=False)
    assert not made.is_good
    made.flows(3.0, live=True)
    assert made.is_good
