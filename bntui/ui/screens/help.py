"""The help: the keys of the screen it was called from, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from bntui.ui.format import width_of, wrap
from bntui.ui.keys import HELP, KeyGroup, bindings, shown
from bntui.ui.screens.base import is_too_small
from bntui.ui.widgets.lines import Line, Lines, part_width

KEY_CELLS = 10
"""Keys take at least so much room, with the space behind them."""

KEY_CELLS_MOST = 16
"""Rarely, somebody gives more names to an action than fit: then they shift its line alone."""

LEAST_CELLS = 24
"""Where less room is left in a line, what does not fit into it begins a new one."""


class HelpPage(Lines):
    """Shows the page, broken for the width that there is."""

    def __init__(self, page: Sequence[Line]) -> None:
        """The page, not broken yet."""
        super().__init__(id="help-lines")
        self._page = page

    def on_resize(self, event: events.Resize) -> None:
        """Another width breaks the lines elsewhere; the page's height follows."""
        lines = [piece for line in self._page for piece in broken(line, event.size.width)]
        self.styles.height = len(lines)
        self.set_lines(lines)


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
        self._page = HelpPage(help_page(groups, notes, foot))

    def compose(self) -> ComposeResult:
        """One page that scrolls where the terminal is low."""
        with VerticalScroll(id="help"):
            yield self._page

    def on_mount(self) -> None:
        """Title the page, and let keys scroll it."""
        page = self.query_one("#help")
        page.border_title = self._title
        page.border_subtitle = f"{self._closes} closes"
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
    widest = max((width_of(shown(key.keys)) for group in groups for key in group.keys), default=0)
    cells = min(max(widest + 1, KEY_CELLS), KEY_CELLS_MOST)
    for group in groups:
        page.append(((group.title, "strong"),))
        for key in group.keys:
            names = shown(key.keys) or "no key"
            padding = " " * max(cells - width_of(names), 1)
            page.append((("  ", ""), (names, "key"), (padding, ""), (key.description, "")))
        page.append(())
    explained = list(notes)
    if explained:
        page.append((("What is shown", "strong"),))
        page += [(("  ", ""), *line) for line in explained]
        page.append(())
    page.append(foot)
    return page


def broken(line: Line, width: int) -> list[Line]:
    """A line in as many as it needs: its last part is broken between words, and stands below itself."""
    if not line or part_width(line) <= width or width < LEAST_CELLS:
        return [line]
    *before, (text, style) = line
    indent = part_width(before)
    if width - indent < LEAST_CELLS:
        return [tuple(before), *broken(((text.strip(), style),), width)]
    first, *others = wrap(text, width - indent) or [""]
    return [(*before, (first, style)), *(((" " * indent, ""), (piece, style)) for piece in others)]
