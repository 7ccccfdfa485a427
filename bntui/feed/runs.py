"""Many messages of one read, parted where they begin alike, and not cut out before somebody wants them.

When so much comes at once that it fills a read, most messages are quotes that the next one replaces: of those
the beginning is enough. Everything here goes from message to message in C.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import takewhile
from operator import itemgetter

from bntui.feed.framing import SHORT, WHOLE_TEXT

ALIKE = 11
"""The messages of all streams begin alike for so many bytes: `{"stream":"`. Where they do not, nothing goes
wrong, and nothing is won."""

TELLING = 30
"""So many bytes behind that tell most streams apart, and hold nothing that each message changes. Where they
do, nothing goes wrong either: fewer are seen to be replaced."""

HEAD = 4
"""Bytes of the head of a frame whose length takes two bytes."""

_LONGEST = 0xFFFF
"""What two bytes can tell."""

_LAST_HEAD = itemgetter(slice(-HEAD, None))
_BEGINNING = itemgetter(slice(0, TELLING))


class Run:
    """Whole text messages in the order in which they came."""

    def __init__(self, before: list[bytes], opening: bytes, parts: list[bytes]) -> None:
        """`before`: what was cut out already; `parts`: each without the opening, and with the head of the
        next frame behind it."""
        self._before = before
        self._opening = opening
        self._parts = parts
        parted = sum(map(len, parts)) + len(parts) * len(opening)
        self.end = parted
        """Where the next frame begins."""
        self.size = sum(map(len, before)) + parted - HEAD * len(parts)
        """Bytes of all messages."""

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self._before) + len(self._parts)

    def all(self) -> list[bytes]:
        """Every message."""
        opening = self._opening
        return [*self._before, *[opening + part[:-HEAD] for part in self._parts]]

    def newest(self, replaced: Callable[[bytes], bool]) -> list[bytes]:
        """The messages without most of those that a later one has made worthless. `replaced` says whether
        that is so of all but the last of those that begin with these bytes."""
        opening, parts = self._opening, self._parts
        beginnings = list(map(_BEGINNING, parts))
        last = dict(zip(beginnings, range(len(parts)), strict=True))
        quotes = {beginning for beginning in last if replaced(opening + beginning)}
        kept = [last[beginning] for beginning in quotes]
        if len(quotes) < len(last):
            kept += [index for index, beginning in enumerate(beginnings) if beginning not in quotes]
        kept.sort()
        return [*self._before, *[opening + parts[index][:-HEAD] for index in kept]]


def run_of(data: bytes, limit: int, before: list[bytes]) -> Run:
    """The messages from the beginning of `data` on that begin alike, behind those that came before.

    The bytes are parted wherever the opening of the first message stands again. That is right where the head
    in front of it, and the head before that, lie as far apart as the length between says: looked at for every
    one. The run ends before the first of which it is not so, and before the last, whose end nothing tells.
    """
    opening = data[HEAD : HEAD + ALIKE]
    first, *parts = data.split(opening) if len(opening) == ALIKE else [data]
    parts = parts[:-1]
    heads = first + b"".join(map(_LAST_HEAD, parts))
    if len(first) != HEAD or len(heads) != HEAD * (len(parts) + 1):
        return Run(before, opening, [])
    *told, _ = struct.unpack(f">{len(parts) + 1}I", heads)
    sizes = list(map(len, parts))
    empty = (WHOLE_TEXT << 8 | SHORT) << 16
    found = [empty + ALIKE - HEAD + size for size in sizes]
    longest = min(limit, _LONGEST) - ALIKE + HEAD
    if told != found or max(sizes, default=0) > longest:
        right = takewhile(
            lambda each: each[0] == each[1] and each[2] <= longest, zip(told, found, sizes, strict=True)
        )
        del parts[len(list(right)) :]
    return Run(before, opening, parts)
