"""The plot: candles, volume, curves, price axis and time axis, as lines of text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from bntui.ui.chart.columns import BLANK, Cell, Column, Columns, Ground, Place, curve_points
from bntui.ui.chart.groups import Group, groups_of
from bntui.ui.chart.intervals import length_ms
from bntui.ui.chart.own import Traded, mark, traded_in
from bntui.ui.chart.scale import Scale, fitted, labels, price_text
from bntui.ui.chart.scene import Layout, Scene
from bntui.ui.chart.series import Bar, Blind, Series
from bntui.ui.chart.studies import Studies
from bntui.ui.chart.timeline import Tick, moment_text, ticks
from bntui.ui.chart.words import blind_text
from bntui.ui.format import fit, human, price, width_of
from bntui.ui.widgets.lines import Line, Part

LINES_A_LABEL = ((20, 4), (9, 3), (0, 2))
"""Lines from one price of the axis to the next, about, by the lines of the plot."""

GRID_FROM = 5
"""Lines of the plot from which on it has a grid."""

SPIKE = 4.0
"""A volume so many times the ninth tenth of those visible is cut off, lest it flatten all others."""

_TOPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

_GROUND_STYLES = frozenset({"", "grid"})
"""What a line across the plot may cover."""


class CrossPlace(NamedTuple):
    """Where the crosshair's lines are, and the price beside the one across."""

    column: int
    line: int | None
    """None: there is no price to point at."""
    text: str


class Plot:
    """Draws the candles that are visible, and keeps what the next drawing can use again."""

    def __init__(self) -> None:
        """Start with nothing drawn."""
        self._columns = Columns()
        self._fitted: Scale | None = None
        self.scale: Scale | None = None
        """Of what was drawn last; None where no candle was visible."""
        self.groups: list[Group] = []
        """What is visible, oldest first."""
        self.left = 0
        """The column in which the first of them begins."""
        self.traded: list[Traded] = []
        """Where one traded oneself."""
        self.unnamed: list[Blind] = []
        """What we were blind in and has no room for its words in the plot."""

    def __repr__(self) -> str:
        return f"<Plot {len(self.groups)} places, {self._columns}>"

    def forget(self) -> None:
        """Other candles come: let the scale fit them alone."""
        self._fitted = None

    def look(self, scene: Scene, series: Series, layout: Layout) -> bool:
        """Find out what is visible; False where that is neither a candle nor a time that we were blind in."""
        self.groups = groups_of(series, scene.window, layout.cells)
        zoom = scene.window.zoom
        used = (len(self.groups) - 1) * zoom.pitch + zoom.width
        self.left = max(layout.cells - used, 0)
        bars = [group.bar for group in self.groups if group.bar is not None]
        self.scale = None
        if layout.plot < 1 or layout.plot_width < 1 or not any(g.bar or g.blind for g in self.groups):
            return False
        low = min((bar.low for bar in bars), default=0.0)
        high = max((bar.high for bar in bars), default=0.0)
        is_log = scene.options.log and low > 0
        self._fitted = fitted(low, high, float(scene.ticks.tick), layout.plot, is_log, self._fitted)
        self.scale = self._fitted
        return True

    def shows(self, slot: int) -> bool:
        """Is the slot visible?"""
        return bool(self.groups) and self.groups[0].first <= slot <= self.groups[-1].last

    def group_at(self, x: int, pitch: int) -> Group | None:
        """What stands in a column of the plot."""
        place = (x - self.left) // pitch
        return self.groups[place] if 0 <= place < len(self.groups) else None

    def lines(self, scene: Scene, series: Series, studies: Studies, layout: Layout) -> list[Line]:
        """Plot, volume and times, top down."""
        scale = self.scale
        assert scale is not None, "nothing to draw"
        has_prices = any(group.bar for group in self.groups)
        apart = next(lines for least, lines in LINES_A_LABEL if layout.plot >= least)
        shown = labels(scale, scene.ticks.tick, apart) if has_prices else {}
        marks = self._ticks(scene, series)
        top = volume_top([group.bar for group in self.groups if group.bar is not None])
        grid = frozenset(shown) if layout.plot >= GRID_FROM else frozenset()
        self._columns.stand_on(Ground(scale, grid, layout.volume, top, scene.glyphs, scene.options.hollow))
        columns = self._all_columns(scene, studies, layout, {tick.place for tick in marks})
        cross = self._cross(scene, series, scale)
        if cross is not None and cross.column < len(columns):
            columns[cross.column] = _struck(columns[cross.column], (scene.glyphs.cross_down, "cross"))
        rows: list[Sequence[Cell]] = list(zip(*columns, strict=True))
        last = self._last_price(scene, series, scale)
        if last is not None:
            rows[last[0]] = _struck(rows[last[0]], (scene.glyphs.across, "last-price"))
        if cross is not None and cross.line is not None:
            rows[cross.line] = _struck(rows[cross.line], (scene.glyphs.cross_across, "cross"))
        self.traded = traded_in(self.groups, series, scene.own)
        mark(rows, self.traded, self.groups, scale, scene, self.left)
        self._name_blind(scene, series, layout, rows)
        axis = _axis(scene, scale, layout, shown, last, cross)
        if layout.volume and has_prices:
            axis[layout.plot] = (_in_axis(human(Decimal(repr(top))), layout.axis), "faint")
        drawn = [(*_runs(row), axis.get(line, (" " * layout.axis, ""))) for line, row in enumerate(rows)]
        if layout.times:
            drawn.append(self._times(scene, series, layout, marks, cross))
        return drawn

    # Columns

    def _all_columns(self, scene: Scene, studies: Studies, layout: Layout, marked: set[int]) -> list[Column]:
        pitch, width, _ = scene.window.zoom
        curves = self._curves(scene, studies)
        ground = self._columns.of(Place(None, False, False), 1, 1, ((),))
        columns: list[Column] = list(ground * self.left)
        for number, group in enumerate(self.groups):
            place = Place(group.bar, group.blind, number in marked)
            at = number * pitch
            columns += self._columns.of(place, width, pitch, curves[at : at + pitch])
        columns += ground * max(layout.plot_width - len(columns), 0)
        return columns[: layout.plot_width]

    def _curves(self, scene: Scene, studies: Studies) -> list[tuple[tuple[int, str, str], ...]]:
        """What of the averages passes through each column, the most important first."""
        pitch, width, _ = scene.window.zoom
        scale, glyphs = self.scale, scene.glyphs
        wanted: list[tuple[Mapping[int, float], str, str]] = []
        if scene.options.averages:
            wanted.append((studies.short.values, glyphs.curve, "line-1"))
            wanted.append((studies.long.values, glyphs.dots, "line-2"))
        if scene.options.vwap:
            wanted.append((studies.vwap.values, glyphs.mark, "line-3"))
        if not wanted or scale is None:
            return [()] * (len(self.groups) * pitch)
        drawn = [
            curve_points([group.value(values) for group in self.groups], pitch, width, scale, chars, style)
            for values, chars, style in wanted
        ]
        return [tuple(point for point in points if point is not None) for points in zip(*drawn, strict=True)]

    # Lines across

    def _last_price(self, scene: Scene, series: Series, scale: Scale) -> tuple[int, str, str] | None:
        """The line of the newest close, its text, and its style; None where it is off the scale."""
        if series.last is None:
            return None
        bar = series.bars[series.last]
        if not scale.holds(bar.close):
            return None
        style = {1: "price-up", -1: "price-down", 0: "price-flat"}[bar.direction]
        text = price(series.views[series.last].close, scene.ticks.price_decimals)
        return scale.line(bar.close), text, style

    def _cross(self, scene: Scene, series: Series, scale: Scale) -> CrossPlace | None:
        """Where the crosshair is; None where there is none, or its candle is not visible."""
        cross, decimals = scene.cross, scene.ticks.price_decimals
        if cross is None:
            return None
        pitch, width, merged = scene.window.zoom
        if not self.shows(cross.slot):
            return None
        number = (cross.slot - self.groups[0].first) // merged
        group = self.groups[number]
        column = self.left + number * pitch + width // 2
        if cross.line is not None:
            line = min(max(cross.line, 0), scale.lines - 1)
            return CrossPlace(column, line, price_text(Decimal(repr(scale.price_at(line))), decimals))
        if group.bar is None:
            return CrossPlace(column, None, "")
        close = group.views(series)[-1].close
        return CrossPlace(column, scale.line(group.bar.close), price(close, decimals))

    def _name_blind(self, scene: Scene, series: Series, layout: Layout, rows: list[Sequence[Cell]]) -> None:
        """Write into each time that we were blind in what it was, where its columns have room for that."""
        self.unnamed = []
        if not self.groups:
            return
        pitch = scene.window.zoom.pitch
        size = scene.window.zoom.merged
        first_shown = self.groups[0].first
        for blind in series.blind_between(first_shown, self.groups[-1].last):
            text = f" {blind_text(blind, series, scene, short=True)} "
            left = self.left + max(blind.first - first_shown, 0) // size * pitch
            right = min(self.left + ((blind.last - first_shown) // size + 1) * pitch, layout.plot_width)
            if width_of(text) > right - left or len(text) != width_of(text) or not layout.notes:
                self.unnamed.append(blind)
                continue
            cells = list(rows[0])
            at = left + (right - left - len(text)) // 2
            cells[at : at + len(text)] = [(char, "blind") for char in text]
            rows[0] = cells

    # Axes

    def _ticks(self, scene: Scene, series: Series) -> tuple[Tick, ...]:
        opens = [series.slots.opens(group.first) for group in self.groups]
        second = length_ms(scene.interval) < 60_000
        return ticks(opens, scene.window.zoom.pitch, scene.options.zone, second)

    def _times(
        self, scene: Scene, series: Series, layout: Layout, marks: Sequence[Tick], cross: CrossPlace | None
    ) -> Line:
        """The line below: times, the running candle's mark, the crosshair's time, and the zone."""
        pitch, width, _ = scene.window.zoom
        cells: list[Cell] = [BLANK] * layout.plot_width
        if cross is not None and scene.cross is not None:
            opened = series.slots.opens(scene.cross.slot)
            text = f" {moment_text(opened, scene.options.zone, length_ms(scene.interval) / 1000)} "
            at = max(min(cross.column - len(text) // 2, layout.plot_width - len(text)), 0)
            _write(cells, at, text, "label-cross")
        for tick in marks:
            at = self.left + tick.place * pitch + width // 2 - len(tick.text) // 2
            if all(cell == BLANK for cell in cells[max(at - 1, 0) : at + len(tick.text) + 1]):
                _write(cells, at, tick.text, "strong" if tick.begins else "title")
        newest = self.groups[-1] if self.groups else None
        if newest is not None and newest.bar is not None and not newest.bar.closed:
            at = self.left + (len(self.groups) - 1) * pitch + width // 2
            if at < len(cells) and cells[at] == BLANK:
                cells[at] = (scene.glyphs.now, "key")
        now = series.slots.opens(newest.last) if newest is not None else scene.now_ms
        zone = scene.options.zone.name(now)
        if not layout.axis:
            _write(cells, max(layout.plot_width - len(zone), 0), zone, "title")
        return (*_runs(cells), (fit(f" {zone}", layout.axis), "title"))


def volume_top(bars: Sequence[Bar]) -> float:
    """The volume that fills the panel: round, so that it changes seldom, and not that of a lonely spike."""
    volumes = sorted(bar.volume for bar in bars if bar.volume > 0)
    if not volumes:
        return 1.0
    most, usual = volumes[-1], volumes[(len(volumes) - 1) * 9 // 10]
    top = most if most <= SPIKE * usual else SPIKE / 2 * usual
    magnitude = 10.0 ** math.floor(math.log10(top))
    return next((step * magnitude for step in _TOPS if step * magnitude >= top), top)


def _axis(
    scene: Scene,
    scale: Scale,
    layout: Layout,
    shown: Mapping[int, Decimal],
    last: tuple[int, str, str] | None,
    cross: CrossPlace | None,
) -> dict[int, Part]:
    """The prices beside the plot by line; of two on one line the crosshair's is shown, then the last one."""
    if not layout.axis:
        return dict.fromkeys(range(layout.plot + layout.volume), ("", ""))
    decimals = scene.ticks.price_decimals
    axis: dict[int, Part] = {
        line: (_in_axis(price_text(at, decimals), layout.axis), "title") for line, at in shown.items()
    }
    if last is not None:
        line, text, style = last
        axis[line] = (fit(f"{scene.glyphs.last}{text}", layout.axis), style)
    if cross is not None and cross.line is not None and (last is None or cross.text != last[1]):
        axis[cross.line] = (fit(f"{scene.glyphs.cross}{cross.text}", layout.axis), "label-cross")
    return axis


def _in_axis(text: str, width: int) -> str:
    return fit(f" {text}", width)


def _struck(cells: Sequence[Cell], stroke: Cell) -> Column:
    """The cells with a line through them that covers nothing but the ground."""
    return tuple(stroke if cell[1] in _GROUND_STYLES else cell for cell in cells)


def _write(cells: list[Cell], at: int, text: str, style: str) -> None:
    """Write into the cells what fits of the text, from a column on."""
    for x, char in enumerate(text, at):
        if 0 <= x < len(cells):
            cells[x] = (char, style)


def _runs(cells: Sequence[Cell]) -> Line:
    """The cells as text, neighbours of one style together."""
    return tuple(
        ("".join(char for char, _ in run), style) for style, run in groupby(cells, key=lambda cell: cell[1])
    )
