"""The dialogue in which the columns of a watchlist are chosen and put in order: each change shows at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from bntui.preferences import COLUMNS as ALL_COLUMNS
from bntui.ui.keys import COLUMNS, bindings
from bntui.ui.screens.base import is_too_small
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.bars import key_line
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Lines

ALWAYS = "symbol"
"""A row without its name says nothing."""

KEYS_WIDTH = 68


class ColumnsScreen(ModalScreen[None], inherit_bindings=False):
    """The shown columns in their order, and behind them those that are hidden."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(COLUMNS)

    def __init__(
        self, viewer: Viewer, shown: Sequence[str], take: Callable[[tuple[str, ...]], Sequence[str]]
    ) -> None:
        """Take what is shown now; `take` is told each change, and says what is shown then.

        No columns at all mean the usual ones.
        """
        super().__init__()
        self._viewer = viewer
        self._take = take
        self._shown = [name for name in shown if name in ALL_COLUMNS]
        self._grid: Grid[str, str] = Grid(
            (
                Column("mark", "", 1, self._mark),
                Column("column", "column", 8, self._title),
                Column("about", "shows", 24, self._about, widest=44),
            ),
            lambda name: name,
            viewer.now,
            dimmed=lambda name: name not in self._shown,
            id="columns-grid",
        )
        self._keys = Lines(id="columns-keys")

    def compose(self) -> ComposeResult:
        """The columns, and the keys."""
        with Vertical(id="columns"):
            yield self._grid
            yield self._keys

    def on_mount(self) -> None:
        """Show them."""
        self.query_one("#columns").border_title = f"Columns of the list “{self._viewer.lists.current}”"
        keys = self._viewer.keymap.group(COLUMNS).keys
        self._keys.set_lines([((" ", ""), *key_line(keys, KEYS_WIDTH))])
        self._arrange()
        self._grid.focus()

    def _mark(self, name: str, _width: int, _now: float) -> Cell:
        return ("●", "live") if name in self._shown else (" ", "")

    def _title(self, name: str, _width: int, _now: float) -> Cell:
        return name, "strong"

    def _about(self, name: str, _width: int, _now: float) -> Cell:
        return ALL_COLUMNS[name], "title"

    def _arrange(self) -> None:
        self._grid.set_rows((*self._shown, *(name for name in ALL_COLUMNS if name not in self._shown)))
        self._grid.redraw()

    def _changed(self) -> None:
        self._arrange()
        self._take(tuple(self._shown))

    def action_switch(self) -> None:
        """Show the column behind the others, or hide it."""
        name = self._grid.cursor_key
        if name is None or name == ALWAYS:
            return
        if name in self._shown:
            self._shown.remove(name)
        else:
            self._shown.append(name)
        self._changed()

    def action_shift(self, step: int) -> None:
        """Change places with the neighbour."""
        name = self._grid.cursor_key
        if name is None or name not in self._shown:
            return
        at = self._shown.index(name)
        to = at + step
        if 0 <= to < len(self._shown):
            self._shown[at], self._shown[to] = self._shown[to], self._shown[at]
            self._changed()

    def action_usual(self) -> None:
        """The columns of the settings again, or the usual ones."""
        self._shown = list(self._take(()))
        self._arrange()

    def action_close(self) -> None:
        """Close the dialogue."""
        self.dismiss(None)

    def on_resize(self, event: events.Resize) -> None:
        """Make way where there is too little room."""
        self.set_class(is_too_small(event.size), "-too-small")
