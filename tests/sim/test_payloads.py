"""Payloads have the documented fields, in the exchange's order, and the client's codec reads them all."""

from __future__ import annotations

import json

import pytest

from bntui.model import events
from bntui.sim import payloads
from bntui.sim.bars import Bar, empty_bar
from bntui.sim.history import TradeRow
from bntui.sim.tradelog import AggRow
from bntui.venue.binance.codec import decode_spot
from tests.sim.rig import PAIR

AT_US = 1_723_161_255_343_217
TRADE = TradeRow(3_735_683_259, 1, AT_US - 1_000, 6_183_763, 2_000, True)
BAR = Bar(100, 120, 90, 110, 50, 5_250, 7, 20, 2_200, 1_007)
LEVELS = ((6_183_763, 378_826), (6_183_764, 154_698))

TEXTS = {
    "btcusdt@trade": payloads.trade(PAIR, TRADE, AT_US, False),
    "btcusdt@aggTrade": payloads.agg_trade(
        PAIR, AggRow(26_129, 11, 13, AT_US, 6_183_763, 5, False), AT_US, False
    ),
    "btcusdt@blockTrade": payloads.block_trade(PAIR, TRADE, False),
    "btcusdt@bookTicker": payloads.book_ticker(PAIR, 50_093_239_212, *LEVELS, AT_US),
    "btcusdt@depth@100ms": payloads.depth_update(
        PAIR, payloads.Change(5, 9, 4, [(6_183_763, 0)], [LEVELS[1]]), AT_US, False
    ),
    "btcusdt@depth5": payloads.partial_depth(
        PAIR, payloads.Change(5, 9, 4, LEVELS[:1], LEVELS[1:]), AT_US, False
    ),
    "btcusdt@kline_1m": payloads.kline(
        PAIR, "1m", BAR, 1_723_161_240_000, 1_723_161_300_000, True, AT_US, False
    ),
    "btcusdt@miniTicker": payloads.mini_ticker(PAIR, BAR, AT_US, False),
    "btcusdt@ticker": payloads.ticker(PAIR, BAR, 99, 3, *LEVELS, AT_US - 86_400_000_000, AT_US, False),
    "btcusdt@ticker_4h": payloads.window_ticker(PAIR, "4h", BAR, AT_US - 14_400_000_000, AT_US, False),
    "btcusdt@avgPrice": payloads.average_price(PAIR, "5m", "25.77600000", AT_US - 5_000, AT_US, False),
    "btcusdt@referencePrice": payloads.reference_price(PAIR, "25.77600000", AT_US, False),
}
EVENTS = {
    "btcusdt@trade": events.Trade,
    "btcusdt@aggTrade": events.AggTrade,
    "btcusdt@blockTrade": events.BlockTrade,
    "btcusdt@bookTicker": events.Quote,
    "btcusdt@depth@100ms": events.DepthDiff,
    "btcusdt@depth5": events.PartialDepth,
    "btcusdt@kline_1m": events.Candle,
    "btcusdt@miniTicker": events.MiniTicker,
    "btcusdt@ticker": events.Ticker,
    "btcusdt@ticker_4h": events.Ticker,
    "btcusdt@avgPrice": events.AveragePrice,
    "btcusdt@referencePrice": events.ReferencePrice,
}
FIELDS = {
    "btcusdt@trade": "eEstpqTmM",
    "btcusdt@aggTrade": "eEsapqflTmM",
    "btcusdt@blockTrade": "eEstpqTm",
    "btcusdt@bookTicker": "usbBaA",
    "btcusdt@depth@100ms": "eEsUuba",
    "btcusdt@miniTicker": "eEscohlvq",
    "btcusdt@ticker": "eEspPwxcQbBaAohlvqOCFLn",
    "btcusdt@ticker_4h": "eEspPohlcwvqOCFLn",
    "btcusdt@avgPrice": "eEsiwT",
    "btcusdt@referencePrice": "esrt",
}


def test_a_trade_is_printed_as_the_exchange_printed_it() -> None:
    assert TEXTS["btcusdt@trade"] == (
        '{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000",'
        '"T":1723161255342,"m":true,"M":true}'
    )


def test_a_quote_is_printed_as_the_exchange_printed_it() -> None:
    assert TEXTS["btcusdt@bookTicker"] == (
        '{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000",'
        '"A":"1.54698000"}'
    )


@pytest.mark.parametrize("stream", FIELDS)
def test_fields_come_in_the_exchanges_order(stream: str) -> None:
    assert "".join(json.loads(TEXTS[stream])) == FIELDS[stream]


def test_a_candle_and_a_book_have_their_fields_in_order() -> None:
    assert "".join(json.loads(TEXTS["btcusdt@kline_1m"])["k"]) == "tTsifLochlvnxqVQB"
    assert list(json.loads(TEXTS["btcusdt@depth5"])) == ["lastUpdateId", "bids", "asks"]


@pytest.mark.parametrize("stream", TEXTS)
def test_the_codec_reads_every_payload(stream: str) -> None:
    decoded = decode_spot(f'{{"stream":"{stream}","data":{TEXTS[stream]}}}', 0, 0.0)
    assert decoded.stream == stream
    assert [type(event) for event in decoded.events] == [EVENTS[stream]]


def test_a_candle_without_trades_has_no_ids() -> None:
    text = payloads.kline(PAIR, "1m", empty_bar(100, 55), 0, 60_000, False, 0, False)
    candle = json.loads(text)["k"]
    assert (candle["f"], candle["L"], candle["n"], candle["x"]) == (-1, -1, 0, False)
    assert {candle[name] for name in "ochl"} == {"1.00000000"}
    assert {candle[name] for name in "vqVQ"} == {"0.00000000"}


def test_every_time_can_be_in_microseconds() -> None:
    trade = json.loads(payloads.trade(PAIR, TRADE, AT_US, True))
    assert (trade["E"], trade["T"]) == (AT_US, AT_US - 1_000)
    candle = json.loads(payloads.kline(PAIR, "1m", BAR, 0, 60_000, True, AT_US, True))
    assert (candle["E"], candle["k"]["t"], candle["k"]["T"]) == (AT_US, 0, 59_999_999)
    window = json.loads(payloads.window_ticker(PAIR, "1h", BAR, 7, AT_US, True))
    assert (window["O"], window["C"]) == (7, AT_US)


def test_a_missing_reference_price_is_null() -> None:
    assert json.loads(payloads.reference_price(PAIR, None, AT_US, False))["r"] is None


def test_statistics_are_worked_out_exactly() -> None:
    ticker = json.loads(TEXTS["btcusdt@ticker"])
    assert (ticker["p"], ticker["P"], ticker["w"]) == ("0.10000000", "10.000", "1.05000000")
    assert (ticker["F"], ticker["L"], ticker["n"]) == (1_001, 1_007, 7)
