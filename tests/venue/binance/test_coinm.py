"""COIN-M as a venue: the parts belong together."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.coinm import coinm
from bntui.venue.binance.futures_limits import COINM
from bntui.venue.books import FUTURES_BOOK
from tests.venue.binance.futures_samples import SAMPLES, Sample
from tests.venue.binance.samples import AT, RECEIVED_MS

OWN = [each for each in SAMPLES if each.key.market is Market.COINM]


def test_it_has_the_limits_of_its_table_unless_others_are_given() -> None:
    assert coinm().limits is COINM
    other = COINM.override({"own_stream_cap": 3})
    assert coinm(other).limits is other
    assert (coinm().market, coinm().name) == (Market.COINM, "Binance COIN-M")


@pytest.mark.parametrize("each", OWN, ids=lambda each: each.stream)
def test_a_stream_can_be_named_routed_asked_for_and_read(each: Sample) -> None:
    venue = coinm()
    spec = venue.parse_stream(each.stream)
    assert venue.format_stream(spec) == each.stream
    assert venue.stream_path(spec).endswith("/stream")
    assert each.stream in venue.subscribe([each.stream], 1)
    assert each.stream in venue.unsubscribe([each.stream], 1)
    assert venue.batches([each.stream], 1, 100) == [[each.stream]]
    frame = orjson.dumps({"stream": each.stream, "data": each.payload})
    assert venue.decode(frame, RECEIVED_MS, AT).events == (each.event,)


def test_candles_come_over_the_path_of_the_market() -> None:
    assert coinm().stream_path(StreamSpec(StreamKind.KLINE, "X", interval="1m")) == "/stream"


def test_its_books_follow_the_rule_of_futures() -> None:
    assert coinm().book_rule is FUTURES_BOOK


def test_it_knows_mark_prices_and_open_interest_by_rest() -> None:
    venue = coinm()
    assert venue.calls.mark_prices is not None
    assert venue.calls.open_interest is not None
    assert venue.calls.mark_prices(["X"]).path.startswith("/dapi/")
    assert venue.calls.open_interest("X").weight == 1
