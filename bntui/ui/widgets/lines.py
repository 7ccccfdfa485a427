"""A few lines of styled text: bars, panels and messages. Only lines that changed are redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bntui.ui.format import ELLIPSIS, fit, width_of
from bntui.ui.widgets.styles import COMPONENTS, component

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


def faded(parts: Sequence[Part]) -> Line:
    """The parts without what their styles say: nothing in them can be trusted now."""
    return tuple((text, "faint") for text, _ in parts)


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


def spread(left: Sequence[Part], right: Sequence[Part], width: int) -> Line:
    """One line with parts at both ends; the left ones are cut where there is no room for both."""
    room = max(width - part_width(right), 0)
    shown = cut(left, max(room - 1, 0))
    return (*shown, (" " * (room - part_width(shown)), ""), *right)


def centre(lines: Sequence[Line], width: int, height: int) -> tuple[Line, ...]:
    """The lines in the middle of a panel."""
    above = max((height - len(lines)) // 2, 0)
    centred: list[Line] = [()] * above
    for line in lines:
        shown = cut(line, width)
        centred.append(((" " * max((width - part_width(shown)) // 2, 0), ""), *shown))
    return tuple(centred[:height])


class Lines(Widget):
    """Shows the lines it was given last."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()

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
        width = self.size.width
        changed = [
            Region(0, y, width, 1)
            for y in range(max(len(old), len(new)))
            if y >= len(old) or y >= len(new) or old[y] != new[y]
        ]
        self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One line, cut or padded to the width."""
        width, base = self.size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments = [
            Segment(
                text,
                base + self.get_component_rich_style(component(style), partial=True) if style else base,
            )
            for text, style in cut(self._lines[y], width)
        ]
        return Strip(segments).crop_extend(0, width, base)
