from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot

from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.grid import HEADER_LINES, Grid
from tests.support.viewing import resized

ROWS = 200
HEIGHT = 20
PAGE = HEIGHT - HEADER_LINES


class CountingGrid(Grid[int, str]):
    """Notes which lines of the viewport are asked to be drawn."""

    def __init__(self, rows: dict[int, str], now: list[float]) -> None:
        def name(row: str, _width: int, _now: float) -> Cell:
            return row, "strong"

        def age(_row: str, _width: int, now_s: float) -> Cell:
            return f"{now_s:.0f}s", ""

        self.headings: set[int] = set()
        columns = [Column("name", "name", 10, name), Column("age", "age", 5, age, align="right")]
        super().__init__(
            columns,
            rows.get,
            lambda: now[0],
            dimmed=lambda row: row.startswith("old"),
            note=lambda row, _now: ("down: no reason", "blind") if row == "down" else None,
            note_from="age",
            is_heading=self.headings.__contains__,
        )
        self.drawn: list[int] = []

    def refresh(self, *regions: Region, **options: bool) -> Self:
        self.drawn += [y for region in regions for y in region.line_range]
        return super().refresh(*regions, **options)


class GridApp(App[None]):
    CSS = "Grid { height: 100%; width: 100%; scrollbar-size-vertical: 1; overflow-x: hidden; }"

    def __init__(self, rows: int = ROWS) -> None:
        super().__init__()
        self.rows = {number: f"row {number}" for number in range(rows)}
        self.now = [0.0]
        self.grid = CountingGrid(self.rows, self.now)
        self.told: list[Message] = []
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.set_rows(list(self.rows))

    def on_grid_header_clicked(self, event: Grid.HeaderClicked) -> None:
        self.told.append(event)

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        self.told.append(event)

    @contextmanager
    def drawing(self) -> Iterator[list[int]]:
        """The lines that are asked to be drawn within the block."""
        self.grid.drawn.clear()
        yield self.grid.drawn


def on_screen(grid: Grid[int, str]) -> list[str]:
    return [grid.render_line(y).text.split()[1] for y in range(HEADER_LINES, HEIGHT)]


async def test_only_dirty_rows_on_screen_are_drawn() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.pause()
        app.rows.update({2: "new 2", 5: "new 5", 6: "new 6", 150: "new 150"})
        with app.drawing() as drawn:
            app.grid.update_rows([2, 5, 6, 150, 10_000])
            await pilot.pause()
        assert sorted(drawn) == [2 + HEADER_LINES, 5 + HEADER_LINES, 6 + HEADER_LINES]


async def test_a_row_that_looks_the_same_is_not_drawn() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.pause()
        with app.drawing() as drawn:
            app.grid.update_rows(range(ROWS))
            await pilot.pause()
        assert drawn == []


async def test_a_frame_with_every_row_dirty_draws_each_line_once() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.pause()
        app.rows.update({number: f"new {number}" for number in app.rows})
        with app.drawing() as drawn:
            app.grid.update_rows(app.rows)
            await pilot.pause()
        assert sorted(drawn) == list(range(HEADER_LINES, HEIGHT))


async def test_time_redraws_what_shows_it() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.pause()
        app.now[0] = 0.2
        with app.drawing() as drawn:
            app.grid.update_ages()
            await pilot.pause()
        assert drawn == []
        app.now[0] = 7.0
        with app.drawing() as drawn:
            app.grid.update_ages()
            await pilot.pause()
        assert sorted(drawn) == list(range(HEADER_LINES, HEIGHT))
        assert app.grid.render_line(1).text.split() == ["row", "0", "7s"]


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_keys_move_the_cursor() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        for keys, line in (
            (["j", "down"], 2),
            (["k"], 1),
            (["up", "up"], 0),
            (["G"], ROWS - 1),
            (["j"], ROWS - 1),
            (["g"], 0),
            (["ctrl+d"], PAGE // 2),
            (["ctrl+u"], 0),
            (["pagedown"], PAGE),
            (["pageup"], 0),
            (["end"], ROWS - 1),
            (["home"], 0),
        ):
            await press(pilot, *keys)
            assert app.grid.cursor == line, keys
            first = app.grid.scroll_offset.y
            assert first <= line < first + PAGE, keys


async def test_the_cursor_stays_on_its_row_when_the_order_changes() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await press(pilot, "pagedown", "pagedown", "j", "j", "j")
        key, line = app.grid.cursor_key, app.grid.cursor - app.grid.scroll_offset.y
        app.grid.set_rows(list(reversed(app.rows)))
        await pilot.pause()
        assert app.grid.cursor_key == key
        assert app.grid.cursor - app.grid.scroll_offset.y == line


async def test_at_the_top_the_view_stays_when_the_order_changes() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.pause()
        app.grid.set_rows([5, 6, 7, 0, *range(8, 100)])
        await pilot.pause()
        assert app.grid.cursor_key == 0
        assert app.grid.scroll_offset.y == 0
        assert on_screen(app.grid)[:4] == ["5", "6", "7", "0"]


async def test_when_the_cursors_row_goes_the_next_takes_its_place() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await press(pilot, "j", "j")
        app.grid.set_rows([key for key in app.rows if key != 2])
        assert app.grid.cursor_key == 3


async def test_an_empty_table_takes_every_key() -> None:
    app = GridApp(rows=0)
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await press(pilot, "j", "G", "pagedown", "ctrl+u", "k", "g")
        assert app.grid.cursor_key is None
        assert app.grid.render_line(1).text.strip() == ""


async def with_headings(pilot: Pilot[None], app: GridApp, *keys: int) -> None:
    app.grid.set_rows([])
    app.grid.headings.update(keys)
    app.grid.set_rows(list(app.rows))
    await pilot.pause()


async def test_the_cursor_passes_by_headings() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await with_headings(pilot, app, 0, 3, 4, ROWS - 1)
        assert app.grid.cursor == 1
        for keys, line in (
            (["j", "j"], 5),
            (["k"], 2),
            (["g", "k"], 1),
            (["G", "j"], ROWS - 2),
            (["home"], 1),
        ):
            await press(pilot, *keys)
            assert app.grid.cursor == line, keys
        await pilot.click(Grid, offset=(3, HEADER_LINES + 3))
        assert app.grid.cursor == 5


async def test_a_heading_is_seen_with_the_row_below_it() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await with_headings(pilot, app, 0, 99, 100)
        await press(pilot, "G")
        app.grid.move_cursor(101)
        assert app.grid.scroll_offset.y == 99
        await press(pilot, "g")
        assert app.grid.scroll_offset.y == 0


async def test_where_the_cursors_row_goes_it_takes_the_next_that_is_no_heading() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await with_headings(pilot, app, 0, 3)
        await press(pilot, "j")
        app.grid.set_rows([key for key in app.rows if key != 2])
        assert app.grid.cursor_key == 4
        app.grid.set_rows([0])
        assert app.grid.cursor_key == 0, "there is nothing else to stand on"


async def test_a_click_selects_then_chooses_and_a_click_on_a_title_asks_to_sort() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.click(Grid, offset=(3, 5))
        assert app.grid.cursor == 4
        assert app.told == []
        await pilot.click(Grid, offset=(3, 5))
        await pilot.click(Grid, offset=(14, 0))
        chosen, header = app.told
        assert isinstance(chosen, Grid.Chosen)
        assert isinstance(header, Grid.HeaderClicked)
        assert header.column == "age"


async def test_the_wheel_scrolls_the_rows_under_a_fixed_header() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.grid.post_message(MouseScrollDown(app.grid, 3, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        first = app.grid.scroll_offset.y
        assert first > 0
        assert app.grid.render_line(0).text.split() == ["name", "age"]
        assert on_screen(app.grid)[0] == str(first)
        assert app.grid.cursor == 0


async def test_dimmed_rows_lose_their_colours_and_a_note_takes_the_place_of_cells() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.rows.update({1: "old row", 2: "down"})
        app.grid.update_rows([1, 2])
        await pilot.pause()
        assert app.grid.render_line(3).text.rstrip() == " down       down: no reason"
        faint = app.grid._painter._style("", True, False)
        assert {segment.style for segment in app.grid.render_line(2)} == {faint}
        app.grid.set_dimmed(True)
        assert {segment.style for segment in app.grid.render_line(4)} == {faint}
        assert "no reason" not in app.grid.render_line(3).text


async def test_columns_and_the_sort_mark_can_change() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        app.grid.set_sorted("age", descending=True)
        assert app.grid.render_line(0).text.split() == ["name", "↓age"]
        app.grid.set_sorted("name", descending=False)
        assert app.grid.render_line(0).text.split() == ["name↑", "age"]
        app.grid.set_columns([Column("n", "number", 12, lambda row, width, now: (row[-1], ""))])
        await pilot.pause()
        assert app.grid.render_line(0).text.split() == ["number"]
        assert app.grid.render_line(1).text.split() == ["0"]


async def test_the_table_follows_the_terminal() -> None:
    app = GridApp()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        await press(pilot, "pagedown")
        await resized(pilot, 12, 5)
        assert {len(app.grid.render_line(y).text) for y in range(5)} == {11}
        first = app.grid.scroll_offset.y
        assert first <= app.grid.cursor < first + 4
