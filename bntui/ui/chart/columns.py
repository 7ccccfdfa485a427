"""The columns of the picture: candle, curves, volume and background of each cell, top down, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bntui.ui.chart.figures import EIGHTHS, Shape, candle_cells, curve_cell, volume_cells
from bntui.ui.chart.glyphs import Glyphs
from bntui.ui.chart.scale import Scale
from bntui.ui.chart.series import Bar

Cell = tuple[str, str]
"""One character, and the name of its style."""

Column = tuple[Cell, ...]
"""The cells of one column of the screen, top down: the plot, then the volume."""

BLANK: Cell = (" ", "")

QUARTERS = 4
"""Heights of a curve within a cell."""

KEPT = 4_000
"""Columns that are kept; beyond it all are forgotten and drawn anew as they are needed."""

IDLE, RISING, FALLING = "faint", "up", "down"

STYLES = {1: RISING, -1: FALLING, 0: "title"}


class Place(NamedTuple):
    """What stands in the cells of one candle, or of one group of them."""

    bar: Bar | None
    blind: bool
    """We were blind in all of it, or in a part."""
    marked: bool
    """A line of the grid goes down here: a time is written below."""


class Ground(NamedTuple):
    """What all columns share; another one, and every column is another."""

    scale: Scale
    grid: frozenset[int]
    """Lines of the plot with a price beside them."""
    volume_lines: int
    volume_top: float
    """The volume that fills its panel."""
    glyphs: Glyphs
    hollow: bool
    """Candles that rose are drawn as outlines."""


class Columns:
    """Draws columns and keeps them: a tick changes one candle, and so a few columns of two hundred."""

    def __init__(self) -> None:
        """Start with none."""
        self._ground: Ground | None = None
        self._kept: dict[tuple[object, ...], tuple[Column, ...]] = {}

    def __repr__(self) -> str:
        return f"<Columns {len(self._kept)} kept>"

    def stand_on(self, ground: Ground) -> None:
        """Draw on this ground from now on."""
        if ground != self._ground or len(self._kept) > KEPT:
            self._ground = ground
            self._kept.clear()

    def of(
        self, place: Place, width: int, pitch: int, curves: Sequence[tuple[tuple[int, str, str], ...]]
    ) -> tuple[Column, ...]:
        """The `pitch` columns of a place, its candle `width` cells wide; `curves` tells for each column which
        line, character and style of a curve passes."""
        key = (place, width, pitch, *curves)
        columns = self._kept.get(key)
        if columns is None:
            columns = self._kept[key] = self._drawn(place, width, pitch, curves)
        return columns

    def _drawn(
        self, place: Place, width: int, pitch: int, curves: Sequence[tuple[tuple[int, str, str], ...]]
    ) -> tuple[Column, ...]:
        assert self._ground is not None, "no ground to stand on"
        scale, grid, volume_lines, volume_top, glyphs, hollow = self._ground
        candle: Mapping[int, str] = {}
        volume: Mapping[int, str] = {}
        style = "title"
        if place.bar is not None:
            shape = shape_of(place.bar, scale, hollow)
            candle = candle_cells(shape, width, glyphs)
            style = IDLE if shape.idle else STYLES[shape.direction]
            eighths, clipped = volume_height(place.bar.volume, volume_top, volume_lines)
            volume = volume_cells(eighths, volume_lines, clipped, width, glyphs)
        drawn: list[Column] = []
        for x in range(pitch):
            passing = (
                {line: (char, name) for line, char, name in reversed(curves[x])} if x < len(curves) else {}
            )
            cells: list[Cell] = []
            for line in range(scale.lines):
                char = candle[line][x] if x < width and line in candle else " "
                if char != " ":
                    cells.append((char, style))
                elif line in passing:
                    cells.append(passing[line])
                elif place.blind:
                    cells.append((glyphs.blind, "shade"))
                elif place.marked and x == width // 2:
                    cells.append((glyphs.grid_down, "grid"))
                elif line in grid:
                    cells.append((glyphs.grid_across, "grid"))
                else:
                    cells.append(BLANK)
            for line in range(volume_lines):
                char = volume[line][x] if x < width and line in volume else " "
                ground = (glyphs.blind, "shade") if place.blind else BLANK
                cells.append((char, "volume") if char != " " else ground)
            drawn.append(tuple(cells))
        return tuple(drawn)


def shape_of(bar: Bar, scale: Scale, hollow: bool = False) -> Shape:
    """Where the candle stands on the scale."""
    top, bottom = max(bar.open, bar.close), min(bar.open, bar.close)
    return Shape(
        scale.half(bar.high),
        scale.half(bar.low),
        scale.half(top),
        scale.half(bottom),
        bar.direction,
        idle=not bar.trades and bar.high == bar.low,
        hollow=hollow and bar.direction > 0,
    )


def volume_height(volume: float, top: float, lines: int) -> tuple[int, bool]:
    """Eighths of a line that a volume is high, at least one where anything was traded; and is it clipped?"""
    if volume <= 0 or top <= 0 or not lines:
        return 0, False
    most = lines * EIGHTHS
    return max(min(round(volume / top * most), most), 1), volume > top * 1.000001


def curve_points(
    values: Sequence[float | None], pitch: int, width: int, scale: Scale, characters: str, style: str
) -> list[tuple[int, str, str] | None]:
    """What a curve through the middles of the places shows in each column; straight between two of them.

    Nothing where it leaves the scale, or where one of its ends is not known.
    """
    points: list[tuple[int, str, str] | None] = [None] * (len(values) * pitch)
    middle = width // 2
    for place, value in enumerate(values):
        if value is None:
            continue
        after = values[place + 1] if place + 1 < len(values) else None
        for step in range(pitch if after is not None else 1):
            at = value if after is None else value + (after - value) * step / pitch
            x = place * pitch + middle + step
            if x < len(points) and scale.holds(at):
                line, char = curve_cell(scale.part(at, QUARTERS), characters)
                points[x] = (line, char, style)
    return points
