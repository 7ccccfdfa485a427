"""Only what the terminal does not show is written to it, unless whole lines are asked for."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import AppFocus
from textual.pilot import Pilot
from textual.widgets import Static

from bntui.ui.sparing import SparingApp


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
