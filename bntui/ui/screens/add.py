"""The dialogue that adds symbols: type, see what exists, enter; as often as wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.text import counted
from bntui.ui.completion import TRADING, nearest, propose
from bntui.ui.format import clean, price
from bntui.ui.keys import ADD, bindings
from bntui.ui.lists import ALL
from bntui.ui.screens.base import is_too_small
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.bars import key_line
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Line, Lines

PROPOSALS = 50
"""Proposals that the list holds at most."""


class AddScreen(ModalScreen[None], inherit_bindings=False):
    """A text field over a list of proposals; stays open, so that several symbols can be added."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ADD)

    def __init__(self, viewer: Viewer) -> None:
        """Take where instruments come from and where commands go."""
        super().__init__()
        self._viewer = viewer
        self._answer: Line = ()
        self._found: dict[SymbolKey, Instrument] = {}
        self._input = Input(compact=True, placeholder="symbol, such as BTCUSDT or just btc")
        self._input.cursor_blink = False
        self._grid: Grid[SymbolKey, Instrument] = Grid(
            self._columns(), self._found.get, viewer.now, dimmed=_is_closed, lit=True, id="proposals"
        )
        self._grid.can_focus = False
        self._says = Lines(id="add-says")
        self._keys = Lines(id="add-keys")

    def compose(self) -> ComposeResult:
        """The field, the proposals, a line of answers, the keys."""
        with Vertical(id="add"):
            yield self._input
            yield self._grid
            yield self._says
            yield self._keys

    def on_mount(self) -> None:
        """Start typing at once."""
        self.query_one("#add").border_title = "Add symbols"
        keymap = self._viewer.keymap
        names = f"{keymap.name('add.down')} {keymap.name('add.up')}"
        choose: Line = (("  ", ""), (names, "key"), (" choose", "title"))
        self._keys.set_lines([((" ", ""), *key_line(keymap.group(ADD).keys, 50), *choose)])
        self._input.focus()
        self._propose("")

    def _columns(self) -> tuple[Column[Instrument], ...]:
        def symbol(row: Instrument, _width: int, _now: float) -> Cell:
            return clean(row.key.label), "strong"

        def pair(row: Instrument, _width: int, _now: float) -> Cell:
            return f"{clean(row.base)} for {clean(row.quote)}", ""

        def tick(row: Instrument, _width: int, _now: float) -> Cell:
            return price(row.tick_size, row.price_decimals), "faint"

        def status(row: Instrument, _width: int, _now: float) -> Cell:
            if row.key in self._viewer.mirror.rows:
                return "watched", "quiet"
            return clean(row.status).lower(), "live" if row.status == TRADING else "stale"

        return (
            Column("symbol", "symbol", 14, symbol, widest=18),
            Column("pair", "base for quote", 18, pair, widest=22),
            Column("tick", "tick", 10, tick, rank=1, align="right"),
            Column("status", "status", 8, status, widest=12),
        )

    # Proposals

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value:
            self._answer = ()
        self._propose(event.value)

    def _propose(self, text: str) -> None:
        """Show what the word that is being typed may mean."""
        words = text.replace(",", " ").split()
        instruments = self._viewer.mirror.instruments
        found = propose(words[-1], instruments.values(), PROPOSALS) if words else []
        self._found.clear()
        self._found.update((instrument.key, instrument) for instrument in found)
        self._grid.set_rows(tuple(self._found))
        self._grid.redraw()
        self._grid.move_cursor(0)
        if self._answer:
            self._say(self._answer)
        elif not instruments:
            self._say((("The list of symbols is not here yet; the engine checks what you type.", "title"),))
        elif not words:
            listed = counted(len(instruments), "symbol", "symbols")
            self._say(((f"{listed}. Several at once: separate them by spaces.", "title"),))
        elif not found:
            self._say(self._unknown(words[-1]))
        else:
            more = "+" if len(found) == PROPOSALS else ""
            self._say(((f"{len(found)}{more} found", "title"),))

    def _unknown(self, word: str) -> Line:
        meant = nearest(word, self._viewer.mirror.instruments.values())
        line: Line = ((f"No symbol is called {clean(word.upper())}.", "blind"),)
        if meant is not None:
            line += ((" Did you mean ", "title"), (clean(meant.key.label), "strong"), ("?", "title"))
        return line

    def _say(self, line: Line) -> None:
        self._says.set_lines([((" ", ""), *line)])

    def on_key(self, event: events.Key) -> None:
        """Letters that were typed before the field could take them."""
        if event.is_printable and event.character and self.focused is None:
            event.stop()
            self._input.insert_text_at_cursor(event.character)

    # Actions

    def action_down(self) -> None:
        """The next proposal."""
        self._grid.action_down()

    def action_up(self) -> None:
        """The proposal before."""
        self._grid.action_up()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    @on(Grid.Chosen)
    def _chosen(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        """Add what was typed; of the last word, the marked proposal."""
        words = self._input.value.replace(",", " ").split()
        if not words:
            self.dismiss(None)
            return
        keys: list[SymbolKey] = []
        for number, word in enumerate(words, 1):
            key = self._meant(word, last=number == len(words))
            if key is None:
                self._say(self._unknown(word))
                return
            keys.append(key)
        labels = " ".join(clean(key.label) for key in keys)
        watched = [key for key in keys if key in self._viewer.mirror.rows]
        if len(watched) == len(keys):
            said = (
                f"Put {labels} on the list."
                if self._put_on_list(keys)
                else f"{labels} is on the list already."
            )
            self._say(((said, "quiet"),))
            return
        if self._viewer.watch(keys, f"Asked for {labels}."):
            self._put_on_list(keys)
            self._answer = (
                (f"Asked for {labels}.", "live"),
                (f" The next one, or {self._viewer.keymap.name('add.close')}.", "title"),
            )
            self._input.value = ""
            self._propose("")
        else:
            self._say((("Not sent: the engine does not answer.", "blind"),))

    def _put_on_list(self, keys: Sequence[SymbolKey]) -> bool:
        """On the named list in front; False where it has them all, or is that of everything."""
        lists = self._viewer.lists
        fresh = [key for key in keys if lists.current != ALL and lists.current not in lists.holding(key)]
        for key in fresh:
            lists.add(key, lists.current)
        return bool(fresh)

    def _meant(self, word: str, *, last: bool) -> SymbolKey | None:
        """The symbol that a word names: itself, where it is one; else, of the last word, the marked one."""
        instruments = self._viewer.mirror.instruments
        listed = {key.market for key in instruments}
        try:
            named = SymbolKey.parse(
                word, min(listed) if listed and Market.SPOT not in listed else Market.SPOT
            )
        except ValueError:
            return None
        # What a market lists is read once somebody needs it: before that the engine finds out.
        if named in instruments or named.market not in listed:
            return named
        return self._grid.cursor_key if last else None

    def on_resize(self, event: events.Resize) -> None:
        """Make way where there is too little room."""
        self.set_class(is_too_small(event.size), "-too-small")

    def action_close(self) -> None:
        """Close the dialogue."""
        self.dismiss(None)


def _is_closed(instrument: Instrument) -> bool:
    return instrument.status != TRADING
