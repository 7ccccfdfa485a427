"""The whole chart as lines of styled text: title, values, plot, legend."""

from __future__ import annotations

from bntui.ui.chart.glyphs import written
from bntui.ui.chart.groups import Group, newest_slot
from bntui.ui.chart.own import traded_parts
from bntui.ui.chart.plot import Plot
from bntui.ui.chart.scale import price_text
from bntui.ui.chart.scene import Layout, Scene, lay_out
from bntui.ui.chart.series import Series
from bntui.ui.chart.studies import Studies
from bntui.ui.chart.words import (
    GAP,
    empty_words,
    flowed,
    legend_parts,
    note_parts,
    state_parts,
    title_parts,
    value_parts,
    values_width,
    without_bar,
)
from bntui.ui.format import decimal_of, price
from bntui.ui.widgets.lines import Line, Part, centre, cut, join, part_width, spread

BRIEF = slice(3, 5)
"""Of a candle's values the close and the change: they say most where there is room for little."""

NO_LAYOUT = Layout(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


class Picture:
    """Draws a scene of a series; keeps what the next drawing can use again."""

    def __init__(self) -> None:
        """Start with nothing drawn."""
        self.plot = Plot()
        self.layout = NO_LAYOUT
        """Where things stand in what was drawn last."""

    def __repr__(self) -> str:
        return f"<Picture {self.layout.width}×{self.layout.height} {self.plot}>"

    def forget(self) -> None:
        """Other candles come: let the scale fit them alone."""
        self.plot.forget()

    def draw(self, scene: Scene, series: Series, studies: Studies) -> list[Line]:
        """The picture: exactly as many lines as the scene is high, none wider than it is."""
        label = _longest_price(scene, series)
        layout = lay_out(scene.width, scene.height, label, values_width(scene, label))
        self.layout = layout
        has_plot = self.plot.look(scene, series, layout)
        body = self.plot.lines(scene, series, studies, layout) if has_plot else self._empty(scene, series)
        notes = note_parts(scene, series, self.plot.unnamed if has_plot else (), self._shows_oldest(series))
        if layout.notes:
            legend = legend_parts(scene, series, studies, self._told(scene), self._has_idle())
            own = traded_parts(self.plot.traded, scene) if has_plot else []
            foot = flowed([*notes, *own, *legend], scene.width, 1)
        else:
            foot = []
            if notes and has_plot and layout.plot > 2:
                body[0] = _over(join(notes, GAP), body[0], layout.plot_width)
        if has_plot and layout.inset:
            body = [((" " * layout.inset, ""), *line) for line in body]
        lines = [*self._head(scene, series), *body, *foot][: scene.height]
        return [_finished(line, scene) for line in lines]

    # Parts of the picture

    def _head(self, scene: Scene, series: Series) -> list[Line]:
        layout = self.layout
        if not layout.title:
            return []
        told = self._told(scene)
        values = self._values(scene, series, told)
        tabs: list[Part] = [part for part, _ in title_parts(scene)]
        if scene.choosing is not None:
            state: Line = ((f"{scene.accepted_by} takes it ", "title"),)
        else:
            last = series.views[series.last] if series.last is not None else None
            state = (*state_parts(scene, series, last), (" ", ""))
        if not layout.values and scene.choosing is None:
            brief = values[BRIEF] or values
            return [cut((*tabs, GAP, *join([*brief, *state[:-1]], GAP)), scene.width)]
        room = scene.width - part_width(tabs)
        title = spread(tabs, state, scene.width) if room > part_width(state) else cut(tabs, scene.width)
        return [title, *flowed(values, scene.width, layout.values)]

    def _values(self, scene: Scene, series: Series, told: Group | None) -> list[Part]:
        if told is None:
            return []
        if told.bar is None:
            return without_bar(scene, series, told)
        parts = value_parts(scene, told.bar, told.views(series), series.slots.opens(told.first))
        if told.blind:
            parts.insert(BRIEF.stop, (f"{scene.glyphs.blind} known in part", "blind"))
        return parts

    def _empty(self, scene: Scene, series: Series) -> list[Line]:
        """Words in the middle of the plot, and nothing else."""
        layout = self.layout
        height = layout.plot + layout.volume + layout.times
        lines: list[Line] = [()] * height
        if height:
            lines[(height - 1) // 2] = centre((empty_words(scene, bool(series.bars)),), scene.width)
        return lines

    def _told(self, scene: Scene) -> Group | None:
        """The candle whose values are told: the crosshair's, or the newest that is visible."""
        groups = self.plot.groups
        if scene.cross is not None:
            for group in groups:
                if group.first <= scene.cross.slot <= group.last:
                    return group
        known = (group for group in reversed(groups) if group.bar is not None)
        return next(known, groups[-1] if groups else None)

    def _shows_oldest(self, series: Series) -> bool:
        groups = self.plot.groups
        return bool(groups) and series.first is not None and groups[0].first <= series.first

    def _has_idle(self) -> bool:
        return any(group.bar is not None and not group.bar.trades for group in self.plot.groups)


def _longest_price(scene: Scene, series: Series) -> int:
    """Characters of the longest price that the axis may have to show."""
    newest = newest_slot(series)
    bars = [] if newest is None else series.between(*scene.window.slots(scene.width, newest))
    high = max((bar.high for bar in bars), default=0.0)
    number = decimal_of(repr(high * 1.05))
    longest = len(price_text(number, scene.ticks.price_decimals)) if number is not None else 1
    if series.last is not None:
        longest = max(longest, len(price(series.views[series.last].close, scene.ticks.price_decimals)))
    return longest


def _over(parts: Line, line: Line, width: int) -> Line:
    """The parts over the beginning of a line, as far as they fit the plot."""
    shown = cut(parts, width)
    skipped, rest = part_width(shown), []
    for text, style in line:
        if skipped < len(text):
            rest.append((text[skipped:], style))
        skipped = max(skipped - len(text), 0)
    return (*shown, *rest)


def _finished(line: Line, scene: Scene) -> Line:
    """In the characters of the terminal; faint where nothing can be trusted, but for the grid, which is no
    data and would stand out then."""
    parts = ((written(text, scene.glyphs), style) for text, style in line if text)
    if scene.dark:
        return tuple((text, style if style in ("", "grid") else "faint") for text, style in parts)
    return tuple(parts)
