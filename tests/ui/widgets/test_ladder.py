from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from bntui.model.panels import BookView, Focus
from bntui.ui.panels.trust import Trust
from bntui.ui.themes import role_defaults
from bntui.ui.widgets.ladder import REDRAW_S, Ladder
from tests.support import market
from tests.support.opened import book, level, levels

GOOD = Trust("synced", "live", True)
FOCUS = Focus(*market.key_of("BTCUSDT"))
INSTRUMENT = market.instrument("BTCUSDT", "BTC", "USDT", "0.01")


class OneLadder(App[None]):
    """Nothing but a ladder."""

    def __init__(self) -> None:
        super().__init__()
        self.ladder = Ladder()
        self.now = market.NOW

    def compose(self) -> ComposeResult:
        self.ladder.styles.height = "100%"
        self.ladder.styles.width = "100%"
        yield self.ladder

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults(self.current_theme)

    def show(
        self, view: BookView | None, focus: Focus = FOCUS, trust: Trust = GOOD, *, at_once: bool = True
    ) -> None:
        self.ladder.show(view, INSTRUMENT, focus, trust, self.now, at_once=at_once)


@asynccontextmanager
async def ladder(view: BookView | None = None) -> AsyncIterator[tuple[OneLadder, Pilot[None]]]:
    app = OneLadder()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(view or book())
        app.ladder.focus()
        await pilot.pause()
        yield app, pilot


async def test_the_cursor_steps_over_the_spread() -> None:
    async with ladder() as (app, pilot):
        seen = []
        for key in ("k", "k", "j", "j", "j", "up"):
            await pilot.press(key)
            seen.append(app.ladder.cursor)
        assert seen == [1, 2, 1, -1, -2, -1]


async def test_the_cursor_ends_at_the_farthest_levels_and_goes_with_m() -> None:
    async with ladder() as (app, pilot):
        await pilot.press("g", "k")
        assert app.ladder.cursor == 20
        await pilot.press("G", "j")
        assert app.ladder.cursor == -20
        await pilot.press("m")
        assert app.ladder.cursor == 0
        assert app.ladder.lit is None


async def test_the_cursor_keeps_its_depth_while_prices_move() -> None:
    async with ladder() as (app, pilot):
        await pilot.press("k", "k", "k")
        app.show(book(asks=levels("70000.00", "0.01", ["1.0"] * 20)))
        assert app.ladder.cursor == 3
        assert app.ladder.lit is not None
        assert "70000.02" in app.ladder.text.splitlines()[app.ladder.lit]


async def test_a_book_that_became_shallow_takes_the_cursor_along() -> None:
    async with ladder() as (app, pilot):
        await pilot.press("g")
        app.show(book(asks=levels("70000.00", "0.01", ["1.0"] * 3)))
        assert app.ladder.cursor == 3
        app.show(book(asks=[]))
        assert app.ladder.cursor == 0


async def test_another_symbol_begins_without_a_cursor() -> None:
    async with ladder() as (app, pilot):
        await pilot.press("k")
        app.show(book("ETHUSDT"), replace(FOCUS, symbol="ETHUSDT"))
        assert app.ladder.cursor == 0


async def test_a_click_puts_the_cursor_on_a_level_and_nowhere_else() -> None:
    async with ladder() as (app, pilot):
        lines = app.ladder.text.splitlines()
        line = next(y for y, text in enumerate(lines) if text.startswith("  3 "))
        await pilot.click(Ladder, offset=(5, line))
        assert app.ladder.cursor == 3
        await pilot.click(Ladder, offset=(5, 0))
        assert app.ladder.cursor == 3


async def test_the_title_stands_out_only_beside_other_panels() -> None:
    async with ladder() as (app, _):
        with_focus = next(iter(app.ladder.render_line(0))).style
        app.ladder.alone = True
        app.show(book())
        assert next(iter(app.ladder.render_line(0))).style != with_focus


async def test_another_size_is_drawn_at_once() -> None:
    async with ladder() as (app, pilot):
        await pilot.resize_terminal(50, 40)
        await pilot.pause()
        assert app.ladder.text.count("\n") == 39


async def test_it_is_drawn_no_oftener_than_one_can_read_unless_it_is_no_longer_good() -> None:
    moved = book(asks=levels("70000.00", "0.01", ["1.0"] * 3))
    async with ladder() as (app, _):
        app.show(moved, at_once=False)
        assert "70000.00" not in app.ladder.text
        app.now += 2 * REDRAW_S
        app.show(moved, at_once=False)
        assert "70000.00" in app.ladder.text
        app.show(moved, trust=Trust("resync", "degraded", False), at_once=False)
        assert "resync" in app.ladder.text


async def test_a_change_far_from_the_spread_writes_little() -> None:
    view = book()
    async with ladder(view) as (app, _):
        written: list[Region] = []
        refresh = app.ladder.refresh

        def noted(*regions: Region, **options: bool) -> Ladder:
            written.extend(regions)
            return refresh(*regions, **options)

        setattr(app.ladder, "refresh", noted)  # noqa: B010 - a method
        far = view.asks[6]
        app.show(replace(view, asks=[*view.asks[:6], level(far.price, "0.77777000"), *view.asks[7:]]))
        # Its own line, and what is said of all levels; not the forty others.
        assert 0 < sum(region.height for region in written) <= 2
