"""What is Spot's own in its frames."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.events import Candle, Malformed, Quote
from bntui.venue.binance.codec import decode_spot
from tests.venue.binance.samples import AT, RECEIVED_MS, SAMPLES, Sample, sample


@pytest.mark.parametrize(
    ("interval", "open_ms", "offset"),
    [
        ("1h", 1767222000000, ""),
        ("8h", 1767196800000, ""),
        ("6h", 1767225600000, ""),
        ("6h", 1767218400000, "+08:00"),
        ("12h", 1767196800000, "+08:00"),
        ("1d", 1767225600000, ""),
        ("3d", 1767196800000, "+08:00"),
        ("1w", 1766937600000, "+08:00"),
        ("1M", 1767225600000, ""),
        ("1M", 1767196800000, "+08:00"),
        ("1d", 1767225600001, ""),
    ],
)
def test_a_raw_candle_tells_its_offset_by_its_begin(interval: str, open_ms: int, offset: str) -> None:
    payload = sample("btcusdt@kline_1m").payload
    raw = orjson.dumps({**payload, "k": {**payload["k"], "i": interval, "t": open_ms}})
    decoded = decode_spot(raw, RECEIVED_MS, AT)
    (event,) = decoded.events
    assert isinstance(event, Candle)
    assert event.utc_offset == offset
    assert decoded.stream == f"btcusdt@kline_{interval}" + (f"@{offset}" if offset else "")


def test_a_raw_candle_of_an_unknown_interval_is_malformed() -> None:
    payload = sample("btcusdt@kline_1m").payload
    raw = orjson.dumps({**payload, "k": {**payload["k"], "i": "7m"}})
    (odd,) = decode_spot(raw, RECEIVED_MS, AT).said
    assert isinstance(odd, Malformed)
    assert odd.reason == "the candle is of an unknown interval"


def test_a_quote_needs_no_word_to_be_one() -> None:
    each = sample("btcusdt@bookTicker")
    assert "e" not in each.payload
    (event,) = decode_spot(orjson.dumps(each.payload), RECEIVED_MS, AT).events
    assert isinstance(event, Quote)


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.stream)
def test_the_fields_that_futures_tell_markets_apart_by_mean_nothing_here(each: Sample) -> None:
    frame = orjson.dumps({"stream": each.stream, "data": {**each.payload, "st": 2}})
    assert decode_spot(frame, RECEIVED_MS, AT).events == (each.event,)
