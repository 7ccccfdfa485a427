from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.panels import CandleView, Hole
from bntui.ui.chart.series import Bar, Series, bar_of, merged, overdue
from tests.support.candles import BEGIN_MS, MINUTE_MS, candle, walk


def by_time(views: list[CandleView]) -> dict[int, CandleView]:
    return {view.open_ms: view for view in views}


def filled(views: list[CandleView], holes: list[Hole] | None = None) -> Series:
    series = Series()
    series.take("1m", by_time(views), holes or [])
    return series


def test_a_candle_is_read_into_numbers() -> None:
    bar = bar_of(candle(BEGIN_MS), 7)
    assert bar == Bar(7, 100.0, 110.0, 90.0, 105.0, 12.5, 1250.0, 42, True)
    assert bar is not None
    assert bar.direction == 1


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1e999", "١٢x"])
def test_what_is_no_number_is_no_candle(text: str) -> None:
    assert bar_of(candle(BEGIN_MS, close=text), 0) is None


def test_nothing_is_drawn_outside_its_candle() -> None:
    bar = bar_of(candle(BEGIN_MS, "100", "90", "120", "130", volume="-5"), 0)
    assert bar is not None
    assert (bar.low, bar.high, bar.volume) == (90.0, 130.0, 0.0)


def test_neighbours_become_one_candle_from_the_first_open_to_the_last_close() -> None:
    bars = [
        Bar(4, 10, 15, 9, 11, 1, 10, 3, True),
        Bar(5, 11, 12, 5, 6, 2, 16, 4, True),
        Bar(6, 6, 8, 6, 7, 3, 21, 5, False),
    ]
    assert merged(bars, 4) == Bar(4, 10, 15, 5, 7, 6, 47, 12, False, 3)


def test_one_alone_stays_what_it_is() -> None:
    bar = Bar(5, 11, 12, 5, 6, 2, 16, 4, True)
    assert merged([bar], 5) is bar
    assert merged([bar], 4).slot == 4


def test_only_what_is_new_is_told() -> None:
    views = walk(20)
    series = filled(views)
    assert series.take("1m", by_time(views), []) is None
    views[-1] = replace(views[-1], close=views[-1].open)
    assert series.take("1m", by_time(views), []) == series.last
    older = candle(BEGIN_MS - 5 * MINUTE_MS)
    assert series.take("1m", by_time([older, *views]), []) == series.first
    assert list(series.bars) == sorted(series.bars)
    assert list(series.views) == list(series.bars)


def test_candles_that_did_not_change_are_not_read_again() -> None:
    views = walk(20)
    series = filled(views)
    kept = dict(series.bars)
    older = candle(BEGIN_MS - 5 * MINUTE_MS)
    series.take("1m", by_time([older, *views]), [])
    assert all(series.bars[slot] is bar for slot, bar in kept.items())


def test_what_the_engine_forgets_is_forgotten() -> None:
    views = walk(20)
    series = filled(views)
    assert series.take("1m", by_time(views[5:]), []) is not None
    assert len(series.bars) == 15
    assert series.first == series.slots.at(views[5].open_ms)
    series.take("1m", {}, [])
    ends = {series.first, series.last}
    assert ends == {None}
    assert not series.bars


def test_another_interval_begins_anew() -> None:
    series = filled(walk(20))
    hours = walk(5, interval="1h")
    series.take("1h", by_time(hours), [])
    assert len(series.bars) == 5
    assert series.slots.length_ms == 3_600_000


def test_a_candle_that_turns_into_nonsense_is_taken_away() -> None:
    views = walk(3)
    series = filled(views)
    views[-1] = replace(views[-1], high="?")
    series.take("1m", by_time(views), [])
    assert len(series.bars) == len(series.views) == 2


def test_holes_are_slots() -> None:
    hole = Hole(BEGIN_MS + MINUTE_MS, BEGIN_MS + 3 * MINUTE_MS, "connection lost")
    series = filled(walk(10, skip=(1, 2, 3)), [hole])
    (blind,) = series.blind
    assert series.first is not None
    assert (blind.first - series.first, blind.last - series.first, blind.cause) == (1, 3, "connection lost")
    assert series.blind_between(blind.last, blind.last + 9) == [blind]
    assert series.blind_between(blind.last + 1, blind.last + 9) == []


def test_a_hole_that_closes_changes_what_is_known() -> None:
    views = walk(10, skip=(4,))
    series = filled(views, [Hole(BEGIN_MS + 4 * MINUTE_MS, BEGIN_MS + 4 * MINUTE_MS, "")])
    assert series.take("1m", by_time(views), []) is not None
    assert series.blind == ()


def test_a_stretch_is_found_however_far_its_ends_are() -> None:
    series = filled([candle(0), *walk(10)])
    assert len(series.between(-(10**12), 10**12)) == 11
    assert series.first is not None
    assert [bar.slot for bar in series.between(series.first, series.first + 1)] == [series.first]


@pytest.mark.parametrize(
    ("seconds", "missing"), [(0, 0), (59, 0), (64, 0), (120, 0), (124, 0), (125, 1), (185, 2), (-600, 0)]
)
def test_candles_are_overdue_when_a_whole_one_should_have_come(seconds: int, missing: int) -> None:
    hole = overdue("1m", candle(BEGIN_MS), BEGIN_MS + seconds * 1_000)
    if not missing:
        assert hole is None
    else:
        assert hole == Hole(BEGIN_MS + MINUTE_MS, BEGIN_MS + missing * MINUTE_MS, "no candle came")


def test_holes_alone_leave_the_averages_as_they_are() -> None:
    views = walk(10)
    series = filled(views)
    hole = Hole(BEGIN_MS + 10 * MINUTE_MS, BEGIN_MS + 12 * MINUTE_MS, "lost")
    assert series.last is not None
    assert series.take("1m", by_time(views), [hole]) == series.last + 1
