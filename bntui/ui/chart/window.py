"""What of the time axis is visible: how wide a candle is, how many are merged, does the view follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple


class Zoom(NamedTuple):
    """How candles are put into columns."""

    pitch: int
    """Cells from one candle to the next."""
    width: int
    """Cells of a candle's body: an odd number, so that the wick has a middle."""
    merged: int
    """Candles that are drawn as one."""


ZOOMS = (
    Zoom(1, 1, 20),
    Zoom(1, 1, 10),
    Zoom(1, 1, 5),
    Zoom(1, 1, 2),
    Zoom(1, 1, 1),
    Zoom(2, 1, 1),
    Zoom(4, 3, 1),
    Zoom(6, 5, 1),
    Zoom(8, 7, 1),
)
"""From far to near."""

USUAL = 5
"""Which of them a chart starts with."""


@dataclass(frozen=True, slots=True)
class Window:
    """A view of the axis: its zoom, and the newest candle in it."""

    zoom_level: int = USUAL
    end: int | None = None
    """The slot at the right edge; None: the newest, whichever that is."""

    @property
    def zoom(self) -> Zoom:
        """How candles are put into columns."""
        return ZOOMS[self.zoom_level]

    @property
    def follows(self) -> bool:
        """Does the view move with the newest candle?"""
        return self.end is None

    def places(self, cells: int) -> int:
        """How many candles, or merged ones, stand side by side in so many cells."""
        zoom = self.zoom
        return max((cells + zoom.pitch - zoom.width) // zoom.pitch, 1) if cells > 0 else 0

    def groups(self, cells: int, newest: int) -> range:
        """The numbers of the groups of slots that are visible, the oldest first.

        A group holds the slots from its number × `merged` on: always the same candles, however the view
        moves, so that panning never changes what a merged candle says.
        """
        last = (newest if self.end is None else self.end) // self.zoom.merged
        return range(last - self.places(cells) + 1, last + 1)

    def slots(self, cells: int, newest: int) -> tuple[int, int]:
        """The first and the last slot that are visible."""
        groups = self.groups(cells, newest)
        merged = self.zoom.merged
        return groups.start * merged, groups.stop * merged - 1

    def zoomed(self, steps: int) -> Window:
        """Nearer, or farther where `steps` is negative, as far as that goes."""
        return replace(self, zoom_level=min(max(self.zoom_level + steps, 0), len(ZOOMS) - 1))

    def panned(self, groups: int, cells: int, oldest: int, newest: int) -> Window:
        """So many columns to the right, or left where negative: from the newest candle on the right edge to
        the oldest on the left one. Whoever comes back to the newest follows it again."""
        merged = self.zoom.merged
        end = (newest if self.end is None else self.end) + groups * merged
        leftmost = oldest + (self.places(cells) - 1) * merged
        end = max(end, min(leftmost, newest))
        return replace(self, end=None if end >= newest else end)

    def showing(self, slot: int, cells: int, newest: int) -> Window:
        """Moved so far that the slot is visible."""
        first, last = self.slots(cells, newest)
        if slot < first:
            end = slot + (self.places(cells) - 1) * self.zoom.merged
        elif slot > last:
            end = slot
        else:
            return self
        return replace(self, end=None if end >= newest else end)
