"""Only quotes that a later quote of the same stream replaces give way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.venue.binance.conflation import begins_a_quote, newest_quotes


def frame(stream: str, n: int) -> bytes:
    return f'{{"stream":"{stream}","data":{{"n":{n}}}}}'.encode()


STREAMS = st.sampled_from(
    ["btcusdt@bookTicker", "ethusdt@bookTicker", "币安usdt@bookTicker", "btcusdt@trade", "btcusdt@depth"]
)


@given(st.lists(STREAMS, max_size=60))
def test_every_other_frame_stays_in_order_and_the_last_quote_of_each_stream_too(streams: list[str]) -> None:
    frames = [frame(stream, n) for n, stream in enumerate(streams)]
    kept = newest_quotes(frames)
    assert kept == [f for f in frames if f in kept], "in order"
    for n, stream in enumerate(streams):
        is_last = stream not in streams[n + 1 :]
        assert (frames[n] in kept) == (is_last or not stream.endswith("bookTicker"))


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"{",
        b'{"result":null,"id":1}',
        b'{"stream":"btcusdt@trade","data":"@bookTicker"}',
        b'{"strXam":"btcusdt@bookTicker","data":{}}',
        b'{"data":"btcusdt@bookTicker"}',
        b'{"stream":"' + b"x" * 200 + b'@bookTicker","data":{}}',
    ],
)
def test_what_does_not_begin_like_a_quote_is_none(other: bytes) -> None:
    assert newest_quotes([other, other]) == [other, other]
    assert newest_quotes([other, frame("btcusdt@bookTicker", 1), other]).count(other) == 2


@pytest.mark.parametrize(
    ("beginning", "is_quote"),
    [
        (b'{"stream":"btcusdt@bookTicker","data":{"u"', True),
        ('{"stream":"币安usdt@bookTicker"'.encode(), True),
        (b'{"stream":"btcusdt@bookTicker', False),  # the name may go on
        (b'{"stream":"btcusdt@trade","data":"@bookTicker"', False),
        (b'{"data":"btcusdt@bookTicker"', False),
        (b"", False),
    ],
)
def test_a_quote_is_told_by_the_whole_name_of_its_stream(beginning: bytes, is_quote: bool) -> None:
    assert begins_a_quote(beginning) is is_quote
