from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input

from bntui.ui.widgets.lines import Lines
from bntui.ui.widgets.search import SearchBar


class SearchApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.bar = SearchBar()
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.bar

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        self.told.append(event.text)

    def on_search_bar_closed(self, event: SearchBar.Closed) -> None:
        self.told.append("kept" if event.kept else "dropped")


async def test_it_tells_every_change_and_enter_keeps_the_text() -> None:
    app = SearchApp()
    async with app.run_test() as pilot:
        app.bar.open("")
        await pilot.press("e", "t", "enter")
        assert app.told == ["e", "et", "kept"]
        assert app.bar.query_one(Input).value == "et"


async def test_esc_drops_the_text() -> None:
    app = SearchApp()
    async with app.run_test() as pilot:
        app.bar.open("et")
        await pilot.press("h", "escape")
        assert app.told == ["et", "eth", "dropped", ""]
        assert app.bar.query_one(Input).value == ""


async def test_it_opens_with_the_text_of_before_at_its_end() -> None:
    app = SearchApp()
    async with app.run_test() as pilot:
        app.bar.open("et")
        await pilot.press("h")
        assert app.bar.query_one(Input).value == "eth"


async def test_it_says_how_many_rows_match() -> None:
    app = SearchApp()
    async with app.run_test():
        app.bar.set_found(3, 214, "esc")
        assert app.bar.query_one("#search-found", Lines).text == "3 of 214  esc clears"
