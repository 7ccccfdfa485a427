"""Minutes, from the made-up past into the present, and windows that roll over them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.sim.bars import HOUR_MINUTES, Bar, empty_bar, join
from bntui.sim.history import Painter
from bntui.sim.timeline import KEPT_MINUTES, Timeline, Window
from tests.sim.rig import MINUTE, past

steps = st.lists(
    st.one_of(
        st.tuples(st.integers(90, 110), st.integers(1, 5), st.booleans()),
        st.integers(1, 4),
    ),
    max_size=60,
)
"""Trades, and minutes that go by."""


def play(timeline: Timeline, steps: list[tuple[int, int, bool] | int]) -> None:
    for step in steps:
        if isinstance(step, int):
            timeline.roll(timeline.minute + step)
        else:
            timeline.open.add(timeline.open.last_id + 1, *step)


def by_minutes(timeline: Timeline, low: int, high: int) -> Bar:
    bar = timeline.span(low, low + 1)
    for minute in range(low + 1, high):
        bar = join(bar, timeline.span(minute, minute + 1))
    return bar


def traded(bar: Bar) -> object:
    """A bar without the price of a span in which nothing was traded."""
    return bar if bar.trades else (bar.close, bar.last_id)


@given(steps)
def test_a_span_is_its_minutes_joined(steps: list[tuple[int, int, bool] | int]) -> None:
    timeline = Timeline(MINUTE, 100, 5)
    play(timeline, steps)
    for low in range(MINUTE, timeline.minute + 1, 7):
        whole, joined = (
            timeline.span(low, timeline.minute + 1),
            by_minutes(timeline, low, timeline.minute + 1),
        )
        assert traded(whole) == traded(joined)


@given(steps)
def test_trade_ids_and_prices_run_through_the_minutes(steps: list[tuple[int, int, bool] | int]) -> None:
    timeline = Timeline(MINUTE, 100, 5)
    play(timeline, steps)
    last_id, close = 5, 100
    for minute in range(MINUTE, timeline.minute + 1):
        bar = timeline.span(minute, minute + 1)
        assert bar.last_id == last_id + bar.trades
        if not bar.trades:
            assert bar == empty_bar(close, last_id)
        last_id, close = bar.last_id, bar.close


def test_the_past_and_the_present_join() -> None:
    known = past()
    timeline = Timeline(MINUTE, 9_125_000, 1_000_000, known)
    timeline.open.add(1_000_001, 9_125_100, 3, True)
    expected = join(known.span(MINUTE - 90, MINUTE), timeline.open.bar())
    assert timeline.span(MINUTE - 90, MINUTE + 1) == expected
    assert timeline.first_minute == known.first_minute
    assert timeline.span(known.first_minute - 500, known.first_minute + 1) == known.span(
        known.first_minute, known.first_minute + 1
    )


@settings(max_examples=30)
@given(steps, st.sampled_from([1, 2, 5, 60, 1440]), st.booleans())
def test_a_window_is_the_span_of_its_minutes(
    steps: list[tuple[int, int, bool] | int], length: int, with_past: bool
) -> None:
    known = past(price=100, per_hour=30.0) if with_past else None
    timeline = Timeline(MINUTE, 100, 1_000_000, known)
    window = Window(timeline, length)
    for step in steps:
        play(timeline, [step])
        bar, low = window.bar(), timeline.minute - length + 1
        assert window.start_minute == low
        assert traded(bar) == traded(timeline.span(max(low, timeline.first_minute), timeline.minute + 1))
        if with_past:
            assert window.previous_close() == timeline.span(low - 1, low).close


def test_a_window_follows_its_extremes_out() -> None:
    timeline = Timeline(MINUTE, 100, 5)
    window = Window(timeline, 3)
    seen = []
    for price in (110, 100, 101, 102, 99):
        timeline.open.add(timeline.open.last_id + 1, price, 1, True)
        seen.append((window.bar().open, window.bar().high, window.bar().low, window.previous_close()))
        timeline.roll(timeline.minute + 1)
    assert seen == [
        (110, 110, 110, 100),
        (110, 110, 100, 100),
        (110, 110, 100, 100),
        (100, 102, 100, 110),
        (101, 102, 99, 100),
    ]


def test_a_window_opens_with_its_first_trade_whatever_leaves() -> None:
    timeline = Timeline(MINUTE, 100, 5)
    window = Window(timeline, 4)
    seen = []
    for price in (105, 120, 90, 100, 101, 102, 103):
        timeline.open.add(timeline.open.last_id + 1, price, 1, True)
        bar = window.bar()
        seen.append((bar.open, bar.high, bar.low))
        timeline.roll(timeline.minute + 1)
    assert seen == [
        (105, 105, 105),
        (105, 120, 105),
        (105, 120, 90),
        (105, 120, 90),
        (120, 120, 90),
        (90, 102, 90),
        (100, 103, 100),
    ]


def test_a_pause_is_filled_with_made_up_minutes() -> None:
    timeline = Timeline(MINUTE, 5_000, 70)
    timeline.open.add(71, 5_010, 4, True)
    timeline.roll(MINUTE + 1)
    piece = Painter(1, 2, 900.0, 10).after(
        (MINUTE + 1) // HOUR_MINUTES, (MINUTE + 1) % HOUR_MINUTES, HOUR_MINUTES, 5_010, 71, 0
    )
    timeline.fill(piece)
    assert timeline.minute % HOUR_MINUTES == 0
    assert timeline.span(MINUTE + 1, timeline.minute) == piece.span(piece.low, piece.high)
    assert timeline.open.bar() == empty_bar(piece.span(piece.low, piece.high).close, piece.last_id)


def test_old_minutes_are_folded_into_hours_and_nothing_is_lost() -> None:
    timeline = Timeline(MINUTE, 100, 0)
    for number in range(KEPT_MINUTES + 5 * HOUR_MINUTES):
        timeline.open.add(number + 1, 100 + number % 7, 2, True)
        timeline.roll(timeline.minute + 1)
    whole = timeline.span(timeline.first_minute, timeline.minute)
    assert (whole.trades, whole.volume) == (KEPT_MINUTES + 300, 2 * (KEPT_MINUTES + 300))
    hour = (MINUTE // HOUR_MINUTES + 1) * HOUR_MINUTES
    assert timeline.span(hour, hour + HOUR_MINUTES).trades == HOUR_MINUTES
    kept = timeline.minutes(timeline.first_minute, timeline.minute)
    assert KEPT_MINUTES <= len(kept) <= KEPT_MINUTES + 2 * HOUR_MINUTES
    assert all(bar.trades == 1 for _, bar in kept)


def test_an_unknown_time_has_the_price_of_the_beginning() -> None:
    timeline = Timeline(MINUTE, 100, 5)
    assert timeline.span(MINUTE - 10, MINUTE) == empty_bar(100, 5)
    assert repr(timeline) == f"<Timeline minute {MINUTE}, 0 kept, price 100>"


@pytest.mark.parametrize("length", [60, 1440])
def test_a_window_over_a_short_life_knows_what_there_is(length: int) -> None:
    timeline = Timeline(MINUTE, 100, 5)
    timeline.open.add(6, 120, 3, False)
    timeline.roll(MINUTE + 2)
    assert Window(timeline, length).bar().trades == 1
