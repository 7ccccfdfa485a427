"""From a table's rows to strips: columns laid out, cells fitted, styles merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bntui.ui.format import fit
from bntui.ui.widgets.columns import Cell, Column, Slot, lay_out
from bntui.ui.widgets.styles import style_of

R = TypeVar("R")

NoteOf = Callable[[R, float], Cell | None]
"""What stands in place of a row's cells, if anything does."""

DRAWING = "spark"
"""The style of cells that are drawn, not written."""


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
        self.all_dimmed = False
        """Nothing on screen can be trusted."""
        self.sorted_by: tuple[str, bool] = ("", False)
        """The column by which the rows are sorted, and whether the largest come first."""

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Paint these columns from now on."""
        self._columns = tuple(columns)
        self.slots = lay_out(self._columns, self.width)

    def set_width(self, width: int) -> bool:
        """Paint for this width; True where that is another than before."""
        if width == self.width:
            return False
        self.width = width
        self.slots = lay_out(self._columns, width)
        return True

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

    def row(self, row: R | None, now: float, at_cursor: bool) -> Strip:
        """One row; a row that is gone is an empty line."""
        if row is None:
            return Strip.blank(self.width, self._style("", False, at_cursor))
        dimmed = self.all_dimmed or self._is_dimmed(row)
        says = self._note if self._note_holds or not self.all_dimmed else None
        note = None if says is None else says(row, now)
        runs: list[tuple[str, str, bool]] = []
        x = 0
        for slot in self.slots:
            runs.append((" " * (slot.x - x), "", dimmed))
            if note is not None and slot.column.id == self._note_from:
                room = max(self.width - slot.x, 0)
                runs.append((fit(note[0], room), note[1], self.all_dimmed))
                x = slot.x + room
                break
            text, name = slot.column.cell(row, slot.width, now)
            if self.all_dimmed and slot.column.in_the_dark:
                text = slot.column.in_the_dark
            faint = self.all_dimmed or (dimmed and not slot.column.keeps_style)
            runs.append((fit(text, slot.width, slot.column.align), name, faint))
            x = slot.end
        runs.append((" " * (self.width - x), "", dimmed))
        return Strip(self._segments(runs, at_cursor), max(self.width, x))

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

    def _segments(self, runs: list[tuple[str, str, bool]], at_cursor: bool) -> list[Segment]:
        """As few segments as styles allow: a segment costs more than its characters."""
        segments: list[Segment] = []
        text, style = "", Style.null()
        known = self._styles
        for piece, name, dimmed in runs:
            if not piece:
                continue
            if piece.isspace():
                name = ""
            own = known.get((name, dimmed, at_cursor)) or self._style(name, dimmed, at_cursor)
            if text and own is not style:
                segments.append(Segment(text, style))
                text = ""
            text, style = text + piece, own
        if text:
            segments.append(Segment(text, style))
        return segments

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
