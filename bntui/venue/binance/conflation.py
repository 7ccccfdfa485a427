"""Which frames of a gulp no one needs any longer, told from their heads: no payload is decoded for it.

A quote says all that there is to say of its stream, so that the next one of that stream makes it worthless
(web-socket-streams.md, read 2026-07-21). Of everything else each message counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ENVELOPE = b'{"stream":"'
_QUOTES = b"@bookTicker"
_A_QUOTE = re.compile(rb'\{"stream":"[^"]*@bookTicker"')

_LONGEST_HEAD = 160
"""A stream's name ends within so many bytes of a frame."""


def newest_quotes(frames: Sequence[bytes]) -> list[bytes]:
    """The frames without the quotes that a later one of the same stream replaces, in order."""
    start = len(_ENVELOPE)
    heads = [frame[: frame.find(b'"', start, _LONGEST_HEAD)] for frame in frames]
    last = dict(zip(heads, range(len(heads)), strict=True))
    if len(last) == len(heads):
        return list(frames)
    quotes = {head for head in last if head.endswith(_QUOTES) and head.startswith(_ENVELOPE)}
    heads_of = zip(frames, heads, strict=True)
    return [f for at, (f, head) in enumerate(heads_of) if last[head] == at or head not in quotes]


def begins_a_quote(beginning: bytes) -> bool:
    """Whether a frame begins with the whole name of a stream of quotes: a later one that begins with the same
    bytes is of that stream too, and makes it worthless."""
    return _A_QUOTE.match(beginning) is not None
