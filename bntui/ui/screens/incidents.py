"""The incidents of the last days: a timeline, and the card of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from bntui.model.incident import card, day_of
from bntui.model.states import ShardState
from bntui.model.ticket import markdown
from bntui.model.views import OutageView
from bntui.ui.copies import Copy
from bntui.ui.emptiness import link_lines
from bntui.ui.format import clean, utc
from bntui.ui.keys import APP, FOCUS, INCIDENTS, MOVE, Key, bindings
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.tables.incidents import Key as RowKey
from bntui.ui.tables.incidents import Row, heading_note, incident_columns, is_heading, timeline
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Line, Lines, Part, faded
from bntui.ui.widgets.prose import Prose
from bntui.wire.mirror import Changes, LinkState

CARD_LINES = 9
CARD_LINES_NARROW = 12
ROOMY = 100
"""Height of the card below the timeline, where there is room for it; with so many columns it needs less."""


class IncidentsScreen(ViewerScreen):
    """What was lost, when, who closed it, and what remains to be done."""

    BINDINGS = bindings(INCIDENTS)
    KEYS = (INCIDENTS, FOCUS, MOVE)
    TAB = "Incidents"

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer)
        self._rows: dict[RowKey, Row] = {}
        self._newest = 0
        self._told: int | None = None
        self._card_height = 0
        self.timeline: Grid[RowKey, Row] = Grid(
            incident_columns(viewer.clock.wall_ms),
            self._rows.get,
            viewer.now,
            note=heading_note,
            note_from="began",
            note_holds=True,
            is_heading=is_heading,
            id="timeline",
        )
        self.card = Prose(id="card")
        self._empty = Lines(centred=True, id="empty")

    def compose_body(self) -> ComposeResult:
        """The timeline, and the card below it, or beside it where the terminal is wide."""
        with Container(id="incidents"):
            yield self.timeline
            yield self._empty
            yield self.card

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed; what lasts counts on once a second."""
        self.timeline.set_dimmed(self.viewer.is_dark)
        if changes is None or changes.outages or beat:
            self._arrange()
            if changes is None:
                self.timeline.redraw()
            else:
                self.timeline.update_rows(self._rows)
            self._show_card()
        self._show_empty()
        self._share_height()

    def _arrange(self) -> None:
        outages = self.viewer.mirror.outages
        self._rows.clear()
        self._rows.update(timeline(outages, self.viewer.clock.wall_ms()))
        newest = max((row.id for row in outages), default=0)
        # Who looks at the newest sees the next one at once; a cursor that was moved stays on its row.
        follows = newest > self._newest and self._is_at_top()
        self._newest = newest
        self.timeline.set_rows(list(self._rows))
        if follows:
            self.timeline.action_top()

    def _is_at_top(self) -> bool:
        return all(is_heading(key) for key in self.timeline.keys[: self.timeline.cursor])

    @property
    def selected(self) -> OutageView | None:
        """The incident under the cursor."""
        key = self.timeline.cursor_key
        row = None if key is None else self._rows.get(key)
        return row if isinstance(row, OutageView) else None

    def _given_up(self) -> dict[int, str]:
        """The connections that are not tried again, with the reason."""
        shards = self.viewer.mirror.shards.values()
        return {
            shard.id: shard.reason or "no reason given"
            for shard in shards
            if shard.state is ShardState.FAILED
        }

    def _show_card(self) -> None:
        row = self.selected
        paragraphs: list[Part] = []
        if row is not None:
            given_up = self._given_up().get(row.shard, "")
            first, *others = card(row, self.viewer.clock.wall_ms(), given_up)
            paragraphs = [(clean(first), "strong"), *((clean(sentence), "") for sentence in others)]
        told = None if row is None else row.id
        self.card.set_paragraphs(
            faded(paragraphs) if self.viewer.is_dark else paragraphs, anew=told != self._told
        )
        self._told = told

    def _show_empty(self) -> None:
        mirror = self.viewer.mirror
        empty = not self.timeline.keys
        if empty:
            words: Sequence[Line] = [
                (("No connection was lost or changed, and no stream fell silent so far.", "title"),)
            ]
            if mirror.engine is None or mirror.link is not LinkState.LIVE:
                words = link_lines(self.viewer)
            self._empty.set_lines(words)
        if self._empty.display != empty:
            self._empty.display = empty
            self.timeline.display = self.card.display = not empty
            if not empty:
                self.timeline.focus()

    def _share_height(self) -> None:
        """Below the timeline the card has at most a little more than half of the room; beside it, all."""
        wanted = CARD_LINES if self.app.size.width >= ROOMY else CARD_LINES_NARROW
        height = 0 if self.has_class("-wide") else min(wanted, self.body_height * 4 // 7)
        if height != self._card_height:
            self._card_height = height
            self.card.styles.height = height or "100%"

    # Events and actions

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        self._show_card()

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
        """What everybody copies by is told here, where it matters most."""
        return [replace(key, label="copy") for key in APP.keys if key.id == "app.copy"] + super().bar_keys()

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
