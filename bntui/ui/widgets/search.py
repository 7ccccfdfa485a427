"""The search line: in place of the bottom line while it is open."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from bntui.ui.keys import SEARCH, bindings
from bntui.ui.widgets.lines import Lines


class SearchInput(Input):
    """A text field that `esc` empties and leaves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SEARCH)

    class Cleared(Message):
        """`esc` was pressed."""

    def action_clear(self) -> None:
        """Give up the search."""
        self.post_message(self.Cleared())


class SearchBar(Horizontal):
    """Filters while one types; enter keeps the filter, `esc` drops it."""

    class Changed(Message):
        """The text is another now."""

        def __init__(self, text: str) -> None:
            """Keep the text."""
            super().__init__()
            self.text = text

    class Closed(Message):
        """The typing is over: `kept` or dropped."""

        def __init__(self, kept: bool) -> None:
            """Keep whether the text still filters."""
            super().__init__()
            self.kept = kept

    def __init__(
        self, *, placeholder: str = "part of a symbol", sign: str = "/", id: str | None = None
    ) -> None:
        """Closed at first. `sign` stands before the field and says what it is for."""
        super().__init__(id=id)
        self._sign = sign
        self._input = SearchInput(compact=True, select_on_focus=False, placeholder=placeholder)
        self._input.cursor_blink = False
        self._slash = Lines(id="search-slash")
        self._found = Lines(id="search-found")

    def compose(self) -> ComposeResult:
        """The sign, the field, and how many rows match."""
        yield self._slash
        yield self._input
        yield self._found

    def open(self, text: str) -> None:
        """Take the keys, with the text of the search before."""
        self._slash.set_lines([((f" {self._sign}", "key"),)])
        self._input.value = text
        self._input.cursor_position = len(text)
        self.screen.set_focus(self._input)

    @property
    def is_typing(self) -> bool:
        """Does the field have the keys?"""
        return self._input.has_focus

    def clear(self) -> None:
        """Forget the text."""
        self._input.value = ""

    def set_found(self, found: int, total: int, clears: str) -> None:
        """Say how many rows match, and which key `clears` the filter."""
        self._found.set_lines([((f"{found} of {total}  ", "title"), (clears, "key"), (" clears", "title"))])

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Closed(kept=True))

    @on(SearchInput.Cleared)
    def _cleared(self, event: SearchInput.Cleared) -> None:
        event.stop()
        self._input.value = ""
        self.post_message(self.Closed(kept=False))
