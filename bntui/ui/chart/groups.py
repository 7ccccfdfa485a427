"""What stands side by side on the screen: one candle each, or neighbours merged, and how blind we were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bntui.model.panels import CandleView
from bntui.ui.chart.series import Bar, Series, merged
from bntui.ui.chart.window import Window


class Group(NamedTuple):
    """The slots that one place on the screen stands for."""

    first: int
    last: int
    bar: Bar | None
    """None: no candle of them is known."""
    blind: bool
    """We were blind in all of them, or in some."""

    def views(self, series: Series) -> list[CandleView]:
        """What the exchange said of its candles, oldest first."""
        return [series.views[slot] for slot in range(self.first, self.last + 1) if slot in series.views]

    def value(self, values: Mapping[int, float]) -> float | None:
        """What a study says at its last candle."""
        for slot in range(self.last, self.first - 1, -1):
            if slot in values:
                return values[slot]
        return None


TAIL = 12
"""Slots behind the newest candle that are shown at most while we are blind: the candles stay in view."""


def newest_slot(series: Series) -> int | None:
    """The newest slot worth showing: of a candle, or one that we were blind in; None where there is none."""
    blind = max((blind.last for blind in series.blind), default=None)
    if series.last is None or blind is None:
        return blind if series.last is None else series.last
    return min(max(blind, series.last), series.last + TAIL)


def groups_of(series: Series, window: Window, cells: int) -> list[Group]:
    """What is visible in so many cells, the oldest first; nothing where nothing is known."""
    newest = newest_slot(series)
    if newest is None or cells <= 0:
        return []
    size = window.zoom.merged
    visible = window.groups(cells, newest)
    blind: set[int] = set()
    for gap in series.blind_between(visible.start * size, visible.stop * size - 1):
        first, last = max(gap.first // size, visible.start), min(gap.last // size, visible.stop - 1)
        blind.update(range(first, last + 1))
    found: list[Group] = []
    for number in visible:
        first = number * size
        bars = _bars(series, first, size)
        found.append(Group(first, first + size - 1, merged(bars, first) if bars else None, number in blind))
    return found


def _bars(series: Series, first: int, size: int) -> Sequence[Bar]:
    if size == 1:
        bar = series.bars.get(first)
        return () if bar is None else (bar,)
    return [series.bars[slot] for slot in range(first, first + size) if slot in series.bars]
