"""As much of a terminal as the viewer's updates are written to, and no more.

Stricter than a terminal, and than the emulator that shows what a whole program writes (terminal.py): it
knows every attribute, does not know what was there before, and refuses what no update has.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.geometry import Size

_CONTROL = re.compile("\x1b\\[([0-9;]*)([A-Za-z])")

Look = tuple[frozenset[str], str, str]
"""Attributes, colour and background."""

PLAIN: Look = (frozenset(), "", "")


class Emulator:
    """Cells, a cursor, and the look of what is written next."""

    def __init__(self, size: Size) -> None:
        self.cells: list[list[tuple[str, Look]]] = [[("?", PLAIN)] * size.width for _ in range(size.height)]
        self._y = self._x = 0
        self.look = PLAIN

    def feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            control = _CONTROL.match(text, at)
            if control is None:
                self._put(text[at])
                at += 1
                continue
            numbers, letter = control.groups()
            self._obey(letter, [int(n or 0) for n in numbers.split(";")])
            at = control.end()

    def _put(self, char: str) -> None:
        line, wide = self.cells[self._y], cell_len(char)
        if not wide:
            before, look = line[self._x - 1]
            line[self._x - 1] = (before + char, look)
            return
        line[self._x] = (char, self.look)
        for covered in range(1, wide):
            line[self._x + covered] = ("", self.look)
        self._x += wide

    def _obey(self, letter: str, numbers: list[int]) -> None:
        match letter:
            case "H":
                self._y, self._x = numbers[0] - 1, numbers[1] - 1
            case "G":
                self._x = numbers[0] - 1
            case "C":
                self._x += numbers[0]
            case "m":
                self._style(numbers)
            case _:
                raise AssertionError(f"nobody writes {letter}")

    def _style(self, numbers: list[int]) -> None:
        attributes, colour, background = set(self.look[0]), *self.look[1:]
        rest = iter(numbers)
        for number in rest:
            if number == 0:
                attributes, colour, background = set(), "", ""
            elif number in (38, 48):
                told = ";".join(str(next(rest)) for _ in range(4))
                colour, background = (told, background) if number == 38 else (colour, told)
            elif 30 <= number <= 37:
                colour = str(number)
            elif 40 <= number <= 47:
                background = str(number)
            else:
                attributes.add(str(number))
        self.look = (frozenset(attributes), colour, background)
