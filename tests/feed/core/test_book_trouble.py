"""What a local book says when something is wrong, and how it comes right again."""

from __future__ import annotations

import pytest

from bntui.feed.core.book import FIRST_UPDATE_S, MOST_BEHIND, OLD_IN_A_ROW, LocalBook
from bntui.model.states import BookState
from tests.feed.core.books import BID, LIMITS, book, diff, snapshot, synced

# Holes


def test_a_hole_is_said_in_the_very_update_that_shows_it() -> None:
    made = synced()
    assert made.offer(diff(104, 110, bids=(("9.0", "5.0"),)), 1.0)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, "3 updates missing")
    assert made.update_id == 100
    assert made.top(1).bids == BID


def test_a_hole_is_mended_by_a_snapshot_and_counted() -> None:
    made = synced()
    made.offer(diff(104, 110, bids=(("9.5", "5.0"),)), 1.0)
    assert not made.wants_snapshot(1.0)
    due_at = made.deadline()
    assert due_at is not None
    made.asked(1_000, due_at)
    assert (made.state, made.reason, made.resyncs) == (BookState.RESYNC, "3 updates missing", 1)
    made.offer(diff(111, 112), due_at)
    made.snapshot(snapshot(107), due_at + 0.1)
    assert (made.state, made.reason, made.resyncs) == (BookState.SYNCED, "", 1)
    assert (made.update_id, made.top(1).bids) == (112, (("9.5", "5.0"),))


def test_a_missing_update_that_still_comes_mends_the_book_without_a_snapshot() -> None:
    made = synced()
    made.offer(diff(104, 110, bids=(("9.5", "5.0"),)), 1.0)
    made.offer(diff(101, 103, bids=(("9.5", "2.0"),)), 1.1)
    assert made.is_good
    assert (made.update_id, made.resyncs, made.top(1).bids) == (110, 0, (("9.5", "5.0"),))
    assert made.deadline() is None


def test_a_book_that_healed_takes_the_snapshot_that_was_on_its_way_too() -> None:
    made = synced()
    made.offer(diff(104, 110), 1.0)
    made.asked(1_000, 1.3)
    made.offer(diff(101, 103), 1.4)
    made.offer(diff(111, 115, bids=(("9.5", "5.0"),)), 1.5)
    assert made.is_good
    made.snapshot(snapshot(108), 1.6)
    assert made.is_good
    assert (made.update_id, made.top(1).bids) == (115, (("9.5", "5.0"),))


def test_a_snapshot_older_than_the_book_does_not_take_it_back() -> None:
    made = synced(110)
    made.offer(diff(111, 115, bids=(("12.0", "1"),)), 1.0)
    made.asked(1_000, 1.3)
    made.snapshot(snapshot(112), 1.4)
    assert not made.is_good
    assert "older than the book" in made.reason


# Bounded tries


def fail(made: LocalBook, now: float) -> float:
    """Let the next snapshot fail when it is due; when that was."""
    due_at = made.deadline()
    assert due_at is not None
    assert due_at >= now
    made.asked(1_000, due_at)
    made.failed("REST is down", due_at)
    return due_at


def test_after_some_tries_it_is_given_up_and_asked_for_rarely() -> None:
    made = book()
    made.offer(diff(101, 110), 0.0)
    at = 0.0
    for _ in range(int(LIMITS.own_book_tries)):
        assert made.state is BookState.SYNCING
        at = fail(made, at)
    assert at < 15
    assert made.state is BookState.UNTRUSTED
    assert made.reason == "waits for its first snapshot; 5 snapshots did not help; REST is down"
    for _ in range(3):
        before, at = at, fail(made, at)
        assert at - before >= LIMITS.own_book_retry_s
        assert made.state is BookState.UNTRUSTED


def test_updates_do_not_hasten_a_snapshot_that_has_to_wait() -> None:
    made = book()
    made.offer(diff(101, 110), 0.0)
    made.asked(1_000, 0.0)
    made.failed("banned", 0.0, least_wait_s=60.0)
    made.offer(diff(111, 120), 0.1)
    assert made.deadline() == 60.0


def test_a_book_with_a_hole_again_and_again_does_not_ask_again_and_again() -> None:
    made = synced()
    asked, now, next_id = 0, 0.0, 101
    for _ in range(600):
        now, next_id = now + 0.1, next_id + 2
        made.offer(diff(next_id, next_id), now)
        if made.wants_snapshot(now):
            asked += 1
            made.asked(1_000, now)
            made.snapshot(snapshot(next_id), now)
    assert asked <= LIMITS.own_book_tries + 60 / LIMITS.own_book_retry_s


def test_a_book_that_was_good_for_a_while_is_mended_at_once_again() -> None:
    made = synced()
    for hole in range(1, 4):
        now = hole * (LIMITS.own_backoff_reset_s + 1)
        made.offer(diff(hole * 1_000, hole * 1_000), now)
        due_at = made.deadline()
        assert due_at is not None
        assert due_at - now == pytest.approx(LIMITS.own_book_grace_s)
        made.asked(1_000, due_at)
        made.snapshot(snapshot(hole * 1_000), due_at)
    assert made.resyncs == 3


def test_what_the_budget_does_not_allow_is_said_and_asked_for_later() -> None:
    made = synced()
    made.offer(diff(103, 103), 1.0)
    made.put_off("waits for request weight", 5.0, 1.3)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, "2 updates missing; waits for request weight")
    assert made.deadline() == 5.0


# Prices that cannot be


@pytest.mark.parametrize(
    ("bid", "words"),
    [("11.0", "the best bid 11.0 is also the best ask"), ("11.5", "the best bid 11.5 is above the best ask")],
)
def test_a_crossed_or_locked_book_is_never_good_and_is_built_anew(bid: str, words: str) -> None:
    made = synced()
    made.offer(diff(101, 101, bids=((bid, "1.0"),)), 1.0)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, words)
    made.offer(diff(102, 102, bids=((bid, "0.0"),)), 1.1)
    due_at = made.deadline()
    assert due_at is not None
    made.asked(1_000, due_at)
    assert (made.state, made.reason) == (BookState.RESYNC, words)
    made.snapshot(snapshot(101), due_at)
    assert (made.state, made.resyncs) == (BookState.SYNCED, 1)


def test_a_crossed_snapshot_is_not_taken() -> None:
    made = book()
    made.offer(diff(101, 110), 0.0)
    made.asked(1_000, 0.0)
    made.snapshot(snapshot(105, bids=(("12.0", "1.0"),)), 0.1)
    assert made.state is BookState.SYNCING
    assert made.reason.endswith("the snapshot is wrong: the best bid 12.0 is above the best ask")


# The stream itself


def test_a_lost_connection_is_not_good_and_the_chain_goes_on_when_the_ids_join() -> None:
    made = synced()
    made.lost("shard 1: cut", 1.0)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, "shard 1: cut")
    assert made.deadline() is None
    made.flows(5.0, live=False)
    made.offer(diff(101, 105), 5.1)
    assert made.is_good
    assert made.resyncs == 0


def test_what_was_missed_while_the_connection_was_lost_is_fetched() -> None:
    made = synced()
    made.lost("shard 1: cut", 1.0)
    made.flows(5.0, live=False)
    made.offer(diff(121, 125), 5.1)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, "20 updates missing")
    due_at = made.deadline()
    assert due_at is not None
    assert due_at < 5.0 + FIRST_UPDATE_S
    made.asked(1_000, due_at)
    made.snapshot(snapshot(122), due_at)
    assert made.is_good
    assert made.resyncs == 1


def test_a_book_that_nothing_comes_for_after_an_outage_is_compared_with_a_snapshot() -> None:
    made = synced()
    made.lost("shard 1: cut", 1.0)
    made.flows(5.0, live=False)
    assert made.wants_snapshot(5.0 + FIRST_UPDATE_S)
    made.asked(1_000, 6.0)
    made.snapshot(snapshot(100), 6.1)
    assert made.is_good


def test_a_snapshot_from_before_an_interruption_proves_nothing() -> None:
    made = synced()
    made.offer(diff(103, 103), 1.0)
    made.asked(1_000, 1.3)
    made.lost("shard 1: cut", 1.4)
    made.flows(1.5, live=False)
    made.snapshot(snapshot(110), 1.6)
    assert not made.is_good
    assert made.deadline() is not None


def test_a_stream_that_comes_late_is_older_than_the_snapshot_for_a_while() -> None:
    made = synced(10_000)
    for number in range(MOST_BEHIND - 1):
        assert not made.offer(diff(number, number), 1.0)
    assert made.is_good
    made.offer(diff(9_999, 10_001), 2.0)
    assert (made.state, made.update_id) == (BookState.SYNCED, 10_001)


def test_ids_that_begin_anew_while_no_update_was_newer_than_the_snapshot_are_noticed_too() -> None:
    made = synced(10_000)
    for number in range(MOST_BEHIND):
        made.offer(diff(number, number), 1.0)
    assert made.state is BookState.UNTRUSTED


def test_ids_that_begin_anew_are_another_book() -> None:
    made = synced(9_999)
    made.offer(diff(10_000, 10_000), 0.5)
    for number in range(OLD_IN_A_ROW):
        assert made.is_good
        made.offer(diff(number, number), 1.0)
    assert (made.state, made.reason) == (BookState.UNTRUSTED, "the exchange began its update ids anew")
    due_at = made.deadline()
    assert due_at is not None
    made.asked(1_000, due_at)
    made.snapshot(snapshot(OLD_IN_A_ROW), due_at)
    assert made.is_good
    assert made.update_id == OLD_IN_A_ROW


# What was fetched


def test_levels_beyond_the_snapshot_are_not_known_and_not_shown() -> None:
    made = book()
    made.asked(2, 0.0)
    made.snapshot(snapshot(100, bids=(("9.0", "1"), ("8.0", "1")), asks=(("11.0", "1"), ("12.0", "1"))), 0.0)
    made.offer(diff(101, 101, bids=(("7.0", "1"), ("8.5", "1")), asks=(("13.0", "1"),)), 1.0)
    assert made.top(9).bids == (("9.0", "1"), ("8.5", "1"), ("8.0", "1"))
    assert made.top(9).asks == (("11.0", "1"), ("12.0", "1"))


def test_a_snapshot_with_fewer_levels_than_asked_for_is_the_whole_book() -> None:
    made = book()
    made.asked(3, 0.0)
    made.snapshot(snapshot(100), 0.0)
    made.offer(diff(101, 101, bids=(("1.0", "1"),)), 1.0)
    assert made.top(9).bids == (("9.0", "1.0"), ("1.0", "1"))


def test_when_the_price_leaves_what_was_fetched_the_best_price_is_not_known() -> None:
    made = book()
    made.asked(1, 0.0)
    made.snapshot(snapshot(100), 0.0)
    made.offer(diff(101, 101, asks=(("11.0", "0"), ("11.5", "2"))), 1.0)
    assert made.state is BookState.UNTRUSTED
    assert made.reason == "the price has left the levels that were fetched"
    assert made.top(1).asks == ()


def test_a_side_that_is_known_to_be_empty_is_good() -> None:
    made = synced()
    made.offer(diff(101, 101, asks=(("11.0", "0"),)), 1.0)
    assert made.is_good
    assert made.top(5).asks == ()
    assert made.deadline() is None


def thin(made: LocalBook, next_id: int, now: float) -> None:
    """Take the best bid out."""
    price = made.top(1).bids[0][0]
    made.offer(diff(next_id, next_id, bids=((price, "0"),)), now)


def test_before_the_fetched_levels_run_out_others_are_fetched_and_the_book_stays_good() -> None:
    made = book()
    made.asked(20, 0.0)
    bids = tuple((f"{100 - n}.0", "1") for n in range(20))
    asks = tuple((f"{101 + n}.0", "1") for n in range(20))
    made.snapshot(snapshot(100, bids, asks), 0.0)
    for number in range(14):
        thin(made, 101 + number, 1.0)
    assert made.deadline() is None
    thin(made, 115, 1.0)
    due_at = made.deadline()
    assert due_at == LIMITS.own_book_refresh_s
    made.asked(20, due_at)
    made.offer(diff(116, 116, bids=(("85.0", "5"),)), due_at)
    assert made.is_good
    made.snapshot(snapshot(115, (("84.0", "1"), ("80.0", "2")), asks), due_at + 0.1)
    assert made.is_good
    assert (made.resyncs, made.update_id) == (0, 116)
    assert made.top(3).bids == (("85.0", "5"), ("84.0", "1"), ("80.0", "2"))


def test_more_levels_that_do_not_come_leave_the_book_good() -> None:
    made = book()
    made.asked(20, 0.0)
    bids = tuple((f"{100 - n}.0", "1") for n in range(20))
    made.snapshot(snapshot(100, bids, (("101.0", "1"),)), 0.0)
    for number in range(19):
        thin(made, 101 + number, 1.0)
    made.asked(20, 10.0)
    made.failed("REST is down", 10.5)
    assert made.is_good
    made.offer(diff(120, 120, asks=(("101.0", "2"),)), 10.6)
    assert made.deadline() == 20.0


def test_a_book_says_what_it_is_on_one_line() -> None:
    made = synced()
    made.offer(diff(104, 110), 1.0)
    assert repr(made) == "<LocalBook BTCUSDT untrusted (3 updates missing) at 100, 2 levels, 0 resyncs>"
