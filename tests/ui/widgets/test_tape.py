from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from bntui.model.panels import Focus, Panels, TapeRow
from bntui.ui.panels.trust import Trust
from bntui.ui.themes import role_defaults
from bntui.ui.widgets.tape import REDRAW_S, Tape
from tests.support import market
from tests.support.opened import hole

GOOD = Trust("live", "live", True)
FOCUS = Focus(*market.key_of("BTCUSDT"))


class OneTape(App[None]):
    """Nothing but a tape, and the trades it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tape = Tape()
        self.panels = Panels(market.key_of("BTCUSDT"))
        self.now = market.NOW

    def compose(self) -> ComposeResult:
        self.tape.styles.height = "100%"
        self.tape.styles.width = "100%"
        yield self.tape

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults(self.current_theme)

    def trade(self, count: int = 1, qty: str = "1.0") -> None:
        """More trades come."""
        for _ in range(count):
            number = len(self.panels.tape) + 1
            self.panels.tape.append(TapeRow(number, market.WALL_MS, f"{number}.00", qty, "buy", 1))

    def show(self, focus: Focus = FOCUS, *, at_once: bool = True) -> None:
        self.tape.show(self.panels, None, focus, GOOD, self.now, at_once=at_once)

    @property
    def first(self) -> str:
        """The price on top."""
        return self.tape.text.splitlines()[2].split()[3]


@asynccontextmanager
async def tape(count: int = 60) -> AsyncIterator[tuple[OneTape, Pilot[None]]]:
    app = OneTape()
    async with app.run_test(size=(50, 24)) as pilot:
        app.trade(count)
        app.show()
        app.tape.focus()
        await pilot.pause()
        yield app, pilot


async def test_new_trades_come_on_top() -> None:
    async with tape() as (app, _):
        assert app.first == "60.00"
        app.trade()
        app.show()
        assert app.first == "61.00"


async def test_rows_stay_while_one_reads_and_newer_ones_wait() -> None:
    async with tape() as (app, pilot):
        await pilot.press("j", "j")
        app.trade(5)
        app.show()
        assert app.first == "58.00"
        assert app.tape.is_held
        assert "held: 7 newer ↑" in app.tape.text


async def test_scrolling_back_up_follows_the_newest_again() -> None:
    async with tape() as (app, pilot):
        await pilot.press("j", "k")
        assert not app.tape.is_held
        await pilot.press("pagedown", "g")
        app.trade()
        app.show()
        assert app.first == "61.00"


async def test_the_last_page_stays_full() -> None:
    async with tape() as (app, pilot):
        await pilot.press("G", "j", "pagedown")
        rows = [line for line in app.tape.text.splitlines() if "buy" in line]
        assert rows[-1].split()[3] == "1.00"
        page = len(rows)
        await pilot.press("k")
        assert len([line for line in app.tape.text.splitlines() if "buy" in line]) == page


async def test_rows_that_were_held_and_are_gone_give_way_to_the_oldest() -> None:
    async with tape() as (app, pilot):
        await pilot.press("G")
        del app.panels.tape[:30]
        app.show()
        rows = [line.split()[3] for line in app.tape.text.splitlines() if "buy" in line]
        assert rows[-1] == "31.00"
        assert app.tape.is_held
        await pilot.press("k")
        assert app.first == f"{float(rows[0]) + 1:.2f}", "one row up from what is shown"


async def test_a_filter_hides_what_is_smaller_and_counts_it() -> None:
    async with tape(3) as (app, _):
        app.trade(2, "0.5")
        app.panels.tape.append(hole(app.panels.tape[-1], id=6))
        app.tape.set_smallest(Decimal(1))
        app.show()
        assert app.tape.counted() == (3, 5)
        assert app.tape.text.count("buy ") >= 3
        assert "12 trades missing" in app.tape.text
        assert not any(" 4.00" in line for line in app.tape.text.splitlines())


async def test_another_symbol_or_another_kind_of_trades_is_followed_from_the_newest() -> None:
    for other in (replace(FOCUS, symbol="ETHUSDT"), replace(FOCUS, single_trades=True)):
        async with tape() as (app, pilot):
            await pilot.press("j")
            app.show(other)
            assert not app.tape.is_held


async def test_it_is_drawn_no_oftener_than_one_can_read() -> None:
    async with tape() as (app, _):
        app.trade()
        app.show(at_once=False)
        assert app.first == "60.00"
        app.now += 2 * REDRAW_S
        app.show(at_once=False)
        assert app.first == "61.00"


async def test_the_wheel_scrolls() -> None:
    async with tape() as (app, pilot):
        app.tape.post_message(MouseScrollDown(app.tape, 5, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert app.first == "57.00"
        app.tape.post_message(MouseScrollUp(app.tape, 5, 5, 0, -1, 0, False, False, False))
        await pilot.pause()
        assert not app.tape.is_held
