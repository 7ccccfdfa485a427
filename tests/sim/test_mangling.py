"""Broken messages are broken in the way that was asked for, and in no other."""

from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from bntui.sim.mangling import (
    ID_KINDS,
    MANGLERS,
    as_binary,
    compressed_unasked,
    cut_short,
    in_fragments,
    nested,
    padding,
    with_other_id,
)

TEXT = '{"stream":"币安人生usdt@trade","data":{"t":1}}'.encode()


def frames(data: bytes) -> list[Frame]:
    """Take bytes apart into frames."""
    reader = StreamReader()
    reader.feed_data(data)
    found = []
    while reader.buffer:
        parsing = Frame.parse(reader.read_exact, mask=False, max_size=None, extensions=[])
        with pytest.raises(StopIteration) as whole:
            next(parsing)
        found.append(whole.value.value)
    return found


def test_a_message_is_cut_in_the_middle() -> None:
    (frame,) = frames(cut_short(TEXT))
    assert frame.opcode is Opcode.TEXT
    assert TEXT.startswith(frame.data)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(bytes(frame.data))


def test_a_message_goes_into_a_binary_frame() -> None:
    assert frames(as_binary(TEXT)) == [Frame(Opcode.BINARY, TEXT)]


@given(st.binary(max_size=400))
def test_fragments_make_up_the_message(data: bytes) -> None:
    whole = frames(in_fragments(data))
    parts = [frame for frame in whole if frame.opcode is not Opcode.PING]
    assert b"".join(frame.data for frame in parts) == data
    assert [frame.fin for frame in parts] == [False] * (len(parts) - 1) + [True]
    assert [frame.opcode for frame in parts] == [Opcode.TEXT] + [Opcode.CONT] * (len(parts) - 1)
    assert whole[1].opcode is Opcode.PING


def test_a_message_is_cut_anywhere_also_within_a_character() -> None:
    first = frames(in_fragments("éa".encode()))[0].data
    assert first == "é".encode()[:1], "a fragment need not be whole text"


def test_unasked_compression_sets_the_bit_that_nobody_agreed_to() -> None:
    data = compressed_unasked(TEXT)
    assert data[0] == 0xC1
    unpacked = zlib.decompressobj(wbits=-15).decompress(data[2:] + b"\x00\x00\xff\xff")
    assert unpacked == TEXT


def test_every_name_has_its_way() -> None:
    assert set(MANGLERS) == {"malformed", "binary", "fragmented", "compressed"}


@pytest.mark.parametrize("size", [26, 1_000, 70_000])
def test_padding_has_its_size_and_can_be_read(size: int) -> None:
    assert len(padding(size)) == size
    assert json.loads(padding(size))["e"] == "padding"
    assert json.loads(padding(1))["text"] == ""


def test_nesting_has_its_depth() -> None:
    value, depth = json.loads(nested(64)), 1
    inside = value["in"]
    while inside:
        inside, depth = inside[0], depth + 1
    assert depth + 1 == 64


@pytest.mark.parametrize("kind", ID_KINDS)
@pytest.mark.parametrize("request_id", [0, 7, "a", "7", None])
def test_an_id_is_never_the_one_that_was_sent(kind: str, request_id: object) -> None:
    reply = json.dumps({"result": None, "id": request_id})
    changed = json.loads(with_other_id(reply, kind))
    assert changed["result"] is None
    same = (kind, request_id) in (("null", None), ("text", "a"), ("text", "7"))
    assert (changed["id"] == request_id) is same
