from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.ui.chart.glyphs import ASCII
from bntui.ui.chart.picture import Picture
from bntui.ui.chart.scene import OwnFill, Scene, Ticks
from bntui.ui.chart.series import Series
from bntui.ui.chart.studies import Studies
from tests.support.candles import BEGIN_MS, INSTRUMENT, MINUTE_MS, candle

SERIES = Series()
CANDLES = {
    BEGIN_MS + n * MINUTE_MS: candle(BEGIN_MS + n * MINUTE_MS, "100.00", "103.00", "97.00", "101.00")
    for n in range(9)
} | {BEGIN_MS - MINUTE_MS: candle(BEGIN_MS - MINUTE_MS, "100.00", "110.00", "90.00", "101.00")}
SERIES.take("1m", dict(sorted(CANDLES.items())), [])
SCENE = Scene(60, 24, "1m", BEGIN_MS + 9 * MINUTE_MS, Ticks.of(INSTRUMENT))


def drawn(*own: OwnFill, scene: Scene = SCENE) -> list[str]:
    studies = Studies.of(MINUTE_MS)
    lines = Picture().draw(replace(scene, own=own), SERIES, studies)
    return ["".join(text for text, _ in line) for line in lines]


def column_of(lines: list[str], glyph: str) -> tuple[int, int]:
    """Where the mark stands in the plot: its column, and its line."""
    found = [(line.index(glyph), y) for y, line in enumerate(lines[3:-2], 3) if glyph in line]
    assert len(found) == 1, found
    return found[0]


def bought(minute: int, second: int = 0) -> OwnFill:
    return OwnFill(BEGIN_MS + minute * MINUTE_MS + second * 1000, True)


def sold(minute: int) -> OwnFill:
    return OwnFill(BEGIN_MS + minute * MINUTE_MS, False)


def test_a_buy_is_marked_below_its_candle_and_a_sale_above() -> None:
    plain, lines = drawn(), drawn(bought(4), sold(4))
    x, below = column_of(lines, "▲")
    also_x, above = column_of(lines, "▼")
    assert x == also_x
    candle_lines = [y for y in range(3, 18) if plain[y].ljust(60)[x] not in " ┈┊╌"]
    assert above == min(candle_lines) - 1
    assert below == max(candle_lines) + 1


def test_each_fill_is_marked_on_its_own_candle() -> None:
    steps = {column_of(drawn(bought(minute)), "▲")[0] for minute in (2, 3, 4)}
    assert len(steps) == 3
    first, second = (column_of(drawn(bought(3, second)), "▲")[0] for second in (0, 59))
    assert first == second


def test_the_legend_says_what_the_marks_are_and_how_many_fills_they_stand_for() -> None:
    assert " ▲ bought 2  ▼ sold 1" in drawn(bought(3), bought(3, 5), sold(6))[-1]
    assert "bought" not in drawn()[-1]
    assert "sold" not in drawn(bought(3))[-1]


def test_fills_outside_the_picture_are_not_counted() -> None:
    assert drawn(bought(-600), bought(600)) == drawn()


def test_on_a_candle_that_fills_the_plot_the_mark_stands_on_its_end() -> None:
    lines = drawn(bought(-1), sold(-1))
    assert column_of(lines, "▲")[0] == column_of(lines, "▼")[0]


@pytest.mark.parametrize("height", [4, 8, 12])
def test_low_pictures_are_drawn_all_the_same(height: int) -> None:
    lines = drawn(bought(3), sold(3), scene=replace(SCENE, height=height))
    assert len(lines) == height
    assert any("▲" in line for line in lines)


def test_plain_terminals_get_plain_marks() -> None:
    lines = drawn(bought(3), sold(3), scene=replace(SCENE, glyphs=ASCII))
    assert "".join(lines).isascii()
    assert "^ bought 1  v sold 1" in lines[-1]
