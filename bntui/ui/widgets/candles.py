"""The candle chart as a widget: it keeps what the user looks at, and what he asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual import events

from bntui.model.markets import Instrument, SymbolKey
from bntui.model.panels import CANDLES_KEPT, Hole, Panels
from bntui.ui.chart.glyphs import glyphs_for
from bntui.ui.chart.groups import newest_slot
from bntui.ui.chart.intervals import DEFAULT, INTERVALS, length_ms
from bntui.ui.chart.picture import Picture
from bntui.ui.chart.scene import Cross, Options, OwnFill, Scene, Ticks
from bntui.ui.chart.series import Series, overdue
from bntui.ui.chart.studies import Studies
from bntui.ui.chart.timeline import LOCAL_ZONE, UTC_ZONE
from bntui.ui.chart.words import title_parts
from bntui.ui.completion import TRADING
from bntui.ui.format import decimal_of, width_of
from bntui.ui.keys import CANDLES, bindings
from bntui.ui.plain import PlainFilter
from bntui.ui.widgets.sheet import Sheet

SECOND_MS = 1_000
"""The chart's own clock goes by seconds: between them it looks the same."""


class CandleChart(Sheet, can_focus=True, inherit_bindings=False):
    """Candles of one symbol with volume, averages and a crosshair.

    The host calls `show` with what it has, and is told through `on_interval` and `on_older` what the user
    would like to have.
    """

    BINDINGS = bindings(CANDLES)

    def __init__(self, options: Options | None = None, *, id: str | None = None) -> None:
        """Start empty, with these looks."""
        super().__init__(id=id)
        self.on_options: Callable[[Options], None] = _nobody
        """Told the looks that the user chose."""
        self.on_interval: Callable[[str], None] = _nobody
        """Told the interval that the user chose."""
        self.on_older: Callable[[int], None] = _nobody
        """Told from when on candles are wanted, in epoch ms, where the view comes near the oldest one."""
        self.accepted_by = "enter"  # The key that takes the interval which is being chosen.
        self._series = Series()
        self._studies = Studies.of(length_ms(DEFAULT))
        self._contract = 0.0
        self._picture = Picture()
        self._key: SymbolKey | None = None
        self._asked_from_ms: int | None = None
        self._scene = Scene(
            0, 0, "", 0, Ticks.of(None), offered=INTERVALS, options=options or Options(), loading=True
        )

    def on_mount(self) -> None:
        """Draw with what the terminal shows."""
        plain = any(isinstance(one, PlainFilter) for one in self.app.get_line_filters())
        self._scene = replace(self._scene, glyphs=glyphs_for(plain))

    # What is shown

    @property
    def interval(self) -> str:
        """The interval that the user wants to see."""
        return self._scene.wanted or self._scene.interval or DEFAULT

    def show(
        self,
        panels: Panels | None,
        instrument: Instrument | None,
        now_ms: int,
        dark: bool,
        own: tuple[OwnFill, ...] = (),
    ) -> None:
        """Draw these candles, and one's `own` fills on them; `dark`: nothing of them can be trusted now.

        A picture that would be the same costs a comparison, and lines that look the same are not repainted.
        """
        if panels is None:
            self._begin(None, "")
            self._redraw(
                replace(self._scene, now_ms=now_ms, dark=dark, loading=True, failure="", first=False)
            )
            return
        if panels.key != self._key or panels.interval != self._scene.interval:
            self._begin(panels.key, panels.interval)
        stale_from = self._series.take(panels.interval, panels.candles, _holes(panels, instrument, now_ms))
        contract = _contract(instrument)
        if contract != self._contract:
            self._contract = contract
            self._studies = Studies.of(length_ms(panels.interval or DEFAULT), contract)
            stale_from = self._series.first
        if stale_from is not None:
            self._studies.take(self._series, stale_from)
        scene = replace(
            self._scene,
            now_ms=now_ms // SECOND_MS * SECOND_MS,
            dark=dark,
            ticks=self._ticks(panels, instrument),
            first=panels.first,
            loading=panels.loading,
            failure=panels.failure,
            own=own,
        )
        if stale_from is not None or scene != self._scene:
            self._redraw(scene)
            self._ask_older()

    def _begin(self, key: SymbolKey | None, interval: str) -> None:
        """Other candles come: nothing of those before may be taken for theirs."""
        if key is None and self._key is None:
            return
        scene = self._scene
        wanted = scene.wanted if key == self._key and scene.wanted != interval else ""
        self._key = key
        self._series = Series()
        self._studies = Studies.of(length_ms(interval or DEFAULT), self._contract)
        self._picture.forget()
        self._asked_from_ms = None
        self._scene = replace(
            scene, interval=interval, wanted=wanted, cross=None, window=replace(scene.window, end=None)
        )

    def _ticks(self, panels: Panels, instrument: Instrument | None) -> Ticks:
        if instrument is not None:
            return Ticks.of(instrument)
        last = next(reversed(panels.candles.values()), None)
        return Ticks.of(None) if last is None else Ticks.of(None, last.close, last.volume)

    def _ask_older(self) -> None:
        """Ask for earlier candles where the view comes near the oldest: each stretch once."""
        scene, series = self._scene, self._series
        newest, oldest = newest_slot(series), series.first
        cells = self._picture.layout.cells
        if newest is None or oldest is None or cells <= 0 or scene.first or scene.loading:
            return
        first, last = scene.window.slots(cells, newest)
        screen = last - first + 1
        if first - screen // 2 >= oldest or len(series.bars) >= CANDLES_KEPT:
            return
        from_ms = series.slots.opens(max(first - screen, newest - CANDLES_KEPT + 1))
        if from_ms < series.slots.opens(oldest) and (
            self._asked_from_ms is None or from_ms < self._asked_from_ms
        ):
            self._asked_from_ms = from_ms
            self.on_older(from_ms)

    # Drawing

    def _redraw(self, scene: Scene) -> None:
        """Draw the scene, and refresh the lines that look different."""
        width, height = self.size
        scene = replace(scene, width=width, height=height, lit=self.has_focus or self.alone)
        self._scene = scene
        if not width or not height:
            return
        self.set_lines(self._picture.draw(scene, self._series, self._studies))
        if scene.cross is not None and not self._picture.plot.shows(scene.cross.slot):
            self._scene = replace(scene, cross=None)

    def _change(self, scene: Scene) -> None:
        """The user wants to see something else of what is there."""
        if scene != self._scene:
            if scene.window != self._scene.window:
                self._picture.forget()
            self._redraw(scene)
            self._ask_older()

    def draw_anew(self) -> None:
        """The title shows who has the keys."""
        self._redraw(self._scene)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw(self._scene)
        self._ask_older()

    # The crosshair

    def _move_cross(self, steps: int) -> None:
        """Put the crosshair on another candle, and bring that into view; at first on the newest visible."""
        scene, groups = self._scene, self._picture.plot.groups
        newest, oldest = newest_slot(self._series), self._series.first
        if newest is None or not groups:
            return
        size = scene.window.zoom.merged
        cells = self._picture.layout.cells
        if scene.cross is None:
            slot = groups[-1].first
        else:
            lowest = min(oldest if oldest is not None else newest, newest)
            slot = min(max(scene.cross.slot + steps * size, lowest), newest)
        window = scene.window.showing(slot, cells, newest)
        self._change(replace(scene, cross=Cross(slot), window=window))

    def _point_at(self, x: int, y: int) -> None:
        """The mouse holds the crosshair over a cell."""
        plot, layout = self._picture.plot, self._picture.layout
        line, x = y - layout.top, x - layout.inset
        group = plot.group_at(x, self._scene.window.zoom.pitch) if x < layout.plot_width else None
        if group is None or not 0 <= line < layout.plot + layout.volume:
            self._let_go()
            return
        held = Cross(group.first, line if line < layout.plot else None, held=True)
        self._change(replace(self._scene, cross=held))

    def _let_go(self) -> None:
        """The mouse is elsewhere."""
        if self._scene.cross is not None and self._scene.cross.held:
            self._change(replace(self._scene, cross=None))

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter and escape are the host's while there is nothing here to accept or to leave."""
        if action == "accept":
            return self._scene.choosing is not None
        if action == "leave":
            return self._scene.choosing is not None or self._scene.cross is not None
        return True

    def action_left(self) -> None:
        """The candle before, or the interval before while one is being chosen."""
        if self._scene.choosing is not None:
            self._choose(-1)
        else:
            self._move_cross(-1)

    def action_right(self) -> None:
        """The next candle, or the next interval."""
        if self._scene.choosing is not None:
            self._choose(1)
        else:
            self._move_cross(1)

    def action_pan(self, halves: int) -> None:
        """Half a screen to the left or right."""
        newest, oldest = newest_slot(self._series), self._series.first
        if newest is None:
            return
        window, cells = self._scene.window, self._picture.layout.cells
        groups = halves * max(window.places(cells) // 2, 1)
        moved = window.panned(groups, cells, oldest if oldest is not None else newest, newest)
        self._change(replace(self._scene, window=moved, cross=None))

    def action_oldest(self) -> None:
        """To the oldest candle that is known."""
        newest, oldest = newest_slot(self._series), self._series.first
        if newest is None or oldest is None:
            return
        window = self._scene.window.panned(oldest - newest, self._picture.layout.cells, oldest, newest)
        self._change(replace(self._scene, window=window, cross=None))

    def action_newest(self) -> None:
        """To the newest candle, and on with it."""
        window = replace(self._scene.window, end=None)
        self._change(replace(self._scene, window=window, cross=None))

    def action_zoom(self, steps: int) -> None:
        """Wider candles, or narrower ones; what the crosshair is on stays in view."""
        window = self._scene.window.zoomed(steps)
        newest, cross = newest_slot(self._series), self._scene.cross
        if cross is not None and newest is not None:
            window = window.showing(cross.slot, self._picture.layout.cells, newest)
        self._change(replace(self._scene, window=window))

    def action_interval(self, step: int) -> None:
        """The next longer interval, or the next shorter one."""
        self.want(_beside(INTERVALS, self.interval, step))

    def action_choose(self) -> None:
        """List all intervals, to choose one."""
        self._change(replace(self._scene, choosing=self.interval, accepted_by=self.accepted_by, cross=None))

    def action_accept(self) -> None:
        """Take the interval under the chooser's cursor."""
        chosen = self._scene.choosing
        self._change(replace(self._scene, choosing=None))
        if chosen is not None:
            self.want(chosen)

    def action_leave(self) -> None:
        """Close the chooser, or else take the crosshair away."""
        if self._scene.choosing is not None:
            self._change(replace(self._scene, choosing=None))
        else:
            self._change(replace(self._scene, cross=None))

    def action_averages(self) -> None:
        """Show the exponential averages, or hide them."""
        options = self._scene.options
        self._option(replace(options, averages=not options.averages))

    def action_vwap(self) -> None:
        """Show the price weighted by volume, or hide it."""
        options = self._scene.options
        self._option(replace(options, vwap=not options.vwap))

    def action_log(self) -> None:
        """A logarithmic scale, or a linear one."""
        options = self._scene.options
        self._option(replace(options, log=not options.log))

    def action_hollow(self) -> None:
        """Candles that rose as outlines, or solid ones told apart by colour."""
        options = self._scene.options
        self._option(replace(options, hollow=not options.hollow))

    def action_zone(self) -> None:
        """Times of this machine's zone, or UTC."""
        options = self._scene.options
        self._option(replace(options, zone=LOCAL_ZONE if options.zone == UTC_ZONE else UTC_ZONE))

    def _option(self, options: Options) -> None:
        self._change(replace(self._scene, options=options))
        self.on_options(options)

    def _choose(self, step: int) -> None:
        marked = _beside(INTERVALS, self._scene.choosing or self.interval, step)
        self._change(replace(self._scene, choosing=marked))

    def want(self, interval: str) -> None:
        """Ask the host for another interval; what is there stays until its candles come."""
        if interval == self.interval:
            return
        wanted = "" if interval == self._scene.interval else interval
        self._change(replace(self._scene, wanted=wanted))
        self.on_interval(interval)

    # Mouse

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The crosshair follows the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None:
            self._point_at(offset.x, offset.y)

    def on_leave(self) -> None:
        """The mouse went elsewhere, and takes its crosshair along."""
        self._let_go()

    def on_click(self, event: events.Click) -> None:
        """A click on an interval chooses it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y or not self._picture.layout.title:
            return
        x = 0
        for (text, _), word in title_parts(self._scene):
            if x <= offset.x < x + width_of(text):
                self._change(replace(self._scene, choosing=None))
                self.want(word)
                return
            x += width_of(text)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Nearer; with a modifier key to the left."""
        self._scroll(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Farther; with a modifier key to the right."""
        self._scroll(event, -1)

    def _scroll(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        event.prevent_default()
        if event.shift or event.ctrl or event.meta:
            self.action_pan(-steps)
        else:
            self.action_zoom(steps)


def _contract(instrument: Instrument | None) -> float:
    """What a contract is worth in the quote currency, where volumes count contracts; otherwise 0."""
    size = decimal_of(instrument.contract_size) if instrument is not None else None
    return 0.0 if size is None else float(size)


def _holes(panels: Panels, instrument: Instrument | None, now_ms: int) -> list[Hole]:
    """The holes that the engine knows of, and the one that grows now; none grows where nothing trades."""
    newest = next(reversed(panels.candles.values()), None)
    if newest is None or panels.loading or (instrument is not None and instrument.status != TRADING):
        return panels.holes
    growing = overdue(panels.interval, newest, now_ms)
    return panels.holes if growing is None else [*panels.holes, growing]


def _nobody(_told: object) -> None:
    """Nobody listens."""


def _beside(words: Sequence[str], word: str, step: int) -> str:
    """The word so many places on; at the ends the last one."""
    at = words.index(word) if word in words else 0
    return words[min(max(at + step, 0), len(words) - 1)]
