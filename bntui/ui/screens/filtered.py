"""What screens share whose rows are filtered while one types."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events, on

from bntui.ui.format import clean
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Part
from bntui.ui.widgets.search import SearchBar


class FilteredScreen(ViewerScreen):
    """A screen with a search line in place of its bottom line, while that is open."""

    SEARCHED: ClassVar[str] = "part of a symbol"
    """What the empty field says."""
    FIELDS: ClassVar[tuple[str, ...]] = ("search",)
    """Actions that open a field: while text is typed, their letters are letters."""

    def __init__(self, viewer: Viewer) -> None:
        """Without a filter."""
        super().__init__(viewer)
        self.filter = ""
        self.search = SearchBar(placeholder=self.SEARCHED, id="search")

    @property
    @abstractmethod
    def filtered(self) -> Sequence[Grid[Any, Any]]:
        """The tables with its rows; the first gets the keys when the typing is over."""

    @abstractmethod
    def found(self) -> tuple[int, int]:
        """How many rows the filter leaves, and of how many."""

    @abstractmethod
    def apply_filter(self) -> None:
        """Show the rows that the filter leaves."""

    @property
    def is_searching(self) -> bool:
        """Whether the search line is open."""
        return self.has_class("-searching")

    def show_found(self) -> None:
        """Say in the search line how many rows match."""
        self.search.set_found(*self.found(), self.viewer.keymap.name("search.clear"))

    def filter_note(self) -> tuple[Part, ...]:
        """For the bottom line, while rows are hidden."""
        if not self.filter:
            return ()
        found, total = self.found()
        return (("  /", "key"), (self.filter, "strong"), (f" {found} of {total} ", "title"))

    # Events and actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether the action can be called now."""
        return not (action in self.FIELDS and self.search.is_typing)

    def action_search(self) -> None:
        """Open the search line."""
        self.add_class("-searching")
        self.search.open(self.filter)
        self.show_found()

    def action_clear_search(self) -> None:
        """Show all rows again."""
        self.search.clear()
        self._set_filter("")
        self._show_bars()

    @on(SearchBar.Changed)
    def _search_changed(self, event: SearchBar.Changed) -> None:
        self._set_filter(event.text)

    @on(SearchBar.Closed)
    def _search_closed(self, event: SearchBar.Closed) -> None:
        if not event.kept:
            self._set_filter("")
        elif not self.found()[0]:
            return
        self._end_search()

    @on(events.DescendantFocus)
    def _rows_focused(self, event: events.DescendantFocus) -> None:
        """A click into the rows ends the typing too."""
        if event.widget in self.filtered and self.is_searching:
            self._end_search()

    def _end_search(self) -> None:
        self.remove_class("-searching")
        self.filtered[0].focus()
        self._show_bars()

    def _set_filter(self, text: str) -> None:
        self.filter = clean(text.strip())
        self.apply_filter()
