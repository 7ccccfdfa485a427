"""Readers of REST answers: what is taken to the digit, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.markets import Instrument
from bntui.model.status import MinuteCloses
from bntui.venue.binance.answers import (
    Row,
    agg_trades,
    candles,
    depth,
    instruments,
    minute_closes,
    read_rows,
    server_time_ms,
    tickers,
    trades,
)
from bntui.venue.books import BookSnapshot
from tests.venue.binance.samples import AT, BTC, CJK, RECEIVED_MS


def test_the_clock_of_the_exchange() -> None:
    assert server_time_ms(b'{"serverTime":1767225600123}') == 1767225600123


def _symbol(symbol: str = "BTCUSDT", **changes: Any) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "status": "TRADING",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1", "tickSize": "0.01000000"},
            {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "1", "stepSize": "0.00001000"},
            {"filterType": "SOMETHING_NEW"},
        ],
        **changes,
    }


def _info(*symbols: Any) -> bytes:
    return orjson.dumps({"timezone": "UTC", "rateLimits": [], "symbols": list(symbols)})


def test_an_instrument_has_its_steps_and_their_decimals() -> None:
    assert instruments(_info(_symbol())) == (
        Instrument(BTC, "TRADING", "BTC", "USDT", "0.01000000", "0.00001000", 2, 5),
    )


def test_instruments_share_the_words_that_they_have_in_common() -> None:
    one, other = instruments(_info(_symbol(), _symbol("ETHUSDT", baseAsset="ETH")))
    assert one.quote is other.quote
    assert one.tick_size is other.tick_size


@pytest.mark.parametrize(
    ("step", "decimals"),
    [
        ("0.00000001", 8),
        ("0.01000000", 2),
        ("1.00000000", 0),
        ("1", 0),
        ("10", 0),
        ("10.50", 1),
        ("0.00000000", 8),
    ],
)
def test_decimals_come_from_the_step(step: str, decimals: int) -> None:
    filters = [
        {"filterType": "PRICE_FILTER", "tickSize": step},
        {"filterType": "LOT_SIZE", "stepSize": step},
    ]
    (found,) = instruments(_info(_symbol(filters=filters)))
    assert (found.price_decimals, found.quantity_decimals) == (decimals, decimals)
    assert found.tick_size == step


def test_symbols_that_do_not_trade_and_states_that_nobody_knows_are_kept() -> None:
    found = instruments(_info(_symbol(status="CANCEL_ONLY"), _symbol("币安人生USDT", status="NEW_WORD")))
    assert [(each.key, each.status) for each in found] == [(BTC, "CANCEL_ONLY"), (CJK, "NEW_WORD")]


@pytest.mark.parametrize(
    "odd", [5, {}, _symbol(filters=[]), _symbol("btc usdt"), _symbol(status=5), _symbol(filters=[5])]
)
def test_one_odd_symbol_does_not_hide_the_others(odd: Any) -> None:
    assert [each.key for each in instruments(_info(odd, _symbol()))] == [BTC]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\n", " : ")])
def test_symbols_are_read_however_they_are_printed(separators: tuple[str, str]) -> None:
    info = {
        "sors": [{"baseAsset": "BTC", "symbols": ["BTCUSDT"]}],
        "symbols": [_symbol(), _symbol("ETHUSDT")],
    }
    found = instruments(json.dumps(info, separators=separators).encode())
    assert [each.key.symbol for each in found] == ["BTCUSDT", "ETHUSDT"]


def test_an_answer_that_breaks_off_is_refused() -> None:
    whole = _info(_symbol(), _symbol("ETHUSDT"))
    last = whole.rindex(b"]", 0, whole.rindex(b"}"))
    for end in range(1, last, 7):
        with pytest.raises(ValueError, match="the answer"):
            instruments(whole[:end])


def test_an_answer_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="the answer is no JSON"):
        instruments(_info(_symbol()).replace(b"BTCUSDT", b"BTC\xff\xfe"))


def test_an_answer_of_odd_symbols_only_is_refused() -> None:
    with pytest.raises(ValueError, match="no symbol in the answer can be read"):
        instruments(_info({}, 5))
    assert instruments(_info()) == ()


_STATISTICS = {
    "symbol": "BTCUSDT",
    "priceChange": "-94.99999800",
    "priceChangePercent": "-95.960",
    "weightedAvgPrice": "0.29628482",
    "prevClosePrice": "0.10002000",
    "lastPrice": "4.00000200",
    "lastQty": "200.00000000",
    "bidPrice": "4.00000000",
    "bidQty": "100.00000000",
    "askPrice": "4.00000300",
    "askQty": "101.00000000",
    "openPrice": "99.00000000",
    "highPrice": "100.00000000",
    "lowPrice": "0.10000000",
    "volume": "8913.30000000",
    "quoteVolume": "15.30000000",
    "openTime": 1767139200123,
    "closeTime": 1767225600123,
    "firstId": -1,
    "lastId": 28460,
    "count": 76,
}


@pytest.mark.parametrize("wrap", [lambda row: [row], lambda row: row], ids=["symbols", "symbol"])
def test_statistics_become_tickers_to_the_digit(wrap: Callable[[Any], Any]) -> None:
    (ticker,) = tickers(orjson.dumps(wrap(_STATISTICS)), RECEIVED_MS, AT)
    assert ticker.key == BTC
    assert (ticker.window, ticker.last, ticker.last_qty) == ("24h", "4.00000200", "200.00000000")
    assert (ticker.change, ticker.change_percent) == ("-94.99999800", "-95.960")
    assert (ticker.weighted_average, ticker.previous_close) == ("0.29628482", "0.10002000")
    assert (ticker.open, ticker.high, ticker.low) == ("99.00000000", "100.00000000", "0.10000000")
    assert (ticker.volume, ticker.quote_volume) == ("8913.30000000", "15.30000000")
    assert (ticker.bid, ticker.bid_qty) == ("4.00000000", "100.00000000")
    assert (ticker.ask, ticker.ask_qty) == ("4.00000300", "101.00000000")
    assert (ticker.open_ms, ticker.close_ms, ticker.time_ms) == (1767139200123, 1767225600123, 1767225600123)
    assert (ticker.first_id, ticker.last_id, ticker.trades) == (-1, 28460, 76)
    assert (ticker.received_ms, ticker.at) == (RECEIVED_MS, AT)


@pytest.mark.parametrize("name", _STATISTICS)
def test_statistics_without_one_of_their_fields_are_refused(name: str) -> None:
    row = {key: value for key, value in _STATISTICS.items() if key != name}
    with pytest.raises(ValueError, match=f"lacks the field {name}"):
        tickers(orjson.dumps([row]), RECEIVED_MS, AT)


@pytest.mark.parametrize("name", _STATISTICS)
@pytest.mark.parametrize("wrong", [None, 1.5, True, "", "1e5", [], {}])
def test_statistics_with_a_field_of_the_wrong_type_are_refused(name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        tickers(orjson.dumps([{**_STATISTICS, name: wrong}]), RECEIVED_MS, AT)


def _kline(open_ms: int, close: Any) -> list[Any]:
    return [open_ms, "1.0", "2.0", "0.5", close, "9.0", open_ms + 59_999, "9.0", 3, "1.0", "1.0", "0"]


def test_closing_prices_keep_their_minutes_order_and_digits() -> None:
    body = orjson.dumps([_kline(60_000, "1.50000000"), _kline(120_000, "1.51")])
    assert minute_closes("BTCUSDT", body) == MinuteCloses(BTC, ((60_000, "1.50000000"), (120_000, "1.51")))
    assert minute_closes("BTCUSDT", b"[]") == MinuteCloses(BTC, ())


def _named(row: Row) -> str:
    return str(row["symbol"])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"[]", ()),
        (b'{"symbol":"A"}', ("A",)),
        (b' [ {"symbol":"A"} , {"symbol":"B","of":[{"symbol":"C"}]} ] \n', ("A", "B")),
        (b'[{"symbol":"},{[]"},{"symbol":"\\"]"}]', ("},{[]", '"]')),
        ('[{"symbol":"币安"}]'.encode(), ("币安",)),
    ],
)
def test_rows_are_read_one_by_one_however_they_are_written(body: bytes, found: tuple[str, ...]) -> None:
    assert read_rows(body, _named) == found


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'[{"symbol":"A"}', "breaks off among its rows"),
        (b'[{"symbol":"A"},', "breaks off among its rows"),
        (b'[{"symbol":"A"},]', "breaks off among its rows"),
        (b'[{"symbol":"A"}{"symbol":"B"}]', "breaks off among its rows"),
        (b'[{"symbol":"A"}]]', "something stands behind its end"),
        (b'[{"symbol":"A","of":NaN}]', "no JSON"),
        (b'[{"symbol":"\xff"}]', "no text"),
        (b'[{"symbol":"A"},5]', "an object was expected"),
        (b'[{"symbol":"A"},{}]', "lacks the field symbol"),
    ],
)
def test_rows_that_cannot_be_read_are_an_error_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_rows(body, _named)


_READERS: list[Callable[[bytes], Any]] = [
    server_time_ms,
    instruments,
    lambda body: tickers(body, RECEIVED_MS, AT),
    lambda body: minute_closes("BTCUSDT", body),
]


@pytest.mark.parametrize("read", _READERS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"5",
        b'"x"',
        b"[5]",
        b"[null]",
        b"[[]]",
        b'[[1,"1"]]',
        b'[{"symbol":5}]',
        b'{"serverTime":"1"}',
        b'{"symbols":5}',
        b'{"code":-1121,"msg":"Invalid symbol."}',
        orjson.dumps([_kline(1, 1.5)]),
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_something_else_is_refused(read: Callable[[bytes], Any], body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(body)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["serverTime", "symbols", "filters", "symbol", "code", "msg"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@given(st.sampled_from(_READERS), _json)
def test_any_json_is_read_or_refused(read: Callable[[bytes], Any], answer: Any) -> None:
    try:
        read(orjson.dumps(answer))
    except ValueError as refusal:
        str(refusal).encode()


def test_refilled_trades_keep_their_digits_and_say_what_they_are() -> None:
    body = b'[{"id":7,"price":"1.50000000","qty":"2.0","quoteQty":"3","time":9,"isBuyerMaker":false}]'
    (trade,) = trades("BTCUSDT", body, 100, 5.0)
    assert (trade.trade_id, trade.price, trade.qty, trade.side, trade.time_ms) == (
        7, "1.50000000", "2.0", "buy", 9,
    )  # fmt: skip
    assert trade.refilled


def test_a_candle_that_still_runs_is_not_closed() -> None:
    row = '[{at},"1","3","1","2","5",{end},"9",3,"1","1","0"]'
    rows = ",".join(row.replace("{at}", str(at)).replace("{end}", str(at + 59_999)) for at in (0, 60_000))
    found = candles("BTCUSDT", "1m", f"[{rows}]".encode(), 100_000, 5.0)
    assert [(candle.open_ms, candle.close, candle.closed, candle.refilled) for candle in found] == [
        (0, "2", True, True),
        (60_000, "2", False, True),
    ]


def test_a_candle_that_another_follows_is_closed_whatever_our_clock_says() -> None:
    row = '[{at},"1","3","1","2","5",{end},"9",3,"1","1","0"]'
    rows = ",".join(row.replace("{at}", str(at)).replace("{end}", str(at + 59_999)) for at in (0, 60_000))
    found = candles("BTCUSDT", "1m", f"[{rows}]".encode(), 0, 5.0)
    assert [candle.closed for candle in found] == [True, False]


def test_aggregated_trades_are_read_with_the_ids_that_they_hold() -> None:
    body = b'[{"a":5,"p":"1.50000000","q":"2.0","f":7,"l":9,"T":11,"m":true,"M":true}]'
    (trade,) = agg_trades("BTCUSDT", body, 100, 5.0)
    assert (trade.agg_id, trade.first_id, trade.last_id) == (5, 7, 9)
    assert (trade.price, trade.qty, trade.side, trade.time_ms) == ("1.50000000", "2.0", "sell", 11)
    assert trade.refilled


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"id":7}]', b'[{"id":7,"price":1,"qty":"1"}]'])
def test_trades_that_cannot_be_read_are_an_error_in_words(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        trades("BTCUSDT", body, 0, 0.0)


def test_a_book_keeps_its_digits_and_its_order() -> None:
    body = b'{"lastUpdateId":7,"bids":[["0.00000002","1.0"],["0.00000001","2"]],"asks":[]}'
    assert depth(body) == BookSnapshot(7, (("0.00000002", "1.0"), ("0.00000001", "2")), ())


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[1]",
        b'{"lastUpdateId":"7","bids":[],"asks":[]}',
        b'{"lastUpdateId":7,"bids":[["1"]],"asks":[]}',
    ],
)
def test_a_book_that_cannot_be_read_is_an_error_in_words(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        depth(body)
