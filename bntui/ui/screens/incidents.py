"""The incidents of the last days: a timeline, and the card of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bntui.model.incident import card, day_of
from bntui.model.states import ShardState
from bntui.model.ticket import markdown
from bntui.model.views import OutageView
from bntui.ui.copies import Copy
from bntui.ui.format import utc
from bntui.ui.keys import APP, FOCUS, INCIDENTS, MOVE, Key, bindings
from bntui.ui.screens.timeline import TimelineScreen
from bntui.ui.tables.incidents import Key as RowKey
from bntui.ui.tables.incidents import Row, incident_columns, timeline
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.lines import Line
from bntui.wire.mirror import Changes

CARD_LINES = 9
CARD_LINES_NARROW = 12
ROOMY = 100
"""Height of the card below a long timeline, as far as there is room; with so many columns it needs less."""


class IncidentsScreen(TimelineScreen[OutageView]):
    """What was lost, when, who closed it, and what remains to be done."""

    BINDINGS = bindings(INCIDENTS)
    KEYS = (INCIDENTS, FOCUS, MOVE)
    TAB = "Incidents"
    SUSPECT_LINES = 1
    """The card needs the room, and tells more."""

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer, incident_columns(viewer.clock.wall_ms))

    # What is in it

    def entries(self) -> Mapping[RowKey, Row]:
        """What lasts first, then the days."""
        return timeline(self.viewer.mirror.outages, self.viewer.clock.wall_ms())

    def concerns(self, changes: Changes) -> bool:
        """Whether the rows may be others now."""
        return bool(changes.outages)

    def sentences(self, entry: OutageView) -> Sequence[str]:
        """What happened, what was missed, and what is left to do."""
        return card(entry, self.viewer.clock.wall_ms(), self._given_up().get(entry.shard, ""))

    def nothing(self) -> Sequence[Line]:
        """That all went well."""
        return [(("No connection was lost or changed, and no stream fell silent so far.", "title"),)]

    def card_lines(self) -> int:
        """At most a little more than half of the room."""
        wanted = CARD_LINES if self.app.size.width >= ROOMY else CARD_LINES_NARROW
        return min(wanted, self.body_height * 4 // 7)

    def _given_up(self) -> dict[int, str]:
        """The connections that are not tried again, with the reason."""
        shards = self.viewer.mirror.shards.values()
        return {
            shard.id: shard.reason or "no reason given"
            for shard in shards
            if shard.state is ShardState.FAILED
        }

    # Actions

    def copied(self) -> Copy:
        """The incident under the cursor, as Markdown."""
        row = self.selected
        if row is None:
            return super().copied()
        return self._as_copy([row], f"{utc(row.began_ms)} UTC as Markdown")

    def action_copy_day(self) -> None:
        """Copy all incidents of its day."""
        row = self.selected
        if row is None:
            self.viewer.say("Nothing to copy: no incident is known.")
            self._show_bars()
            return
        day = day_of(row.began_ms)
        rows = [each for each in self.viewer.mirror.outages if day_of(each.began_ms) == day]
        count = f"{len(rows)} incident{'' if len(rows) == 1 else 's'}"
        self.put(self._as_copy(rows, f"{day or 'a day'}, {count}"))

    def _as_copy(self, rows: Sequence[OutageView], what: str) -> Copy:
        now_ms = self.viewer.clock.wall_ms()
        return Copy(what, markdown(rows, self.viewer.place, now_ms, self._given_up()))

    def bar_keys(self) -> list[Key]:
        """What everybody copies by is told here, where it matters most; without incidents there is no day."""
        keys = super().bar_keys()
        if self.selected is None:
            keys = [key for key in keys if key.id != "incidents.copy_day"]
        return [replace(key, label="copy") for key in APP.keys if key.id == "app.copy"] + keys

    def help_notes(self) -> Iterable[Line]:
        """What the columns mean."""
        for name, meaning in (
            ("began UTC", "when the loss was noticed; +1d, -1d: a day later, earlier"),
            ("back", "when all streams of the connection flowed again"),
            ("silent", "streams that brought nothing, though they should have, while the connection stood"),
            ("hole", "trades that never came on streams that flowed"),
            (
                "planned",
                "a change that bntui made on purpose; the new one took over before the old one closed",
            ),
            ("blind", "from the last sign of life to when all data flowed again"),
            ("code, by", "the close code of the websocket, and who closed: server, network, bntui"),
            ("miss/back", "trades that were missing afterwards / of them refilled by REST"),
        ):
            yield ((f"{name:<12}", "strong"), (meaning, "title"))
