"""The made-up past agrees with itself, down to the single trade."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.sim.bars import HOUR_MINUTES, MINUTE_US, empty_bar, join
from bntui.sim.history import HISTORY_HOURS, Painter, Past, Shape, shape
from tests.sim.rig import MINUTE, bar_of, past

densities = st.sampled_from([0.5, 3.0, 20.0, 70.0, 500.0, 30_000.0])


@settings(max_examples=25)
@given(densities, st.integers(60, 10**7), st.integers(0, 10**6), st.integers(1, 40))
def test_a_minutes_bar_is_the_bar_of_its_trades(per_hour: float, price: int, seed: int, back: int) -> None:
    known = past(per_hour=per_hour, price=price, seed=seed)
    minute = MINUTE - back
    before = known.span(minute - 1, minute)
    piece = next(piece for piece in known.newest_first() if minute in piece.minutes)
    rows = piece.minute_trades(minute % HOUR_MINUTES)
    assert known.span(minute, minute + 1) == bar_of(rows, before)
    assert [row.trade_id for row in rows] == list(range(before.last_id + 1, before.last_id + 1 + len(rows)))
    assert all(minute * MINUTE_US <= row.time_us < (minute + 1) * MINUTE_US for row in rows)
    assert [row.time_us for row in rows] == sorted(row.time_us for row in rows)
    assert all(row.price > 0 and row.steps > 0 for row in rows)


@settings(max_examples=25)
@given(densities, st.integers(0, 10**6), st.integers(1, 200), st.integers(1, 200))
def test_a_span_is_its_minutes_joined(per_hour: float, seed: int, back: int, length: int) -> None:
    known = past(per_hour=per_hour, seed=seed)
    low, high = MINUTE - back - length, MINUTE - back
    joined = known.span(low, low + 1)
    for minute in range(low + 1, high):
        joined = join(joined, known.span(minute, minute + 1))
    whole = known.span(low, high)
    assert whole == joined or (whole.trades == joined.trades == 0 and whole.close == joined.close)


@pytest.mark.parametrize("per_hour", [0.5, 20.0, 5_000.0])
def test_the_past_leads_to_the_present(per_hour: float) -> None:
    known = past(per_hour=per_hour)
    assert known.span(MINUTE - 1, MINUTE).close == 9_125_000
    assert known.span(MINUTE - 1, MINUTE).last_id == 1_000_000
    hours = list(islice(known.newest_first(), 50))
    for later, earlier in pairwise(hours):
        assert earlier.last_id + 1 == later.first_id
        assert earlier.span(earlier.low, earlier.high).close == later.entry


def test_about_as_much_is_traded_as_now() -> None:
    known = past(per_hour=7_200.0)
    day = known.span(MINUTE - 1_440, MINUTE)
    assert 0.8 < day.trades / (24 * 7_200) < 1.2
    assert 0.8 < day.volume / (day.trades * 40) < 1.2


def test_prices_move_as_much_at_any_tick_size() -> None:
    for price in (461, 20_500, 9_125_000):
        day = past(price=price).span(MINUTE - 1_440, MINUTE)
        assert 0.005 < (day.high - day.low) / price < 0.25


def test_other_seeds_have_another_past() -> None:
    assert past(seed=1).span(MINUTE - 60, MINUTE) != past(seed=2).span(MINUTE - 60, MINUTE)
    assert past(seed=1).span(MINUTE - 60, MINUTE) == past(seed=1).span(MINUTE - 60, MINUTE)


def test_the_past_begins_somewhere() -> None:
    known = past()
    assert known.first_minute == (MINUTE // HOUR_MINUTES - HISTORY_HOURS) * HOUR_MINUTES
    assert sum(1 for _ in known.newest_first()) == HISTORY_HOURS + 1
    with pytest.raises(ValueError, match="empty span"):
        known.span(MINUTE, MINUTE)


@given(st.integers(0, 59), st.integers(1, 60), st.integers(0, 500))
def test_a_piece_that_fills_a_pause_goes_on_from_the_last_trade(low: int, length: int, seed: int) -> None:
    high = min(60, low + length)
    piece = Painter(seed, 3, 400.0, 40).after(MINUTE // 60, low, high, 5_000, 77, 7)
    assert piece.first_id == 78
    rows = [row for minute in range(low, high) for row in piece.minute_trades(minute)]
    assert piece.span(low, high) == bar_of(rows, empty_bar(5_000, 77))
    assert piece.trades == len(rows)
    assert not rows or rows[0].price == 5_000
    for row in rows[:: max(1, len(rows) // 5)]:
        assert row in piece.minute_trades(piece.minute_of(row.trade_id))
        assert row.agg_id == row.trade_id - 7


@given(st.sampled_from([1, 4, 1024]), st.sampled_from([1, 15, 240]), st.integers(0, 7))
def test_shapes_stay_within_their_amplitude(amplitude: int, active: int, variant: int) -> None:
    drawn = shape(amplitude, active, variant)
    segments = [segment for minute in drawn.minutes_segments for segment in minute]
    assert len(segments) == active
    assert all(abs(segment.offset) <= amplitude for segment in segments)
    assert all(segment.weight >= segment.deals for segment in segments)
    assert drawn is shape(amplitude, active, variant)
    assert Shape(amplitude, active, variant).whole == drawn.whole


@settings(max_examples=25)
@given(st.integers(0, 500), st.sampled_from([(1, 10), (10, 1), (3, 7)]), st.integers(1, 300))
def test_who_follows_another_moves_as_it_does_in_ticks_of_its_own(
    seed: int, ratio: tuple[int, int], back: int
) -> None:
    leader = past(per_hour=900.0, seed=seed)
    price = 9_125_000 * ratio[0] // ratio[1]
    painter = Painter(seed + 1, 6, 4_000.0, 40, leader.piece, ratio)
    follower = Past(painter, MINUTE, price, 5_000_000, 400)
    minute = MINUTE - back
    led, own = leader.span(minute, MINUTE), follower.span(minute, MINUTE)
    for name in ("open", "high", "low", "close"):
        moved, led_moved = getattr(own, name) - price, getattr(led, name) - 9_125_000
        # Each of up to six hours is rounded to whole ticks.
        assert abs(moved - led_moved * ratio[0] / ratio[1]) <= 12
    piece = next(piece for piece in follower.newest_first() if minute in piece.minutes)
    place = minute % HOUR_MINUTES
    rows = piece.minute_trades(place)
    assert piece.span(place, place + 1) == bar_of(
        rows, piece.span(piece.low, place) if place else empty_bar(piece.entry, piece.first_id - 1)
    )


def test_who_trades_too_little_for_the_shape_of_another_goes_its_own_way() -> None:
    leader = past(per_hour=30_000.0)
    alone, beside = (
        Past(Painter(7, 6, 20.0, 40, piece), MINUTE, 9_125_000, 5_000_000, 400)
        for piece in (None, leader.piece)
    )
    assert beside.span(MINUTE - 600, MINUTE) == alone.span(MINUTE - 600, MINUTE)


def test_nothing_is_known_of_hours_outside_the_past() -> None:
    known = past()
    newest = MINUTE // HOUR_MINUTES
    assert known.piece(newest) is not None
    assert known.piece(newest + 1) is known.piece(newest - HISTORY_HOURS - 1) is None
