"""Text frames of a client."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.requests import batches, subscribe, unsubscribe


def test_requests_read_as_the_exchange_documents_them() -> None:
    names = ("btcusdt@aggTrade", "btcusdt@depth")
    assert subscribe(names, 1) == (
        '{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@depth"],"id":1}'
    )
    assert unsubscribe(names[1:], 312) == '{"method":"UNSUBSCRIBE","params":["btcusdt@depth"],"id":312}'


def test_names_outside_ascii_are_sent_as_they_are() -> None:
    assert "币安人生usdt@trade" in subscribe(["币安人生usdt@trade"], 1)


_names = st.lists(
    st.text('abcdefghijklmnopqrstuvwxyz0123456789币安人生"\\', min_size=1, max_size=24).map(
        lambda symbol: f"{symbol}@bookTicker"
    ),
    max_size=400,
)


@given(_names, st.integers(1, 200), st.integers(200, 4000))
def test_every_frame_keeps_within_both_bounds(names: list[str], max_names: int, max_bytes: int) -> None:
    for batch in batches(names, max_names, max_bytes):
        assert 1 <= len(batch) <= max_names
        for frame in (subscribe(batch, 2**63 - 1), unsubscribe(batch, 2**63 - 1)):
            assert len(frame.encode()) <= max_bytes


@given(_names, st.integers(1, 200), st.integers(1, 4000))
def test_no_name_is_lost_repeated_or_moved(names: list[str], max_names: int, max_bytes: int) -> None:
    assert [name for batch in batches(names, max_names, max_bytes) for name in batch] == names


@given(_names, st.integers(1, 200), st.integers(200, 4000))
def test_no_frame_is_sent_that_could_have_gone_with_the_one_before(
    names: list[str], max_names: int, max_bytes: int
) -> None:
    split = batches(names, max_names, max_bytes)
    for before, after in pairwise(split):
        joined = [*before, after[0]]
        full = len(unsubscribe(joined, 2**63 - 1).encode()) >= max_bytes
        assert len(joined) > max_names or full


def test_nothing_to_send_makes_no_frame() -> None:
    assert batches([], 150, 3500) == []


@pytest.mark.parametrize("symbol", ["1000000mogusdt", "币安人生usdt"])
def test_the_own_bounds_keep_below_the_size_that_gets_no_answer(symbol: str) -> None:
    names = [f"{n}{symbol}@kline_12h@+08:00" for n in range(1000)]
    for batch in batches(names, int(SPOT.own_subscribe_names), int(SPOT.own_subscribe_bytes)):
        assert len(subscribe(batch, 2**63 - 1).encode()) < SPOT.subscribe_frame_bytes
