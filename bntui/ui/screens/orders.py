"""Orders of own accounts: those that may still be filled above, those that are over below."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from textual import events, on
from textual.app import ComposeResult

from bntui.model.account import AccountKey, OrderUpdate
from bntui.ui.format import decimal_of
from bntui.ui.keys import FOCUS, MOVE, ORDERS, Key, bindings
from bntui.ui.screens.own import OwnScreen
from bntui.ui.tables.orders import closed_columns, open_columns, order_detail
from bntui.ui.tables.own import Variety
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import HEADER_LINES, Grid
from bntui.ui.widgets.lines import Line, Lines
from bntui.wire.mirror import Changes

Identity = tuple[AccountKey, str, int, bool]

NO_ORDERS = "No order is known: none is open, and none has ended since the engine started."
NO_OPEN = "No order is open."

OPEN_LEAST = 3
"""Lines of the open orders at least, also while there are none."""


def ladder_place(order: OrderUpdate) -> tuple[str, AccountKey, Decimal, int]:
    """Open orders stand by symbol, the highest price first, as on a ladder."""
    price = decimal_of(order.price) or decimal_of(order.stop_price) or Decimal(0)
    return order.symbol, order.owner, -price, order.order_id


class OrdersScreen(OwnScreen):
    """Two tables, and between them a line about the order under the cursor."""

    BINDINGS = bindings(ORDERS)
    KEYS = (ORDERS, FOCUS, MOVE)
    TAB = "Orders"

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer)
        self._told = Variety()
        self._open_height = 0
        wall_ms = viewer.exchange_ms
        self.open: Grid[Identity, OrderUpdate] = Grid(
            open_columns(self._told, self.instrument, self.row, wall_ms),
            self._order,
            viewer.now,
            dimmed=lambda order: self.is_doubtful(order.owner),
            id="open",
        )
        self.closed: Grid[Identity, OrderUpdate] = Grid(
            closed_columns(self._told, self.instrument, wall_ms), self._order, viewer.now, id="closed"
        )
        self._no_open = Lines(centred=True, id="no-open")

    def compose_body(self) -> ComposeResult:
        """Trust, open orders, a line about one, and the others."""
        yield self.trust
        yield self.open
        yield self._no_open
        yield self.nothing
        yield self.detail
        yield self.closed

    def _order(self, identity: Identity) -> OrderUpdate | None:
        return self.accounts.orders.get(identity)

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed; ages and distances once a second."""
        dark = self.viewer.is_dark
        self.open.set_dimmed(dark)
        self.closed.set_dimmed(dark)
        if changes is None or changes.accounts:
            self._arrange()
        if changes is None or changes.instruments:
            self.open.redraw()
            self.closed.redraw()
        elif beat:
            self.open.update_ages()
        if changes is None or beat or changes.accounts:
            self.show_trust()
            self._show_detail()
        self._show_nothing()
        self._share_height()

    def _arrange(self) -> None:
        orders = self.accounts.orders
        told = self.variety(
            {order.symbol for order in orders.values()}, {order.position_side for order in orders.values()}
        )
        if told != self._told:
            self._told = told
            wall_ms = self.viewer.exchange_ms
            self.open.set_columns(open_columns(told, self.instrument, self.row, wall_ms))
            self.closed.set_columns(closed_columns(told, self.instrument, wall_ms))
        at_top = self.closed.cursor == 0
        resting = sorted((o for o in orders.values() if o.open), key=ladder_place)
        over = sorted(
            (o for o in orders.values() if not o.open), key=lambda o: (o.time_ms, o.order_id), reverse=True
        )
        self.open.set_rows([order.identity for order in resting])
        self.open.update_rows(orders)
        self.closed.set_rows([order.identity for order in over])
        self.closed.update_rows(orders)
        if at_top:
            self.closed.move_cursor(0)

    @property
    def _selected(self) -> OrderUpdate | None:
        grid = self.closed if self.closed.has_focus or not self.open.keys else self.open
        key = grid.cursor_key
        return None if key is None else self._order(key)

    def _show_detail(self) -> None:
        order = self._selected
        if order is None:
            self.show_detail(())
            return
        row = self.viewer.mirror.rows.get(order.key)
        parts = order_detail(order, self.instrument, row, self.viewer.exchange_ms())
        self.show_detail(parts, doubtful=order.open and self.is_doubtful(order.owner))

    def _show_nothing(self) -> None:
        words: list[Line] | None = None
        if not self.accounts.orders:
            words = [((NO_ORDERS, "title"),)]
        self.show_nothing(words, (self.closed,))
        no_open = words is None and not self.open.keys
        if no_open:
            self._no_open.set_lines([((NO_OPEN, "title"),)])
        self._no_open.display = no_open
        self.open.display = words is None and not no_open
        self.keep_focus(self.open, self.closed)

    def _share_height(self) -> None:
        """The open orders take what they need, up to three fifths."""
        body = self.body_height - self.trust_height - 1
        wanted = max(len(self.open.keys) + HEADER_LINES, OPEN_LEAST)
        height = max(min(wanted, body * 3 // 5), OPEN_LEAST)
        if height != self._open_height:
            self._open_height = height
            self.open.styles.height = height
            self._no_open.styles.height = height

    # Events and actions

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        self._show_detail()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        """The line between the tables is about the one with the keys."""
        self.call_later(self._show_detail)

    @on(Grid.Chosen)
    async def _chosen(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        """Open the symbol of the order under the cursor."""
        order = self._selected
        await self.open_symbol(None if order is None else order.key)

    # Keys and help

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        return super().bar_keys() if self.accounts.orders else []

    def help_notes(self) -> Iterable[Line]:
        """What the columns mean."""
        for name, meaning in (
            ("left", "quantity that is not filled yet"),
            ("to market", "from the other side's best price, or to the price it waits for; bps: 1/100 %"),
            ("—", "for an order to market: the symbol is not watched, or its prices are not good"),
            (
                "tif",
                "time in force: GTC until cancelled, IOC at once, FOK whole at once, GTX maker only",
            ),
            ("why", "the exchange's reason for refusing or ending it, and what that means"),
        ):
            yield ((f"{name:<10}", "strong"), (meaning, "title"))
        yield from self.trust_notes()
