"""What changes is drawn past the compositor, unless something is in the way; the terminal shows the same."""

from __future__ import annotations

import pytest
from rich.console import RenderableType
from rich.segment import Segment
from textual.app import ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widgets import Static

from bntui.ui.sparing import SparingApp
from bntui.ui.widgets.direct import Direct


class Panel(Direct):
    """Lines of text that can be changed one by one."""

    def __init__(self) -> None:
        super().__init__(id="panel")
        self.lines = ["price 100.25", "size 3", "live"]

    def change(self, y: int, text: str) -> None:
        self.lines[y] = text
        self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self.lines[y], self.under)]).crop_extend(0, self.size.width, self.under)


class App(SparingApp[None]):
    """The panel on a terminal that counts as a real one, and a cover that can lie over it."""

    CSS = """
    Screen { layers: base top; }
    #panel { width: 40; height: 3; }
    #cover { layer: top; width: 4; height: 1; offset: 0 1; display: none; }
    """

    @property
    def is_headless(self) -> bool:
        """What is drawn must be written."""
        return False

    def __init__(self) -> None:
        super().__init__()
        self.panel = Panel()
        self.composed = 0
        """How often Textual's compositor had something to show."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        self.composed += 1
        super()._display(screen, renderable)

    def compose(self) -> ComposeResult:
        yield self.panel
        yield Static("over", id="cover")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to the terminal."""
    texts: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, text: texts.append(text))
    return texts


async def drawn(app: App, pilot: Pilot[None], written: list[str]) -> None:
    """Everything is there; what comes from here on is counted."""
    await settled(app, pilot)
    written.clear()
    app.composed = 0


async def settled(app: App, pilot: Pilot[None]) -> None:
    await pilot.pause()
    await app.screen.wait_for_refresh()
    await pilot.pause()


async def test_a_line_that_changed_is_drawn_without_the_compositor(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(60, 10)) as pilot:
        await drawn(app, pilot, written)
        app.panel.change(0, "price 100.27")
        await pilot.pause()
        assert "".join(written).count("7") == 1
        assert "price" not in "".join(written)
        assert app.composed == 0


async def test_changes_of_one_moment_are_one_text(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(60, 10)) as pilot:
        await drawn(app, pilot, written)
        app.panel.change(0, "price 100.27")
        app.panel.change(1, "size 4")
        app.panel.change(0, "price 100.28")
        await pilot.pause()
        assert len(written) == 1
        assert "7" not in written[0]


async def test_what_looks_the_same_writes_nothing(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(60, 10)) as pilot:
        await drawn(app, pilot, written)
        app.panel.change(0, app.panel.lines[0])
        app.panel.refresh()
        await settled(app, pilot)
        assert written == []


async def test_under_something_else_it_is_left_to_textual(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(60, 10)) as pilot:
        app.query_one("#cover").display = True
        await drawn(app, pilot, written)
        app.panel.change(1, "long 4")
        await settled(app, pilot)
        assert app.composed > 0
        assert "long" not in "".join(written), "the cover hides it"
        assert "4" in "".join(written)
        app.query_one("#cover").display = False
        await drawn(app, pilot, written)
        app.panel.change(1, "long 5")
        await pilot.pause()
        assert app.composed == 0
        assert "5" in "".join(written)


async def test_before_textual_has_drawn_it_nothing_is_drawn_beside(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(60, 10)) as pilot:
        await drawn(app, pilot, written)
        app.panel.lines[2] = "blind"
        app.panel.refresh()
        app.panel.change(0, "price 100.27")
        await settled(app, pilot)
        assert app.composed == 1
        assert "blind" in "".join(written)
        assert "7" in "".join(written)


async def test_under_a_dialogue_it_is_left_to_textual(written: list[str]) -> None:
    app = App()
    async with app.run_test(size=(60, 10)) as pilot:
        app.push_screen(ModalScreen[None]())
        await drawn(app, pilot, written)
        app.panel.change(0, "price 100.27")
        await settled(app, pilot)
        assert app.composed > 0


async def test_whole_lines_are_left_to_textual(written: list[str]) -> None:
    app = App()
    app.whole_lines = True
    async with app.run_test(size=(60, 10)) as pilot:
        await drawn(app, pilot, written)
        app.panel.change(0, "price 100.27")
        await settled(app, pilot)
        assert app.composed == 1
        assert "price 100.27" in "".join(written)
