"""Many messages of one read, parted where they begin, and not cut out before somebody wants them.

When so much comes at once that it fills a read, most messages are quotes that the next one replaces: of those
the beginning is enough. Everything here goes from message to message in C.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import takewhile
from operator import itemgetter

from bntui.feed.framing import SHORT, WHOLE_TEXT

HEAD = 4
"""Bytes of the head of a frame whose length takes two bytes."""

_OF_ANY = bytes((WHOLE_TEXT, SHORT))
"""How such a head begins, that of a text message of 126 bytes or more; its length follows. In UTF-8 these two
bytes are a letter of another script and a tilde: no harm is done where they stand, and nothing is won."""

_OF_SHORT = bytes((WHOLE_TEXT, SHORT, 0))
"""The same up to 255 bytes, such as of quotes; one byte more tells the length. No JSON holds a byte 0."""

LOOKED_AT = 8
"""Where so many messages are short, short ones are looked for, which takes two thirds of the time."""

LONGEST = 0xFFFF
"""What two bytes can tell."""

TELLING = 41
"""So many bytes of a message tell most streams apart, `{"stream":"` and a name, and hold nothing that each
message changes. Where they do, nothing goes wrong: fewer are seen to be replaced."""

_FIRST = itemgetter(0)
_FIRST_TWO = itemgetter(slice(2))
_BEGINNING = {told: itemgetter(slice(told, told + TELLING)) for told in (1, 2)}
_ONE_MORE = bytes((*range(1, 256), 0))


class Run:
    """Whole text messages in the order in which they came."""

    def __init__(self, before: list[bytes], parts: list[bytes], told: int, end: int) -> None:
        """`before`: what was cut out already; `parts`: each behind the `told` bytes that tell its length."""
        self._before = before
        self._parts = parts
        self._told = told
        self.end = end
        """Where the next frame begins."""
        self.size = sum(map(len, before)) + end - HEAD * len(parts)
        """Bytes of all messages."""

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self._before) + len(self._parts)

    def all(self) -> list[bytes]:
        """Every message."""
        return self._with(self._parts)

    def newest(self, replaced: Callable[[bytes], bool]) -> list[bytes]:
        """The messages without most of those that a later one has made worthless, those of each stream in
        order. `replaced` says of which beginnings all but the last message are worthless."""
        parts, beginning = self._parts, _BEGINNING[self._told]
        last = dict(zip(map(beginning, parts), parts, strict=True))
        quotes = {each for each in last if replaced(each)}
        if len(quotes) == len(last):
            return self._with(list(last.values()))
        return self._with([p for p in parts if (begins := beginning(p)) not in quotes or last[begins] is p])

    def _with(self, parts: list[bytes]) -> list[bytes]:
        told = self._told
        return [*self._before, *[part[told:] for part in parts]]


def run_of(data: bytes, limit: int, before: list[bytes]) -> Run:
    """The messages that `data` begins with, behind those that came before.

    The bytes are parted wherever the head of a message stands. That is right where what lies between is as
    long as each head says: looked at for every one. The run ends before the first of which it is not so: that
    is another frame, or not there to its end.
    """
    if limit < LONGEST:
        return Run(before, [], 1, 0)
    opening, is_whole, are_whole = (
        (_OF_SHORT, _is_short, _are_short) if _begins_short(data) else (_OF_ANY, _is_any, _are_any)
    )
    told, end = HEAD - len(opening), len(data)
    parts = data.split(opening)
    if parts.pop(0):
        return Run(before, [], told, 0)
    if parts and not is_whole(parts[-1]):
        end -= len(opening) + len(parts.pop())
    if not are_whole(parts):
        parts = list(takewhile(is_whole, parts))
        end = sum(map(len, parts)) + len(opening) * len(parts)
    return Run(before, parts, told, end)


def _begins_short(data: bytes) -> bool:
    at = 0
    for _ in range(LOOKED_AT):
        if not data.startswith(_OF_SHORT, at):
            return False
        if len(data) < at + HEAD:
            return True
        at += HEAD + data[at + HEAD - 1]
    return True


def _is_short(part: bytes) -> bool:
    return len(part) > 0 and len(part) - 1 == part[0]


def _are_short(parts: list[bytes]) -> bool:
    try:
        return bytes(map(_FIRST, parts)).translate(_ONE_MORE) == bytes(map(len, parts))
    except (IndexError, ValueError):
        return False  # nothing lies between, or more than a byte can tell


def _is_any(part: bytes) -> bool:
    return len(part) > 1 and len(part) - 2 == part[0] << 8 | part[1]


def _are_any(parts: list[bytes]) -> bool:
    lengths = b"".join(map(_FIRST_TWO, parts))
    found = [size - 2 for size in map(len, parts)]
    return len(lengths) == 2 * len(parts) and list(struct.unpack(f">{len(parts)}H", lengths)) == found
