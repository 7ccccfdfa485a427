"""The alerts: those that last, those of the last days, and the card of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bntui.model.alerts import AlertView
from bntui.ui.keys import ALERTS, FOCUS, MOVE, Key, bindings
from bntui.ui.screens.acknowledge import AcknowledgeScreen
from bntui.ui.screens.base import ALERTS_TAB
from bntui.ui.screens.timeline import TimelineScreen
from bntui.ui.tables.alerts import Row, alert_columns, card, listed
from bntui.ui.tables.incidents import Key as RowKey
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.lines import Line
from bntui.wire.messages import Acknowledge
from bntui.wire.mirror import Changes

CARD_LINES = 8
"""Height of the card below the list, where there is room for it."""


class AlertsScreen(TimelineScreen[AlertView]):
    """What was wrong, is, and who knows of it."""

    BINDINGS = bindings(ALERTS)
    KEYS = (ALERTS, FOCUS, MOVE)
    TAB = ALERTS_TAB

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer, alert_columns(viewer.clock.wall_ms))

    # What is in it

    def entries(self) -> Mapping[RowKey, Row]:
        """What lasts first, then the days."""
        return listed(self.viewer.mirror.alerts.values())

    def concerns(self, changes: Changes) -> bool:
        """Whether the rows may be others now."""
        return bool(changes.alerts)

    def sentences(self, entry: AlertView) -> Sequence[str]:
        """What was told, who knows, and with which key one says so."""
        return card(entry, self.viewer.clock.wall_ms(), self.viewer.keymap.name("alerts.acknowledge"))

    def nothing(self) -> Sequence[Line]:
        """Where rules come from."""
        return [
            (("No alert so far.", "title"),),
            (("bntui alerts list", "key"), (" names the rules;", "title")),
            (("[[alerts]] in the settings makes them.", "title"),),
        ]

    def card_lines(self) -> int:
        """At most half of the room."""
        return min(CARD_LINES, self.body_height // 2)

    # Actions

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

    # Keys and help

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        hidden = set()
        if self.selected is None or not self.selected.lasts:
            hidden.add("alerts.acknowledge")
        if not any(alert.open for alert in self.viewer.mirror.alerts.values()):
            hidden.add("alerts.acknowledge_all")
        return [key for key in super().bar_keys() if key.id not in hidden]

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
