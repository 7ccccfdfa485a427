"""Paragraphs wrapped to the width; where they are too long for the height, they scroll."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bntui.ui.format import wrap
from bntui.ui.keys import MOVE, bindings
from bntui.ui.widgets.lines import Part
from bntui.ui.widgets.styles import style_of

INDENT = 2
"""Cells by which all lines of a paragraph but the first stand back."""


class Prose(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows the paragraphs it was given last."""

    BINDINGS = bindings(MOVE)

    def __init__(self, *, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self._paragraphs: tuple[Part, ...] = ()
        self._lines: list[Part] = []
        self._wrapped_to = 0

    @property
    def text(self) -> str:
        """What is shown, a paragraph a line."""
        return "\n".join(text for text, _ in self._paragraphs)

    def set_paragraphs(self, paragraphs: Sequence[Part], *, anew: bool) -> None:
        """Show these. `anew`: they are of something else than before, so they are read from the top."""
        new = tuple(paragraphs)
        if anew:
            self.scroll_to(y=0, animate=False, immediate=True)
        if new != self._paragraphs:
            self._paragraphs = new
            self._wrap()

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self._wrap()

    def _wrap(self) -> None:
        width = self.scrollable_content_region.width
        self._wrapped_to = width
        self._lines = [(line, name) for text, name in self._paragraphs for line in wrap(text, width, INDENT)]
        self.virtual_size = Size(0, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the viewport."""
        width, base = self.scrollable_content_region.width, self.rich_style
        if width != self._wrapped_to:
            # The scrollbar came or went. Asked for once, not by every line.
            self._wrapped_to = width
            self.call_after_refresh(self._wrap)
        at = self.scroll_offset.y + y
        if at >= len(self._lines):
            return Strip.blank(width, base)
        text, name = self._lines[at]
        style = base + style_of(name, self.app.theme_variables, self.app.native_ansi_color) if name else base
        return Strip([Segment(text, style)]).crop_extend(0, width, base)

    # Keys

    def _page(self) -> int:
        return max(self.scrollable_content_region.height, 1)

    def _go(self, y: int) -> None:
        self.scroll_to(y=y, animate=False, immediate=True)

    def action_down(self) -> None:
        """One line down."""
        self._go(self.scroll_offset.y + 1)

    def action_up(self) -> None:
        """One line up."""
        self._go(self.scroll_offset.y - 1)

    def action_top(self) -> None:
        """To the first line."""
        self._go(0)

    def action_bottom(self) -> None:
        """To the last line."""
        self._go(len(self._lines))

    def action_half_page_down(self) -> None:
        """Half a screen down."""
        self._go(self.scroll_offset.y + max(self._page() // 2, 1))

    def action_half_page_up(self) -> None:
        """Half a screen up."""
        self._go(self.scroll_offset.y - max(self._page() // 2, 1))

    def action_page_down(self) -> None:
        """One screen down."""
        self._go(self.scroll_offset.y + self._page())

    def action_page_up(self) -> None:
        """One screen up."""
        self._go(self.scroll_offset.y - self._page())
