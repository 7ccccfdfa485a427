"""Spot as a venue: the parts belong together."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.events import Trade
from bntui.model.markets import Market
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from tests.venue.binance.samples import AT, RECEIVED_MS, SAMPLES, Sample, sample


def test_spot_has_the_limits_of_its_table_unless_others_are_given() -> None:
    assert spot().limits is SPOT
    other = SPOT.override({"own_stream_cap": 3})
    assert spot(other).limits is other
    assert (spot().market, spot().name) == (Market.SPOT, "Binance Spot")


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.stream)
def test_a_stream_can_be_named_asked_for_and_read(each: Sample) -> None:
    venue = spot()
    spec = venue.parse_stream(each.stream)
    assert venue.format_stream(spec) == each.stream
    assert venue.stream_path(spec) == "/stream"
    assert each.stream in venue.subscribe([each.stream], 1)
    assert each.stream in venue.unsubscribe([each.stream], 1)
    assert venue.batches([each.stream], 1, 100) == [[each.stream]]


def test_frames_are_decoded_with_the_times_of_their_receipt() -> None:
    each = sample("btcusdt@trade")
    frame = orjson.dumps({"stream": each.stream, "data": each.payload})
    (event,) = spot().decode(frame, RECEIVED_MS, AT).events
    assert isinstance(event, Trade)
    assert (event.received_ms, event.at) == (RECEIVED_MS, AT)


def test_the_calls_of_the_venue_come_with_their_weight() -> None:
    calls = spot().calls
    assert calls.exchange_info().weight == 20
    assert calls.depth("BTCUSDT", 1000).weight == 50
    assert spot().bodies.error(b'{"code":-1121,"msg":"Invalid symbol."}') == (-1121, "Invalid symbol.")
