"""Everything that is drawn, in ASCII alone: for terminals and fonts that show nothing else.

It is done where lines leave for the terminal, so that no widget can forget it. Only the chart draws with a
character set of its own, since its shapes are other ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.scrollbar import ScrollBarRender

from bntui.ui.shown import Piece

_PAIRS = (
    ("▲△▴↑", "^"),
    ("▼▽▾↓", "v"),
    ("◀◂◁←‹«", "<"),
    ("▶▸▹→›»≥", ">"),
    ("≤", "<"),
    ("●•∙■◆", "*"),
    ("◐◑◒◓", "o"),
    ("○◌", "."),
    ("✖✗✘", "X"),
    ("✓✔", "+"),
    ("×", "x"),
    ("·—–―−┄┈╌─━═▔", "-"),
    ("…", "~"),
    ("“”„", '"'),
    ("’‘", "'"),
    ("↻⟳", "@"),
    ("│┃┆┊║▕▐", "|"),
    ("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝┏┓┗┛", "+"),
    ("█", "#"),
    ("▏▎▍", "-"),
    ("▌▋▊▉", "="),
    ("▁", "_"),
    ("▂", "."),
    ("▃", "-"),
    ("▄", "="),
    ("▅", "+"),
    ("▆", "*"),
    ("▇", "#"),
    ("▀", '"'),
    ("░▒", ":"),
    ("▓", "#"),
    ("⌫", "<"),
    ("�", "?"),
    ("🔎", "/ "),
)

PLAIN: Mapping[int, str] = MappingProxyType({ord(char): plain for chars, plain in _PAIRS for char in chars})
"""What stands for each character that bntui or Textual draws with; each takes as many cells."""


_BETWEEN = (" · ", " | ")
"""What stands between two parts of a line: as a dash it would be a minus in front of numbers."""


def needs_plain(term: str, encoding: str) -> bool:
    """Does a terminal of this kind and encoding show ASCII alone?

    The font of the Linux console has 512 characters at most: no braille, and no eighths of blocks.
    """
    return term == "linux" or not encoding.lower().replace("_", "-").startswith("utf")


def in_ascii(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """What is to be shown past Textual's filters, in ASCII."""
    for y, x, segments in pieces:
        yield y, x, [(_plain(text), style, control) for text, style, control in segments]


def _plain(text: str) -> str:
    return text if text.isascii() else text.replace(*_BETWEEN).translate(PLAIN)


class WholeCells(ScrollBarRender):
    """A scroll bar of whole cells: what stands for the parts of blocks at its ends would look like marks."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * len(ScrollBarRender.VERTICAL_BARS)
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * len(ScrollBarRender.HORIZONTAL_BARS)


class PlainFilter(LineFilter):
    """Replaces what bntui draws with; what the exchange or the user wrote stays as it is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [
            segment if segment.text.isascii() else Segment(_plain(segment.text), *segment[1:])
            for segment in segments
        ]
