"""What both futures markets have in common as venues: their parts belong together."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.coinm import coinm
from bntui.venue.binance.futures_limits import COINM, USDM
from bntui.venue.binance.usdm import usdm
from bntui.venue.books import FUTURES_BOOK
from bntui.venue.limits import Limits
from tests.venue.binance.futures_samples import SAMPLES, Sample
from tests.venue.binance.samples import AT, RECEIVED_MS

MARKETS = [
    pytest.param(usdm, USDM, Market.USDM, "Binance USD-M", id="usdm"),
    pytest.param(coinm, COINM, Market.COINM, "Binance COIN-M", id="coinm"),
]
VENUES = {Market.USDM: usdm(), Market.COINM: coinm()}


@pytest.mark.parametrize(("build", "limits", "market", "name"), MARKETS)
def test_it_has_the_limits_of_its_table_unless_others_are_given(
    build: Callable[..., Venue], limits: Limits, market: Market, name: str
) -> None:
    assert build().limits is limits
    other = limits.override({"own_stream_cap": 3})
    assert build(other).limits is other
    assert (build().market, build().name) == (market, name)


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: f"{each.key.market}-{each.stream}")
def test_a_stream_can_be_named_routed_asked_for_and_read(each: Sample) -> None:
    venue = VENUES[each.key.market]
    spec = venue.parse_stream(each.stream)
    assert venue.format_stream(spec) == each.stream
    assert venue.stream_path(spec).endswith("/stream")
    assert each.stream in venue.subscribe([each.stream], 1)
    assert each.stream in venue.unsubscribe([each.stream], 1)
    assert venue.batches([each.stream], 1, 100) == [[each.stream]]
    frame = orjson.dumps({"stream": each.stream, "data": each.payload})
    assert venue.decode(frame, RECEIVED_MS, AT).events == (each.event,)


@pytest.mark.parametrize("venue", VENUES.values(), ids=VENUES)
def test_both_markets_follow_one_book_rule_and_share_one_pool_of_weight(venue: Venue) -> None:
    assert venue.book_rule is FUTURES_BOOK
    assert venue.weight_pool == "futures"
