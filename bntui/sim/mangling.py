"""Messages as no sound server sends them: cut short, in the wrong kind of frame, in pieces, too large."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from json import dumps, loads
from types import MappingProxyType

from websockets.frames import Frame, Opcode

_PIECES = 3


def cut_short(text: bytes) -> bytes:
    """JSON that ends in the middle."""
    half = text.decode()[: len(text.decode()) // 2]
    return Frame(Opcode.TEXT, half.encode()).serialize(mask=False)


def as_binary(text: bytes) -> bytes:
    """The message in a binary frame."""
    return Frame(Opcode.BINARY, text).serialize(mask=False)


def in_fragments(text: bytes) -> bytes:
    """The message in several frames, cut wherever it happens, with a PING between them (RFC 6455, 5.4)."""
    step = max(1, -(-len(text) // _PIECES))
    pieces = [text[start : start + step] for start in range(0, len(text), step)] or [b""]
    frames = [
        Frame(Opcode.CONT if number else Opcode.TEXT, piece, fin=number == len(pieces) - 1).serialize(
            mask=False
        )
        for number, piece in enumerate(pieces)
    ]
    frames.insert(1, Frame(Opcode.PING, b"").serialize(mask=False))
    return b"".join(frames)


def compressed_unasked(text: bytes) -> bytes:
    """The message as permessage-deflate would send it, though nobody agreed to it (RFC 7692)."""
    packer = zlib.compressobj(wbits=-15)
    body = (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    plain = Frame(Opcode.TEXT, body).serialize(mask=False)
    return struct.pack("!B", plain[0] | 0b0100_0000) + plain[1:]


MANGLERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "malformed": cut_short,
        "binary": as_binary,
        "fragmented": in_fragments,
        "compressed": compressed_unasked,
    }
)
"""What makes frames of a message's text, by the name of the fault."""


def padding(size: int) -> str:
    """An event of about `size` bytes that means nothing."""
    around = '{"e":"padding","text":""}'
    return f'{around[:-2]}{"x" * (size - len(around))}"}}'


def nested(depth: int) -> str:
    """An event whose arrays lie so deep in one another."""
    return f'{{"e":"nested","in":{"[" * (depth - 1)}{"]" * (depth - 1)}}}'


def with_other_id(reply: str, kind: str) -> str:
    """A control reply whose id is of another type than the request's, or another id."""
    fields = loads(reply)
    request_id = fields.get("id")
    match kind:
        case "text":
            fields["id"] = str(request_id)
        case "number":
            fields["id"] = request_id + 0.5 if isinstance(request_id, int) else 0
        case "null":
            fields["id"] = None
        case "list":
            fields["id"] = [request_id]
        case _:
            fields["id"] = request_id + 1 if isinstance(request_id, int) else f"{request_id}x"
    return dumps(fields, separators=(",", ":"), ensure_ascii=False)


ID_KINDS = ("text", "number", "null", "list", "other")
"""What `with_other_id` makes of an id."""
