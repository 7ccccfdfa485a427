"""Fills of own accounts: what happened, what it cost, and the sums of each symbol."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.app import ComposeResult

from bntui.model.account import Fill
from bntui.model.accounts import FILLS_KEPT
from bntui.ui.copies import Copy, of_fill
from bntui.ui.export import as_csv, as_json, write
from bntui.ui.fills import FillList, SumKey
from bntui.ui.format import clean
from bntui.ui.keys import FILLS, FOCUS, MOVE, SEARCH, Key, bindings
from bntui.ui.screens.base import FILLS_TAB
from bntui.ui.screens.filtered import FilteredScreen
from bntui.ui.screens.own import OwnScreen
from bntui.ui.tables.fills import SumRow, fill_columns, fill_detail, sum_columns, sum_detail
from bntui.ui.tables.own import Variety
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import HEADER_LINES, Grid
from bntui.ui.widgets.lines import Line
from bntui.wire.mirror import Changes

SUMS_SHARE = 3
"""One line in so many may go to the sums."""

NONE_YET = "No fill so far."


class FillsScreen(FilteredScreen, OwnScreen):
    """One row a fill, the newest first; below it one row a symbol."""

    BINDINGS = bindings(FILLS)
    KEYS = (FILLS, FOCUS, MOVE, SEARCH)
    TAB = FILLS_TAB
    SEARCHED = "symbol, account, buy, sell, maker, recovered …"

    def __init__(self, viewer: Viewer) -> None:
        """Without a filter."""
        super().__init__(viewer)
        self._fills = FillList()
        self._told = Variety()
        self._sums_height = 0
        wall_ms = viewer.clock.wall_ms
        self.grid: Grid[int, Fill] = Grid(
            fill_columns(self._told, self.instrument, wall_ms), self._fills.get, viewer.now, id="fills"
        )
        self.sums: Grid[SumKey, SumRow] = Grid(
            sum_columns(self._told, self.instrument), self._sum_row, viewer.now, id="sums"
        )

    def compose_body(self) -> ComposeResult:
        """Trust, fills, a line about the one under the cursor, sums, and the filter while it is typed."""
        yield self.trust
        yield self.grid
        yield self.nothing
        yield self.detail
        yield self.sums
        yield self.search

    def _sum_row(self, key: SumKey) -> SumRow | None:
        sums = self._fills.sums.get(key)
        return None if sums is None else SumRow(key, sums)

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed."""
        dark = self.viewer.is_dark
        self.grid.set_dimmed(dark)
        self.sums.set_dimmed(dark)
        news = (changes is None or changes.accounts) and self._fills.take(
            self.viewer.mirror.epoch, self.accounts
        )
        if news or changes is None:
            self._arrange()
        if changes is None or changes.instruments:
            self.grid.redraw()
            self.sums.redraw()
        if changes is None or beat or changes.accounts:
            self.show_trust()
            self._show_detail()
        self._show_nothing()
        self._share_height()

    def _arrange(self) -> None:
        """Put the rows in order. Who looks at the newest sees the next one; a moved cursor stays."""
        at_top = self.grid.cursor == 0
        told = self.variety({key.symbol for key in self._fills.sums}, self._fills.position_sides)
        if told != self._told:
            self._told = told
            self.grid.set_columns(fill_columns(told, self.instrument, self.viewer.clock.wall_ms))
            self.sums.set_columns(sum_columns(told, self.instrument))
        self.grid.set_rows(self._fills.newest_first)
        if at_top:
            self.grid.move_cursor(0)
        self.sums.set_rows(sorted(self._fills.sums, key=lambda key: (key.symbol, key.owner)))
        self.sums.update_rows(self._fills.sums)
        self.show_found()

    def _show_detail(self) -> None:
        if self.sums.has_focus:
            key = self.sums.cursor_key
            row = None if key is None else self._sum_row(key)
            self.show_detail(() if row is None else sum_detail(row, self.instrument))
            return
        number = self.grid.cursor_key
        fill = None if number is None else self._fills.get(number)
        self.show_detail(() if fill is None else fill_detail(fill, self.instrument(fill.key)))

    def _show_nothing(self) -> None:
        words: list[Line] | None = None
        if not len(self._fills):
            words = [((NONE_YET, "title"),)]
            if self.filter and self._fills.total:
                one = self._fills.total == 1
                none = "The one fill does not hold" if one else f"None of {self._fills.total} fills holds"
                words = [
                    ((f"{none} “{self.filter}”.", "strong"),),
                    (),
                    ((self.viewer.keymap.name("fills.clear"), "key"), (" shows all again", "title")),
                ]
        self.show_nothing(words, (self.grid, self.sums))
        if not self.is_searching:
            self.keep_focus(self.grid, self.sums)

    def _share_height(self) -> None:
        """The sums take what they need, up to a third."""
        body = self.body_height - self.trust_height
        height = min(len(self.sums.keys) + HEADER_LINES, max(body // SUMS_SHARE, HEADER_LINES + 1))
        if height != self._sums_height:
            self._sums_height = height
            self.sums.styles.height = height

    # Events and actions

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        self._show_detail()

    @on(Grid.Chosen)
    async def _chosen(self) -> None:
        await self.action_open()

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        """The line between the tables is about the one with the keys."""
        if event.widget in self.filtered:
            self.call_later(self._show_detail)

    async def action_open(self) -> None:
        """Open the symbol of the row under the cursor."""
        if self.sums.has_focus:
            of = self.sums.cursor_key
            await self.open_symbol(None if of is None else of.key)
        else:
            number = self.grid.cursor_key
            fill = None if number is None else self._fills.get(number)
            await self.open_symbol(None if fill is None else fill.key)

    def copied(self) -> Copy:
        """The fill under the cursor in the exchange's own figures, or its symbol's sums."""
        number = self.grid.cursor_key if not self.sums.has_focus else None
        fill = None if number is None else self._fills.get(number)
        return super().copied() if fill is None else of_fill(fill, self.viewer)

    def action_export(self, kind: str) -> None:
        """Write the fills that are listed to a file, and say which."""
        listed = [self._fills.get(number) for number in reversed(self._fills.newest_first)]
        fills = [fill for fill in listed if fill is not None]
        if not fills:
            self.viewer.say("Nothing to export: no fill is listed.")
        else:
            text = as_csv(fills) if kind == "csv" else as_json(fills)
            folder = self.viewer.export_folder.absolute()
            try:
                path = write(folder, kind, self.viewer.clock.wall_ms(), text)
            except OSError as error:
                why = clean(error.strerror or str(error))
                self.viewer.say(f"Nothing exported to {clean(str(folder))}: {why}.", bad=True)
            else:
                count = f"{len(fills)} fill{'' if len(fills) == 1 else 's'}"
                # The name first: a narrow line cuts the folder, which the user knows.
                self.viewer.say(f"{count} written: {path.name} in {clean(str(folder))}")
        self._show_bars()

    # The filter

    @property
    def filtered(self) -> tuple[Grid[int, Fill], Grid[SumKey, SumRow]]:
        """Both tables."""
        return self.grid, self.sums

    def found(self) -> tuple[int, int]:
        """Fills that are listed, of all."""
        return len(self._fills), self._fills.total

    def apply_filter(self) -> None:
        """List the fills with its words, and sum up those alone."""
        self._fills.set_filter(self.filter)
        self._arrange()
        self._show_detail()
        self._show_nothing()
        self._share_height()

    # Keys and help

    def bar_note(self) -> Line:
        """The filter, while it hides fills; and what is still on its way."""
        note: Line = self.filter_note()
        if self.accounts.newest_fill > self.accounts.last_fill:
            note += (("  more fills are on their way ", "waiting"),)
        return note

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        others = {key.id for key in (*SEARCH.keys, *FOCUS.keys)}
        if not self._fills.total:
            others |= {key.id for key in FILLS.keys}
        return [key for key in super().bar_keys() if key.id not in others]

    def help_notes(self) -> Iterable[Line]:
        """What the columns mean."""
        for name, meaning in (
            ("rec", "recovered: no stream told it; REST knew it afterwards"),
            ("worth", "price times quantity in the quote asset; of COIN-M contracts in the coin"),
            ("slip bps", "against the mid as it stood here: + worse, - better; — where it was not known"),
            ("as", "maker: your order rested in the book; taker: it took what rested"),
            ("realised", "profit or loss, of futures"),
            ("sums", f"of the fills listed: the newest {FILLS_KEPT} are, less what the filter hides"),
        ):
            yield ((f"{name:<10}", "strong"), (meaning, "title"))
        yield from self.trust_notes()
