"""From a table's rows to what is drawn of them: columns laid out, cells made and fitted, styles merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bntui.ui.format import fit, width_of
from bntui.ui.widgets.columns import Cell, Column, Slot, lay_out
from bntui.ui.widgets.styles import style_of

R = TypeVar("R")

NoteOf = Callable[[R, float], Cell | None]
"""What stands in place of a row's cells, if anything does."""

CellOf = Callable[[R, int, float], Cell]
"""A column's cell of a row."""

DRAWING = "spark"
"""The style of cells that are drawn, not written."""

Fitted = tuple[str, Style, None]
"""A cell as it is drawn: what a segment holds, without the cost of making one."""


@dataclass(frozen=True, slots=True)
class Ink:
    """What painting needs to know of the widget and its theme."""

    base: Style
    finished: Callable[[Style], Style]
    """What becomes of a style before it is drawn."""
    variables: Mapping[str, str]
    native_ansi: bool
    lit: bool
    """Does the cursor look as with the focus?"""


class Painted:
    """One row as it is drawn."""

    __slots__ = ("_ground", "_places", "_strip", "_width", "cells", "made_of", "manner", "news")

    def __init__(
        self,
        cells: list[Fitted],
        made_of: list[object],
        manner: tuple[object, ...],
        places: Sequence[int],
        ground: Style,
        width: int,
        news: list[tuple[int, Fitted]] | None = None,
    ) -> None:
        """Cells at their places, and a ground between and behind them."""
        self.cells = cells
        self.news = news
        """The cells that look different from before, with their columns on screen; None: all may."""
        self.made_of = made_of
        """What each of the cells was made of."""
        self.manner = manner
        """What decides on the looks of all cells: only rows painted in one manner can be compared."""
        self._places = places
        self._ground = ground
        self._width = width
        self._strip: Strip | None = None

    @property
    def strip(self) -> Strip:
        """The whole row."""
        if self._strip is None:
            self._strip = self._joined()
        return self._strip

    def _joined(self) -> Strip:
        """As few segments as styles allow: a segment costs more than its characters."""
        segments: list[Segment] = []
        text, style, at = "", self._ground, 0
        for x, (piece, own, _) in zip(self._places, self.cells, strict=False):
            gap = " " * (x - at)
            at = x + width_of(piece)
            for part, of_part in ((gap, self._ground), (piece, own)):
                if not part:
                    continue
                if text and of_part is not style:
                    segments.append(Segment(text, style))
                    text = ""
                text, style = text + part, of_part
        rest = " " * (self._width - at)
        if rest and text and style is not self._ground:
            segments.append(Segment(text, style))
            text = ""
        if text or rest:
            segments.append(Segment(text + rest, self._ground if rest else style))
        return Strip(segments, max(self._width, at))


class Painter(Generic[R]):
    """Paints the titles and the rows of one table at one width."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        ink: Callable[[], Ink],
        dimmed: Callable[[R], bool],
        note: NoteOf[R] | None,
        note_from: str,
        note_holds: bool = False,
    ) -> None:
        """`ink` is asked anew after `forget_styles`; the rest is as the table got it."""
        self._columns = tuple(columns)
        self._ink = ink
        self._is_dimmed = dimmed
        self._note = note
        self._note_from = note_from
        self._note_holds = note_holds
        self._styles: dict[tuple[str, bool, bool], Style] = {}
        self.width = 0
        self.slots: tuple[Slot[R], ...] = ()
        """The columns that are shown, at their places."""
        self._places: tuple[int, ...] = ()
        self._recipes: tuple[tuple[int, CellOf[R], Column[R]], ...] = ()
        """Of each slot its width, what makes its cells, and its column."""
        self._sources: tuple[Callable[[R], object] | None, ...] = ()
        """Of each slot what its cells are made of."""
        self._overflows = False
        """Does not even the least fit the width?"""
        self.all_dimmed = False
        """Nothing on screen can be trusted."""
        self.sorted_by: tuple[str, bool] = ("", False)
        """The column by which the rows are sorted, and whether the largest come first."""

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Paint these columns from now on."""
        self._columns = tuple(columns)
        self._lay_out()

    def set_width(self, width: int) -> bool:
        """Paint for this width; True where that is another than before."""
        if width == self.width:
            return False
        self.width = width
        self._lay_out()
        return True

    def _lay_out(self) -> None:
        self.slots = lay_out(self._columns, self.width)
        self._places = tuple(slot.x for slot in self.slots)
        self._recipes = tuple((slot.width, slot.column.cell, slot.column) for slot in self.slots)
        self._sources = tuple(slot.column.of for slot in self.slots)
        self._overflows = any(slot.end > self.width for slot in self.slots)

    def forget_styles(self) -> None:
        """Another theme, or another state of the widget."""
        self._styles.clear()

    def titles(self) -> Strip:
        """The line above the rows."""
        plain, marked = self._style("header", False, False), self._style("sorted", False, False)
        segments: list[Segment] = []
        x = 0
        sorted_by, descending = self.sorted_by
        for slot in self.slots:
            title, style = slot.column.title, plain
            if slot.column.id == sorted_by:
                arrow = "↓" if descending else "↑"
                title = f"{title}{arrow}" if slot.column.align == "left" else f"{arrow}{title}"
                style = marked
            segments.append(Segment(" " * (slot.x - x), plain))
            segments.append(Segment(fit(title, slot.width, slot.column.align), style))
            x = slot.end
        segments.append(Segment(" " * (self.width - x), plain))
        return Strip(segments, max(self.width, x))

    def row(self, row: R | None, now: float, at_cursor: bool, before: Painted | None = None) -> Painted:
        """One row; a row that is gone is an empty line. Of the same row as it was painted `before`, cells
        that are made of the same are not made anew."""
        if row is None:
            return Painted([], [], (at_cursor,), (), self._style("", False, at_cursor), self.width)
        dimmed = self.all_dimmed or self._is_dimmed(row)
        says = self._note if self._note_holds or not self.all_dimmed else None
        note = None if says is None else says(row, now)
        manner = (dimmed, self.all_dimmed, at_cursor, note is None, self.width, self._recipes)
        if before is not None and before.manner != manner:
            before = None
        made_of = [None if of is None else of(row) for of in self._sources]
        if before is None or note is not None:
            cells = self._all_cells(row, now, note, dimmed, at_cursor)
            news = (
                None
                if before is None
                else [
                    (x, cell)
                    for x, cell, old in zip(self._places, cells, before.cells, strict=False)
                    if cell != old
                ]
            )
        else:
            cells, news = before.cells.copy(), []
            for at, (of_now, of_old) in enumerate(zip(made_of, before.made_of, strict=True)):
                if of_now == of_old and of_now is not None:
                    continue
                cell = self._cell(at, row, now, dimmed, at_cursor)
                if cell != cells[at]:
                    cells[at] = cell
                    news.append((self._places[at], cell))
        ground = self._style("", dimmed, at_cursor)
        told = None if self._overflows else news
        return Painted(cells, made_of, manner, self._places, ground, self.width, told)

    def _all_cells(
        self, row: R, now: float, note: Cell | None, dimmed: bool, at_cursor: bool
    ) -> list[Fitted]:
        """The cells of a row, up to the note that stands in place of the rest."""
        cells: list[Fitted] = []
        for at, slot in enumerate(self.slots):
            if note is not None and slot.column.id == self._note_from:
                text = fit(note[0], max(self.width - slot.x, 0))
                cells.append(self._inked(text, note[1], self.all_dimmed, at_cursor))
                break
            cells.append(self._cell(at, row, now, dimmed, at_cursor))
        return cells

    def _cell(self, at: int, row: R, now: float, dimmed: bool, at_cursor: bool) -> Fitted:
        """One cell of a row."""
        width, cell, column = self._recipes[at]
        text, name = cell(row, width, now)
        if self.all_dimmed:
            text = column.in_the_dark or text
        elif dimmed and column.keeps_style and text:
            dimmed = False
        if len(text) != width or not text.isascii():
            text = fit(text, width, column.align)
        return self._inked(text, name, dimmed, at_cursor)

    def _inked(self, text: str, name: str, dimmed: bool, at_cursor: bool) -> Fitted:
        if text.isspace():
            name = ""
        style = self._styles.get((name, dimmed, at_cursor))
        return text, self._style(name, dimmed, at_cursor) if style is None else style, None

    def words(self, row: R, now: float) -> list[tuple[str, str]]:
        """What a row says, column by column, whatever fits the width; drawings are left out."""
        says = self._note if self._note_holds or not self.all_dimmed else None
        note = None if says is None else says(row, now)
        words: list[tuple[str, str]] = []
        for column in self._columns:
            if note is not None and column.id == self._note_from:
                return [*words, ("", note[0].strip())]
            text, name = column.cell(row, max(column.width, column.widest), now)
            if self.all_dimmed and column.in_the_dark:
                text = column.in_the_dark
            if text.strip() and name != DRAWING:
                words.append((column.title.strip(), text.strip()))
        return words

    def _style(self, name: str, dimmed: bool, at_cursor: bool) -> Style:
        combination = (name, dimmed, at_cursor)
        style = self._styles.get(combination)
        if style is None:
            ink = self._ink()
            names = ["cursor" if ink.lit else "cursor-blurred"] if at_cursor else []
            if dimmed:
                names.append("faint")
            elif name and not (at_cursor and ink.native_ansi):
                # A reversed line in the terminal's own colours would turn coloured text into patches.
                names.append(name)
            style = ink.base
            for one in names:
                style += style_of(one, ink.variables, ink.native_ansi)
            style = ink.finished(style)
            self._styles[combination] = style
        return style
