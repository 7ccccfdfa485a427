"""Every character that the chart draws with, in one table: block elements, or plain ASCII.

A candle that rose is hollow and one that fell is filled, so that the two differ without colour too.
"""

from __future__ import annotations

from dataclasses import dataclass

from bntui.ui.plain import PLAIN


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters, each one cell wide."""

    wick: str
    """Both halves of a cell, then only its upper half, then only its lower half."""
    filled: str
    """The body of a candle: both halves, upper, lower."""
    hollow: str
    """The same hollow, one cell wide."""
    hollow_under_wick: str
    """A hollow body with the wick in the other half: above (body lower), below (body upper)."""
    left: str
    """The left side of a wide hollow body by what is in the cell: see `SIDES`."""
    right: str
    """The right side."""
    edge: str
    """Its upper or lower edge by the same table."""
    box: str
    """A wide hollow body of two halves in two cells: what is over its middle, then what is under it."""
    flat: str
    """A rising body of no height: alone, with the wick above, below, and both."""
    idle: str
    """A candle without a trade, at its close."""
    blind: str
    """The column of a time that we were blind in."""
    volumes: str
    """Volume bars by eighths of a cell, the empty one first."""
    clipped: str
    """On top of a volume bar that is higher than its panel."""
    curve: str
    """The short average: a line at four heights of a cell, the lowest first."""
    dots: str
    """The long one: dots at the same heights."""
    mark: str
    """The volume-weighted average at the same heights."""
    across: str
    """The line of the last price."""
    grid_across: str
    grid_down: str
    cross_across: str
    """The crosshair's lines."""
    cross_down: str
    now: str
    """Under the candle that is still running."""
    up: str
    down: str
    back: str
    """There is more to the right."""
    last: str
    """Before the last price on its axis."""
    cross: str
    """Before the crosshair's."""
    bought: str
    """Below a candle in which one bought oneself."""
    sold: str
    """Above one in which one sold."""


SIDES = ("middle", "top", "top_low", "bottom", "bottom_high")
"""What part of a wide hollow body a cell shows: its middle; its upper edge at the cell's top, or in the
cell's lower half; its lower edge at the cell's bottom, or in the cell's upper half."""

BLOCKS = Glyphs(
    wick="│╵╷",
    filled="█▀▄",
    hollow="┃╹╻",
    hollow_under_wick="╽╿",
    left="▌▛▗▙▝",
    right="▐▜▖▟▘",
    edge=" ▀▄▄▀",
    box="┏━┓┗━┛",
    flat="─┴┬┼",
    idle="╌",
    blind="░",
    volumes=" ▁▂▃▄▅▆▇█",
    clipped="↑",
    curve="⣀⠤⠒⠉",
    dots="⡀⠄⠂⠁",
    mark="∙∙∙∙",
    across="╌",
    grid_across="┈",
    grid_down="┊",
    cross_across="─",
    cross_down="│",
    now="▴",
    up="▲",
    down="▼",
    back="»",
    last="◂",
    cross="─",
    bought="▲",
    sold="▼",
)
"""Box drawing, block elements and braille."""

ASCII = Glyphs(
    wick="|||",
    filled="###",
    hollow="OOO",
    hollow_under_wick="OO",
    left="|++++",
    right="|++++",
    edge=" ----",
    box="+-++-+",
    flat="-+++",
    idle="-",
    blind=":",
    volumes=" ...===##",
    clipped="^",
    curve="____",
    dots="....",
    mark="****",
    across="-",
    grid_across=" ",
    grid_down=" ",
    cross_across="-",
    cross_down="|",
    now="^",
    up="^",
    down="v",
    back=">",
    last="<",
    cross="-",
    bought="^",
    sold="v",
)
"""For terminals that show nothing else."""


def glyphs_for(plain: bool) -> Glyphs:
    """The characters for a terminal that shows only ASCII, or more."""
    return ASCII if plain else BLOCKS


def written(text: str, glyphs: Glyphs) -> str:
    """Words in the same characters as the picture."""
    if glyphs is BLOCKS or text.isascii():
        return text
    return text.translate(PLAIN).encode("ascii", "replace").decode()
