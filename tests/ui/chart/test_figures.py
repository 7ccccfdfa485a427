from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.chart.figures import Shape, candle_cells, curve_cell, volume_cells
from bntui.ui.chart.glyphs import ASCII, BLOCKS


def shown(shape: Shape, width: int = 1) -> list[str]:
    cells = candle_cells(shape, width, BLOCKS)
    return [cells[line] for line in sorted(cells)]


def test_a_body_is_filled_and_its_wicks_are_thin() -> None:
    assert shown(Shape(0, 9, 4, 7, -1)) == ["│", "│", "█", "█", "│"]


def test_ends_fall_on_half_cells() -> None:
    assert shown(Shape(1, 8, 3, 6, -1)) == ["╷", "▄", "█", "▀", "╵"]


def test_a_hollow_body_shows_its_wick_in_the_other_half() -> None:
    assert shown(Shape(1, 8, 3, 6, 1, hollow=True)) == ["╷", "╽", "┃", "╿", "╵"]


def test_a_wide_hollow_body_is_an_outline() -> None:
    assert shown(Shape(0, 11, 2, 9, 1, hollow=True), 3) == [" │ ", "▛▀▜", "▌ ▐", "▌ ▐", "▙▄▟", " │ "]
    assert shown(Shape(3, 8, 3, 8, 1, hollow=True), 3) == ["▗▄▖", "▌ ▐", "▌ ▐", "▝▀▘"]


def test_a_small_hollow_body_is_a_line() -> None:
    assert shown(Shape(0, 5, 2, 3, 1, hollow=True), 3) == [" │ ", "─┼─", " │ "]


def test_a_hollow_body_of_two_halves_in_two_cells_has_room_inside() -> None:
    assert shown(Shape(1, 6, 3, 4, 1, hollow=True), 5) == ["  ╷  ", "┏━━━┓", "┗━━━┛", "  ╵  "]


@pytest.mark.parametrize(("high", "low", "sign"), [(2, 2, "─"), (0, 2, "┴"), (2, 4, "┬"), (0, 4, "┼")])
def test_a_candle_that_closed_as_it_opened_is_a_dash_on_its_wick(high: int, low: int, sign: str) -> None:
    assert sign in shown(Shape(high, low, 2, 2, 0))


def test_a_candle_without_trades_is_a_dash_at_its_close() -> None:
    assert candle_cells(Shape(4, 4, 4, 4, 0, idle=True), 3, BLOCKS) == {2: "╌╌╌"}


def test_rose_and_fell_differ_without_colour() -> None:
    for width, top, bottom in product((1, 3, 5), (2, 3), (3, 4, 5, 6, 7)):
        rose, fell = Shape(0, 9, top, bottom, 1, hollow=True), Shape(0, 9, top, bottom, -1)
        for glyphs in (BLOCKS, ASCII):
            risen = candle_cells(rose, width, glyphs).values()
            fallen = candle_cells(fell, width, glyphs).values()
            solid = set("".join(fallen)) & set(glyphs.filled)
            assert solid, "a body that fell is filled"
            assert not any(text.strip() and set(text) <= solid for text in risen), (width, top, bottom)


@given(
    st.lists(st.integers(0, 60), min_size=4, max_size=4),
    st.sampled_from([-1, 0, 1]),
    st.sampled_from([1, 3, 5, 7]),
    st.booleans(),
    st.booleans(),
)
def test_no_cell_lies_outside_the_candle(
    ends: list[int], direction: int, width: int, idle: bool, hollow: bool
) -> None:
    high, top, bottom, low = sorted(ends)
    cells = candle_cells(Shape(high, low, top, bottom, direction, idle, hollow), width, BLOCKS)
    assert cells
    assert set(cells) <= set(range(high // 2, low // 2 + 1))
    assert all(len(text) == width for text in cells.values())
    assert idle or set(cells) == set(range(high // 2, low // 2 + 1)), "a candle has no break"


def test_volume_stands_on_the_last_line_in_eighths() -> None:
    assert volume_cells(11, 3, False, 1, BLOCKS) == {2: "█", 1: "▃"}
    assert volume_cells(0, 3, False, 1, BLOCKS) == {}
    assert volume_cells(24, 3, True, 1, BLOCKS) == {2: "█", 1: "█", 0: "↑"}
    assert volume_cells(999, 2, False, 3, BLOCKS) == {1: "███", 0: "███"}


def test_a_curve_passes_a_cell_at_four_heights() -> None:
    assert [curve_cell(quarter, BLOCKS.curve) for quarter in range(4, 9)] == [
        (1, "⠉"),
        (1, "⠒"),
        (1, "⠤"),
        (1, "⣀"),
        (2, "⠉"),
    ]
