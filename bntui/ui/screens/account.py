"""Positions at the mark price, and balances."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.app import ComposeResult

from bntui.model.account import AccountKey, Balance, Position
from bntui.model.markets import Market
from bntui.ui.keys import ACCOUNT, FOCUS, MOVE, Key, bindings
from bntui.ui.news import margin_calls
from bntui.ui.screens.base import ACCOUNT_TAB
from bntui.ui.screens.own import OwnScreen
from bntui.ui.tables.balances import balance_columns, is_empty
from bntui.ui.tables.own import Variety
from bntui.ui.tables.positions import (
    CLOSED_SHOWN_MS,
    FRESH_S,
    NEAR_PERCENT,
    is_closed,
    position_columns,
    position_detail,
    worth_of,
)
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import HEADER_LINES, Grid
from bntui.ui.widgets.lines import Line, Lines
from bntui.wire.mirror import Changes

PositionKey = tuple[AccountKey, str, str]
BalanceKey = tuple[AccountKey, str]

NOTHING = "No balance is known yet: the account is being asked for."
NO_POSITION = "No position is open."

NO_POSITION_LINES = 3


class AccountScreen(OwnScreen):
    """Positions above, where there are markets with any; balances below."""

    BINDINGS = bindings(ACCOUNT)
    KEYS = (ACCOUNT, FOCUS, MOVE)
    TAB = ACCOUNT_TAB

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from. Balances of nothing are hidden at first."""
        super().__init__(viewer)
        self._told = (Variety(), True, False)
        self._all = False
        self._hidden = 0
        self._positions_height = 0
        self.positions: Grid[PositionKey, Position] = Grid(
            position_columns(Variety(), self.instrument, self.row, viewer.exchange_ms, called=False),
            lambda key: self.accounts.positions.get(key),
            viewer.now,
            dimmed=lambda position: is_closed(position) or self.is_doubtful(position.owner),
            id="positions",
        )
        self.balances: Grid[BalanceKey, Balance] = Grid(
            balance_columns(Variety(), viewer.exchange_ms, spot=True),
            lambda key: self.accounts.balances.get(key),
            viewer.now,
            dimmed=lambda balance: self.is_doubtful(balance.owner),
            id="balances",
        )
        self._no_position = Lines(centred=True, id="no-position")

    def compose_body(self) -> ComposeResult:
        """Trust, positions, a line about one, and balances."""
        yield self.trust
        yield self.positions
        yield self._no_position
        yield self.nothing
        yield self.detail
        yield self.balances

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed; what positions are worth as often as the mark price comes."""
        dark = self.viewer.is_dark
        self.positions.set_dimmed(dark)
        self.balances.set_dimmed(dark)
        if changes is None or changes.accounts or beat:
            self._arrange()
        if changes is None or changes.instruments:
            self.positions.redraw()
            self.balances.redraw()
        elif beat:
            self.positions.update_ages()
            self.balances.update_ages()
        elif changes.rows:
            self.positions.update_rows(
                [key for key, position in self.accounts.positions.items() if position.key in changes.rows]
            )
        if changes is None or beat or changes.accounts:
            self.show_trust()
            self._show_detail()
        self._show_nothing()
        self._share_height()

    def _arrange(self) -> None:
        accounts = self.accounts
        spot = any(owner.market is Market.SPOT for owner in accounts.streams)
        called = bool(margin_calls(accounts.positions.values()))
        told = self.variety({position.symbol for position in accounts.positions.values()}), spot, called
        if told != self._told:
            self._told = told
            wall_ms = self.viewer.exchange_ms
            self.positions.set_columns(
                position_columns(told[0], self.instrument, self.row, wall_ms, called=called)
            )
            self.balances.set_columns(balance_columns(told[0], wall_ms, spot=spot))
        now_ms = self.viewer.exchange_ms()
        shown = [
            key
            for key, position in accounts.positions.items()
            if not is_closed(position) or now_ms - position.time_ms < CLOSED_SHOWN_MS
        ]
        shown.sort(key=lambda key: (is_closed(accounts.positions[key]), key[1], key[0], key[2]))
        self.positions.set_rows(shown)
        self.positions.update_rows(shown)
        held = [
            key for key, balance in sorted(accounts.balances.items()) if self._all or not is_empty(balance)
        ]
        self._hidden = len(accounts.balances) - len(held)
        self.balances.set_rows(held)
        self.balances.update_rows(held)

    @property
    def _position(self) -> Position | None:
        key = self.positions.cursor_key
        return None if key is None else self.accounts.positions.get(key)

    def _show_detail(self) -> None:
        position = self._position
        count = "1 empty balance" if self._hidden == 1 else f"{self._hidden} empty balances"
        hidden = ((f"{count} hidden", "title"),) if self._hidden else ()
        if position is None:
            self.show_detail(hidden)
            return
        instrument = self.instrument(position.key)
        worth = worth_of(
            position, self.row(position.key), instrument, self.viewer.now(), self.viewer.exchange_ms()
        )
        parts = (*position_detail(position, worth, instrument), *hidden)
        self.show_detail(parts, doubtful=self.is_doubtful(position.owner))

    def _show_nothing(self) -> None:
        accounts = self.accounts
        words: list[Line] | None = None
        if not accounts.balances and not accounts.positions:
            words = [((NOTHING, "title"),)]
        self.show_nothing(words, (self.balances,))
        has_positions = words is None and bool(self.positions.keys)
        no_positions = words is None and not has_positions and self._told[0].futures
        if no_positions:
            self._no_position.set_lines([((NO_POSITION, "title"),)])
        self._no_position.display = no_positions
        self.positions.display = has_positions
        self.keep_focus(self.positions, self.balances)

    def _share_height(self) -> None:
        """The positions take what they need, up to three fifths."""
        body = self.body_height - self.trust_height - 1
        height = min(len(self.positions.keys) + HEADER_LINES, max(body * 3 // 5, NO_POSITION_LINES))
        if height != self._positions_height:
            self._positions_height = height
            self.positions.styles.height = height

    # Events and actions

    @on(Grid.CursorMoved)
    @on(events.DescendantFocus)
    def _moved(self) -> None:
        self._show_detail()

    @on(Grid.Chosen, "#positions")
    async def _chosen(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        """Open the symbol of the position under the cursor."""
        if self.positions.has_focus and self._position is not None:
            await self.open_symbol(self._position.key)

    def action_empty(self) -> None:
        """Show balances of nothing too, or hide them."""
        self._all = not self._all
        self.show_everything()

    # Keys and help

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        hidden = set()
        if not self.positions.has_focus or not self.positions.keys:
            hidden.add("account.open")
        if not self._hidden and not self._all:
            hidden.add("account.empty")
        return [key for key in super().bar_keys() if key.id not in hidden]

    def help_notes(self) -> Iterable[Line]:
        """What the columns mean."""
        for name, meaning in (
            ("uPnL", "unrealised profit or loss: at the mark price"),
            ("as of", f"now: it follows the mark price of the watched symbol (at most {FRESH_S:.0f} s old);"),
            ("", "otherwise how long ago the exchange told it: watch the symbol to follow it"),
            ("to liq", f"from the mark price to the liquidation price; ! at {NEAR_PERCENT} % and less"),
            ("wallet", "paid in and realised, without what open positions gain or lose"),
            ("—", "not known: no message has told it"),
        ):
            yield ((f"{name:<11}", "strong"), (meaning, "title"))
        yield from self.trust_notes()
