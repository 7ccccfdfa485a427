"""The last screen, left behind in the terminal's scrollback when the viewer ends."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.strip import Strip


class LastScreen:
    """Lines as they stood, with their styles; the console that prints them leaves out colours where nobody
    wants any (NO_COLOR) or the terminal has none."""

    def __init__(self, lines: Iterable[Iterable[Strip]]) -> None:
        """Keep the lines, less the empty ones at the end."""
        self._lines = [_trimmed(Strip.join(line)) for line in lines]
        while self._lines and not self._lines[-1].text:
            self._lines.pop()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        """One line after the other."""
        for line in self._lines:
            yield from line
            yield Segment.line()


def last_screen(app: App[int]) -> LastScreen | None:
    """What the app shows now; None before it shows anything."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return LastScreen(update.strips) if isinstance(update, LayoutUpdate) else None


def _trimmed(line: Strip) -> Strip:
    """Without the space at its end: a line as wide as the terminal breaks when that is made narrower."""
    return line.crop(0, Strip([Segment(line.text.rstrip())]).cell_length)
