"""What a recording holds: lines of JSON in the wire's own words.

A recording is what a viewer would have been answered once a second, so that a replay is the same mirror
behind the same screens, fed from a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

from bntui.log import mask
from bntui.model.delta import Delta
from bntui.wire.codec import Vocabulary, encode_body

FORMAT = 2
"""Of the records; another number is refused. What a record has more than its reader knows is passed by."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The first record of a segment; a Delta that tells everything is the second."""

    format: int
    version: str
    """Of the bntui that wrote it."""
    epoch: str
    pid: int
    started_ms: int
    """When the engine was started."""
    environment: str
    """For people: `binance main`, `demo`."""
    wall_ms: int
    follows: bool
    """Nothing is missing between the segment before and this one: its first Delta tells nothing new."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A connection's end, as the other side or the network put it."""

    wall_ms: int
    host: str
    """Never the whole address: that of a user stream may hold its key."""
    code: int | None
    """Of the close frame; None: there was none."""
    reason: str
    by_us: bool
    """bntui began to close it."""


Record = Begun | Delta | Closed

_VOCABULARY = Vocabulary((Begun, Delta, Closed))


_SECRET_NAMES = (b"signature", b"key", b"secret", b"password", b"token", b"/ws/")
"""Without any of these words a line holds nothing that `mask` would take out; looked for first, since looking
for all that it knows takes ten times as long."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def encode(record: Record) -> bytes:
    """A record as a line, without the values of secret parameters in whatever text of the exchange it holds.

    A last line of defence: nothing of bntui's own puts them there.
    """
    line = encode_body(record)
    folded = line.lower()
    if any(name in folded for name in _SECRET_NAMES):
        line = _STRING.sub(_masked, line)
    return line + b"\n"


def _masked(text: re.Match[bytes]) -> bytes:
    return orjson.dumps(mask(orjson.loads(text[0])))


def decode(line: bytes) -> Record:
    """The record of a line. Raises ProtocolError for what is none."""
    record: Record = _VOCABULARY.decode(line)
    return record
