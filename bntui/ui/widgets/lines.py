"""A few lines of styled text: bars, panels and messages. Only lines that changed are redrawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bntui.ui.format import ELLIPSIS, fit, width_of
from bntui.ui.widgets.direct import Direct
from bntui.ui.widgets.finish import finished_style
from bntui.ui.widgets.styles import style_of

Part = tuple[str, str]
"""Text, and the name of a style (empty: the widget's own)."""

Line = tuple[Part, ...]

SEPARATOR: Part = (" · ", "faint")


def part_width(parts: Sequence[Part]) -> int:
    """Cells that the parts take together."""
    return sum(width_of(text) for text, _ in parts)


def join(parts: Sequence[Part], separator: Part = SEPARATOR) -> Line:
    """The parts with something between them."""
    joined: list[Part] = []
    for part in parts:
        if joined:
            joined.append(separator)
        joined.append(part)
    return tuple(joined)


def faded(parts: Sequence[Part], but: str | None = None) -> Line:
    """The parts without what their styles say: nothing can be trusted now, `but` those of this style."""
    return tuple((text, style if style == but else "faint") for text, style in parts)


def cut(parts: Sequence[Part], width: int) -> Line:
    """As much of the parts as fits; what is cut ends with an ellipsis."""
    if part_width(parts) <= width:
        return tuple(parts)
    kept: list[Part] = []
    room = width
    for text, style in parts:
        cells = width_of(text)
        if cells >= room:
            if room > 0:
                kept.append((fit(text + ELLIPSIS, room), style))
            break
        kept.append((text, style))
        room -= cells
    return tuple(kept)


def whole(parts: Sequence[Part], width: int, at_least: int = 0) -> Line:
    """As many of the parts, joined, as fit whole: a number that lost its end looks like another.

    So many at least are kept, though they may have to be cut.
    """
    shown = tuple(parts)
    while len(shown) > at_least and part_width(join(shown)) > width:
        shown = shown[:-1]
    return join(shown)


def spread(left: Sequence[Part], right: Sequence[Part], width: int) -> Line:
    """One line with parts at both ends; the left ones are cut where there is no room for both."""
    room = max(width - part_width(right), 0)
    shown = cut(left, max(room - 1, 0))
    return (*shown, (" " * (room - part_width(shown)), ""), *right)


def centre(line: Line, width: int) -> Line:
    """The line in the middle of the width."""
    shown = cut(line, width)
    return ((" " * ((width - part_width(shown)) // 2), ""), *shown)


class Lines(Direct):
    """Shows the lines it was given last."""

    def __init__(self, *, centred: bool = False, id: str | None = None) -> None:
        """Start empty; `centred` lines stand in the middle of the widget."""
        super().__init__(id=id)
        self._centred = centred
        self._lines: tuple[Line, ...] = ()
        self._styles_by_name: dict[str, Style] = {}

    @property
    def text(self) -> str:
        """What is shown, without styles."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        old, new = self._lines, tuple(lines)
        if old == new:
            return
        self._lines = new
        if self._centred:
            self.refresh()
            return
        self.redraw_lines(y for y in range(max(len(old), len(new))) if old[y : y + 1] != new[y : y + 1])

    def notify_style_update(self) -> None:
        """Another theme: every style is out of date."""
        super().notify_style_update()
        self._styles_by_name.clear()

    def _style(self, name: str) -> Style:
        style = self._styles_by_name.get(name)
        if style is None:
            made = style_of(name, self.app.theme_variables, self.app.native_ansi_color)
            style = self._styles_by_name[name] = finished_style(self, self.rich_style + made)
        return style

    def render_line(self, y: int) -> Strip:
        """One line, cut or padded to the width."""
        (width, height), base = self.size, self.under
        if self._centred:
            y -= max((height - len(self._lines)) // 2, 0)
        if not 0 <= y < len(self._lines):
            return Strip.blank(width, base)
        line = centre(self._lines[y], width) if self._centred else cut(self._lines[y], width)
        segments = [Segment(text, self._style(name) if name else base) for text, name in line]
        return Strip(segments).crop_extend(0, width, base)
