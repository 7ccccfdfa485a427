"""The help: the keys of the screen it was called from, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from bntui.ui.format import width_of
from bntui.ui.keys import HELP, KeyGroup, bindings, shown
from bntui.ui.screens.base import is_too_small
from bntui.ui.widgets.lines import Line, Lines

KEY_CELLS = 10


class HelpScreen(ModalScreen[None], inherit_bindings=False):
    """A page over the screen it explains."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(HELP)

    def __init__(
        self, title: str, groups: Sequence[KeyGroup], notes: Iterable[Line], foot: Line, closes: str = "esc"
    ) -> None:
        """The groups of keys that work where the help was called, notes on what is shown, a last line, and
        the key that closes it."""
        super().__init__()
        self._title = title
        self._closes = closes
        self._page = help_page(groups, notes, foot)
        self._lines = Lines(id="help-lines")

    def compose(self) -> ComposeResult:
        """One page that scrolls where the terminal is low."""
        with VerticalScroll(id="help"):
            yield self._lines

    def on_mount(self) -> None:
        """Fill the page."""
        page = self.query_one("#help")
        page.border_title = self._title
        page.border_subtitle = f"{self._closes} closes"
        self._lines.styles.height = len(self._page)
        self._lines.set_lines(self._page)
        page.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Make way where there is too little room."""
        self.set_class(is_too_small(event.size), "-too-small")

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss(None)


def help_page(groups: Sequence[KeyGroup], notes: Iterable[Line], foot: Line) -> list[Line]:
    """Keys by group, then the notes."""
    page: list[Line] = []
    for group in groups:
        page.append(((group.title, "strong"),))
        for key in group.keys:
            names = shown(key.keys) or "no key"
            padding = " " * max(KEY_CELLS - width_of(names), 1)
            page.append((("  ", ""), (names, "key"), (padding, ""), (key.description, "")))
        page.append(())
    explained = list(notes)
    if explained:
        page.append((("What is shown", "strong"),))
        page += [(("  ", ""), *line) for line in explained]
        page.append(())
    page.append(foot)
    return page
