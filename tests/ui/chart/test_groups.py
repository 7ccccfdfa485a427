from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.model.panels import CandleView, Hole
from bntui.ui.chart.groups import TAIL, groups_of, newest_slot
from bntui.ui.chart.series import Series
from bntui.ui.chart.window import USUAL, ZOOMS, Window
from tests.support.candles import BEGIN_MS, MINUTE_MS, walk

FAR = next(level for level, zoom in enumerate(ZOOMS) if zoom.merged == 5)


def series_of(views: list[CandleView], *holes: tuple[int, int]) -> Series:
    series = Series()
    told = [Hole(BEGIN_MS + first * MINUTE_MS, BEGIN_MS + last * MINUTE_MS, "lost") for first, last in holes]
    series.take("1m", {view.open_ms: view for view in views}, told)
    return series


def test_each_candle_has_a_place_and_so_has_each_missing_one() -> None:
    series = series_of(walk(20, skip=(15,)))
    groups = groups_of(series, Window(USUAL), 19)
    assert len(groups) == 10
    assert [group.bar is None for group in groups] == [False] * 5 + [True] + [False] * 4
    assert not any(group.blind for group in groups)


def test_a_time_that_we_were_blind_in_has_its_places() -> None:
    series = series_of(walk(20, skip=(15, 16)), (15, 16))
    assert [group.blind for group in groups_of(series, Window(USUAL), 19)] == [False] * 5 + [True] * 2 + [
        False
    ] * 3


def test_who_is_blind_now_sees_it_at_the_right_edge() -> None:
    series = series_of(walk(20), (20, 23))
    assert series.last is not None
    assert newest_slot(series) == series.last + 4
    assert groups_of(series, Window(USUAL), 19)[-1].blind


@given(st.integers(1, 130), st.sets(st.integers(0, 120)), st.integers(0, 9))
def test_merging_loses_no_candle_and_counts_none_twice(count: int, skip: set[int], end: int) -> None:
    series = series_of(walk(count, skip=skip - {0, count - 1}))
    assert series.last is not None
    groups = groups_of(series, Window(FAR, series.last - end), 40)
    shown = [view for group in groups for view in group.views(series)]
    assert len(shown) == len(set(shown)) == sum(group.bar.candles for group in groups if group.bar)
    for group in groups:
        views = group.views(series)
        if group.bar is None:
            assert not views
            continue
        assert group.first % 5 == 0
        assert group.bar.open == float(views[0].open)
        assert group.bar.close == float(views[-1].close)
        assert group.bar.high == max(float(view.high) for view in views)
        assert group.bar.low == min(float(view.low) for view in views)
        assert group.bar.trades == sum(view.trades for view in views)


def test_a_merged_candle_says_that_a_part_of_it_is_missing() -> None:
    groups = groups_of(series_of(walk(40, skip=(22,)), (22, 22)), Window(FAR), 40)
    assert sum(group.blind for group in groups) == 1
    (group,) = (group for group in groups if group.blind)
    assert group.bar is not None
    assert group.bar.candles == 4


def test_a_study_is_read_at_the_last_candle_of_a_group() -> None:
    group = groups_of(series_of(walk(40)), Window(FAR), 40)[-1]
    assert group.value({group.first: 1.0, group.first + 1: 2.0}) == 2.0
    assert group.value({}) is None


def test_where_nothing_is_known_nothing_is_shown() -> None:
    assert newest_slot(Series()) is None
    assert groups_of(Series(), Window(), 40) == []
    assert groups_of(series_of(walk(5)), Window(), 0) == []


def test_however_long_we_are_blind_the_candles_stay_in_view() -> None:
    series = series_of(walk(20), (20, 5_000))
    assert series.last is not None
    assert newest_slot(series) == series.last + TAIL
    assert newest_slot(series_of([], (3, 9))) is not None
