"""Whole text messages are cut out wherever the stream of bytes is cut, and nothing else is touched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from bntui.feed.framing import Pending, frame_bytes, whole_texts

LIMIT = 100_000
SIZES = st.one_of(st.integers(0, 130), st.sampled_from([125, 126, 127, 65_535, 65_536, 70_000]))


def sent(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin=fin).serialize(mask=False)


def taken(data: bytes, limit: int = LIMIT) -> tuple[list[bytes], int]:
    into: list[bytes] = []
    return into, whole_texts(data, 0, limit, into)


def test_texts_are_taken_up_to_the_first_frame_that_is_another() -> None:
    texts = sent(b"one") + sent(b"x" * 200) + sent(b"")
    for other in (
        sent(b"", Opcode.PING),
        sent(b"part", fin=False),
        sent(b"bin", Opcode.BINARY),
        sent(b"rest", Opcode.CONT),
        b"\xc1\x01x",  # an extension that nobody agreed to
        b"\x81\x81",  # masked
    ):
        assert taken(texts + other + sent(b"behind it")) == ([b"one", b"x" * 200, b""], len(texts))


def test_a_text_beyond_the_limit_is_not_taken() -> None:
    assert taken(sent(b"x" * 200), limit=199) == ([], 0)
    assert taken(sent(b"x" * 200), limit=200) == ([b"x" * 200], 204)


@given(SIZES, st.booleans())
def test_the_length_of_a_frame_is_known_as_soon_as_its_head_is_there(size: int, binary: bool) -> None:
    frame = sent(b"x" * size, Opcode.BINARY if binary else Opcode.TEXT)
    assert frame_bytes(b"??" + frame, 2) == len(frame)
    head = len(frame) - size
    for short in range(head):
        assert frame_bytes(frame[:short], 0) == 0


@given(st.lists(st.integers(0, 300), max_size=20), st.lists(st.integers(1, 400), min_size=1, max_size=40))
def test_messages_come_out_whole_however_the_bytes_are_cut(sizes: list[int], cuts: list[int]) -> None:
    messages = [bytes([n % 256]) * size for n, size in enumerate(sizes)]
    stream = b"".join(map(sent, messages))
    pending, got = Pending(), list[bytes]()
    while stream:
        piece, stream = stream[: cuts[0]], stream[cuts[0] :]
        cuts = [*cuts[1:], cuts[0]]
        data = pending.with_next(piece)
        at = whole_texts(data, 0, LIMIT, got)
        if at < len(data):
            pending.keep(data[at:], frame_bytes(data, at))
    assert got == messages
