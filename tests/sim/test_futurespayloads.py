"""The futures' payloads have the fields that were recorded and documented, in that order."""

from __future__ import annotations

import json

import pytest

from bntui.sim import futurespayloads as payloads
from bntui.sim.bars import Bar
from bntui.sim.futurespayloads import Mark
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.payloads import Change
from bntui.sim.tradelog import AggRow
from bntui.venue.binance.futures_codec import decode_coinm, decode_usdm
from tests.sim.floors import COIN, DELIVERY, PERPETUAL
from tests.sim.rig import PAIR

AT_US = 1_786_171_884_624_000
TRADE = TradeRow(7_960_913_511, 1, AT_US - 153_000, 649_909, 2, True)
BAR = Bar(
    649_708, 649_709, 649_694, 649_694, 9_090, 9_090 * 649_700, 194, 3_460, 3_460 * 649_700, 7_960_920_277
)
LEVELS = ((649_708, 3), (649_709, 154))
CHANGE = Change(157, 160, 149, LEVELS[:1], [(649_709, 0)])
MARK = Mark(6_501_605_673_913, 6_499_137_858_696, 6_499_137_858_696, 6_498_001_344_384, "0.00003936", 7)


def texts(pair: Pair) -> dict[str, str]:
    """Every payload of a contract, by its stream."""
    name = pair.symbol.lower()
    agg = AggRow(3_404_749_954, 11, 11, AT_US - 153_000, 649_909, 2, True)
    ticker = payloads.ticker(pair, BAR, 1, 3, *LEVELS, AT_US - 86_400_000_000, AT_US, False)
    return {
        f"{name}@trade": payloads.trade(pair, TRADE, AT_US, False),
        f"{name}@aggTrade": payloads.agg_trade(pair, agg, AT_US, False),
        f"{name}@bookTicker": payloads.book_ticker(pair, 400_900_217, *LEVELS, AT_US),
        f"{name}@depth": payloads.depth_update(pair, CHANGE, AT_US, False),
        f"{name}@depth5@100ms": payloads.depth_update(pair, CHANGE, AT_US, False),
        f"{name}@kline_1m": payloads.kline(pair, "1m", BAR, 0, 60_000, True, AT_US, False),
        f"{name}@miniTicker": payloads.mini_ticker(pair, BAR, AT_US, False),
        f"{name}@ticker": ticker,
        f"{name}@markPrice@1s": payloads.mark_price(pair, MARK, AT_US),
        f"{name}@forceOrder": payloads.liquidation(pair, TRADE, AT_US),
    }


FIELDS = {
    "trade": "e E T s t p q X m",
    "aggTrade": "e E a s p q nq f l T m st",
    "bookTicker": "e u E T s ps b B a A st",
    "depth": "e E T s ps U u pu b a st",
    "depth5": "e E T s ps U u pu b a st",
    "kline_1m": "e E s k",
    "miniTicker": "e E s ps c o h l v q st",
    "ticker": "e E s ps p P w c Q o h l v q O C F L n st",
    "markPrice": "e E s p ap P i r T st",
    "forceOrder": "e E o",
}


@pytest.mark.parametrize("pair", [PERPETUAL, DELIVERY, COIN], ids=lambda pair: pair.symbol)
def test_fields_come_in_the_exchanges_order_and_coinm_lacks_two(pair: Pair) -> None:
    absent = {"nq", "ap"} if pair is COIN else set()
    for name, text in texts(pair).items():
        expected = [field for field in FIELDS[name.split("@")[1]].split() if field not in absent]
        assert list(json.loads(text)) == expected, name


@pytest.mark.parametrize("pair", [PERPETUAL, DELIVERY, COIN], ids=lambda pair: pair.symbol)
def test_the_codec_reads_every_payload(pair: Pair) -> None:
    decode = decode_coinm if pair is COIN else decode_usdm
    for name, text in texts(pair).items():
        decoded = decode(f'{{"stream":"{name}","data":{text}}}', 0, 0.0)
        assert (decoded.stream, len(decoded.events), decoded.said) == (name, 1, ())


def test_an_aggregate_is_printed_as_it_was_recorded() -> None:
    assert texts(PERPETUAL)["btcusdt@aggTrade"] == (
        '{"e":"aggTrade","E":1786171884624,"a":3404749954,"s":"BTCUSDT","p":"64990.90","q":"0.002",'
        '"nq":"0.002","f":11,"l":11,"T":1786171884471,"m":true,"st":1}'
    )


def test_a_candle_has_spaces_inside_as_it_was_recorded() -> None:
    assert texts(PERPETUAL)["btcusdt@kline_1m"] == (
        '{"e":"kline","E":1786171884624,"s":"BTCUSDT","k":{"t":0, "T":59999, "s":"BTCUSDT", "i":"1m", '
        '"f":7960920084, "L":7960920277, "o":"64970.80", "c":"64969.40", "h":"64970.90", "l":"64969.40", '
        '"v":"9.090", "n":194, "x":true, "q":"590577.30000", "V":"3.460", "Q":"224796.20000", "B":"0"}}'
    )


def test_a_mark_price_is_printed_as_it_was_recorded() -> None:
    assert texts(PERPETUAL)["btcusdt@markPrice@1s"] == (
        '{"e":"markPriceUpdate","E":1786171884624,"s":"BTCUSDT","p":"64991.37858696","ap":"64991.37858696",'
        '"P":"64980.01344384","i":"65016.05673913","r":"0.00003936","T":7,"st":1}'
    )


def test_a_liquidation_names_the_pair_and_the_family_inside() -> None:
    order = json.loads(texts(COIN)["btcusd_perp@forceOrder"])["o"]
    assert "".join(list(order)[:11]) == "sSofqpapXlzT"
    assert (order["ps"], order["st"], order["S"], order["l"]) == ("BTCUSD", 2, "SELL", "2")


def test_the_candle_of_a_line_of_contracts_names_pair_and_kind() -> None:
    text = payloads.continuous_kline(DELIVERY, "1s", BAR, (1_000, 2_000), False, AT_US, (5, 9))
    candle = json.loads(text)
    assert list(candle) == ["e", "E", "ps", "ct", "k"]
    assert (candle["ps"], candle["ct"], candle["k"]["f"], candle["k"]["L"]) == (
        "BTCUSDT",
        "CURRENT_QUARTER",
        5,
        9,
    )
    assert "s" not in candle["k"]


def test_an_index_price_names_the_pair() -> None:
    assert json.loads(payloads.index_price(COIN, 123, AT_US)) == {
        "e": "indexPriceUpdate",
        "E": AT_US // 1000,
        "s": "BTCUSD",
        "p": "0.00000123",
    }


def test_a_pair_of_spot_is_no_contract() -> None:
    with pytest.raises(ValueError, match="no contract"):
        payloads.contract_of(PAIR)
