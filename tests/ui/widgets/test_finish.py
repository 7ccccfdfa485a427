"""Styles and lines come out as if each line had passed all filters."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.filter import LineFilter, Monochrome
from textual.strip import Strip
from textual.widgets import Static

from bntui.ui.plain import PlainFilter
from bntui.ui.widgets.finish import finished_lines, finished_style

RED = Style(color="red", bgcolor="blue")
LINE = Strip([Segment("▲ 100.25", RED), Segment(" up", Style(color="#00ff00"))])


class Filtered(App[None]):
    """An app whose lines pass these filters."""

    def __init__(self, filters: list[LineFilter]) -> None:
        super().__init__()
        self._filters = filters

    def compose(self) -> ComposeResult:
        yield Static("x", id="line")


@pytest.mark.parametrize(
    "filters",
    [[], [Monochrome()], [PlainFilter(enabled=True)], [Monochrome(), PlainFilter(enabled=True)]],
)
async def test_lines_of_finished_styles_are_as_textual_would_make_them(filters: list[LineFilter]) -> None:
    app = Filtered(filters)
    async with app.run_test():
        widget = app.query_one("#line")
        background = widget.background_colors[1]
        textual = LINE
        for each in filters:
            textual = textual.apply_filter(each, background)
        styled = [Segment(s.text, finished_style(widget, s.style or Style.null())) for s in LINE]
        assert finished_lines(widget, [Strip(styled)]) == [textual]
