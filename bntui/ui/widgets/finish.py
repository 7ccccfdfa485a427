"""What Textual's filters make of lines, where they need not pass through them one by one.

Most look at nothing but a style: each style passes them once, and not with every line that it is in. Only
the filter for plain terminals changes texts.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from bntui.ui.plain import PlainFilter


def finished_style(widget: Widget, style: Style) -> Style:
    """The style as the filters leave it on this widget."""
    background = widget.background_colors[1]
    for each in widget.app.get_line_filters():
        if not isinstance(each, PlainFilter):
            (segment,) = each.apply([Segment(" ", style)], background)
            style = segment.style or style
    return style


def finished_lines(widget: Widget, lines: list[Strip]) -> list[Strip]:
    """Lines of finished styles, with texts as the filters leave them."""
    for each in widget.app.get_line_filters():
        if isinstance(each, PlainFilter):
            background = widget.background_colors[1]
            lines = [line.apply_filter(each, background) for line in lines]
    return lines
