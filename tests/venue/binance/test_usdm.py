"""USD-M as a venue: the parts belong together."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.futures_limits import USDM
from bntui.venue.binance.usdm import usdm
from bntui.venue.books import FUTURES_BOOK
from tests.venue.binance.futures_samples import SAMPLES, Sample
from tests.venue.binance.samples import AT, RECEIVED_MS

OWN = [each for each in SAMPLES if each.key.market is Market.USDM]


def test_it_has_the_limits_of_its_table_unless_others_are_given() -> None:
    assert usdm().limits is USDM
    other = USDM.override({"own_stream_cap": 3})
    assert usdm(other).limits is other
    assert (usdm().market, usdm().name) == (Market.USDM, "Binance USD-M")


@pytest.mark.parametrize("each", OWN, ids=lambda each: each.stream)
def test_a_stream_can_be_named_routed_asked_for_and_read(each: Sample) -> None:
    venue = usdm()
    spec = venue.parse_stream(each.stream)
    assert venue.format_stream(spec) == each.stream
    assert venue.stream_path(spec).endswith("/stream")
    assert each.stream in venue.subscribe([each.stream], 1)
    assert each.stream in venue.unsubscribe([each.stream], 1)
    assert venue.batches([each.stream], 1, 100) == [[each.stream]]
    frame = orjson.dumps({"stream": each.stream, "data": each.payload})
    assert venue.decode(frame, RECEIVED_MS, AT).events == (each.event,)


def test_candles_come_over_the_path_of_the_market() -> None:
    assert usdm().stream_path(StreamSpec(StreamKind.KLINE, "X", interval="1m")) == "/market/stream"


def test_its_books_follow_the_rule_of_futures() -> None:
    assert usdm().book_rule is FUTURES_BOOK


def test_it_knows_mark_prices_and_open_interest_by_rest() -> None:
    venue = usdm()
    assert venue.calls.mark_prices is not None
    assert venue.calls.open_interest is not None
    assert venue.calls.mark_prices(["X"]).path.startswith("/fapi/")
    assert venue.calls.open_interest("X").weight == 1
