from __future__ import annotations

import os
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot

from bntui.model.markets import Market, SymbolKey
from bntui.model.panels import Hole, Panels
from bntui.ui.chart.intervals import INTERVALS
from bntui.ui.themes import load_themes, role_defaults, theme_folder
from bntui.ui.widgets.candles import CandleChart
from tests.support.candles import BEGIN_MS, INSTRUMENT, MINUTE_MS, panels, walk
from tests.support.viewing import resized


class CountingChart(CandleChart):
    """Notes which lines are asked to be drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[int] = []

    def refresh(self, *regions: Region, **options: bool) -> Self:
        self.drawn += [y for region in regions for y in region.line_range]
        return super().refresh(*regions, **options)


class ChartApp(App[None]):
    CSS = "CandleChart { width: 100%; height: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,enter", "host", "What the chart leaves to its host")]

    def __init__(self) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        for theme in load_themes([theme_folder()])[0]:
            self.register_theme(theme)
        self.theme = "bntui-dark"
        self.chart = CountingChart()
        self.escaped = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.chart

    def action_host(self) -> None:
        self.escaped += 1


@dataclass
class Sitting:
    """Somebody before a chart."""

    app: ChartApp
    pilot: Pilot[None]
    panels: Panels
    intervals: list[str] = field(default_factory=list)
    older: list[int] = field(default_factory=list)

    @property
    def chart(self) -> CountingChart:
        return self.app.chart

    @property
    def lines(self) -> list[str]:
        return self.chart.text.splitlines()

    @property
    def newest_ms(self) -> int:
        return max(self.panels.candles, default=BEGIN_MS)

    async def show(self, new: Panels | None = None, **options: Any) -> None:
        self.panels = new or self.panels
        self.chart.show(
            self.panels, INSTRUMENT, options.get("now_ms", self.newest_ms), options.get("dark", False)
        )
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def newer(self) -> int:
        """Candles to the right of what is seen."""
        title = self.lines[0]
        return int(title.partition("» ")[2].split()[0]) if "»" in title else 0


@asynccontextmanager
async def sitting(shown: Panels | None = None, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Sitting]:
    app = ChartApp()
    async with app.run_test(size=size) as pilot:
        at = Sitting(app, pilot, shown or panels(walk(300), first=True))
        at.chart.on_interval = at.intervals.append
        at.chart.on_older = at.older.append
        at.chart.focus()
        await at.show()
        yield at


async def test_a_tick_repaints_the_lines_that_look_different() -> None:
    async with sitting() as at:
        last = at.panels.candles[at.newest_ms]
        at.chart.drawn.clear()
        await at.show(panels([*list(at.panels.candles.values())[:-1], replace(last, trades=7)], first=True))
        assert 0 < len(set(at.chart.drawn)) <= 2
        at.chart.drawn.clear()
        await at.show()
        await at.show(now_ms=at.newest_ms + 900)
        assert at.chart.drawn == [], "its clock goes by seconds"


async def test_another_theme_is_drawn_in_its_colours() -> None:
    async with sitting() as at:
        dark = at.chart.render_line(8)
        at.app.theme = "bntui-light"
        await at.pilot.pause()
        light = at.chart.render_line(8)
        assert light.text == dark.text
        assert light != dark


async def test_the_chart_fits_its_terminal() -> None:
    async with sitting() as at:
        for size in ((20, 5), (200, 60), (1, 1), (80, 24)):
            await resized(at.pilot, *size)
            assert len(at.lines) == size[1]
            assert at.chart.render_line(size[1] - 1).cell_length == size[0]


async def test_nothing_of_one_symbol_is_shown_as_anothers() -> None:
    async with sitting() as at:
        await at.press("h", "H")
        other = panels(walk(50, price=2.0), first=True)
        other.key = SymbolKey(Market.SPOT, "XRPUSDT")
        await at.show(other)
        assert "running" in at.lines[0]
        assert "◂2." in at.chart.text
        assert "62" not in at.lines[1].partition("C ")[2][:3]
        at.chart.show(None, None, BEGIN_MS, False)
        assert "Asking for candles" in at.chart.text
        assert "◂" not in at.chart.text


# Panning and zooming


async def test_the_view_follows_the_newest_candle_until_somebody_pans() -> None:
    async with sitting() as at:
        assert at.newer() == 0
        await at.press("H")
        away = at.newer()
        assert away > 10
        await at.show(panels(walk(301), first=True))
        assert at.newer() == away + 1, "new candles do not move what is looked at"
        await at.press("L", "L")
        assert at.newer() == 0
        await at.press("g")
        assert at.newer() > 200
        await at.press("G")
        assert at.newer() == 0
        await at.show(panels(walk(303), first=True))
        assert at.newer() == 0


async def test_older_candles_are_asked_for_near_the_oldest_each_stretch_once() -> None:
    async with sitting(panels(walk(60))) as at:
        oldest = min(at.panels.candles)
        assert len(at.older) == 1
        assert at.older[0] < oldest
        await at.show()
        assert len(at.older) == 1
        await at.show(panels(walk(60), loading=True))
        assert "loading older candles" in at.lines[-1]
        await at.press("H")
        assert len(at.older) == 1
        at.older.clear()
        views = walk(400, begin_ms=BEGIN_MS - 340 * MINUTE_MS)
        await at.show(panels(views))
        await at.press("G")
        assert at.older == [], "there is more than a screen to the left"
        await at.press("g")
        assert len(at.older) == 1
        assert at.older[0] < views[0].open_ms


async def test_where_there_is_nothing_older_nothing_is_asked_for() -> None:
    async with sitting(panels(walk(60), first=True)) as at:
        await at.press("g", "H")
        assert at.older == []
        assert "nothing kept before 12:00" in at.lines[-1]


async def test_zoom_goes_from_wide_candles_to_many_as_one_and_back() -> None:
    async with sitting() as at:
        await at.press(*["plus"] * 9)
        near = at.chart.text.count("▀") + at.chart.text.count("█")
        assert "▀▀▀▀▀▀▀" in at.chart.text or "███████" in at.chart.text
        await at.press(*["minus"] * 20)
        assert "candles" in at.lines[1] + at.lines[2]
        await at.press(*["plus"] * 5)
        assert at.chart.text.count("▀") + at.chart.text.count("█") < near


async def test_the_wheel_zooms_and_pans() -> None:
    async with sitting() as at:
        before = at.lines[-2]
        at.chart.post_message(MouseScrollUp(at.chart, 0, 0, 0, 0, 0, False, False, False))
        await at.pilot.pause()
        assert at.lines[-2] != before
        at.chart.post_message(MouseScrollDown(at.chart, 0, 0, 0, 0, 0, False, False, False))
        await at.pilot.pause()
        assert at.lines[-2] == before
        at.chart.post_message(MouseScrollUp(at.chart, 0, 0, 0, 0, 0, True, False, False))
        await at.pilot.pause()
        assert at.newer() > 0


# The crosshair


async def test_the_crosshair_walks_over_candles_and_takes_the_view_along() -> None:
    async with sitting() as at:
        views = list(at.panels.candles.values())
        await at.press("h")
        assert f"C {views[-1].close}" in at.lines[1]
        await at.press("h", "left")
        assert f"C {views[-3].close}" in at.lines[1]
        await at.press("l")
        assert f"C {views[-2].close}" in at.lines[1]
        await at.press(*["h"] * 60)
        assert f"C {views[-62].close}" in at.lines[1]
        assert at.newer() > 0
        await at.press(*["l"] * 70)
        assert f"C {views[-1].close}" in at.lines[1]


async def test_escape_takes_the_crosshair_away_and_then_is_the_hosts() -> None:
    async with sitting() as at:
        plain = at.chart.text
        await at.press("h", "h", "escape")
        assert at.chart.text == plain
        assert at.app.escaped == 0
        await at.press("escape", "enter")
        assert at.app.escaped == 2


async def test_the_mouse_holds_a_crosshair_and_takes_it_along() -> None:
    async with sitting() as at:
        plain = at.chart.text
        await at.pilot.hover(at.chart, offset=(60, 12))
        await at.pilot.pause()
        assert at.lines[12].count("─") > 40
        assert sum(line[60:62].count("│") for line in at.lines) > 10
        for outside in ((95, 12), (60, 26)):
            await at.pilot.hover(at.chart, offset=outside)
            await at.pilot.hover(at.chart, offset=(95, 12))
            await at.pilot.pause()
            assert at.chart.text == plain


async def test_a_crosshair_that_the_market_left_behind_is_gone() -> None:
    async with sitting() as at:
        await at.press("h", *["h"] * 43)
        assert at.newer() == 0
        await at.show(panels(walk(302), first=True))
        await at.press("escape")
        assert at.app.escaped == 1, "there is none to take away"


# Intervals


async def test_keys_cycle_through_the_intervals() -> None:
    async with sitting() as at:
        await at.press("i", "i", "I", "I", "I", "I")
        assert at.intervals == ["3m", "5m", "3m", "1m", "1s"], "there is none shorter"


async def test_another_interval_is_announced_until_its_candles_come() -> None:
    async with sitting() as at:
        await at.press("h", "i")
        assert "[3m]" in at.lines[0]
        assert "asking for 3m candles" in at.lines[-1]
        assert "◂" in at.chart.text, "what is there stays meanwhile"
        await at.show(panels([], interval="3m", loading=True))
        assert "Asking for 3m candles" in at.chart.text
        await at.show(panels(walk(50, interval="3m"), interval="3m"))
        assert "asking" not in at.chart.text.lower()
        assert "[3m]" in at.lines[0]


async def test_the_chooser_lists_every_interval() -> None:
    async with sitting(size=(60, 24)) as at:
        await at.press("c")
        seen: set[str] = set()
        for _ in INTERVALS:
            seen.update(word.strip("[]") for word in at.lines[0].split())
            await at.press("right")
        assert seen == set(INTERVALS)
        assert at.intervals == []
        await at.press("left", "enter")
        assert at.intervals == ["1w"]
        await at.press("c", "left", "escape")
        assert at.intervals == ["1w"]
        assert "[1w]" in at.lines[0]


async def test_a_click_on_an_interval_chooses_it() -> None:
    async with sitting() as at:
        await at.pilot.click(at.chart, offset=(at.lines[0].index("15m"), 0))
        assert at.intervals == ["15m"]


# Options


async def test_what_the_chart_shows_is_switched_by_keys() -> None:
    async with sitting() as at:
        assert {"EMA", "VWAP"} <= set(at.lines[-1].split())
        await at.press("e", "v")
        assert not {"EMA", "VWAP"} & set(at.lines[-1].split())
        await at.press("o")
        assert "log" in at.lines[0]


@pytest.fixture
def in_kolkata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine stands where clocks are five and a half hours ahead."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_kolkata")
async def test_times_are_utc_unless_asked_otherwise() -> None:
    async with sitting() as at:
        utc = at.lines[-2]
        assert utc.rstrip().endswith("UTC")
        assert "16:55" in utc
        await at.press("Z")
        assert at.lines[-2].rstrip().endswith("IST")
        assert "22:25" in at.lines[-2]
        assert "22:29 IST" in at.lines[1]
        await at.press("Z")
        assert at.lines[-2] == utc


async def test_candles_that_rose_are_hollow_until_they_are_asked_to_be_solid() -> None:
    async with sitting() as at:
        assert "┃" in at.chart.text
        await at.press("s")
        assert "┃" not in at.chart.text
        await at.press("s")
        assert "┃" in at.chart.text


async def test_a_dark_engine_makes_everything_faint_but_for_the_grid() -> None:
    async with sitting() as at:
        lit = {segment.style for segment in at.chart.render_line(8)}
        await at.show(dark=True)
        assert {segment.style for segment in at.chart.render_line(8)} != lit
        assert len({segment.style for segment in at.chart.render_line(8)}) <= 3


async def test_a_hole_and_its_end_are_shown_as_they_come() -> None:
    whole = walk(300)
    hole = Hole(whole[280].open_ms, whole[284].open_ms, "connection lost")
    holed = [view for place, view in enumerate(whole) if not 280 <= place <= 284]
    async with sitting(panels(holed, holes=[hole], first=True)) as at:
        assert "blind 5m at 16:40: connection lost" in at.lines[-1]
        assert "░" in at.lines[10]
        await at.show(panels(whole, first=True))
        assert "░" not in at.chart.text


async def test_who_is_blind_now_sees_it_grow() -> None:
    async with sitting() as at:
        assert "░" not in at.chart.text
        await at.show(now_ms=at.newest_ms + 5 * MINUTE_MS)
        assert "blind 3m at 17:00: no candle came" in at.lines[-1]
        assert "no candle since 4m" in at.lines[0]
        assert "░" in at.lines[10]
        await at.show(panels(walk(306), first=True))
        assert "░" not in at.chart.text


async def test_a_symbol_that_does_not_trade_is_no_blindness() -> None:
    async with sitting() as at:
        halted = replace(INSTRUMENT, status="BREAK")
        at.chart.show(at.panels, halted, at.newest_ms + 500 * MINUTE_MS, False)
        assert "░" not in at.chart.text


# Pictures


@pytest.mark.parametrize(
    ("look", "size", "keys"),
    [
        ("dark", (160, 45), ["plus", *["h"] * 20]),
        ("light", (80, 24), ["minus", "o"]),
        ("no colour", (100, 30), ["H"]),
    ],
    ids=["160x45-dark-crosshair", "80x24-light-merged", "100x30-no colour-panned"],
)
def test_picture(
    look: str,
    size: tuple[int, int],
    keys: list[str],
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A chart with all that there is to tell apart; read the difference before you accept it."""
    if look == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = ChartApp()
    app.theme = {"dark": "bntui-dark", "light": "bntui-light"}.get(look, "ansi-dark")
    views = walk(400, skip=range(340, 352), idle=(360, 361, 362, 363, 380))
    hole = Hole(views[0].open_ms + 340 * MINUTE_MS, views[0].open_ms + 351 * MINUTE_MS, "connection lost")

    async def show(pilot: Pilot[None]) -> None:
        shown = panels(views, holes=[hole], first=True)
        app.chart.show(shown, INSTRUMENT, views[-1].open_ms + 23_000, False)
        app.chart.focus()
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=show)


@pytest.mark.parametrize("seed", range(3))
async def test_no_sequence_of_keys_and_answers_breaks_the_chart(seed: int) -> None:
    dice = random.Random(seed)
    actions = ["left", "right", "oldest", "newest", "choose", "accept", "leave", "averages", "vwap", "log"]
    interval, asked = "1m", ["1m"]
    async with sitting(size=(dice.randint(1, 150), dice.randint(1, 50))) as at:
        chart = at.chart
        chart.on_interval = asked.append
        for _ in range(100):
            match dice.choice(["key", "key", "step", "answer", "nothing", "point", "resize"]):
                case "key":
                    getattr(chart, f"action_{dice.choice([*actions, 'hollow', 'zone'])}")()
                case "step":
                    getattr(chart, f"action_{dice.choice(['pan', 'zoom', 'interval'])}")(dice.choice([-1, 1]))
                case "answer":
                    interval = dice.choice([interval, asked[-1]])
                    price, tick = dice.choice([(1e-8, "0.00000001"), (64_000.0, "0.01"), (1e6, "0.01")])
                    skip = [dice.randrange(400) for _ in range(5)]
                    views = walk(dice.randrange(400), interval=interval, price=price, tick=tick, skip=skip)
                    holes = [Hole(view.open_ms, view.close_ms, "lost") for view in views[5:7]]
                    shown = panels(views, interval=interval, holes=holes, first=dice.random() < 0.5)
                    chart.show(shown, INSTRUMENT, BEGIN_MS + dice.randrange(10**9), dice.random() < 0.2)
                case "nothing":
                    chart.show(None, None, BEGIN_MS, False)
                case "point":
                    chart._point_at(dice.randrange(150), dice.randrange(50))
                case "resize":
                    await resized(at.pilot, dice.randint(1, 150), dice.randint(1, 50))
            width, height = chart.size
            assert len(chart.text.split("\n")) == height
            assert {chart.render_line(y).cell_length for y in range(height)} == {width}


async def test_volumes_of_contracts_are_read_as_such_once_that_is_known() -> None:
    async with sitting() as at:
        contracts = replace(INSTRUMENT, contract_size="100", quote="USD")
        views = [
            replace(view, volume="640", quote_volume=f"{64_000 / float(view.close):.8f}")
            for view in at.panels.candles.values()
        ]
        await at.show(panels(views))
        at.chart.show(at.panels, contracts, at.newest_ms, False)
        average = at.chart.text.partition("VWAP ")[2].split()[0]
        closes = [float(view.close) for view in views]
        assert min(closes) <= float(average) <= max(closes)
        assert "640 contracts" in at.chart.text
