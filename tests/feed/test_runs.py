"""A run holds what going from head to head would have found, whatever came; nothing else is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from bntui.feed.framing import whole_texts
from bntui.feed.runs import LONGEST, TELLING, run_of
from bntui.venue.binance.conflation import begins_a_quote, newest_quotes

LIMIT = 70_000
OPENING = b'{"stream":"'


def sent(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin=fin).serialize(mask=False)


def message(stream: str, n: int, size: int = 150) -> bytes:
    whole = f'{{"stream":"{stream}","data":{{"u":{1_000_000 + n},"s":"'.encode()
    return whole + b"x" * (size - len(whole))


STREAMS = st.sampled_from(
    ["btcusdt@bookTicker", "ethbtc@bookTicker", "1000000mogusdt@bookTicker", "ab@bookTicker", "btcusdt@trade"]
)
NUMBERS = st.integers(0, 99) | st.integers(0, 99).map(lambda n: 100_000 * n)
"""The first digits of the second kind differ: behind the shortest name they count among what tells streams
apart."""
USUAL = st.builds(message, STREAMS, NUMBERS, st.integers(126, 300))
LONG = st.builds(message, STREAMS, st.just(1), st.sampled_from([65_534, 65_535, 65_536, LIMIT, LIMIT + 1]))
TRICKY = st.sampled_from(
    [
        OPENING,
        OPENING * 20,
        OPENING + b"\x81\x7e\x00\x96" + OPENING + b"y" * 139,
        b"\x81\x7e" * 80,
        b'{"result":null,"id":1}',
        b"",
    ]
)
OTHERS = st.sampled_from(
    [
        sent(b"1700000000000", Opcode.PING),
        sent(b"part" * 50, fin=False),
        sent(OPENING + b"z" * 200, Opcode.BINARY),
        sent(OPENING + b"rest" * 50, Opcode.CONT),
        b"\xc1\x7e\x00\x96" + OPENING + b"c" * 139,  # an extension that nobody agreed to
        b"\x81\xfe\x00\x96aaaa" + b"m" * 150,  # masked
        b"\x81\x7f" + (150).to_bytes(8, "big") + OPENING + b"l" * 139,  # its length told in more bytes
    ]
)
FRAMES = st.one_of(*[USUAL.map(sent)] * 6, LONG.map(sent), TRICKY.map(sent), OTHERS)


def found(data: bytes) -> list[bytes]:
    """What going from head to head finds."""
    into: list[bytes] = []
    whole_texts(data, 0, LIMIT, into)
    return into


@given(st.lists(FRAMES, max_size=30), st.integers(0, 500))
def test_a_run_is_the_beginning_of_what_the_careful_way_finds(frames: list[bytes], cut: int) -> None:
    stream = b"".join(frames)
    data = stream[: max(0, len(stream) - cut)]
    run, careful = run_of(data, LIMIT, []), found(data)
    assert run.all() == careful[: len(run)]
    assert run.end == sum(len(sent(each)) for each in run.all())
    assert run.size == sum(map(len, run.all()))


@given(st.lists(USUAL, min_size=1, max_size=60), st.integers(0, 125))
def test_of_usual_messages_all_are_in_it_that_are_there_to_their_end(messages: list[bytes], cut: int) -> None:
    data = b"".join(map(sent, messages))
    assert run_of(data, LIMIT, []).all() == messages
    assert run_of(data[: len(data) - cut], LIMIT, []).all() == messages[: -1 if cut else None]
    assert run_of(data, LONGEST - 1, []).all() == [], "one may be longer than that"


def test_it_ends_before_the_first_frame_that_is_no_plain_text() -> None:
    some = [message("btcusdt@trade", n) for n in range(5)]
    data = b"".join(map(sent, some)) + sent(b"", Opcode.PING) + b"".join(map(sent, some))
    run = run_of(data, LIMIT, [])
    assert run.all() == some[:-1], "something lies behind the last"
    assert data[run.end :].startswith(sent(some[-1]))


@given(st.lists(USUAL, max_size=8), st.lists(USUAL, min_size=2, max_size=80))
def test_what_is_left_out_is_just_what_a_later_quote_replaces(
    before: list[bytes], messages: list[bytes]
) -> None:
    run = run_of(b"".join(map(sent, messages)), LIMIT, before)
    assert run.all() == [*before, *messages]
    assert len(run) == len(run.all())
    assert newest_quotes(run.newest(begins_a_quote)) == newest_quotes(run.all())


def test_of_many_quotes_few_are_left() -> None:
    streams = [f"{name}@bookTicker" for name in ("btcusdt", "ethusdt", "solusdc", "bnbbtc")]
    messages = [message(streams[n % 4], n) for n in range(2_000)]
    run = run_of(b"".join(map(sent, messages)), LIMIT, [])
    assert len(run) == 2_000
    assert run.newest(begins_a_quote) == messages[1_996:2_000]


def test_a_name_that_is_longer_than_what_is_looked_at_is_never_taken_for_another() -> None:
    name = "a" * TELLING
    messages = [message(f"{name}{n}usdt@bookTicker", n) for n in range(4)]
    run = run_of(b"".join(map(sent, messages)), LIMIT, [])
    assert run.newest(begins_a_quote) == messages


def test_too_little_to_tell_is_no_run() -> None:
    for data in (
        b"",
        b"\x81",
        sent(b"x"),
        b"\x81\x7e\x00",
        b"\x81\x7e\x00\x96" + b"x" * 149,
        b"\x81\x7e\x00" * 3,
        b"x" + sent(message("btcusdt@trade", 1)),
    ):
        assert (run_of(data, LIMIT, [b"before"]).all(), run_of(data, LIMIT, []).end) == ([b"before"], 0)
