from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region

from bntui.ui.themes import role_defaults
from bntui.ui.widgets.sheet import Sheet


class OneSheet(App[None]):
    """Nothing but a sheet that remembers what it was asked to redraw."""

    def __init__(self, *, ansi: bool = False) -> None:
        super().__init__(ansi_color=ansi or None)
        self.sheet = Sheet()
        self.asked: list[Region] = []

    def compose(self) -> ComposeResult:
        self.sheet.styles.width = 20
        self.sheet.styles.height = 6
        yield self.sheet

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults(self.current_theme)

    def watched(self) -> list[Region]:
        """What is refreshed from now on."""
        refresh = self.sheet.refresh

        def noted(*regions: Region, **options: bool) -> Sheet:
            self.asked.extend(regions)
            return refresh(*regions, **options)

        setattr(self.sheet, "refresh", noted)  # noqa: B010 - a method
        return self.asked


async def test_only_lines_that_changed_are_drawn() -> None:
    app = OneSheet()
    async with app.run_test() as pilot:
        app.sheet.set_lines([(("price 1.00  ", ""), ("size 5", "up")), (("other", ""),)])
        await pilot.pause()
        asked = app.watched()
        app.sheet.set_lines([(("price 1.07  ", ""), ("size 5", "up")), (("other", ""),)])
        assert asked == [Region(0, 0, 20, 1)]
        assert app.sheet.render_line(0).text == "price 1.07  size 5  "


async def test_the_same_lines_cost_nothing() -> None:
    app = OneSheet()
    async with app.run_test():
        app.sheet.set_lines([(("a", ""),)], lit=0)
        asked = app.watched()
        app.sheet.set_lines([(("a", ""),)], lit=0)
        assert asked == []


async def test_a_line_that_gets_or_loses_the_cursor_is_drawn_whole() -> None:
    app = OneSheet()
    async with app.run_test():
        app.sheet.set_lines([(("a", ""),), (("b", ""),)], lit=0)
        asked = app.watched()
        app.sheet.set_lines([(("a", ""),), (("b", ""),)], lit=1)
        assert asked == [Region(0, 0, 20, 2)], "neighbours are one region"


async def test_lines_are_cut_to_the_width_and_those_that_went_are_empty() -> None:
    app = OneSheet()
    async with app.run_test():
        app.sheet.set_lines([(("a" * 30, ""),), (("b", ""),)])
        assert app.sheet.render_line(0).text == "a" * 19 + "…"
        app.sheet.set_lines([])
        assert app.sheet.render_line(1).text == " " * 20


async def test_the_cursor_stands_out_and_more_so_with_the_focus() -> None:
    app = OneSheet()
    async with app.run_test() as pilot:
        app.sheet.set_lines([(("a", ""),), (("b", ""),)], lit=0)
        app.sheet.focus()
        await pilot.pause()
        lit, other = (next(iter(app.sheet.render_line(y))).style for y in (0, 1))
        assert lit != other
        app.screen.set_focus(None)
        await pilot.pause()
        assert next(iter(app.sheet.render_line(0))).style not in (lit, other)


async def test_a_bar_under_the_cursor_is_never_shown_as_its_opposite() -> None:
    app = OneSheet(ansi=True)
    async with app.run_test():
        app.sheet.set_lines([(("100.00 ", "up"), ("█▏", "up"), ("  ", ""))], lit=0)
        strip = app.sheet.render_line(0)
        reversed_text = "".join(each.text for each in strip if each.style and each.style.reverse)
        assert reversed_text == "100.00 "
        assert strip.cell_length == 20
