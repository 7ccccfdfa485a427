"""Only quotes that a later quote replaces give way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.overload import conflate
from bntui.venue.binance.decoder import quote_stream


def frame(stream: str, n: int) -> bytes:
    return f'{{"stream":"{stream}","data":{{"n":{n}}}}}'.encode()


STREAMS = st.sampled_from(["btcusdt@bookTicker", "ethusdt@bookTicker", "btcusdt@trade", "btcusdt@depth"])


@given(st.lists(STREAMS, max_size=60))
def test_every_other_frame_stays_in_order_and_the_last_quote_of_each_stream_too(streams: list[str]) -> None:
    frames = [frame(stream, n) for n, stream in enumerate(streams)]
    kept = conflate(frames, quote_stream)
    assert kept == [f for f in frames if f in kept], "in order"
    for n, stream in enumerate(streams):
        is_last = stream not in streams[n + 1 :]
        assert (frames[n] in kept) == (is_last or not stream.endswith("bookTicker"))


def test_a_quote_is_told_by_its_head_alone() -> None:
    assert quote_stream(b'{"stream":"btcusdt@bookTicker","data":{}}') == b"btcusdt@bookTicker"
    assert (
        quote_stream('{"stream":"币安usdt@bookTicker","data":{}}'.encode()) == "币安usdt@bookTicker".encode()
    )
    for other in (b"", b"{", b'{"result":null,"id":1}', b'{"stream":"btcusdt@trade","data":"@bookTicker"}'):
        assert quote_stream(other) is None
