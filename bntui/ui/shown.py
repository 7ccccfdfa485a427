"""What the terminal shows, and the shortest text that makes it show something else.

Textual writes each line that has changed from end to end. Over a thin SSH line that is ten times more than
the digits that changed: here each cell is compared with what the terminal shows already, and only runs of
cells that differ are written, with no more of their style than differs from the run before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter

from rich.cells import cell_len
from rich.color import ColorSystem
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

MUCH = 4
"""One cell in so many is much."""

NOWHERE = 1 << 20
"""The column of a cursor whose place in its line is not known."""

KNOWN_STYLES = 4_096
"""Bound of the caches of styles and of the ways from one to another; what was used longest ago is dropped, or
where that is not known, everything."""

Bit = tuple[str, Style | None, object]
"""A segment, or what one holds: text, style, control codes."""

Piece = tuple[int, int, Iterable[Bit]]
"""Line, column, and what is to stand there from then on."""

_News = dict[str, list[tuple[int, int, int]]]
"""By style: line, first column and the one behind the last of cells that the terminal does not show."""


class Shown:
    """The cells of one terminal."""

    def __init__(self) -> None:
        """Nothing is known of the terminal."""
        self._size = Size(0, 0)
        self._chars: list[list[str]] = []
        self._styles: list[list[str]] = []
        self._colours = ColorSystem.TRUECOLOR
        self._ansi: dict[int, tuple[str, Style | None]] = {}
        """By the styles' ids, what switches them on; held with them, so that no other gets the id."""

    def forget(self) -> None:
        """The terminal may show anything: write everything anew."""
        self._size = Size(0, 0)

    def text_for(self, pieces: Iterable[Piece], size: Size, colours: ColorSystem) -> str:
        """What to write so that the terminal, of this size, shows these pieces."""
        if size != self._size:
            self._size = size
            self._chars = [[""] * size.width for _ in range(size.height)]
            self._styles = [[UNKNOWN] * size.width for _ in range(size.height)]
        if colours != self._colours or len(self._ansi) > KNOWN_STYLES:
            self._colours = colours
            self._ansi.clear()
        news: _News = {}
        for y, x, segments in pieces:
            if 0 <= y < size.height:
                self._line(news, y, x, segments)
        return self._written(news)

    def _line(self, news: _News, y: int, x: int, segments: Iterable[Bit]) -> None:
        """Take these segments over, and note the cells that are others now."""
        chars, styles, width = self._chars[y], self._styles[y], self._size.width
        for text, style, control in segments:
            if control or not text:
                continue
            of_style = self._ansi.get(id(style))
            ansi = self._ansi_of(style) if of_style is None else of_style[0]
            cells = list(text) if text.isascii() else _cells(text)
            length = len(cells)
            if x + length > width:
                del cells[max(0, width - x) :]
                length = len(cells)
            end = x + length
            old, was = chars[x:end], styles[x:end]
            alike = was.count(ansi)
            if alike != length or old != cells:
                spans = news.get(ansi)
                if spans is None:
                    spans = news[ansi] = []
                if "" in cells or "" in old or not alike:
                    spans.append((y, x, end))  # half of a wide character cannot be written
                elif alike == length <= SHORT:
                    first, last = 0, length - 1
                    while old[first] == cells[first]:
                        first += 1
                    while old[last] == cells[last]:
                        last -= 1
                    spans.append((y, x + first, x + last + 1))
                else:
                    new = [at for at in range(length) if old[at] != cells[at] or was[at] != ansi]
                    spans += [(y, x + first, x + last) for first, last in _runs(new)]
                chars[x:end] = cells
                if alike != length:
                    styles[x:end] = [ansi] * length
            x = end

    def _ansi_of(self, style: Style | None) -> str:
        """The parameters that switch a style on, found by the style itself from now on: to compare two styles
        takes longer than to draw a cell."""
        ansi = _ansi(style, self._colours)
        self._ansi[id(style)] = ansi, style
        return ansi

    def _written(self, news: _News) -> str:
        """What shows the cells of these spans as they are now.

        A change of colour takes more than a movement: all cells of one style come after another. Where much
        is new they come line by line, so that who waits for them on a thin line reads from the top.
        """
        order: list[tuple[str, int, int, int]] = []
        cells = 0
        for ansi, spans in news.items():
            spans.sort()
            for y, x, end in spans:
                order.append((ansi, y, x, end))
                cells += end - x
        if cells * MUCH > self._size.area:
            order.sort(key=itemgetter(1, 2))
        pen = _Pen()
        for ansi, y, x, end in order:
            chars, styles = self._chars[y], self._styles[y]
            if styles[x:end].count(ansi) == end - x and "" not in chars[x : end + 1]:
                pen.write(y, x, chars[x:end], ansi, chars, styles)
                continue
            # Something else came there later, and is noted too; or wide characters, to be written whole.
            while x and not chars[x] and styles[x - 1] == ansi:
                x -= 1
            while end < len(chars) and not chars[end] and styles[end] == ansi:
                end += 1
            kept = [at for at in range(x, end) if styles[at] == ansi]
            for first, last in _runs(kept):
                pen.write(y, first, chars[first:last], ansi, chars, styles)
        return pen.text()


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Rising numbers as ranges without gaps."""
    first = last = -1
    for number in numbers:
        if number != last:
            if first >= 0:
                yield first, last
            first = number
        last = number + 1
    if first >= 0:
        yield first, last


class _Pen:
    """The cursor and the style of a terminal while a frame is written to it."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._y, self._x = -1, NOWHERE
        self._ansi = ""

    def write(self, y: int, x: int, cells: list[str], ansi: str, chars: list[str], styles: list[str]) -> None:
        """Write cells of one style; `chars` and `styles` are what the line shows elsewhere."""
        text = "".join(cells)
        gap = x - self._x
        if y != self._y:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
        elif gap < 0:
            self._out.append(f"\x1b[{x + 1}G")
        elif gap >= CHEAPEST_MOVE:
            self._out.append(f"\x1b[{gap}C")
        elif gap:
            between = chars[self._x : x]
            known = styles[self._x : x].count(self._ansi) == gap and "" not in between
            self._out.append("".join(between) if known else f"\x1b[{gap}C")
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
