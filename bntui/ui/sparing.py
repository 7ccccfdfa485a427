"""An app that writes to its terminal only what the terminal does not show already, and draws what changes
often past Textual's compositor.

The compositor asks all widgets for all lines between the first and the last that changed, cuts them, and
joins them again, after three messages and a timer. What changes ten times a second need not go that way, as
long as nothing lies over it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from rich.console import COLOR_SYSTEMS, RenderableType
from rich.control import Control
from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from bntui.ui.shown import Piece, Shown, pieces_of


class Drawn(Protocol):
    """A widget that can be drawn past the compositor."""

    def take_pieces(self, left: int, top: int) -> Iterator[Piece]:
        """What is new since it was drawn last, of a widget whose corner is there."""
        ...

    def leave_to_textual(self) -> None:
        """What was to be drawn cannot be: let Textual draw everything."""
        ...


class SparingApp(App[ReturnType], inherit_bindings=False):
    """Stands between Textual's compositor and its terminal: a private seam, for which Textual is pinned."""

    whole_lines = False
    """Write as Textual does, each changed line from end to end: for terminals that keep remains of text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Textual's. Nothing is known of the terminal."""
        super().__init__(*args, **kwargs)
        self._shown = Shown()
        self._to_draw: dict[Widget, Drawn] = {}
        self._placed: dict[Widget, tuple[Region, Region]] | None = None
        """Where the compositor has put what is on screen, when that was looked at last."""
        self._open: dict[Widget, Region | None] = {}
        """Since then: where widgets are that nothing lies over; None for those that something does."""

    # What Textual draws

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Show an update of a screen."""
        if self.whole_lines or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if self.whole_lines:
                self._shown.forget()
            super()._display(screen, renderable)
            return
        if not self._batch_count:
            self._write(pieces_of(renderable))
        self.post_display_hook()

    def _write(self, pieces: Iterable[Piece]) -> None:
        """Let the terminal show these pieces. What it shows already is not written."""
        driver = self._driver
        if driver is None or not self._running or self._closed or self.is_headless:
            return
        colours = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
        try:
            text = self._shown.text_for(pieces, self.size, colours)
        except Exception as error:
            self._handle_exception(error)
            return
        screen = self.screen
        cursor = screen.outer_size.clamp_offset(self.cursor_position)
        if cursor != self._previous_cursor_position or (text and isinstance(screen.focused, Input)):
            # The terminal's cursor is hidden, but where text is typed, input methods look for it.
            text += Control.move_to(*cursor).segment.text
            self._previous_cursor_position = cursor
        if text:
            driver.write(f"{SYNC_START}{text}{SYNC_END}" if self._sync_available else text)
            driver.flush()

    # What is drawn past it

    def draw_soon(self, widget: Widget, drawn: Drawn) -> bool:
        """Draw what is new on a widget as soon as everything that is to be done now is done; False where
        that must be left to Textual."""
        if self._place_of(widget) is None:
            return False
        if not self._to_draw:
            asyncio.get_running_loop().call_soon(self._draw)
        self._to_draw[widget] = drawn
        return True

    def _draw(self) -> None:
        widgets, self._to_draw = self._to_draw, {}
        pieces: list[Piece] = []
        try:
            for widget, drawn in widgets.items():
                place = self._place_of(widget)
                if place is None:
                    drawn.leave_to_textual()
                else:
                    pieces += drawn.take_pieces(place.x, place.y)
        except Exception as error:
            self._handle_exception(error)
            return
        self._write(pieces)

    def _place_of(self, widget: Widget) -> Region | None:
        """Where a widget is on screen, if it is there as a whole, and nothing lies over it."""
        if self.is_headless or self.whole_lines or self._batch_count or not self._screen_stack:
            return None
        screen = self.screen
        if screen._layout_required or screen._scroll_required:
            return None
        placed = screen._compositor.visible_widgets
        if placed is not self._placed:
            self._placed = placed
            self._open.clear()
        if widget not in self._open:
            self._open[widget] = _open_place(widget, placed)
        return self._open[widget]

    def on_app_focus(self, event: events.AppFocus) -> None:
        """Who comes back to the terminal finds it whole, whatever was written over it meanwhile."""
        self.repaint()

    def repaint(self) -> None:
        """Write everything anew."""
        self._shown.forget()
        self.screen.refresh()


def _open_place(widget: Widget, placed: dict[Widget, tuple[Region, Region]]) -> Region | None:
    """Where a widget is, if it is on screen as a whole, and under nothing but its own scroll bars."""
    if widget not in placed:
        return None
    place, clip = placed[widget]
    if not clip.contains_region(place):
        return None
    for other, (region, its_clip) in placed.items():
        if other is widget:
            break
        if other.parent is not widget and place.overlaps(region.intersection(its_clip)):
            return None
    return place
