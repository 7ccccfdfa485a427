"""Whatever the network does to a book's updates: what is shown as good is the exchange's own book."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.book import LocalBook
from bntui.model.events import DepthDiff
from bntui.venue.books import FUTURES_BOOK, SPOT_BOOK, BookSnapshot
from tests.feed.core.books import LIMITS, Exchange, book

EVENT_S = 0.1
FEW = 8
"""Levels of a snapshot that the price comes near the end of again and again."""
TOO_FEW = 3
"""… that it leaves."""
ALL = 100
"""More levels than there are."""


class Story:
    """One book at the end of a network that loses, repeats, swaps and interrupts."""

    def __init__(self, seed: int, futures: bool, levels: int = FEW) -> None:
        self.rng = random.Random(seed)
        self.exchange = Exchange(self.rng, futures)
        limits = LIMITS.override({"own_book_refresh_s": 1.0, "own_book_retry_s": 3.0})
        self.book: LocalBook = book(FUTURES_BOOK if futures else SPOT_BOOK, limits)
        self.levels = levels
        self.now = 0.0
        self.good = 0
        self.asked = 0
        self.late: DepthDiff | None = None
        """It comes after one that follows it."""
        self.coming: tuple[float, BookSnapshot] | None = None

    def play(self, events: int, trouble: float) -> None:
        for _ in range(events):
            self.now += EVENT_S
            for _ in range(self.rng.randint(0, 3)):
                self.exchange.change()
            if (event := self.exchange.diff(self.now)) is not None:
                self.deliver(event, trouble)
            if trouble and self.rng.random() < trouble / 3:
                self.book.lost("the connection was lost", self.now)
                # What happens now, nobody hears.
                self.exchange.change()
                self.exchange.diff(self.now)
                self.book.flows(self.now, live=False)
            self.serve(trouble)
            self.check()

    def deliver(self, event: DepthDiff, trouble: float) -> None:
        dice = self.rng.random()
        if dice < trouble:
            return
        if dice < 2 * trouble:
            kept, self.late = self.late, event
            event = kept or event
        self.book.offer(event, self.now)
        if dice > 1 - trouble:
            self.book.offer(event, self.now)
        if self.late is not None and self.rng.random() < 0.5:
            self.book.offer(self.late, self.now)
            self.late = None

    def serve(self, trouble: float) -> None:
        if self.coming is not None and self.now >= self.coming[0]:
            if self.rng.random() < trouble:
                self.book.failed("REST is down", self.now)
            else:
                self.book.snapshot(self.coming[1], self.now)
            self.coming = None
        if self.coming is None and self.book.wants_snapshot(self.now):
            self.asked += 1
            self.book.asked(self.levels, self.now)
            self.coming = (self.now + self.rng.uniform(0.0, 0.5), self.exchange.snapshot(self.levels))

    def check(self) -> None:
        """Every level that is shown as good is the exchange's, and none between them is left out."""
        if not self.book.is_good:
            assert self.book.reason
            return
        self.good += 1
        shown = self.book.top(self.levels)
        assert self.book.update_id is not None
        bids, asks = self.exchange.at(self.book.update_id, self.levels)
        assert shown.bids == bids[: len(shown.bids)]
        assert shown.asks == asks[: len(shown.asks)]
        assert shown.bids or not bids
        assert shown.asks or not asks


@given(seed=st.integers(0, 2**32), futures=st.booleans())
def test_no_wrong_level_is_ever_shown_as_good(seed: int, futures: bool) -> None:
    story = Story(seed, futures, (ALL, FEW, TOO_FEW)[seed % 3])
    story.play(120, trouble=0.08)
    repr(story.book)


@given(seed=st.integers(0, 2**32), futures=st.booleans())
def test_once_the_trouble_is_over_the_book_is_good_again(seed: int, futures: bool) -> None:
    story = Story(seed, futures, ALL)
    story.play(60, trouble=0.1)
    story.play(100, trouble=0.0)
    assert story.book.is_good, story.book
    assert story.book.update_id == story.exchange.told_id


@pytest.mark.parametrize("futures", [False, True])
def test_a_sound_network_needs_one_snapshot(futures: bool) -> None:
    story = Story(7, futures, ALL)
    story.play(300, trouble=0.0)
    assert story.good > 280
    assert (story.asked, story.book.resyncs) == (1, 0)


@pytest.mark.parametrize("futures", [False, True])
def test_a_price_that_leaves_what_was_fetched_is_followed(futures: bool) -> None:
    story = Story(2, futures, FEW)
    story.play(300, trouble=0.0)
    assert story.asked > 2
    assert story.good > 280
    assert story.book.resyncs == 0
