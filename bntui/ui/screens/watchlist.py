"""The watchlist: prices with their ages, search, sort, add and remove."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult

from bntui.ui.emptiness import no_symbols
from bntui.ui.keys import MOVE, SEARCH, WATCHLIST, Key, bindings
from bntui.ui.ordering import SteadyOrder
from bntui.ui.removals import Removals
from bntui.ui.screens.filtered import FilteredScreen
from bntui.ui.sorting import LIST_ORDER, Sorting
from bntui.ui.tables.states import STATE_MEANINGS, STATE_STYLES, STATE_WORDS
from bntui.ui.tables.watchlist import (
    Decimals,
    PriceShape,
    is_mixed,
    is_untrusted,
    watch_columns,
    watch_detail,
)
from bntui.ui.widgets.columns import Column, arranged
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Line, Lines, faded, whole

if TYPE_CHECKING:
    from bntui.model.markets import Instrument, SymbolKey
    from bntui.model.states import StreamState
    from bntui.model.views import WatchView
    from bntui.ui.viewer import Viewer
    from bntui.wire.mirror import Changes

SLOW_TURNS = 4
"""On a thin line each row is drawn once in so many seconds."""


class WatchlistScreen(FilteredScreen):
    """One row a symbol."""

    BINDINGS = bindings(WATCHLIST)
    KEYS = (WATCHLIST, MOVE, SEARCH)
    TAB = "Watchlist"
    FIELDS = ("search", "add")

    def __init__(self, viewer: Viewer) -> None:
        """Start in the list's own order, without a filter."""
        super().__init__(viewer)
        self._shape = PriceShape()
        self._decimals = Decimals(self._instrument)
        self._mixed = False
        self._columns: tuple[Column[WatchView], ...] = self._columns_now()
        self._order: SteadyOrder[SymbolKey] = SteadyOrder()
        self._sorting = Sorting(viewer.wishes.choices)
        self._removals = Removals(viewer)
        self._states: dict[SymbolKey, StreamState] = {}
        """On a thin line: how far each row could be trusted when it was told last."""
        self.grid: Grid[SymbolKey, WatchView] = Grid(
            self._columns, self._row, viewer.now, dimmed=is_untrusted, id="watchlist"
        )
        self._empty = Lines(centred=True, id="empty")
        self._detail = Lines(id="detail")

    def compose_body(self) -> ComposeResult:
        """The table, a line about the row under the cursor, and the search line while it is open."""
        yield self.grid
        yield self._empty
        yield self._detail
        yield self.search

    def _row(self, key: SymbolKey) -> WatchView | None:
        return self.viewer.mirror.rows.get(key)

    def _instrument(self, key: SymbolKey) -> Instrument | None:
        return self.viewer.instrument(key)

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed."""
        mirror = self.viewer.mirror
        # Prices take other decimals with the instruments that say how many.
        everything = changes is None or changes.instruments
        listed = changes is None or changes.watchlist
        changed = mirror.rows.keys() if changes is None else changes.rows
        if everything or listed:
            self._decimals.forget()
            self._set_shape(PriceShape().holding(mirror.rows.values(), self._decimals))
        else:
            rows = [mirror.rows[key] for key in changed if key in mirror.rows]
            self._set_shape(self._shape.holding(rows, self._decimals))
        self.grid.set_dimmed(self.viewer.is_dark)
        if listed or (self._sorting.column != LIST_ORDER and self._order.due(self.viewer.now())):
            self._arrange()
        if everything:
            self.grid.redraw()
        elif self.viewer.wishes.told.preferences.slow:
            self._show_in_turn(changed, beat)
        elif beat:
            self.grid.update_ages()
        else:
            self.grid.update_rows(changed)
        if everything or beat or self.grid.cursor_key in changed:
            self._show_detail()
        self._show_empty()

    def _show_in_turn(self, changed: Collection[SymbolKey], beat: bool) -> None:
        """On a thin line a row is drawn every few seconds, but at once when it is trusted more or less."""
        if beat:
            self.grid.update_in_turn(SLOW_TURNS)
        for key in self._states.keys() - self.viewer.mirror.rows.keys():
            del self._states[key]
        turned = []
        for key in changed:
            row = self._row(key)
            if row is not None and self._states.get(key, row.state) is not row.state:
                turned.append(key)
            if row is not None:
                self._states[key] = row.state
        self.grid.update_rows(turned)

    def _set_shape(self, shape: PriceShape) -> None:
        mixed = is_mixed(self.viewer.mirror.watchlist)
        if (shape, mixed) != (self._shape, self._mixed):
            self._shape, self._mixed = shape, mixed
            self._lay_columns()

    def _columns_now(self) -> tuple[Column[WatchView], ...]:
        """The columns of the list in front: its own, or the usual ones."""
        wanted = self.viewer.lists.columns()
        mixed = "market" in wanted if wanted else self._mixed
        return arranged(watch_columns(self._shape, self._instrument, self._decimals, mixed=mixed), wanted)

    def _lay_columns(self) -> None:
        self._columns = self._columns_now()
        self.grid.set_columns(self._columns)

    def _arrange(self) -> None:
        """Put the rows in order, less those that the filter hides."""
        mirror = self.viewer.mirror
        wanted = self.filter.upper()
        keys = [key for key in self.viewer.lists.shown(mirror.watchlist) if wanted in key.label.upper()]
        column = self._sort_column()
        value = None if column is None else self._sort_value(column)
        self.grid.set_rows(self._order.order(keys, value, self._sorting.descending, self.viewer.now()))
        self.grid.set_sorted(self._sorting.column, self._sorting.descending)
        self.show_found()

    def _sort_column(self) -> Column[WatchView] | None:
        return next((column for column in self._columns if column.id == self._sorting.column), None)

    def _sort_value(self, column: Column[WatchView]) -> Any:
        order = column.order

        def value(key: SymbolKey) -> Any:
            row = self._row(key)
            return None if row is None or order is None else order(row)

        return value

    def _show_detail(self) -> None:
        key = self.grid.cursor_key
        row = None if key is None else self._row(key)
        if key is None or row is None:
            self._detail.set_lines([])
            return
        parts = watch_detail(row, self._instrument(key), self.viewer.now(), self.viewer.exchange_ms())
        line = ((" ", ""), *whole(parts, self._detail.size.width - 1, at_least=2))
        self._detail.set_lines([faded(line) if self.viewer.is_dark else line])

    def _show_empty(self) -> None:
        empty = not self.grid.keys
        if empty:
            self._empty.set_lines(no_symbols(self.viewer, self.filter))
        if self._empty.display != empty:
            self._empty.display = empty
            self.grid.display = not empty
            if not empty and not self.is_searching:
                self.grid.focus()

    def _key(self, action: str) -> str:
        return self.viewer.keymap.name(action)

    # Events

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        self._order.touch(self.viewer.now())
        self._show_detail()

    @on(Grid.HeaderClicked)
    def _header_clicked(self, event: Grid.HeaderClicked) -> None:
        if event.column == self._sorting.column:
            self.action_reverse()
        else:
            self.sort_by(event.column)

    @on(Grid.Chosen)
    async def _chosen(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        """Open the symbol under the cursor; `[` and `]` walk the rows as they stand here."""
        key = self.grid.cursor_key
        if key is not None:
            self.viewer.open_symbol = key
            self.viewer.flip_order = self.grid.keys
            await self.app.switch_mode("symbol")

    def on_screen_resume(self) -> None:
        """The cursor goes to the symbol that was open last: who flipped through some goes on from there."""
        opened, self.viewer.left_symbol = self.viewer.left_symbol, None
        super().on_screen_resume()
        if opened is not None:
            self.grid.select(opened)

    # Sorting

    def sortable(self) -> list[Column[WatchView]]:
        """Columns that can be sorted by."""
        return [column for column in self._columns if column.order is not None]

    def sort_by(self, column_id: str) -> None:
        """Sort by a column, in the direction that people want first; an empty id: the list's own order."""
        column = next((column for column in self.sortable() if column.id == column_id), None)
        if column is None and column_id != LIST_ORDER:
            return
        self._sorting.by(column_id, column is not None and column.descending)
        self._resort()

    def _resort(self) -> None:
        """Sort now. A cursor that nobody moved stays on the first line, any other on its symbol."""
        at_top = self.grid.cursor == 0
        self._order.resort()
        self._arrange()
        if at_top:
            self.grid.move_cursor(0)

    def action_sort(self) -> None:
        """Sort by the next column; behind the last comes the list's own order."""
        shown = {slot.column.id for slot in self.grid.slots}
        ids = [LIST_ORDER, *(column.id for column in self.sortable() if column.id in shown)]
        at = ids.index(self._sorting.column) if self._sorting.column in ids else 0
        self.sort_by(ids[(at + 1) % len(ids)])

    def action_reverse(self) -> None:
        """Turn the order round."""
        if self._sort_column() is None:
            key = self._key("watchlist.sort")
            self.viewer.say(f"The list's own order cannot be reversed: press {key} to sort by a column.")
            self.show_everything()
            return
        self._sorting.by(self._sorting.column, not self._sorting.descending)
        self._resort()

    # Searching

    @property
    def filtered(self) -> tuple[Grid[SymbolKey, WatchView]]:
        """The table."""
        return (self.grid,)

    def found(self) -> tuple[int, int]:
        """Symbols that are shown, of those of the list."""
        return len(self.grid.keys), len(self.viewer.lists.shown(self.viewer.mirror.watchlist))

    def apply_filter(self) -> None:
        """Show the symbols that contain its text."""
        self._order.resort()
        self._arrange()
        self._show_empty()
        self._show_detail()

    def action_next_match(self) -> None:
        """The next row that matches, from the top again behind the last."""
        self._match(1)

    def action_previous_match(self) -> None:
        """The match before, from the bottom again before the first."""
        self._match(-1)

    def _match(self, step: int) -> None:
        if not self.filter:
            self.viewer.say(f"Nothing to find: {self._key('watchlist.search')} starts a search.")
            self._show_bars()
        elif self.grid.keys:
            self.grid.move_cursor((self.grid.cursor + step) % len(self.grid.keys))

    # The list

    def action_add(self) -> None:
        """Open the dialogue for new symbols."""
        from bntui.ui.screens.add import AddScreen

        self.app.push_screen(AddScreen(self.viewer))

    def action_remove(self) -> None:
        """Take the symbol under the cursor off the list."""
        key = self.grid.cursor_key
        if key is not None:
            self._removals.remove(key)
            self._arrange()
            self.show_everything()

    def action_undo(self) -> None:
        """Put back the symbol that was removed last."""
        self._removals.undo()
        self._arrange()
        self.show_everything()

    def action_list(self, step: int) -> None:
        """Show the next watchlist, or the one before."""
        lists = self.viewer.lists
        if len(lists.names) == 1:
            self.viewer.say("There is one list only: [watchlists.NAME] in the settings file makes others.")
            self._show_bars()
            return
        lists.step(step)
        self._show_list()

    def show_list(self, name: str) -> None:
        """Show this watchlist."""
        lists = self.viewer.lists
        lists.step(lists.names.index(name) - lists.names.index(lists.current))
        self._show_list()

    def _show_list(self) -> None:
        self._lay_columns()
        self._order.resort()
        self._arrange()
        self.grid.move_cursor(0)
        self._show_empty()
        self._show_detail()
        self._show_bars()

    def take_wishes(self) -> None:
        """Other lists and columns, perhaps."""
        self._show_list()

    def action_columns(self) -> None:
        """Open the dialogue for columns."""

        from bntui.ui.screens.columns import ColumnsScreen

        def take(columns: tuple[str, ...]) -> list[str]:
            self.viewer.lists.choose_columns(columns)
            self._lay_columns()
            self._arrange()
            return [column.id for column in self._columns]

        self.app.push_screen(ColumnsScreen(self.viewer, [column.id for column in self._columns], take))

    # Keys and help

    def bar_note(self) -> Line:
        """The filter, while rows are hidden by it."""
        lists = self.viewer.lists
        note: Line = ()
        if len(lists.names) > 1:
            at = lists.names.index(lists.current) + 1
            note = (("  list ", "title"), (lists.current, "strong"), (f" {at}/{len(lists.names)} ", "title"))
        return (*note, *self.filter_note())

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        hidden = set()
        if not self._removals:
            hidden.add("watchlist.undo")
        if self._sorting.column == LIST_ORDER:
            hidden.add("watchlist.reverse")
        if len(self.viewer.lists.names) == 1:
            hidden.add("watchlist.next_list")
        if not self.grid.keys:
            hidden |= {"watchlist.open", "watchlist.remove", "watchlist.sort"}
        searching = {key.id for key in SEARCH.keys}
        return [key for key in super().bar_keys() if key.id not in hidden | searching]

    def help_notes(self) -> Iterable[Line]:
        """What the states mean."""
        for name, meaning in (
            ("▲ ▼", "the last price went up, down at its last change"),
            ("bps", "spread in hundredths of a per cent of the mid"),
            ("volume", "of 24 hours, in the quote asset"),
            ("…", "among the minutes: those before are not known, or not yet"),
            ("age", "of the newest data of the symbol, of whatever stream"),
        ):
            yield ((f"{name:<8}", "strong"), (meaning, "title"))
        for state, meaning in STATE_MEANINGS.items():
            yield ((f"{STATE_WORDS[state]:<8}", STATE_STYLES[state]), (meaning, "title"))
