"""What a market says of itself."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import COMBINED_SOCKET, StreamSpec
from bntui.venue.markets import venue


@pytest.mark.parametrize(
    ("spec", "markets"),
    [
        (StreamSpec(StreamKind.TRADE, "X"), set(Market)),
        (StreamSpec(StreamKind.MARK_PRICE, "X"), {Market.USDM, Market.COINM}),
        (StreamSpec(StreamKind.AVG_PRICE, "X"), {Market.SPOT}),
        (StreamSpec(StreamKind.KLINE, "X", interval="1s"), {Market.SPOT}),
        (StreamSpec(StreamKind.INDEX_PRICE, "X"), {Market.COINM}),
        (StreamSpec(StreamKind.TRADE), set()),
    ],
)
def test_a_market_offers_the_streams_that_it_can_name(spec: StreamSpec, markets: set[Market]) -> None:
    assert {market for market in Market if venue(market, {}).offers(spec)} == markets


@pytest.mark.parametrize(
    ("market", "kind", "part"),
    [
        (Market.SPOT, StreamKind.TICKER, ""),
        (Market.USDM, StreamKind.TICKER, "/market"),
        (Market.USDM, StreamKind.BOOK_TICKER, "/public"),
        (Market.COINM, StreamKind.TICKER, ""),
    ],
)
def test_only_usdm_parts_its_streams(market: Market, kind: StreamKind, part: str) -> None:
    assert venue(market, {}).part(StreamSpec(kind, "X")) == part


@pytest.mark.parametrize("market", Market)
def test_every_socket_is_a_combined_one(market: Market) -> None:
    served = venue(market, {})
    assert served.stream_path(StreamSpec(StreamKind.TRADE, "X")).endswith(COMBINED_SOCKET)
