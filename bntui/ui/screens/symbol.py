"""The open symbol: book, trades and candles, side by side where there is room, else one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from bntui.model.markets import Instrument, SymbolKey
from bntui.model.panels import Focus
from bntui.ui.copies import Copy, of_lines
from bntui.ui.format import clean
from bntui.ui.keys import BOOK, CANDLES, SEARCH, SYMBOL, TRADES, Key, KeyGroup, bindings
from bntui.ui.manner import as_remembered, options_remembered, remember_focus, remember_options
from bntui.ui.panels.depth import LEVELS, PARTIAL_LEVELS, STEPS, step_text
from bntui.ui.panels.heading import day_parts, panel_tabs, second_line, symbol_line
from bntui.ui.panels.legend import legend
from bntui.ui.panels.own import OwnMarks
from bntui.ui.panels.tape import smallest_of
from bntui.ui.panels.trust import (
    Trust,
    book_trust,
    candles_trust,
    liquidations_trust,
    mark_trust,
    symbol_trust,
    trades_trust,
    under,
)
from bntui.ui.screens.arrangement import Arrangement, arrangement
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.candles import CandleChart
from bntui.ui.widgets.contract import ContractLines
from bntui.ui.widgets.ladder import Ladder
from bntui.ui.widgets.lines import Line, Lines, faded
from bntui.ui.widgets.search import SearchBar
from bntui.ui.widgets.sheet import Sheet
from bntui.ui.widgets.tape import Tape
from bntui.wire.mirror import Changes


class SymbolScreen(ViewerScreen):
    """While it is in front, the engine keeps the symbol's streams and tells what its panels show."""

    BINDINGS = bindings(SYMBOL)
    KEYS = (SYMBOL, BOOK, TRADES, CANDLES, SEARCH)
    TAB = "Symbol"
    AUTO_FOCUS = ""
    """The active panel gets the keys, not the first there is."""

    def __init__(self, viewer: Viewer) -> None:
        """Without a symbol until it comes to the front."""
        super().__init__(viewer)
        self._asked: Focus | None = None
        self._told: Focus | None = None
        """What the engine knows of it: nothing while another screen is in front."""
        self._multiple = 0
        self._own = OwnMarks()
        self._active = 0
        self._zoomed = False
        self._arrangement = Arrangement.SINGLE
        self._heading = Lines(id="heading")
        self._second = Lines(id="second")
        self._contract = ContractLines(id="contract")
        self.ladder = Ladder(id="ladder")
        self.tape = Tape(id="tape")
        self.chart = CandleChart(options_remembered(viewer.wishes.choices), id="chart")
        self.chart.on_options = partial(remember_options, viewer.wishes.choices)
        self.chart.on_interval = self._want_interval
        self.chart.on_older = self._want_older
        self._panels: tuple[tuple[str, Sheet, KeyGroup], ...] = (
            ("Book", self.ladder, BOOK),
            ("Trades", self.tape, TRADES),
            ("Candles", self.chart, CANDLES),
        )
        self._filter = SearchBar(placeholder="smallest size, such as 0.5 or 10k", sign="≥", id="search")

    def compose_body(self) -> ComposeResult:
        """The symbol in two lines, what only a contract has, the panels, and the filter while it is typed."""
        yield self._heading
        yield self._second
        yield self._contract
        with Container(id="panels"):
            yield self.chart
            yield self.ladder
            yield self.tape
        yield self._filter

    @property
    def asked(self) -> Focus | None:
        """What the engine is asked for."""
        return self._asked

    @property
    def arranged(self) -> Arrangement:
        """How the panels share the screen now."""
        return self._arrangement

    # Which symbol

    def _open(self, key: SymbolKey) -> None:
        """Ask for this symbol; how it is looked at stays, but for what depends on its prices."""
        self.viewer.open_symbol = key
        before = self._asked
        if before is None:
            self._ask(as_remembered(self.viewer.wishes.choices, Focus(key.market, key.symbol)))
        elif before.key != key:
            self._multiple = 0
            self._ask(replace(before, market=key.market, symbol=key.symbol, step="", candles_from_ms=None))
        else:
            self._ask(before)

    def _ask(self, focus: Focus) -> None:
        self._asked = focus
        self._tell(focus)

    def _tell(self, focus: Focus | None) -> None:
        if focus != self._told:
            self._told = focus
            self.viewer.look_at(focus)

    def _flip(self, step: int) -> None:
        key = self.viewer.flipped(step)
        if key is not None and key != self.viewer.open_symbol:
            self._open(key)
            self.show_everything()

    def action_next_symbol(self) -> None:
        """The next symbol of the watchlist; behind the last comes the first."""
        self._flip(1)

    def action_previous_symbol(self) -> None:
        """The symbol before."""
        self._flip(-1)

    async def action_back(self) -> None:
        """Back to the watchlist, with the cursor on this symbol."""
        self.viewer.left_symbol = self.viewer.open_symbol
        await self.app.switch_mode("watchlist")

    # Coming and going

    def on_screen_resume(self) -> None:
        """Ask for what the panels show."""
        key = self.viewer.open_symbol
        if key is not None:
            self._open(key)
        self._arrange()
        super().on_screen_resume()

    def on_screen_suspend(self) -> None:
        """Nobody looks: release the streams. Under a dialogue the screen is still seen."""
        if self not in self.app.screen_stack:
            self._tell(None)

    def on_unmount(self) -> None:
        """The screen is gone: release the streams."""
        self._tell(None)

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed."""
        asked, viewer = self._asked, self.viewer
        if asked is None:
            return
        mirror, now, is_dark = viewer.mirror, viewer.now(), viewer.is_dark
        key = asked.key
        panels = mirror.panels if mirror.panels is not None and mirror.panels.key == key else None
        view = None if panels is None else panels.book
        instrument, row = viewer.instrument(key), mirror.rows.get(key)
        whole = symbol_trust(row, instrument, not mirror.instruments or instrument is not None, is_dark)
        book = under(whole, book_trust(view, mirror.books.get(key), is_dark))
        trades = under(whole, trades_trust(mirror.streams, key, is_dark))
        candles = under(whole, candles_trust(mirror.streams, key, asked.interval, is_dark))
        at_once = changes is None or beat
        if at_once:
            self._name_keys()
        self._own.take(mirror.accounts, key, changes is None or changes.accounts)
        self._show_heading(key, whole, (book, trades, candles), instrument)
        marks = under(whole, mark_trust(mirror.streams, key, is_dark))
        self._contract.show(row, instrument, marks, now, viewer.exchange_ms(), self.app.size.width)
        if changes is None or beat or changes.in_panels:
            if self.ladder.display:
                self.ladder.show(view, instrument, asked, book, now, at_once=at_once, own=self._own.orders)
            if self.tape.display:
                closed = under(whole, liquidations_trust(mirror.streams, key, is_dark))
                self.tape.show(panels, instrument, asked, trades, now, at_once=at_once, liquidations=closed)
            if self.chart.display:
                self.chart.show(panels, instrument, viewer.exchange_ms(), not candles.good, self._own.fills)
        if self.has_class("-searching"):
            self._show_found()

    def _name_keys(self) -> None:
        """Those that panels name; the settings may have been read anew."""
        name = self.viewer.keymap.name
        self.ladder.cursor_keys = f"{name('book.down')} {name('book.up')}"
        self.chart.accepted_by = name("candles.accept")

    def _show_found(self) -> None:
        self._filter.set_found(*self.tape.counted(), self.viewer.keymap.name("search.clear"))

    def _show_heading(
        self, key: SymbolKey, whole: Trust, trusts: Sequence[Trust], instrument: Instrument | None
    ) -> None:
        width = self.app.size.width
        row = self.viewer.mirror.rows.get(key)
        self._heading.set_lines([symbol_line(key, row, instrument, whole, self.viewer.now(), width)])
        tabs: Line = ()
        if self._arrangement is Arrangement.SINGLE:
            named = [(name, trust) for (name, _, _), trust in zip(self._panels, trusts, strict=True)]
            switches = "" if whole.reason else self.viewer.keymap.name("symbol.panel")
            tabs = panel_tabs(named, self._active, switches)
        day = day_parts(row, instrument)
        self._second.set_lines([second_line(tabs, whole, day if whole.good else faded(day), width)])

    # Which panels

    def on_resize(self, event: events.Resize) -> None:
        """Share the new room."""
        self._arrange()

    def _arrange(self) -> None:
        """Place the panels; where they share a place, only the active one is there."""
        self._arrangement = arrangement(self.app.size, self._zoomed)
        for each in Arrangement:
            self.set_class(each is self._arrangement, each.value)
        alone = self._arrangement is Arrangement.SINGLE
        for at, (_, panel, _) in enumerate(self._panels):
            panel.display = not alone or at == self._active
            panel.alone = alone
        if not self.has_class("-searching"):
            # At once: the next key may be right behind this one.
            self.set_focus(self._panels[self._active][1])

    def _activate(self, at: int) -> None:
        self._active = at % len(self._panels)
        self._arrange()
        self.call_after_refresh(self.show_everything)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a size is typed, these keys are the field's."""
        return not (action in ("next_panel", "previous_panel", "filter") and self._filter.is_typing)

    def action_next_panel(self) -> None:
        """The next panel gets the keys; where it shares its place, it is shown instead."""
        self._activate(self._active + 1)

    def action_previous_panel(self) -> None:
        """The panel before."""
        self._activate(self._active - 1)

    def action_zoom(self) -> None:
        """The active panel alone, or all of them."""
        if not self._zoomed and arrangement(self.app.size, zoomed=False) is Arrangement.SINGLE:
            key = self.viewer.keymap.name("symbol.panel")
            self.viewer.say(f"One panel at a time fits here: {key} switches.")
        else:
            self._zoomed = not self._zoomed
        self._activate(self._active)

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        """A click into a panel makes it the active one, and ends the typing."""
        for at, (_, panel, _) in enumerate(self._panels):
            if event.widget is not panel or self.focused is not panel:
                # Some other widget; or by now another one has the focus.
                continue
            if at != self._active:
                self._active = at
                self._show_bars()
            if self.has_class("-searching"):
                self._end_typing()

    # How the book is looked at

    def action_levels(self) -> None:
        """The next depth; behind the deepest comes the shallowest."""
        if self._asked is None:
            return
        most = PARTIAL_LEVELS if self._asked.partial else LEVELS[-1]
        deeper = [levels for levels in LEVELS if self._asked.levels < levels <= most]
        self._look(replace(self._asked, levels=deeper[0] if deeper else LEVELS[0]))

    def action_coarser(self) -> None:
        """Group by the next larger step."""
        self._group(1)

    def action_finer(self) -> None:
        """Group by the next smaller step."""
        self._group(-1)

    def _group(self, step: int) -> None:
        if self._asked is None:
            return
        instrument = self.viewer.instrument(self._asked.key)
        if instrument is None:
            self.viewer.say("The price step of this symbol is not known yet.")
            self._show_bars()
            return
        self._multiple = max(0, min(self._multiple + step, len(STEPS) - 1))
        self._look(replace(self._asked, step=step_text(instrument.tick_size, STEPS[self._multiple])))

    def action_partial(self) -> None:
        """The exchange's best levels without a snapshot, or the whole book again."""
        if self._asked is None:
            return
        partial = not self._asked.partial
        levels = min(self._asked.levels, PARTIAL_LEVELS) if partial else self._asked.levels
        if partial:
            self.viewer.say(f"Cheaper book: the best {PARTIAL_LEVELS} levels as the exchange sends them.")
        else:
            self.viewer.say("Whole book: kept from every update since a snapshot.")
        self._look(replace(self._asked, partial=partial, levels=levels))

    def action_single(self) -> None:
        """Every trade by itself, or those of one taker order as one."""
        if self._asked is None:
            return
        single = not self._asked.single_trades
        self.viewer.say("Every trade by itself." if single else "Trades of one taker order as one.")
        self._look(replace(self._asked, single_trades=single))

    def _look(self, asked: Focus) -> None:
        """Ask for another look; what is there is shown until the answer comes."""
        self._ask(asked)
        remember_focus(self.viewer.wishes.choices, asked)
        self.show_everything()

    # The candles

    def _want_interval(self, interval: str) -> None:
        """Ask for candles of another length."""
        if self._asked is not None:
            asked = replace(self._asked, interval=interval, candles_from_ms=None)
            remember_focus(self.viewer.wishes.choices, asked)
            self._ask(asked)

    def _want_older(self, from_ms: int) -> None:
        """Ask for candles from this time on."""
        if self._asked is not None:
            self._ask(replace(self._asked, candles_from_ms=from_ms))

    # The filter of trades

    def action_filter(self) -> None:
        """Open the field for the smallest size."""
        self.add_class("-searching")
        if self._arrangement is Arrangement.SINGLE and self._panels[self._active][1] is not self.tape:
            self._activate(next(at for at, (_, panel, _) in enumerate(self._panels) if panel is self.tape))
        self._filter.open("" if self.tape.smallest is None else f"{self.tape.smallest:f}")
        self._show_found()

    @on(SearchBar.Changed)
    def _filter_changed(self, event: SearchBar.Changed) -> None:
        self.tape.set_smallest(smallest_of(event.text))
        self._show_found()

    @on(SearchBar.Closed)
    def _filter_closed(self, event: SearchBar.Closed) -> None:
        self._end_typing()

    def _end_typing(self) -> None:
        self.remove_class("-searching")
        self.set_focus(self._panels[self._active][1])
        self._show_bars()

    # Keys and help

    def copied(self) -> Copy:
        """The symbol's prices; with the book's cursor on a level, what eating up to it costs."""
        if self._asked is None:
            return super().copied()
        active = self._panels[self._active][1]
        lines = [self._heading.text, self._second.text, *self._contract.text.splitlines()]
        if active.lit is not None:
            lines.append(active.text.splitlines()[active.lit])
        return of_lines(clean(self._asked.key.label), lines, self.viewer)

    def bar_keys(self) -> list[Key]:
        """The keys of the active panel, then those of the screen."""
        groups = (self._panels[self._active][2], SYMBOL)
        return [key for group in groups for key in group.keys if key.label]

    def help_notes(self) -> Iterable[Line]:
        """What the panels show."""
        return legend()
