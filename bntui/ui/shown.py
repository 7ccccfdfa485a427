"""What the terminal shows, and the shortest text that makes it show something else.

Textual writes each line that has changed from end to end. Over a thin SSH line that is ten times more than
the digits that changed: here each cell is compared with what the terminal shows already, and only runs of
cells that differ are written, with no more of their style than differs from the run before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

UNKNOWN = "?"
"""A style that no cell has: what was written in one is written anew."""

CHEAPEST_MOVE = 5
"""Characters that a movement of the cursor takes at least: a shorter gap is cheaper written once more."""

SHORT = 12
"""Of so few cells all are written from the first that differs to the last."""

NOWHERE = 1 << 20
"""The column of a cursor whose place in its line is not known."""

KNOWN_STYLES = 4_096
"""Bound of the caches of styles and of the ways from one to another; what was used longest ago is dropped."""

Piece = tuple[int, int, Iterable[Segment]]
"""Line, column, and what is to stand there from then on."""


class Shown:
    """The cells of one terminal."""

    def __init__(self) -> None:
        """Nothing is known of the terminal."""
        self._size = Size(0, 0)
        self._chars: list[list[str]] = []
        self._styles: list[list[str]] = []

    def forget(self) -> None:
        """The terminal may show anything: write everything anew."""
        self._size = Size(0, 0)

    def text_for(self, pieces: Iterable[Piece], size: Size, colours: ColorSystem) -> str:
        """What to write so that the terminal, of this size, shows these pieces."""
        if size != self._size:
            self._size = size
            self._chars = [[""] * size.width for _ in range(size.height)]
            self._styles = [[UNKNOWN] * size.width for _ in range(size.height)]
        pen = _Pen()
        for y, x, segments in pieces:
            if 0 <= y < size.height:
                self._line(pen, y, x, segments, colours)
        return pen.text()

    def _line(self, pen: _Pen, y: int, x: int, segments: Iterable[Segment], colours: ColorSystem) -> None:
        chars, styles, width = self._chars[y], self._styles[y], self._size.width
        for text, style, control in segments:
            if control or not text:
                continue
            ansi = _ansi(style, colours)
            cells = list(text) if text.isascii() else _cells(text)
            if x + len(cells) > width:
                del cells[max(0, width - x) :]
            end = x + len(cells)
            old = chars[x:end]
            if styles[x:end].count(ansi) != len(cells):
                self._changed(pen, y, x, cells, ansi)
                styles[x:end] = [ansi] * len(cells)
                chars[x:end] = cells
            elif old != cells:
                if len(cells) > SHORT or "" in cells or "" in old:
                    self._changed(pen, y, x, cells, ansi)
                else:
                    first, last = 0, len(cells)
                    while old[first] == cells[first]:
                        first += 1
                    while old[last - 1] == cells[last - 1]:
                        last -= 1
                    pen.write(y, x + first, cells[first:last], ansi, chars, styles)
                chars[x:end] = cells
            x = end

    def _changed(self, pen: _Pen, y: int, x: int, cells: list[str], ansi: str) -> None:
        """Write the cells of one style that differ from those that are shown."""
        chars, styles = self._chars[y], self._styles[y]
        whole = "" in cells or "" in chars[x : x + len(cells)]
        at, end = 0, len(cells)
        while at < end:
            here = x + at
            if not whole and chars[here] == cells[at] and styles[here] == ansi:
                at += 1
                continue
            start = at
            while at < end and (whole or chars[x + at] != cells[at] or styles[x + at] != ansi):
                at += 1
            pen.write(y, x + start, cells[start:at], ansi, chars, styles)


class _Pen:
    """The cursor and the style of a terminal while a frame is written to it."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._y, self._x = -1, NOWHERE
        self._ansi = ""

    def write(self, y: int, x: int, cells: list[str], ansi: str, chars: list[str], styles: list[str]) -> None:
        """Write cells of one style; `chars` and `styles` are what the line shows elsewhere."""
        text = "".join(cells)
        if y == self._y and self._x <= x < self._x + CHEAPEST_MOVE:
            gap = range(self._x, x)
            if all(styles[at] == self._ansi and chars[at] for at in gap):
                self._out.append("".join(chars[at] for at in gap))
            elif gap:
                self._out.append(f"\x1b[{len(gap)}C")
        elif y == self._y and x > self._x:
            self._out.append(f"\x1b[{x - self._x}C")
        elif y == self._y:
            self._out.append(f"\x1b[{x + 1}G")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
        if ansi != self._ansi:
            self._out.append(_way(self._ansi, ansi))
            self._ansi = ansi
        self._out.append(text)
        # Terminals do not agree on how wide all characters are: behind such ones its place is told anew.
        self._y, self._x = y, x + len(cells) if text.isascii() else NOWHERE

    def text(self) -> str:
        """Everything, with the style taken off in the end, as whoever writes next expects it."""
        if self._ansi:
            self._out.append("\x1b[0m")
        return "".join(self._out)


_NARROW = re.compile("[ -~·×—–…▲▼△▽↑↓←→‖─-╿▀-▟●○◆◇✓✗⠀-⣿]*")
"""What bntui draws most beside ASCII, all of one cell: known without looking at each character."""


def _cells(text: str) -> list[str]:
    """The cells of a text: a wide character takes two, the second of which is empty; a mark that takes none
    stands in the cell before."""
    if _NARROW.fullmatch(text):
        return list(text)
    cells: list[str] = []
    for char in text:
        wide = cell_len(char)
        if wide:
            cells.append(char)
            cells += [""] * (wide - 1)
        elif cells:
            cells[-1] += char
    return cells


@lru_cache(maxsize=KNOWN_STYLES)
def _ansi(style: Style | None, colours: ColorSystem) -> str:
    """The parameters that switch a style on; empty for the terminal's own."""
    return Strip.render_ansi(style, colours) if style is not None else ""


@lru_cache(maxsize=KNOWN_STYLES)
def _way(old: str, new: str) -> str:
    """What to write to come from one style to another."""
    if not new:
        return "\x1b[0m"
    before, after = _parts(old), _parts(new)
    if before[0] != after[0] or any(was and not now for was, now in zip(before, after, strict=True)):
        return f"\x1b[0;{new}m" if old else f"\x1b[{new}m"
    return f"\x1b[{';'.join(now for was, now in zip(before, after, strict=True) if now != was)}m"


def _parts(ansi: str) -> tuple[str, str, str]:
    """Attributes, colour and background of a style."""
    attributes: list[str] = []
    colour = background = ""
    codes = iter(ansi.split(";") if ansi else ())
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes, "")
            told = [code, kind, *(next(codes, "") for _ in range(3 if kind == "2" else 1))]
            if code == "38":
                colour = ";".join(told)
            else:
                background = ";".join(told)
        elif code in _COLOURS:
            colour = code
        elif code in _BACKGROUNDS:
            background = code
        else:
            attributes.append(code)
    return ";".join(attributes), colour, background


_COLOURS = frozenset(map(str, (*range(30, 38), 39, *range(90, 98))))
_BACKGROUNDS = frozenset(map(str, (*range(40, 48), 49, *range(100, 108))))


def pieces_of(update: LayoutUpdate | ChopsUpdate) -> Iterator[Piece]:
    """What an update of Textual's draws."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield y, update.region.x, (segment for strip in line for segment in strip)
        return
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            # Whole strips, also where only a part is said to be dirty: what is shown already costs nothing.
            if strip is not None and x <= x2 and end > x1:
                yield y, x, strip
