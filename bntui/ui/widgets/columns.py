"""Columns of a table as data, and which of them fit a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bntui.ui.format import Align

R = TypeVar("R")

Cell = tuple[str, str]
"""Text, and the name of a grid style (empty: the row's own)."""

MARGIN = 1
"""Empty cells at either edge of a table."""

WIDE = 116
"""From this width on, columns stand two cells apart instead of one."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: what it is called, what it shows of a row, how it sorts, and how much room it takes."""

    id: str
    title: str
    width: int
    """Cells that it takes at least."""
    cell: Callable[[R, int, float], Cell]
    """From the row, the column's width and the engine's `now` to what is shown."""
    rank: int = 0
    """Columns of the highest rank are dropped first where the terminal is narrow; 0 always stays."""
    align: Align = "left"
    widest: int = 0
    """Takes its share of spare room up to this width; 0: does not grow."""
    order: Callable[[R], Any] | None = None
    """Sort key; None from it sorts last in either direction. Without it nobody can sort by the column."""
    descending: bool = False
    """What people want first of it: the largest."""
    keeps_style: bool = False
    """Keeps its own style where the row is dimmed: it says why."""
    of: Callable[[R], object] | None = None
    """What of a row its cell is made of: while that is equal, so is the cell. Without it, as for cells that
    change with time alone, each is made anew."""
    in_the_dark: str = ""
    """What it says of every row while nothing can be trusted, where its own word would be a lie."""


@dataclass(frozen=True, slots=True)
class Slot(Generic[R]):
    """A column at its place."""

    column: Column[R]
    x: int
    width: int

    @property
    def end(self) -> int:
        """The first cell behind the column."""
        return self.x + self.width


def arranged(columns: Sequence[Column[R]], wanted: Sequence[str]) -> tuple[Column[R], ...]:
    """The wanted columns in the wanted order, the first of all in front even where nobody wants it: it names
    the row. Without wishes: all of them, as they are."""
    if not wanted:
        return tuple(columns)
    by_id = {column.id: column for column in columns}
    first = [column.id for column in columns[:1] if column.id not in wanted]
    return tuple(by_id[name] for name in dict.fromkeys((*first, *wanted)) if name in by_id)


def lay_out(columns: Sequence[Column[R]], width: int) -> tuple[Slot[R], ...]:
    """Place the columns that fit `width` cells, in their own order; spare room goes to those that grow.

    Columns of one rank come and go together; where those of a rank do not fit, narrower ones of the ranks
    behind it may. Rank 0 always stays; where it does not fit either, the column at the right edge gets what
    is left, and those behind it are cut off.
    """
    if not columns:
        return ()
    gap = 2 if width >= WIDE else 1
    room = max(width - 2 * MARGIN, 1)
    kept: list[int] = []
    taken = -gap
    for rank in sorted({column.rank for column in columns}):
        group = [index for index, column in enumerate(columns) if column.rank == rank]
        needed = sum(columns[index].width + gap for index in group)
        if rank and taken + needed > room:
            continue
        kept += group
        taken += needed
    kept.sort()
    widths = {index: columns[index].width for index in kept}
    spare = max(room - taken, 0)
    wishes = sorted((columns[index].widest - columns[index].width, index) for index in kept)
    for place, (wish, index) in enumerate(wishes):
        # The modest first, with the odd cell: what they leave of their shares is shared by the others.
        granted = max(min(wish, -(-spare // (len(wishes) - place))), 0)
        widths[index] += granted
        spare -= granted
    slots: list[Slot[R]] = []
    x = MARGIN
    for index in kept:
        left = MARGIN + room - x
        slots.append(Slot(columns[index], x, min(widths[index], left) if left > 0 else widths[index]))
        x += widths[index] + gap
    return tuple(slots)
