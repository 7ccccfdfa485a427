"""How a local book joins a snapshot with its updates, edge by edge, and takes in what follows."""

from __future__ import annotations

import pytest

from bntui.feed.core.book import FIRST_UPDATE_S, MOST_HELD, LocalBook
from bntui.model.states import BookState
from bntui.venue.books import FUTURES_BOOK, SPOT_BOOK
from tests.feed.core.books import BID, BTC, LIMITS, book, diff, middle, snapshot, synced

# The snapshot joins


@pytest.mark.parametrize(
    ("snapshot_id", "good", "update_id"),
    [
        (99, False, None),  # One update lies between the snapshot and the first that is held.
        (100, True, 110),  # The first one follows cleanly.
        (105, True, 110),  # It holds some updates of the first one already.
        (110, True, 110),  # … all of them.
        (120, True, 120),  # It is newer than everything.
    ],
)
def test_the_snapshot_joins_the_first_held_update_or_comes_too_early(
    snapshot_id: int, good: bool, update_id: int | None
) -> None:
    made = book()
    made.offer(diff(101, 110, bids=(("9.5", "2.0"),)), 0.1)
    made.asked(1_000, 0.1)
    made.snapshot(snapshot(snapshot_id), 0.2)
    assert made.is_good is good
    assert made.update_id == update_id
    if good:
        # What a snapshot holds already is not laid over it.
        assert made.top(1).bids == ((("9.0", "1.0"),) if snapshot_id >= 110 else (("9.5", "2.0"),))


@pytest.mark.parametrize(
    ("snapshot_id", "good"),
    [(94, False), (95, True), (99, True), (101, True), (110, True), (111, True)],
)
def test_on_futures_it_joins_the_event_around_it_or_the_one_that_names_it(
    snapshot_id: int, good: bool
) -> None:
    made = book(FUTURES_BOOK)
    made.offer(diff(101, 110, previous=95), 0.1)
    made.asked(1_000, 0.1)
    made.snapshot(snapshot(snapshot_id), 0.2)
    assert made.is_good is good


def test_a_hole_among_the_held_updates_does_not_join() -> None:
    made = book()
    made.offer(diff(101, 110), 0.1)
    made.offer(diff(112, 120), 0.2)
    made.asked(1_000, 0.2)
    made.snapshot(snapshot(105), 0.3)
    assert made.state is BookState.SYNCING
    assert "do not join" in made.reason


def test_a_snapshot_behind_a_hole_joins_what_follows_it() -> None:
    made = book()
    made.offer(diff(101, 110), 0.1)
    made.offer(diff(112, 120), 0.2)
    made.asked(1_000, 0.2)
    made.snapshot(snapshot(115), 0.3)
    assert made.is_good
    assert made.update_id == 120


def test_updates_that_came_out_of_order_are_joined_in_order() -> None:
    made = book()
    made.offer(diff(106, 110, bids=(("9.0", "7.0"),)), 0.1)
    made.offer(diff(101, 105, bids=(("9.0", "5.0"),)), 0.2)
    made.asked(1_000, 0.2)
    made.snapshot(snapshot(100), 0.3)
    assert made.top(1).bids == (("9.0", "7.0"),)


def test_a_book_that_does_not_change_needs_no_update_to_be_good() -> None:
    made = book()
    assert not made.wants_snapshot(FIRST_UPDATE_S - 0.1)
    assert made.wants_snapshot(FIRST_UPDATE_S)
    made.asked(1_000, FIRST_UPDATE_S)
    made.snapshot(snapshot(100), FIRST_UPDATE_S)
    assert made.is_good


def test_the_first_update_calls_for_a_snapshot_at_once() -> None:
    made = book()
    made.offer(diff(101, 110), 0.1)
    assert made.wants_snapshot(0.1)


def test_without_a_subscription_nothing_is_asked_for() -> None:
    made = LocalBook(BTC, SPOT_BOOK, LIMITS, middle, 0.0)
    assert made.deadline() is None
    assert made.state is BookState.SYNCING


def test_held_updates_are_bounded_and_the_newest_stay() -> None:
    made = book()
    for number in range(MOST_HELD + 5):
        made.offer(diff(number, number), 0.1)
    made.asked(1_000, 0.2)
    made.snapshot(snapshot(3), 0.3)
    assert (made.state, made.update_id) == (BookState.SYNCING, None)
    made.asked(1_000, 0.4)
    made.snapshot(snapshot(4), 0.5)
    assert (made.state, made.update_id) == (BookState.SYNCED, MOST_HELD + 4)


# Updates of a good book


def test_an_update_sets_quantities_and_zero_takes_a_level_out() -> None:
    made = synced()
    made.offer(diff(101, 103, bids=(("9.0", "0.00000000"), ("8.0", "4.0")), asks=(("11.0", "3.5"),)), 1.0)
    assert made.is_good
    assert (made.top(5).bids, made.top(5).asks) == ((("8.0", "4.0"),), (("11.0", "3.5"),))


def test_taking_out_a_level_that_is_not_there_is_normal() -> None:
    made = synced()
    made.offer(diff(101, 101, bids=(("5.0", "0"),), asks=(("12.0", "0.0"),)), 1.0)
    assert made.is_good
    assert made.top(5).bids == BID


def test_what_is_in_the_book_already_says_nothing_new() -> None:
    made = synced(110)
    assert not made.offer(diff(101, 110, bids=(("9.0", "5.0"),)), 1.0)
    assert made.top(1).bids == BID


def test_an_event_that_another_connection_cut_elsewhere_follows_all_the_same() -> None:
    made = synced(110)
    assert made.offer(diff(105, 115, bids=(("9.0", "5.0"),)), 1.0)
    assert made.is_good
    assert made.update_id == 115


def test_prices_are_the_same_level_however_many_zeros_are_printed() -> None:
    made = synced()
    made.offer(diff(101, 101, bids=(("9.00000000", "5.0"),)), 1.0)
    assert made.top(5).bids == (("9.00000000", "5.0"),)
