"""Sparklines show one close a minute, by the exchange's time."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bntui.store.rings import MINUTE_MS, MINUTES_KEPT, CloseRing
from tests.model.build import T0_MS


def minute(number: int, offset_ms: int = 0) -> int:
    return T0_MS + number * MINUTE_MS + offset_ms


def test_the_last_trade_of_a_minute_is_its_close() -> None:
    ring = CloseRing()
    ring.trade(minute(0), 1.0)
    ring.trade(minute(0, 59_999), 2.0)
    ring.trade(minute(1), 3.0)

    assert ring.closes.tolist() == [2.0, 3.0]


def test_minutes_without_a_trade_repeat_the_close_before() -> None:
    ring = CloseRing()
    ring.trade(minute(0), 1.0)
    ring.trade(minute(3), 4.0)

    assert ring.closes.tolist() == [1.0, 1.0, 1.0, 4.0]


def test_time_passes_without_trades() -> None:
    ring = CloseRing()
    ring.passed(minute(5))
    assert ring.closes.tolist() == []

    ring.trade(minute(0), 1.0)
    ring.passed(minute(2))
    ring.passed(minute(1))
    assert ring.closes.tolist() == [1.0, 1.0, 1.0]


def test_the_oldest_minute_goes_when_there_are_too_many() -> None:
    ring = CloseRing()
    for number in range(MINUTES_KEPT + 5):
        ring.trade(minute(number), float(number))

    assert ring.closes.tolist() == [float(n) for n in range(5, MINUTES_KEPT + 5)]


def test_a_long_silence_leaves_the_last_close() -> None:
    ring = CloseRing()
    ring.trade(minute(0), 7.0)
    ring.passed(minute(1_000_000))

    assert ring.closes.tolist() == [7.0] * MINUTES_KEPT


def test_older_minutes_are_filled_and_seen_ones_stay() -> None:
    ring = CloseRing()
    ring.trade(minute(3), 30.0)
    ring.fill([(minute(0), 1.0), (minute(2), 2.0), (minute(3), 99.0)])

    assert ring.closes.tolist() == [1.0, 1.0, 2.0, 30.0]


def test_filling_mends_what_was_repeated_over_a_loss() -> None:
    ring = CloseRing()
    ring.trade(minute(0), 1.0)
    ring.trade(minute(3), 4.0)
    ring.fill([(minute(1), 2.0)])
    assert ring.closes.tolist() == [1.0, 2.0, 2.0, 4.0]

    ring.fill([(minute(1), 2.5)])
    assert ring.closes.tolist() == [1.0, 2.5, 2.5, 4.0]


def test_filling_before_the_first_trade() -> None:
    ring = CloseRing()
    ring.fill([(minute(0), 1.0), (minute(1), 2.0)])
    ring.trade(minute(1, 30_000), 3.0)

    assert ring.closes.tolist() == [1.0, 3.0]


def test_filling_with_nothing_is_nothing() -> None:
    ring = CloseRing()
    ring.fill([])

    assert ring.closes.tolist() == []


def test_a_trade_just_behind_the_minute_counts_for_its_own() -> None:
    ring = CloseRing()
    ring.trade(minute(0), 1.0)
    ring.passed(minute(1))
    ring.trade(minute(0, 59_900), 2.0)

    assert ring.closes.tolist() == [2.0, 2.0]


def test_a_refilled_trade_counts_for_its_minute_however_old() -> None:
    ring = CloseRing()
    ring.trade(minute(0), 1.0)
    ring.trade(minute(5), 6.0)
    ring.trade(minute(2), 3.0, refilled=True)

    assert ring.closes.tolist() == [1.0, 1.0, 3.0, 3.0, 3.0, 6.0]


def test_when_the_exchanges_time_goes_back_the_ring_begins_anew() -> None:
    ring = CloseRing()
    ring.trade(minute(10), 1.0)
    ring.trade(minute(2), 5.0)
    ring.trade(minute(3), 6.0)

    assert ring.closes.tolist() == [5.0, 6.0]


events = st.one_of(
    st.tuples(st.just("trade"), st.integers(0, 200), st.booleans()),
    st.tuples(st.just("passed"), st.integers(0, 200), st.booleans()),
    st.tuples(st.just("fill"), st.integers(0, 200), st.booleans()),
)


@given(st.lists(events, max_size=40))
def test_the_ring_is_bounded_whole_and_drawable_whatever_comes(script: list[tuple[str, int, bool]]) -> None:
    ring = CloseRing()
    view = ring.closes
    for price, (what, number, refilled) in enumerate(script):
        match what:
            case "trade":
                ring.trade(minute(number), float(price), refilled=refilled)
                if not refilled:
                    assert ring.closes
            case "passed":
                ring.passed(minute(number))
            case _:
                ring.fill([(minute(number), float(price))])
        assert len(ring.closes) <= MINUTES_KEPT
        assert all(math.isfinite(close) for close in ring.closes)
        assert ring.closes is view


told = st.lists(
    st.tuples(st.integers(0, 150), st.floats(1.0, 9.0)), max_size=12, unique_by=lambda each: each[0]
)


@given(told, told, st.integers(0, 150))
def test_each_minute_has_the_last_close_that_was_told_up_to_it(
    own: list[tuple[int, float]], elsewhere: list[tuple[int, float]], until: int
) -> None:
    ring = CloseRing()
    for number, price in own:
        ring.trade(minute(number), price, refilled=True)
    ring.fill([(minute(number), price) for number, price in elsewhere])
    ring.passed(minute(until))

    # What is told of a minute that has gone already says what the first minutes had, and no more.
    known = dict(elsewhere) | dict(own)
    if not known:
        assert ring.closes.tolist() == []
        return
    newest = max(until, *known)
    first = max(min(known), newest - MINUTES_KEPT + 1)
    if all(number > newest - MINUTES_KEPT for number in known):
        closes = [known[max(n for n in known if n <= each)] for each in range(first, newest + 1)]
        assert ring.closes.tolist() == closes
    assert len(ring.closes) == newest - first + 1
