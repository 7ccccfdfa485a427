"""An app that writes to its terminal only what the terminal does not show already."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.screen import Screen

from bntui.ui.shown import Difference, Shown


class SparingApp(App[ReturnType], inherit_bindings=False):
    """Stands between Textual's compositor and its terminal: a private seam, for which Textual is pinned."""

    whole_lines = False
    """Write as Textual does, each changed line from end to end: for terminals that keep remains of text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Textual's. Nothing is known of the terminal."""
        super().__init__(*args, **kwargs)
        self._shown = Shown()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Show an update of a screen."""
        update: Any = renderable
        if self.whole_lines:
            self._shown.forget()
        elif isinstance(renderable, LayoutUpdate | ChopsUpdate):
            update = Difference(renderable, self._shown, self.size)
        super()._display(screen, update)

    def on_app_focus(self, event: events.AppFocus) -> None:
        """Who comes back to the terminal finds it whole, whatever was written over it meanwhile."""
        self.repaint()

    def repaint(self) -> None:
        """Write everything anew."""
        self._shown.forget()
        self.screen.refresh()
