"""Only what the terminal does not show is written to it, unless whole lines are asked for."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from rich.color import ColorSystem
from textual.app import ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import AppFocus
from textual.pilot import Pilot
from textual.widgets import Static

from bntui.ui.app import BntuiApp
from bntui.ui.shown import Shown
from bntui.ui.sparing import SparingApp
from tests.support import market
from tests.support.emulator import Emulator
from tests.support.viewing import Desk, desk, until

PRIVATE = re.compile("\x1b\\[[?>=<][0-9;]*[A-Za-z]|\x1b\\][^\x07]*\x07|\x07")
"""What is written beside text: modes, titles, bells."""


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to the terminal."""
    texts: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, text: texts.append(text))
    return texts


class App(SparingApp[None]):
    """A line of text on a terminal that counts as a real one."""

    @property
    def is_headless(self) -> bool:
        """What is drawn must be written."""
        return False

    def compose(self) -> ComposeResult:
        yield Static("price 100.25", id="line")


async def drawn(app: App, pilot: Pilot[None], written: list[str], text: str) -> str:
    """What is written when the line changes to this text."""
    await pilot.pause()
    await app.screen.wait_for_refresh()
    written.clear()
    app.query_one("#line", Static).update(text, layout=False)
    await pilot.pause()
    await app.screen.wait_for_refresh()
    return "".join(written)


async def test_a_digit_that_changes_is_all_that_is_written(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "price" in "".join(written)
        text = await drawn(app, pilot, written, "price 100.27")
        assert "7" in text
        assert "price" not in text
        assert len(text) < 80


async def test_whole_lines_are_written_where_they_are_asked_for(written: list[str]) -> None:
    app = App()
    app.whole_lines = True
    async with app.run_test(size=(80, 24)) as pilot:
        assert "price 100.27" in await drawn(app, pilot, written, "price 100.27")


async def test_who_comes_back_finds_the_terminal_written_anew(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(80, 24)) as pilot:
        await drawn(app, pilot, written, "price 100.27")
        written.clear()
        app.post_message(AppFocus())
        await pilot.pause()
        await app.screen.wait_for_refresh()
        await pilot.pause()
        assert "price 100.27" in "".join(written)


KEYS = (
    "j",
    "k",
    "G",
    "g",
    "ctrl+d",
    "s",
    "S",
    "question_mark",
    "escape",
    "enter",
    "1",
    "2",
    "d",
    "u",
    "space",
)
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT")


@pytest.mark.parametrize(("seed", "plain"), [(0, False), (1, False), (2, False), (3, False), (4, True)])
async def test_whatever_happens_the_terminal_shows_what_textual_would_draw_anew(
    seed: int, plain: bool, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, cursors, orders, dialogues, screens and sizes change; only what changed was written.

    In ASCII alone, where that is all that the terminal shows.
    """
    chance = random.Random(seed)
    at = desk(market.calm(), plain=plain)
    async with at.running(120, 15) as pilot:
        monkeypatch.setattr(BntuiApp, "is_headless", property(lambda _: False))
        at.app.repaint()
        await settled(at, pilot)
        size = at.app.size
        terminal = Emulator(size)

        def shows_the_same() -> bool:
            terminal.feed(PRIVATE.sub("", "".join(written)))
            written.clear()
            strips = at.app.screen._compositor.render_strips()
            pieces = [(y, 0, strip) for y, strip in enumerate(strips)]
            anew = Emulator(size)
            anew.feed(Shown().text_for(pieces, size, ColorSystem.TRUECOLOR))
            return terminal.cells == anew.cells

        for number in range(40):
            if chance.random() < 0.4:
                await pilot.press(chance.choice(KEYS))
            for more in range(3):
                at.clock.advance(chance.choice((0.05, 0.1, 0.4)))
                rows = [market.watch_row(symbol) for symbol in chance.sample(SYMBOLS, 3)]
                price = f"{100 + number}.{more}7"
                at.answer(rows=[replace(row, bid=price, last=price, tick=1) for row in rows])
                at.app.pump.frame()
                if chance.random() < 0.5:
                    await pilot.pause()
            await at.frame(pilot)
            await until(pilot, shows_the_same)


async def settled(at: Desk, pilot: Pilot[int]) -> None:
    await at.frame(pilot)
    await at.app.screen.wait_for_refresh()
    await pilot.pause()
