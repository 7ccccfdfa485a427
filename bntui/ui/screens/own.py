"""What the screens of own accounts share: how far each account can be trusted stands above its data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from bntui.model.account import AccountKey
from bntui.model.accounts import Accounts
from bntui.model.markets import Instrument, SymbolKey
from bntui.model.views import WatchView
from bntui.ui.emptiness import link_lines
from bntui.ui.panels.accounts import account_lines, is_trusted, no_account_lines
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.tables.own import STREAM_MEANINGS, STREAM_STYLES, Variety, variety
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.lines import Line, Lines, Part, faded, join
from bntui.wire.mirror import LinkState

HEIGHT_PER_TRUST_LINE = 6
"""One line in so many may say what is wrong with accounts; one always."""


class OwnScreen(ViewerScreen):
    """A screen of own accounts."""

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer)
        self.trust = Lines(id="trust")
        self.detail = Lines(id="detail")
        self.nothing = Lines(centred=True, id="empty")
        self._trust_height = 0

    @property
    def accounts(self) -> Accounts:
        """What is known of them."""
        return self.viewer.mirror.accounts

    # What tables ask

    def instrument(self, key: SymbolKey) -> Instrument | None:
        """What exchangeInfo says of a symbol."""
        return self.viewer.instrument(key)

    def row(self, key: SymbolKey) -> WatchView | None:
        """The market's prices of a symbol; None where it is not watched, or the engine does not answer."""
        return None if self.viewer.is_dark else self.viewer.mirror.rows.get(key)

    def is_doubtful(self, owner: AccountKey) -> bool:
        """Must what is told of this account not be taken for its state?"""
        return not is_trusted(self.accounts, owner)

    def variety(self, symbols: Iterable[str], sides: Iterable[str] = ()) -> Variety:
        """What differs between rows of these symbols; `sides`: of positions that some of them belong to."""
        return variety(self.accounts.streams, any(side in ("LONG", "SHORT") for side in sides), symbols)

    # Drawing

    @property
    def trust_height(self) -> int:
        """Lines above the tables."""
        return self._trust_height

    def show_trust(self) -> None:
        """Say how far each account can be trusted."""
        width, height = self.app.size
        lines = account_lines(
            self.accounts,
            self.viewer.is_dark,
            self.viewer.now(),
            self.viewer.clock.wall_ms(),
            width,
            max(height // HEIGHT_PER_TRUST_LINE, 1),
        )
        self.trust.set_lines(lines)
        if len(lines) != self._trust_height:
            self._trust_height = len(lines)
            self.trust.styles.height = max(len(lines), 1)
            self.trust.display = bool(lines)

    def show_detail(self, parts: Sequence[Part], *, doubtful: bool = False) -> None:
        """One line about the row under the cursor; it is as faint as a row that cannot be trusted, but for
        what is called out."""
        if doubtful:
            parts = faded(parts, but="blind")
        line: Line = ((" ", ""), *join(parts)) if parts else ()
        self.detail.display = bool(parts)
        self.detail.set_lines([faded(line) if self.viewer.is_dark else line])

    def show_nothing(self, words: Sequence[Line] | None, tables: Sequence[Widget]) -> None:
        """In place of all `tables` say why there is nothing; None: there is something."""
        mirror = self.viewer.mirror
        empty = words is not None
        if words is not None:
            if mirror.engine is None or mirror.link is not LinkState.LIVE:
                words = link_lines(self.viewer)
            elif not self.accounts.streams:
                words = no_account_lines()
            self.nothing.set_lines(words)
        if self.nothing.display != empty:
            self.nothing.display = empty
            for table in tables:
                table.display = not empty

    def keep_focus(self, *tables: Widget) -> None:
        """The first of these that is shown gets the keys, where none of them has."""
        there = [table for table in tables if table.display]
        if there and self.focused not in there:
            there[0].focus()

    async def open_symbol(self, key: SymbolKey | None) -> None:
        """Open the screen of a symbol."""
        if key is not None:
            self.viewer.open_symbol = key
            await self.app.switch_mode("symbol")

    def trust_notes(self) -> list[Line]:
        """For the help: what the states of accounts mean."""
        notes: list[Line] = [
            ((f"{state:<10}", STREAM_STYLES[state]), (meaning, "title"))
            for state, meaning in STREAM_MEANINGS.items()
        ]
        notes.append(
            (
                ("incomplete", "stale"),
                (" something could not be asked for by REST: fills may be missing", "title"),
            )
        )
        return notes
