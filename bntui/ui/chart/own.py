"""One's own fills in the picture: which candles they belong to, and where their marks stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from bntui.ui.chart.columns import Cell
from bntui.ui.chart.groups import Group
from bntui.ui.chart.scale import Scale
from bntui.ui.chart.scene import OwnFill, Scene
from bntui.ui.chart.series import Series
from bntui.ui.widgets.lines import Part

STYLE = "key"


class Traded(NamedTuple):
    """Own fills within one place on the screen."""

    place: int
    bought: int
    sold: int


def traded_in(groups: Sequence[Group], series: Series, own: Sequence[OwnFill]) -> list[Traded]:
    """The places with own fills, oldest first. `own` is in the order of time."""
    if not groups or not own:
        return []
    found: list[Traded] = []
    at = bisect_left(own, (series.slots.opens(groups[0].first),))
    for place, group in enumerate(groups):
        end = bisect_left(own, (series.slots.opens(group.last + 1),), at)
        if end > at:
            bought = sum(fill.bought for fill in own[at:end])
            found.append(Traded(place, bought, end - at - bought))
        at = end
    return found


def mark(
    rows: list[Sequence[Cell]],
    traded: Sequence[Traded],
    groups: Sequence[Group],
    scale: Scale,
    scene: Scene,
    left: int,
) -> None:
    """Write a mark below each candle in which one bought, and above each in which one sold.

    A candle that reaches the edge gets its mark on the edge: over its wick rather than nowhere.
    """
    pitch, width, _ = scene.window.zoom
    for one in traded:
        bar = groups[one.place].bar
        column = left + one.place * pitch + width // 2
        low = scale.line(bar.low) if bar is not None else scale.lines - 2
        high = scale.line(bar.high) if bar is not None else 1
        for count, line, glyph in (
            (one.bought, min(low + 1, scale.lines - 1), scene.glyphs.bought),
            (one.sold, max(high - 1, 0), scene.glyphs.sold),
        ):
            if count and line < len(rows) and column < len(rows[line]):
                cells = list(rows[line])
                cells[column] = (glyph, STYLE)
                rows[line] = cells


def traded_parts(traded: Sequence[Traded], scene: Scene) -> list[Part]:
    """For the legend: how many of one's own fills are in the picture."""
    bought, sold = sum(one.bought for one in traded), sum(one.sold for one in traded)
    parts: list[Part] = []
    if bought:
        parts.append((f"{scene.glyphs.bought} bought {bought}", STYLE))
    if sold:
        parts.append((f"{scene.glyphs.sold} sold {sold}", STYLE))
    return parts
