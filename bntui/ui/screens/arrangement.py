"""How the panels of an open symbol share the screen."""

from __future__ import annotations

from enum import StrEnum

from textual.geometry import Size


class Arrangement(StrEnum):
    """How the panels share the screen; the stylesheet knows the words."""

    SINGLE = "-single"
    STACK = "-stack"
    """Book at the right in full height, the others above one another beside it."""
    COLUMNS = "-columns"


BESIDE = Size(110, 24)
"""From this size on the panels stand side by side."""

COLUMNS_WIDTH = 150
STACK_HEIGHT = 34
"""Three columns want so much width; below it, two panels above one another want so much height."""


def arrangement(size: Size, zoomed: bool) -> Arrangement:
    """How the panels share a terminal of this size."""
    if zoomed or size.width < BESIDE.width or size.height < BESIDE.height:
        return Arrangement.SINGLE
    if size.width >= COLUMNS_WIDTH or size.height < STACK_HEIGHT:
        return Arrangement.COLUMNS
    return Arrangement.STACK
