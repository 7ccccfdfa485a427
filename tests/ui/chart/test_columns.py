from __future__ import annotations

import pytest

from bntui.ui.chart import columns
from bntui.ui.chart.columns import BLANK, Columns, Ground, Place, curve_points, shape_of, volume_height
from bntui.ui.chart.glyphs import BLOCKS
from bntui.ui.chart.scale import Scale
from bntui.ui.chart.series import Bar

SCALE = Scale(0.0, 10.0, 5, False)
GROUND = Ground(SCALE, frozenset({2}), 2, 100.0, BLOCKS, False)
FELL = Bar(0, 6.0, 8.0, 2.0, 4.0, 50.0, 0.0, 9, True)


def standing() -> Columns:
    drawn = Columns()
    drawn.stand_on(GROUND)
    return drawn


def text(column: tuple[tuple[str, str], ...]) -> str:
    return "".join(char for char, _ in column)


def test_a_column_is_the_plot_and_below_it_the_volume() -> None:
    first, gap = standing().of(Place(FELL, False, False), 1, 2, ((), ()))
    assert len(first) == SCALE.lines + 2
    assert {style for char, style in first[:5] if char not in " ┈"} == {"down"}
    assert first[-1] == ("█", "volume")
    assert text(gap) == "  ┈    "


def test_what_is_drawn_is_kept_until_the_ground_changes() -> None:
    drawn = standing()
    place = Place(FELL, False, False)
    kept = drawn.of(place, 1, 1, ((),))
    assert drawn.of(place, 1, 1, ((),)) is kept
    drawn.stand_on(GROUND._replace(volume_top=50.0))
    assert drawn.of(place, 1, 1, ((),)) is not kept


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "KEPT", 3)
    drawn = standing()
    for volume in range(50):
        drawn.stand_on(GROUND)
        drawn.of(Place(FELL._replace(volume=float(volume)), False, False), 1, 1, ((),))
    assert len(drawn._kept) <= 4


def test_a_time_that_we_were_blind_in_is_shaded_behind_what_is_known() -> None:
    (empty,) = standing().of(Place(None, True, True), 1, 1, ((),))
    assert set(empty) == {("░", "shade")}
    (partly,) = standing().of(Place(FELL, True, False), 1, 1, ((),))
    assert {"░", "│", "█"} <= set(text(partly))


def test_a_curve_passes_behind_the_candle_and_before_the_grid() -> None:
    curve = ((2, "⠒", "line-1"), (0, "⠉", "line-1"))
    over = ((0, "∙", "line-3"),)
    (column,) = standing().of(Place(FELL, False, False), 1, 1, (curve + over,))
    assert column[0] == ("⠉", "line-1"), "of two the first counts"
    assert column[2][1] == "down"
    (free,) = standing().of(Place(None, False, False), 1, 1, (curve,))
    assert free[2] == ("⠒", "line-1")
    assert free[1] == BLANK


def test_a_line_goes_down_where_a_time_is_written() -> None:
    (column,) = standing().of(Place(None, False, True), 1, 1, ((),))
    assert text(column[:5]) == "┊┊┊┊┊"


def test_without_trades_and_without_movement_a_candle_is_idle() -> None:
    still = Bar(0, 5.0, 5.0, 5.0, 5.0, 0.0, 0.0, 0, True)
    assert shape_of(still, SCALE).idle
    assert not shape_of(still._replace(trades=1), SCALE).idle


def test_only_candles_that_rose_are_hollow() -> None:
    assert not shape_of(FELL, SCALE, hollow=True).hollow
    assert shape_of(FELL._replace(close=7.0), SCALE, hollow=True).hollow
    assert not shape_of(FELL._replace(close=7.0), SCALE).hollow


@pytest.mark.parametrize(
    ("volume", "eighths", "clipped"),
    [(0.0, 0, False), (1e-9, 1, False), (50.0, 8, False), (100.0, 16, False), (1e12, 16, True)],
)
def test_a_volume_is_seen_however_small_and_never_higher_than_its_panel(
    volume: float, eighths: int, clipped: bool
) -> None:
    assert volume_height(volume, 100.0, 2) == (eighths, clipped)
    assert volume_height(volume, 100.0, 0) == (0, False)


def test_a_curve_is_straight_between_two_candles_and_ends_where_nothing_is_known() -> None:
    points = curve_points([None, 1.0, 9.0, None, 5.0, 99.0], 2, 1, SCALE, BLOCKS.curve, "line-1")
    assert [None if point is None else point[0] for point in points] == [
        None,
        None,
        4,
        2,
        0,
        None,
        None,
        None,
        2,
        None,
        None,
        None,
    ]
