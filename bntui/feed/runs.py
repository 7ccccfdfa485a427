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

_OPENING = bytes((WHOLE_TEXT, SHORT))
"""How the frame of a text message of 126 to 65,535 bytes begins. Where the same two bytes stand in a message,
as the end of a letter and a tilde, the run ends before it, and no harm is done."""

_TOLD = 2
"""Bytes behind that which tell the length."""

LONGEST = 0xFFFF
"""What they can tell."""

TELLING = 41
"""So many bytes of a message tell most streams apart, `{"stream":"` and a name, and hold nothing that each
message changes. Where they do, nothing goes wrong: fewer are seen to be replaced."""

_LENGTH = itemgetter(slice(_TOLD))
_BEGINNING = itemgetter(slice(_TOLD, _TOLD + TELLING))


class Run:
    """Whole text messages in the order in which they came."""

    def __init__(self, before: list[bytes], parts: list[bytes], end: int) -> None:
        """`before`: what was cut out already; `parts`: the others, each with the bytes in front that tell its
        length. `end`: where the next frame begins."""
        self._before = before
        self._parts = parts
        self.end = end
        self.size = sum(map(len, before)) + end - (len(_OPENING) + _TOLD) * len(parts)
        """Bytes of all messages."""

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self._before) + len(self._parts)

    def all(self) -> list[bytes]:
        """Every message."""
        return [*self._before, *[part[_TOLD:] for part in self._parts]]

    def newest(self, replaced: Callable[[bytes], bool]) -> list[bytes]:
        """The messages, in order, without most of those that a later one has made worthless. `replaced` says
        whether that is so of all but the last of those that begin with these bytes."""
        parts = self._parts
        beginnings = list(map(_BEGINNING, parts))
        last = dict(zip(beginnings, range(len(parts)), strict=True))
        quotes = {beginning for beginning in last if replaced(beginning)}
        kept = [last[beginning] for beginning in quotes]
        if len(quotes) < len(last):
            kept += [index for index, beginning in enumerate(beginnings) if beginning not in quotes]
        kept.sort()
        return [*self._before, *[parts[index][_TOLD:] for index in kept]]


def run_of(data: bytes, limit: int, before: list[bytes]) -> Run:
    """The messages that `data` begins with, behind those that came before.

    The bytes are parted wherever a frame seems to begin. That is right where what lies between is as long as
    each of them says: looked at for every one. The run ends before the first of which it is not so: that is
    another frame, or not there to its end. `limit` is the longest message that is allowed: where it is less
    than two bytes can tell, nothing is parted.
    """
    parts = data.split(_OPENING) if limit >= LONGEST else []
    if not parts or parts.pop(0):
        return Run(before, [], 0)
    end = len(data)
    if parts and not _is_whole(parts[-1]):
        end -= len(_OPENING) + len(parts.pop())
    if not _are_whole(parts):
        parts = list(takewhile(_is_whole, parts))
        end = sum(map(len, parts)) + len(_OPENING) * len(parts)
    return Run(before, parts, end)


def _is_whole(part: bytes) -> bool:
    return len(part) >= _TOLD and len(part) - _TOLD == int.from_bytes(part[:_TOLD], "big")


def _are_whole(parts: list[bytes]) -> bool:
    """The same of all, at once."""
    told = b"".join(map(_LENGTH, parts))
    found = [size - _TOLD for size in map(len, parts)]
    return len(told) == _TOLD * len(parts) and list(struct.unpack(f">{len(parts)}H", told)) == found
