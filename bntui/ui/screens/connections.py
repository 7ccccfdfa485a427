"""The connections: shards, what happened to them, and what the IP has left."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from bntui.model.account import AccountKey, UserStreamView
from bntui.model.incident import is_ongoing
from bntui.model.views import OutageView, ShardView
from bntui.ui.emptiness import link_lines
from bntui.ui.keys import CONNECTIONS, FOCUS, MOVE, bindings
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.screens.streams import StreamsScreen
from bntui.ui.screens.userstream import UserStreamScreen
from bntui.ui.tables.budget import budget_lines
from bntui.ui.tables.connections import (
    NOTE_FROM,
    Handover,
    handover,
    is_mixed,
    outage_columns,
    shard_columns,
    shard_detail,
    shard_note,
)
from bntui.ui.tables.userstreams import NOTE_FROM as USER_NOTE_FROM
from bntui.ui.tables.userstreams import user_stream_columns, user_stream_detail, user_stream_note
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import HEADER_LINES, Grid
from bntui.ui.widgets.lines import Line, Lines, faded, join
from bntui.wire.messages import Rotate
from bntui.wire.mirror import Changes

DETAIL_LINES = 1

AIRY = 20
"""With more lines than this for both tables, one stays empty between them."""

EMPTY_LINES = 3
"""Height of the shards' panel while there are none."""


class ConnectionsScreen(ViewerScreen):
    """Shards above, then the streams of own accounts; the reconnect history and the IP's budget below."""

    BINDINGS = bindings(CONNECTIONS)
    KEYS = (CONNECTIONS, FOCUS, MOVE)
    TAB = "Connections"
    SUSPECT_LINES = 4

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer)
        self._outages: dict[int, OutageView] = {}
        self._shards_height = 0
        self._users_height = 0
        self._handover = Handover({}, {})
        self._mixed = False
        self.shards: Grid[int, ShardView] = Grid(
            shard_columns(lambda: self._handover),
            lambda number: viewer.mirror.shards.get(number),
            viewer.now,
            note=lambda row, now: shard_note(row, self._handover, now),
            note_from=NOTE_FROM,
            id="shards",
        )
        self.history: Grid[int, OutageView] = Grid(
            outage_columns(viewer.clock.wall_ms), self._outages.get, viewer.now, id="history"
        )
        self.users: Grid[AccountKey, UserStreamView] = Grid(
            user_stream_columns(),
            lambda owner: viewer.mirror.accounts.streams.get(owner),
            viewer.now,
            note=user_stream_note,
            note_from=USER_NOTE_FROM,
            id="users",
        )
        self._detail = Lines(id="detail")
        self._budget = Lines(id="budget")
        self._no_shards = Lines(centred=True, id="no-shards")
        self._no_history = Lines(centred=True, id="no-history")

    def compose_body(self) -> ComposeResult:
        """Shards and user streams with a line about the one under the cursor, then history and budget."""
        yield self.shards
        yield self._no_shards
        yield self.users
        yield self._detail
        with Container(id="lower"):
            yield self.history
            yield self._no_history
            yield self._budget

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed."""
        mirror = self.viewer.mirror
        dark = self.viewer.is_dark
        self.shards.set_dimmed(dark)
        self.history.set_dimmed(dark)
        self.users.set_dimmed(dark)
        everything = changes is None
        if changes is None or changes.shards:
            self._handover = handover(mirror.shards.values())
            mixed = is_mixed(mirror.shards.values())
            if mixed != self._mixed:
                self._mixed = mixed
                self.shards.set_columns(shard_columns(lambda: self._handover, mixed=mixed))
            self.shards.set_rows(sorted(mirror.shards))
            self.shards.update_rows(mirror.shards)
        if changes is None or changes.accounts:
            self.users.set_rows(sorted(mirror.accounts.streams))
            self.users.update_rows(mirror.accounts.streams)
        if changes is None or changes.outages:
            self._outages.clear()
            self._outages.update((row.id, row) for row in mirror.outages)
            newest = sorted(
                mirror.outages, key=lambda row: (is_ongoing(row), row.began_ms, row.id), reverse=True
            )
            self.history.set_rows([row.id for row in newest])
            self.history.update_rows(self._outages)
        if everything:
            self.shards.redraw()
            self.history.redraw()
            self.users.redraw()
        elif beat:
            self.shards.update_ages()
            self.users.update_ages()
            self.history.update_ages()
        if changes is None or beat or changes.budget or changes.health:
            lines = budget_lines(
                mirror.budget, mirror.health, mirror.shards.values(), self.viewer.clock.wall_ms()
            )
            self._budget.set_lines([faded(line) for line in lines] if dark else lines)
        if changes is None or beat or changes.shards or changes.accounts:
            self._show_detail()
        self._show_empty()
        self._share_height()

    def _share_height(self) -> None:
        """Shards and user streams take what they need, up to half each; the history has the rest."""
        others = DETAIL_LINES + (0 if self.has_class("-wide") else self._budget.size.height)
        body = self.body_height - others
        users = min(len(self.users.keys) + HEADER_LINES, max(body // 3, 2)) if self.users.keys else 0
        if users != self._users_height:
            self._users_height = users
            self.users.styles.height = users
            self.users.display = bool(users)
        body -= users
        wanted = len(self.shards.keys) + HEADER_LINES if self.shards.keys else EMPTY_LINES
        if body > AIRY:
            wanted += 1
        height = max(min(wanted, body // 2), EMPTY_LINES)
        if height != self._shards_height:
            self._shards_height = height
            self.shards.styles.height = height
            self._no_shards.styles.height = height

    @property
    def _user(self) -> UserStreamView | None:
        """The user stream under the cursor, while its table has the keys."""
        key = self.users.cursor_key if self.users.has_focus else None
        return None if key is None else self.viewer.mirror.accounts.streams.get(key)

    def _show_detail(self) -> None:
        now, user = self.viewer.now(), self._user
        key = self.shards.cursor_key
        shard = None if key is None else self.viewer.mirror.shards.get(key)
        parts = () if shard is None else shard_detail(shard, self._handover, now)
        if user is not None:
            parts = user_stream_detail(user, now)
        line = ((" ", ""), *join(parts))
        self._detail.set_lines([faded(line) if self.viewer.is_dark else line])

    def _show_empty(self) -> None:
        for grid, lines, words in (
            (
                self.shards,
                self._no_shards,
                link_lines(self.viewer)
                if self.viewer.is_dark
                else [(("No connection is open: nothing is watched.", "title"),)],
            ),
            (self.history, self._no_history, [(("No connection was lost so far.", "title"),)]),
        ):
            empty = not grid.keys
            if empty:
                lines.set_lines(words)
            if lines.display != empty:
                lines.display = empty
                grid.display = not empty
                if not empty and self.focused is None:
                    grid.focus()

    # Events and actions

    @on(Grid.CursorMoved, "#shards")
    @on(Grid.CursorMoved, "#users")
    def _moved(self) -> None:
        self._show_detail()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        """The line between the tables is about the one with the keys."""
        self.call_later(self._show_detail)

    @on(Grid.Chosen, "#shards")
    @on(Grid.Chosen, "#users")
    def _chosen(self) -> None:
        self.action_streams()

    def action_streams(self) -> None:
        """List the streams of the shard under the cursor, or all that is known of a user stream."""
        user = self._user
        if user is not None:
            self.app.push_screen(UserStreamScreen(self.viewer, user.owner))
            return
        shard = self.shards.cursor_key
        if shard is not None:
            self.app.push_screen(StreamsScreen(self.viewer, shard))

    def action_rotate(self) -> None:
        """Ask for another connection in place of the shard's, or of the user stream's."""
        user = self._user
        if user is not None:
            self.viewer.renew(user.owner)
            self._show_bars()
            return
        shard = self.shards.cursor_key
        if shard is not None:
            self.rotate(shard)

    def rotate(self, shard: int) -> None:
        """Ask for another connection in place of this shard's."""
        self.viewer.send(
            Rotate(shard), f"Shard {shard}: a new connection takes over before the old one closes."
        )
        self._show_bars()

    def help_notes(self) -> Iterable[Line]:
        """What the columns mean."""
        for name, meaning in (
            ("live/ack/want", "streams with data or good reason for none / acknowledged / wanted"),
            ("ping", "age of the exchange's last PING"),
            ("rtt", "round trip of our own ping, ms"),
            ("lag", "event time to receipt less the clock offset, ms; negative where clocks disagree"),
            ("left", "until the exchange ends the connection (24 h)"),
            ("rec", "reconnects since the engine started"),
            ("blind", "how long data was missing"),
            ("renews", "of a user stream: until its key or its connection is renewed"),
            ("proof", "when it was last known for sure that events would come, and by what"),
        ):
            yield ((f"{name:<14}", "strong"), (meaning, "title"))
