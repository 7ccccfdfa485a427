"""The rules by which depth events follow one another."""

from __future__ import annotations

import pytest

from bntui.model.events import DepthDiff
from bntui.model.markets import Market, SymbolKey
from bntui.venue.books import FUTURES_BOOK, SPOT_BOOK


def diff(first: int, last: int, previous: int | None = None) -> DepthDiff:
    return DepthDiff(SymbolKey(Market.SPOT, "BTCUSDT"), first, last, previous, (), (), 0, 0, 0.0)


@pytest.mark.parametrize(
    ("update_id", "old", "follows"),
    [(9, False, False), (10, False, True), (12, False, True), (14, False, True), (15, True, True)],
)
def test_on_spot_an_event_follows_the_id_before_its_first(update_id: int, old: bool, follows: bool) -> None:
    event = diff(11, 15)
    assert SPOT_BOOK.is_old(event, update_id) is old
    assert SPOT_BOOK.follows(event, update_id) is follows
    assert SPOT_BOOK.in_snapshot(event, update_id) is old


@pytest.mark.parametrize(("update_id", "follows"), [(6, False), (7, True), (9, True), (12, True), (15, True)])
def test_on_futures_an_event_follows_the_one_that_it_names(update_id: int, follows: bool) -> None:
    assert FUTURES_BOOK.follows(diff(11, 15, previous=7), update_id) is follows


def test_on_futures_the_event_that_ends_with_the_snapshot_s_id_is_the_first_one() -> None:
    event = diff(11, 15, previous=7)
    assert not FUTURES_BOOK.in_snapshot(event, 15)
    assert FUTURES_BOOK.in_snapshot(event, 16)


def test_each_rule_finds_false_gaps_or_none_in_the_events_of_the_other_market() -> None:
    event = diff(11, 15, previous=7)
    assert FUTURES_BOOK.follows(event, 7)
    assert not SPOT_BOOK.follows(event, 7)


def test_what_is_missing_is_counted_where_ids_have_no_holes() -> None:
    assert SPOT_BOOK.missing(diff(11, 15), 9) == "1 update missing"
    assert SPOT_BOOK.missing(diff(11, 15), 7) == "3 updates missing"
    assert FUTURES_BOOK.missing(diff(11, 15, previous=7), 5) == "updates missing between 5 and 7"


def test_a_futures_event_that_names_no_other_is_taken_by_its_own_ids() -> None:
    assert FUTURES_BOOK.follows(diff(11, 15), 10)
    assert not FUTURES_BOOK.follows(diff(11, 15), 9)
