"""All that is known of one user stream, its renewals too."""

from __future__ import annotations

from textual.app import ComposeResult

from bntui.model.account import AccountKey
from bntui.model.states import RecoveryState
from bntui.ui.copies import Copy, of_lines
from bntui.ui.format import clean
from bntui.ui.keys import MOVE, USER_STREAM, Key, bindings
from bntui.ui.panels.accounts import recovery_words
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.tables.userstreams import user_stream_page
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.lines import Lines, Part, faded
from bntui.ui.widgets.prose import Prose
from bntui.wire.messages import AcceptAccount
from bntui.wire.mirror import Changes

ACCEPT_HINT = "If you know why, such as money that was paid in or out: {key} takes the account as it is now."


class UserStreamScreen(ViewerScreen):
    """One account's stream, over the connections."""

    BINDINGS = bindings(USER_STREAM)
    KEYS = (USER_STREAM, MOVE)
    TAB = "Connections"

    def __init__(self, viewer: Viewer, owner: AccountKey) -> None:
        """Show the stream of this account."""
        super().__init__(viewer)
        self._owner = owner
        self._title = Lines(id="shard-title")
        self.page = Prose(id="user-stream")

    def compose_body(self) -> ComposeResult:
        """Whose it is, and what is known of it."""
        yield self._title
        yield self.page

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw anew once a second, and when something of accounts changed."""
        if changes is not None and not beat and not changes.accounts:
            return
        accounts = self.viewer.mirror.accounts
        stream = accounts.streams.get(self._owner)
        self._title.set_lines([((f" user stream {clean(self._owner.label)}", "strong"),)])
        page: list[Part] = [("Nothing is known of it any more.", "title")]
        if stream is not None:
            page = user_stream_page(stream, self.viewer.now())
            recovery = accounts.recoveries.get(self._owner)
            words, style = recovery_words(recovery, self.viewer.clock.wall_ms())
            page.insert(1, (f"{words[:1].upper()}{words[1:]}", style))
            if self._unexplained:
                hint = ACCEPT_HINT.format(key=self.viewer.keymap.name("user_stream.accept"))
                page.insert(2, (hint, "key"))
            if recovery is not None and recovery.checked:
                page.insert(2, (f"Looked at: {clean(recovery.checked)}", "title"))
        self.page.set_paragraphs(faded(page) if self.viewer.is_dark else page, anew=changes is None)

    def copied(self) -> Copy:
        """All that is known of it."""
        return of_lines(
            f"all of {clean(self._owner.label)}",
            [self._title.text, *self.page.text.splitlines()],
            self.viewer,
        )

    def action_renew(self) -> None:
        """Ask for another connection, or another try with a key that was refused."""
        self.viewer.renew(self._owner)

    @property
    def _unexplained(self) -> bool:
        """Is something of the account not explained, which the user may?"""
        recovery = self.viewer.mirror.accounts.recoveries.get(self._owner)
        return recovery is not None and recovery.state is RecoveryState.INCOMPLETE

    def action_accept(self) -> None:
        """What is missing is known to the user."""
        if not self._unexplained:
            self.viewer.say("Nothing of this account is unexplained.")
        else:
            self.viewer.send(AcceptAccount(self._owner), f"{clean(self._owner.label)} is taken as it is now.")
        self._show_bars()

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        return [key for key in super().bar_keys() if self._unexplained or key.id != "user_stream.accept"]

    def action_back(self) -> None:
        """Back to the connections."""
        self.dismiss(None)
