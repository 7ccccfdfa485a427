"""Real recordings decode whole. They are no part of the project; where they are absent, this is skipped."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from bntui.model.events import (
    AggTrade,
    Candle,
    DepthDiff,
    Malformed,
    MarketEvent,
    PartialDepth,
    Quote,
    Trade,
    UnknownEvent,
)
from bntui.venue.base import Decoded
from bntui.venue.binance.codec import decode_spot
from bntui.venue.binance.rest import instruments

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings"

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not on this machine")


def _lines(name: str) -> Iterator[bytes]:
    path = RECORDINGS / name
    if not path.is_file():
        pytest.skip(f"the recording {name} is not on this machine")
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield from (line.strip() for line in file)


def _frames(name: str, stamp_end: bytes = b"") -> Iterator[bytes]:
    """The frames of a recording; a time stamp before each ends with `stamp_end`."""
    for line in _lines(name):
        frame = line.partition(stamp_end)[2] if stamp_end else line
        if frame.startswith(b"{"):
            yield frame


def _decoded(frames: Iterator[bytes]) -> list[Decoded]:
    decoded = [decode_spot(frame, 0, 0.0) for frame in frames]
    assert decoded
    odd = [event for each in decoded for event in each.said if isinstance(event, Malformed | UnknownEvent)]
    assert odd == []
    return decoded


def _events(decoded: list[Decoded]) -> list[MarketEvent]:
    return [event for each in decoded for event in each.events]


def _kinds(decoded: list[Decoded]) -> Counter[type]:
    return Counter(type(event) for event in _events(decoded))


def _assert_contiguous(diffs: list[DepthDiff]) -> None:
    for before, after in pairwise(diffs):
        assert after.first_update_id == before.last_update_id + 1


def test_the_combined_frames_of_one_busy_symbol() -> None:
    decoded = [
        each
        for day in ("20240808", "20240809")
        for each in _decoded(_frames(f"hftbacktest/spot_btcusdt_{day}.gz", stamp_end=b" "))
    ]
    assert _kinds(decoded) == {Quote: 73_174, Trade: 19_904, DepthDiff: 6_495, PartialDepth: 1}
    assert {each.stream for each in decoded} == {
        "btcusdt@bookTicker",
        "btcusdt@trade",
        "btcusdt@depth@100ms",
        None,
    }
    _assert_contiguous([event for event in _events(decoded) if isinstance(event, DepthDiff)])


def test_the_digits_of_a_recording_are_kept() -> None:
    for frame in _frames("hftbacktest/spot_btcusdt_20240808.gz", stamp_end=b" "):
        for event in decode_spot(frame, 0, 0.0).events:
            if isinstance(event, Trade):
                payload = orjson.loads(frame)["data"]
                assert (event.price, event.qty, event.trade_id) == (payload["p"], payload["q"], payload["t"])


def test_four_kinds_of_streams_of_four_symbols() -> None:
    decoded = _decoded(_frames("cryptofeed/BINANCE.ws.1.0.gz", stamp_end=b": "))
    assert set(_kinds(decoded)) == {DepthDiff, Quote, Candle, AggTrade}
    assert {event.key.symbol for event in _events(decoded)} == {"NKNUSDT", "BLZETH", "LRCBTC", "RUNEEUR"}


def test_six_minutes_of_book_changes() -> None:
    decoded = _decoded(_frames("FinanceTechnologyProjects/spot_btcusdt_depth100ms_20251207.jsonl.gz"))
    assert _kinds(decoded) == {DepthDiff: 3_286}
    _assert_contiguous([event for event in _events(decoded) if isinstance(event, DepthDiff)])


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("aggTrade", "btcusdt@aggTrade"),
        ("bookDepthSnapshot", "btcusdt@depth20@100ms"),
        ("bookTicker", "btcusdt@bookTicker"),
        ("depthUpdate", "btcusdt@depth"),
        ("miniTicker", "btcusdt@miniTicker"),
        ("ticker", "btcusdt@ticker"),
        ("trade", "btcusdt@trade"),
    ],
)
def test_one_message_of_each_kind(name: str, stream: str) -> None:
    frame = b"\n".join(_lines(f"FinanceTechnologyProjects/{name}.json"))
    (decoded,) = _decoded(iter([frame]))
    assert decoded.stream == stream


@pytest.mark.parametrize(
    ("kind", "stream", "frames"),
    [("trade_stream", "trade", 10_000), ("difference_depth_stream", "depth@100ms", 2_833)],
)
def test_times_in_microseconds(kind: str, stream: str, frames: int) -> None:
    name = f"test_positive_binance_{kind}_spot_trxusdt_04-03-2025.reconstructed.jsonl.gz"
    decoded = _decoded(_frames(f"binance-data-processor/{name}", stamp_end=b" "))
    assert {each.stream for each in decoded} == {f"trxusdt@{stream}"}
    assert len(decoded) == frames
    day = range(1_741_046_400_000, 1_741_132_800_000)
    for event in _events(decoded):
        assert isinstance(event, Trade | DepthDiff)
        assert event.time_ms in day


def test_unwrapped_book_changes() -> None:
    decoded = _decoded(_frames("btcData/spot_btcusdt_raw_unwrapped_depth1000ms_20250717.jsonl"))
    assert _kinds(decoded) == {DepthDiff: 12}
    assert {each.stream for each in decoded} == {None}


def test_every_symbol_of_a_real_exchange_info_is_readable() -> None:
    body = next(_lines("cryptofeed/BINANCE.0.gz")).partition(b": ")[2]
    listed = orjson.loads(body)["symbols"]
    found = instruments(body)
    assert [each.key.symbol for each in found] == [row["symbol"] for row in listed]
    assert len(found) == 1_695
