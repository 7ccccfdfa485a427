"""Words in large letters, drawn with blocks: legible from across a room, on a phone, and without colour."""

from __future__ import annotations

from collections.abc import Mapping

HEIGHT = 5
"""Lines of a letter at scale 1."""

GAP = 1
"""Cells between two letters at scale 1."""

BLOCK = "█"

_DRAWN = """
A .##. #..# #### #..# #..#
B ###. #..# ###. #..# ###.
C .### #... #... #... .###
D ###. #..# #..# #..# ###.
E #### #... ###. #... ####
F #### #... ###. #... #...
G .### #... #.## #..# .###
H #..# #..# #### #..# #..#
I ### .#. .#. .#. ###
J ..## ...# ...# #..# .##.
K #..# #.#. ##.. #.#. #..#
L #... #... #... #... ####
M #...# ##.## #.#.# #...# #...#
N #..# ##.# ##.# #.## #..#
O .##. #..# #..# #..# .##.
P ###. #..# ###. #... #...
Q .##. #..# #..# #.## .###
R ###. #..# ###. #.#. #..#
S .### #... .##. ...# ###.
T ##### ..#.. ..#.. ..#.. ..#..
U #..# #..# #..# #..# .##.
V #...# #...# .#.#. .#.#. ..#..
W #...# #...# #.#.# ##.## #...#
X #...# .#.#. ..#.. .#.#. #...#
Y #...# .#.#. ..#.. ..#.. ..#..
Z #### ...# .##. #... ####
0 .##. #..# #..# #..# .##.
1 .#. ##. .#. .#. ###
2 ###. ...# .##. #... ####
3 ###. ...# .##. ...# ###.
4 #..# #..# #### ...# ...#
5 #### #... ###. ...# ###.
6 .##. #... ###. #..# .##.
7 #### ...# ..#. .#.. .#..
8 .##. #..# .##. #..# .##.
9 .##. #..# .### ...# .##.
d ...# ...# .### #..# .###
h #... #... ###. #..# #..#
m ..... ..... ##.#. #.#.# #.#.#
s .... .### .#.. ..#. ###.
"""

FONT: Mapping[str, tuple[str, ...]] = {
    line[0]: tuple(line[2:].split()) for line in _DRAWN.strip().splitlines()
} | {" ": ("..",) * HEIGHT}
"""The letters that there are: capitals, digits, and the units of spans."""


def can_draw(text: str) -> bool:
    """Is there a large letter for each of its characters?"""
    return bool(text) and all(char in FONT for char in text)


def width_of(text: str, scale: int = 1) -> int:
    """Cells that the text takes in large letters."""
    return scale * (sum(len(FONT[char][0]) + GAP for char in text) - GAP) if text else 0


def large(text: str, scale: int = 1) -> list[str]:
    """The text in lines of blocks."""
    lines: list[str] = []
    for row in range(HEIGHT):
        cells = ("." * GAP).join(FONT[char][row] for char in text)
        line = "".join((BLOCK if cell == "#" else " ") * scale for cell in cells)
        lines += [line] * scale
    return lines


def scale_for(text: str, width: int, height: int) -> int:
    """How large the text can be in so much room: 2, 1, or 0 where it has none."""
    if not can_draw(text):
        return 0
    return next((s for s in (2, 1) if width_of(text, s) <= width and HEIGHT * s <= height), 0)
