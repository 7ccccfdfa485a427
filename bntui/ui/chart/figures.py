"""One candle, one volume bar, one point of a curve: the characters of their cells, top down."""

from __future__ import annotations

from typing import NamedTuple

from bntui.ui.chart.glyphs import SIDES, Glyphs

HALVES = 2

EIGHTHS = 8

UPPER, LOWER = 1, 2
"""Bits of a cell's halves."""


class Shape(NamedTuple):
    """Where a candle stands, in half lines from the top; both ends of each pair belong to it."""

    high: int
    low: int
    top: int
    """Of the body."""
    bottom: int
    direction: int
    """1 rose, -1 fell, 0 closed as it opened."""
    idle: bool = False
    """Nothing was traded."""
    hollow: bool = False
    """Its body is drawn as an outline."""


def candle_cells(shape: Shape, width: int, glyphs: Glyphs) -> dict[int, str]:
    """What stands on each line that the candle touches: `width` characters, an odd number.

    The wick is in the middle. Where wick and body share a cell, the body is shown.
    """
    side = width // 2
    if shape.idle:
        return {shape.bottom // HALVES: glyphs.idle * width}
    body_lines = range(shape.top // HALVES, shape.bottom // HALVES + 1)
    is_flat = shape.direction == 0 or (shape.hollow and width > 1 and len(body_lines) == 1)
    cells: dict[int, str] = {}
    for line in range(shape.high // HALVES, shape.low // HALVES + 1):
        wick = _bits(line, shape.high, shape.low)
        body = _bits(line, shape.top, shape.bottom)
        if not body:
            cells[line] = " " * side + _whole(glyphs.wick, wick) + " " * side
        elif is_flat:
            cells[line] = _flat(shape, line, side, glyphs)
        elif not shape.hollow:
            cells[line] = _whole(glyphs.filled, body) * width
        elif width == 1:
            cells[line] = _narrow_hollow(body, wick, glyphs)
        else:
            cells[line] = _wide_hollow(shape, line, body, width, glyphs)
    return cells


def volume_cells(eighths: int, lines: int, clipped: bool, width: int, glyphs: Glyphs) -> dict[int, str]:
    """A bar of so many eighths of a line, standing on the last of `lines`; a clipped one says so on top."""
    cells: dict[int, str] = {}
    for line in range(lines - 1, -1, -1):
        level = min(max(eighths - (lines - 1 - line) * EIGHTHS, 0), EIGHTHS)
        if not level:
            break
        cells[line] = glyphs.volumes[level] * width
    if clipped and lines:
        cells[0] = glyphs.clipped * width
    return cells


def curve_cell(quarter: int, characters: str) -> tuple[int, str]:
    """The line, and the character on it, of a curve at a height in quarter lines from the top."""
    line, part = divmod(quarter, len(characters))
    return line, characters[len(characters) - 1 - part]


def _bits(line: int, first: int, last: int) -> int:
    """Which halves of a line lie between two half lines."""
    upper = first <= line * HALVES <= last
    lower = first <= line * HALVES + 1 <= last
    return UPPER * upper + LOWER * lower


def _whole(characters: str, bits: int) -> str:
    return characters[0 if bits == UPPER + LOWER else 1 if bits == UPPER else 2]


def _flat(shape: Shape, line: int, side: int, glyphs: Glyphs) -> str:
    above = shape.high // HALVES < line or shape.high < shape.top
    below = shape.low // HALVES > line or shape.low > shape.bottom
    middle = glyphs.flat[above + 2 * below]
    return glyphs.flat[0] * side + middle + glyphs.flat[0] * side


def _narrow_hollow(body: int, wick: int, glyphs: Glyphs) -> str:
    if body == UPPER + LOWER or wick == body:
        return _whole(glyphs.hollow, body)
    return glyphs.hollow_under_wick[0 if body == LOWER else 1]


def _wide_hollow(shape: Shape, line: int, body: int, width: int, glyphs: Glyphs) -> str:
    if body != UPPER + LOWER and shape.bottom == shape.top + 1:
        # Two thick edges would meet on the border of the cells, and look filled.
        half = glyphs.box[:3] if body == LOWER else glyphs.box[3:]
        return half[0] + half[1] * (width - 2) + half[2]
    if line == shape.top // HALVES:
        part = "top" if body & UPPER else "top_low"
    elif line == shape.bottom // HALVES:
        part = "bottom" if body & LOWER else "bottom_high"
    else:
        part = "middle"
    at = SIDES.index(part)
    return glyphs.left[at] + glyphs.edge[at] * (width - 2) + glyphs.right[at]
