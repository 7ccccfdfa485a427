"""Where one websocket frame ends and the next begins (RFC 6455, section 5.2).

Nearly all that an exchange sends are whole text messages of a few hundred bytes. Those are cut out here, at a
fifth of what a library that must bear everything takes for each; everything else is left to it.
"""

from __future__ import annotations

WHOLE_TEXT = 0x81
"""First byte of a text message in one frame, without extensions."""

SHORT = 126
"""A length below this stands in the second byte; this says that two more bytes tell it, the next number that
eight do."""

LONG = 127

MASKED = 0x80
"""No server masks what it sends: that is for its judge."""

LONGEST_HEAD = 10


def whole_texts(data: bytes, at: int, limit: int, into: list[bytes]) -> int:
    """Take whole text messages of at most `limit` bytes out, from the frame at this place on; where the first
    frame begins that is another, or is not there to its end."""
    end = len(data) - 1
    take = into.append
    while at < end and data[at] == WHOLE_TEXT:
        size = data[at + 1]
        start = at + 2
        if size >= SHORT:
            if size != SHORT or at + 3 > end:
                break
            size = data[at + 2] << 8 | data[at + 3]
            start = at + 4
        stop = start + size
        if stop > end + 1 or size > limit:
            break
        take(data[start:stop])
        at = stop
    return at


def frame_bytes(data: bytes, at: int) -> int:
    """The length of the frame at this place with its head; 0 while too little of it is there to tell."""
    there = len(data) - at
    if there < 2:
        return 0
    size, head = data[at + 1] & ~MASKED, 2
    if size == SHORT:
        head = 4
    elif size == LONG:
        head = LONGEST_HEAD
    if there < head:
        return 0
    return head + (int.from_bytes(data[at + 2 : at + head], "big") if head > 2 else size)


class Pending:
    """The beginning of a frame whose rest has not come. Bounded by its length, which who feeds it checks."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._held = bytearray()
        self._need = 0

    def with_next(self, data: bytes) -> bytes:
        """What waits and what came, as far as there is enough of it to look at; else nothing."""
        held = self._held
        if not held:
            return data
        if len(held) + len(data) < self._need:
            held += data
            return b""
        whole = b"".join((held, data))
        held.clear()
        return whole

    def keep(self, rest: bytes, need: int) -> None:
        """The rest waits until so much of it is there."""
        self._held += rest
        self._need = need
