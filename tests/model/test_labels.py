"""Streams are called by what they bring."""

from __future__ import annotations

import pytest

from bntui.model.labels import all_of, stream_label
from bntui.model.markets import Market, StreamKey


@pytest.mark.parametrize(
    ("key", "label"),
    [
        (StreamKey(Market.SPOT, "ethusdt@bookTicker"), "ETHUSDT quotes"),
        (StreamKey(Market.SPOT, "ethusdt@trade"), "ETHUSDT trades"),
        (StreamKey(Market.SPOT, "ethusdt@kline_5m"), "ETHUSDT 5m candles"),
        (StreamKey(Market.SPOT, "ethusdt@kline_1d@+08:00"), "ETHUSDT 1d candles"),
        (StreamKey(Market.SPOT, "ethusdt@depth@100ms"), "ETHUSDT book"),
        (StreamKey(Market.SPOT, "ethusdt@depth20"), "ETHUSDT book"),
        (StreamKey(Market.SPOT, "币安人生usdt@trade"), "币安人生USDT trades"),
        (StreamKey(Market.USDM, "ethusdt@aggTrade"), "ETHUSDT.usdm aggregate trades"),
        (StreamKey(Market.USDM, "ethusdt@markPrice"), "ETHUSDT.usdm mark price"),
        (StreamKey(Market.USDM, "ethusdt@markPrice@1s"), "ETHUSDT.usdm mark price"),
        (StreamKey(Market.COINM, "ethusd_perp@forceOrder"), "ETHUSD_PERP.coinm liquidations"),
        (StreamKey(Market.COINM, "ethusd@indexPrice"), "ETHUSD.coinm index price"),
        (StreamKey(Market.USDM, "ethusdt_perpetual@continuousKline_1m"), "ETHUSDT_PERPETUAL.usdm 1m candles"),
        (StreamKey(Market.SPOT, "ethusdt@somethingNew"), "ETHUSDT somethingNew"),
        (StreamKey(Market.SPOT, "!miniTicker@arr"), "!miniTicker arr"),
    ],
)
def test_streams_are_called_by_what_they_bring(key: StreamKey, label: str) -> None:
    assert stream_label(key) == label


def test_kinds_in_a_row_read_as_a_sentence() -> None:
    assert all_of(["1m candles"]) == "1m candles"
    assert all_of(["quotes", "trades", "book"]) == "quotes, trades and books"
