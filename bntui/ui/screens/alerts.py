"""The alerts: those that last, those of the last days, and the card of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from bntui.model.alerts import AlertView
from bntui.ui.emptiness import link_lines
from bntui.ui.format import clean
from bntui.ui.keys import ALERTS, FOCUS, MOVE, bindings
from bntui.ui.screens.acknowledge import AcknowledgeScreen
from bntui.ui.screens.base import ALERTS_TAB, ViewerScreen
from bntui.ui.tables.alerts import Row, alert_columns, card, heading_note, listed
from bntui.ui.tables.incidents import Key, is_heading
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Line, Lines, Part, faded
from bntui.ui.widgets.prose import Prose
from bntui.wire.messages import Acknowledge
from bntui.wire.mirror import Changes, LinkState

CARD_LINES = 8
"""Height of the card below the list, where there is room for it."""


class AlertsScreen(ViewerScreen):
    """What was wrong, is, and who knows of it."""

    BINDINGS = bindings(ALERTS)
    KEYS = (ALERTS, FOCUS, MOVE)
    TAB = ALERTS_TAB

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer)
        self._rows: dict[Key, Row] = {}
        self._newest = 0
        self._told: int | None = None
        self._card_height = 0
        self.list: Grid[Key, Row] = Grid(
            alert_columns(viewer.clock.wall_ms),
            self._rows.get,
            viewer.now,
            note=heading_note,
            note_from="began",
            note_holds=True,
            is_heading=is_heading,
            id="alert-list",
        )
        self.card = Prose(id="alert-card")
        self._empty = Lines(centred=True, id="empty")

    def compose_body(self) -> ComposeResult:
        """The list, and the card below it, or beside it where the terminal is wide."""
        with Container(id="alerts"):
            yield self.list
            yield self._empty
            yield self.card

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed; what lasts counts on once a second."""
        self.list.set_dimmed(self.viewer.is_dark)
        if changes is None or changes.alerts or beat:
            self._arrange()
            if changes is None:
                self.list.redraw()
            else:
                self.list.update_rows(self._rows)
            self._show_card()
        self._show_empty()
        self._share_height()

    def _arrange(self) -> None:
        alerts = self.viewer.mirror.alerts
        self._rows.clear()
        self._rows.update(listed(alerts.values()))
        newest = max(alerts, default=0)
        # Who looks at the newest sees the next one at once; a cursor that was moved stays on its row.
        follows = newest > self._newest and all(is_heading(key) for key in self.list.keys[: self.list.cursor])
        self._newest = newest
        self.list.set_rows(list(self._rows))
        if follows:
            self.list.action_top()

    @property
    def selected(self) -> AlertView | None:
        """The alert under the cursor."""
        key = self.list.cursor_key
        row = None if key is None else self._rows.get(key)
        return row if isinstance(row, AlertView) else None

    def _show_card(self) -> None:
        row = self.selected
        paragraphs: list[Part] = []
        if row is not None:
            key = self.viewer.keymap.name("alerts.acknowledge")
            first, *others = card(row, self.viewer.clock.wall_ms(), key)
            paragraphs = [(clean(first), "strong"), *((clean(sentence), "") for sentence in others)]
        told = None if row is None else row.id
        self.card.set_paragraphs(
            faded(paragraphs) if self.viewer.is_dark else paragraphs, anew=told != self._told
        )
        self._told = told

    def _show_empty(self) -> None:
        mirror = self.viewer.mirror
        empty = not self.list.keys
        if empty:
            words: Sequence[Line] = [
                (("Nothing was wrong so far that an alert looks at.", "title"),),
                (
                    ("bntui alerts list", "key"),
                    (" names the rules; [[alerts]] in the settings makes them.", "title"),
                ),
            ]
            if mirror.engine is None or mirror.link is not LinkState.LIVE:
                words = link_lines(self.viewer)
            self._empty.set_lines(words)
        if self._empty.display != empty:
            self._empty.display = empty
            self.list.display = self.card.display = not empty
            if not empty:
                self.list.focus()

    def _share_height(self) -> None:
        """Below the list the card has at most half of the room; beside it, all."""
        height = 0 if self.has_class("-wide") else min(CARD_LINES, self.body_height // 2)
        if height != self._card_height:
            self._card_height = height
            self.card.styles.height = height or "100%"

    # Events and actions

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        self._show_card()

    def action_acknowledge(self) -> None:
        """Say that the alert under the cursor is known, with a note."""
        row = self.selected
        if row is None or not row.lasts:
            self.viewer.say("Nothing to acknowledge: choose an alert that lasts.")
            self._show_bars()
        else:
            self.app.push_screen(AcknowledgeScreen(self.viewer, row))

    def action_acknowledge_all(self) -> None:
        """Say that every alert that lasts is known."""
        waiting = [alert for alert in self.viewer.mirror.alerts.values() if alert.open]
        if not waiting:
            self.viewer.say("Nothing to acknowledge: every alert that lasts is known.")
        for alert in waiting:
            self.viewer.send(Acknowledge(alert.id, ""), f"Acknowledged {len(waiting)}.")
        self._show_bars()

    def help_notes(self) -> Iterable[Line]:
        """What the columns mean."""
        for name, meaning in (
            ("ALERT", "it lasts, and nobody has said that he knows"),
            ("known", "it lasts, and somebody has acknowledged it: it is not made known again"),
            ("over", "what was wrong is well again, or it happened and was over at once"),
            ("about", "the symbol, account or position; all: the whole program"),
            ("times", "it came back within its cool-down, or fills followed one another"),
        ):
            yield ((f"{name:<12}", "strong"), (meaning, "title"))
