"""The dialogue in which somebody says that he knows of an alert, with a note for those who come after."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from bntui.model.alerts import NOTE_CHARS, AlertView
from bntui.ui.alertbell import words
from bntui.ui.keys import ACKNOWLEDGE, bindings
from bntui.ui.screens.base import is_too_small
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.bars import key_line
from bntui.ui.widgets.lines import Lines
from bntui.wire.messages import Acknowledge


class AcknowledgeScreen(ModalScreen[None], inherit_bindings=False):
    """A text field below the alert; an empty note is one, too."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ACKNOWLEDGE)

    def __init__(self, viewer: Viewer, alert: AlertView) -> None:
        """Take what it is about, and where commands go."""
        super().__init__()
        self._viewer = viewer
        self._alert = alert
        self._says = Lines(id="acknowledge-says")
        self._input = Input(
            compact=True, placeholder="a note, such as: known, maintenance", max_length=NOTE_CHARS
        )
        self._input.cursor_blink = False
        self._keys = Lines(id="acknowledge-keys")

    def compose(self) -> ComposeResult:
        """The alert, the field, the keys."""
        with Vertical(id="acknowledge"):
            yield self._says
            yield self._input
            yield self._keys

    def on_mount(self) -> None:
        """Start typing at once."""
        self.query_one("#acknowledge").border_title = "Acknowledge"
        self._says.set_lines([((" ", ""), (words(self._alert), "strong"))])
        self._keys.set_lines([((" ", ""), *key_line(self._viewer.keymap.group(ACKNOWLEDGE).keys, 60))])
        self._input.focus()

    def on_key(self, event: events.Key) -> None:
        """Letters that were typed before the field could take them."""
        if event.is_printable and event.character and self.focused is None:
            event.stop()
            self._input.insert_text_at_cursor(event.character)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Acknowledge with what was typed."""
        command = Acknowledge(self._alert.id, self._input.value.strip())
        self._viewer.send(command, f"Acknowledged {self._alert.rule}.")
        self.dismiss(None)

    def on_resize(self, event: events.Resize) -> None:
        """Make way where there is too little room."""
        self.set_class(is_too_small(event.size), "-too-small")

    def action_close(self) -> None:
        """Close without acknowledging."""
        self.dismiss(None)
