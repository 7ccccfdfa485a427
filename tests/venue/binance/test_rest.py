"""REST requests of Spot, readers of the answers, and refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.events import MinuteCloses
from bntui.model.markets import Instrument
from bntui.venue.base import RestCall
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.rest import (
    error,
    explain,
    instruments,
    minute_closes,
    rest_bodies,
    rest_calls,
    server_time_ms,
    tickers,
)
from bntui.venue.books import BookSnapshot
from tests.venue.binance.samples import AT, BTC, CJK, RECEIVED_MS

CALLS = rest_calls(SPOT)
BODIES = rest_bodies()

# Requests


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (CALLS.time(), RestCall("time", "/api/v3/time", (), 1)),
        (
            CALLS.exchange_info(),
            RestCall("exchange_info", "/api/v3/exchangeInfo", (("showPermissionSets", "false"),), 20),
        ),
        (
            CALLS.tickers(["BTCUSDT", "币安人生USDT"]),
            RestCall("tickers", "/api/v3/ticker/24hr", (("symbols", '["BTCUSDT","币安人生USDT"]'),), 2),
        ),
        (
            CALLS.klines("BTCUSDT", "1m", 60),
            RestCall(
                "klines",
                "/api/v3/klines",
                (("symbol", "BTCUSDT"), ("interval", "1m"), ("limit", "60")),
                2,
            ),
        ),
        (
            CALLS.depth("BTCUSDT", 1000),
            RestCall("depth", "/api/v3/depth", (("symbol", "BTCUSDT"), ("limit", "1000")), 50),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, RestCall) else "",
)
def test_a_request_is_complete_and_weighed(call: RestCall, expected: RestCall) -> None:
    assert call == expected


def test_a_request_for_no_symbol_asks_for_all() -> None:
    assert CALLS.tickers([]) == RestCall("tickers", "/api/v3/ticker/24hr", (), 80)


@pytest.mark.parametrize(("count", "weight"), [(1, 2), (20, 2), (21, 40), (100, 40)])
def test_a_request_for_more_symbols_weighs_more(count: int, weight: int) -> None:
    assert CALLS.tickers(["BTCUSDT"] * count).weight == weight


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CALLS.tickers(["BTCUSDT"] * 101),
        lambda: CALLS.klines("BTCUSDT", "1m", 0),
        lambda: CALLS.klines("BTCUSDT", "1m", 1001),
        lambda: CALLS.klines("BTCUSDT", "2m", 10),
        lambda: CALLS.depth("BTCUSDT", 0),
        lambda: CALLS.depth("BTCUSDT", 5001),
    ],
)
def test_what_the_exchange_would_not_take_is_not_asked(ask: Callable[[], RestCall]) -> None:
    with pytest.raises(ValueError, match=r"one request takes 1 to|there are no candles of 2m"):
        ask()


# Answers


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


# Refusals


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"code":-1121,"msg":"Invalid symbol."}', (-1121, "Invalid symbol.")),
        (b'{"code":0,"msg":"restricted"}', (0, "restricted")),
        (b"<html>403 Forbidden</html>", (0, "<html>403 Forbidden</html>")),
        (b"", (0, "")),
        (b"[]", (0, "[]")),
        (b'{"msg":"x"}', (0, '{"msg":"x"}')),
        (b'{"code":"x","msg":"y"}', (0, '{"code":"x","msg":"y"}')),
        (b'{"code":true,"msg":"y"}', (0, '{"code":true,"msg":"y"}')),
        (b'{"code":-1,"msg":"a\\u001b[31mb\\nc\\td"}', (-1, "a [31mb c d")),
        ('{"code":-1,"msg":"a\u202eb"}'.encode(), (-1, "a b")),
        (b"\xff\xfe", (0, "\ufffd\ufffd")),
    ],
)
def test_the_exchange_s_own_words_are_found_and_made_harmless(body: bytes, expected: tuple[int, str]) -> None:
    assert error(body) == expected


@given(st.binary(max_size=600))
def test_any_body_has_words_of_bounded_length(body: bytes) -> None:
    code, words = error(body)
    assert isinstance(code, int)
    assert len(words) <= 200
    assert words.isprintable()


@pytest.mark.parametrize(
    ("status", "code", "text", "message", "hint"),
    [
        (403, 0, "<html>", "firewall refused", "VPN"),
        (418, -1003, "Way too much", "banned this IP", "nothing until the ban ends"),
        (429, -1003, "Too much", "fewer requests", "pauses its requests"),
        (
            451,
            0,
            "Service unavailable from a restricted location",
            "does not serve this location",
            "not try again",
        ),
        (404, 0, "", "no such address", "--env"),
        (400, -1121, "Invalid symbol.", "no such symbol", "spelling"),
        (400, -1021, "Timestamp", "clocks disagree", "clock is synchronised"),
        (401, -2015, "Invalid API-key", "refused the API key", "allows this IP"),
        (502, 0, "<html>", "trouble of its own (HTTP 502)", "tries again"),
        (302, 0, "<html>", "not the exchange's API (HTTP 302)", "proxy"),
        (407, 0, "", "not the exchange's API (HTTP 407)", "proxy"),
        (400, -1100, "Illegal characters found.", "Illegal characters found.", "report"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    status: int, code: int, text: str, message: str, hint: str
) -> None:
    told, advice = explain(status, code, text)
    assert message in told
    assert hint in advice


@pytest.mark.parametrize("status", [403, 451])
def test_a_blocked_user_is_told_of_the_hosts_that_often_work(status: int) -> None:
    _, hint = explain(status, 0, "")
    assert "https://data-api.binance.vision" in hint
    assert "wss://data-stream.binance.vision" in hint


def test_a_ban_is_told_with_its_end() -> None:
    message, _ = explain(
        418, -1003, "Way too much request weight used; IP banned until 1659146400000. Please"
    )
    assert message.endswith("The ban ends at 2022-07-30 02:00:00 UTC.")


def test_a_page_of_a_proxy_is_not_shown_to_people() -> None:
    assert "<html>" not in " ".join(explain(502, 0, "<html>bad gateway</html>"))


@given(st.integers(0, 999), st.integers(-10_000, 10_000), st.text(max_size=300))
def test_any_refusal_can_be_told_on_one_line(status: int, code: int, text: str) -> None:
    message, hint = explain(status, code, text)
    assert message
    assert hint
    assert f"{message} {hint}".isprintable()


def test_the_bodies_of_the_venue_are_these_readers() -> None:
    bodies = rest_bodies()
    assert bodies.server_time_ms is server_time_ms
    assert (bodies.instruments, bodies.tickers, bodies.minute_closes) == (instruments, tickers, minute_closes)
    assert (bodies.error, bodies.explain) == (error, explain)


def test_a_hole_in_the_trades_is_asked_for_by_its_first_id() -> None:
    assert CALLS.trades_from("BTCUSDT", 77, 500) == RestCall(
        "historical_trades",
        "/api/v3/historicalTrades",
        (("symbol", "BTCUSDT"), ("limit", "500"), ("fromId", "77")),
        25,
    )


def test_refilled_trades_keep_their_digits_and_say_what_they_are() -> None:
    body = b'[{"id":7,"price":"1.50000000","qty":"2.0","quoteQty":"3","time":9,"isBuyerMaker":false}]'
    (trade,) = BODIES.trades("BTCUSDT", body, 100, 5.0)
    assert (trade.trade_id, trade.price, trade.qty, trade.side, trade.time_ms) == (
        7, "1.50000000", "2.0", "buy", 9,
    )  # fmt: skip
    assert trade.refilled


def test_a_candle_that_still_runs_is_not_closed() -> None:
    row = '[{at},"1","3","1","2","5",{end},"9",3,"1","1","0"]'
    rows = ",".join(row.replace("{at}", str(at)).replace("{end}", str(at + 59_999)) for at in (0, 60_000))
    candles = BODIES.candles("BTCUSDT", "1m", f"[{rows}]".encode(), 100_000, 5.0)
    assert [(candle.open_ms, candle.close, candle.closed, candle.refilled) for candle in candles] == [
        (0, "2", True, True),
        (60_000, "2", False, True),
    ]


def test_a_candle_that_another_follows_is_closed_whatever_our_clock_says() -> None:
    row = '[{at},"1","3","1","2","5",{end},"9",3,"1","1","0"]'
    rows = ",".join(row.replace("{at}", str(at)).replace("{end}", str(at + 59_999)) for at in (0, 60_000))
    candles = BODIES.candles("BTCUSDT", "1m", f"[{rows}]".encode(), 0, 5.0)
    assert [candle.closed for candle in candles] == [True, False]


def test_aggregated_trades_are_read_with_the_ids_that_they_hold() -> None:
    body = b'[{"a":5,"p":"1.50000000","q":"2.0","f":7,"l":9,"T":11,"m":true,"M":true}]'
    (trade,) = BODIES.agg_trades("BTCUSDT", body, 100, 5.0)
    assert (trade.agg_id, trade.first_id, trade.last_id) == (5, 7, 9)
    assert (trade.price, trade.qty, trade.side, trade.time_ms) == ("1.50000000", "2.0", "sell", 11)
    assert trade.refilled


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"id":7}]', b'[{"id":7,"price":1,"qty":"1"}]'])
def test_trades_that_cannot_be_read_are_an_error_in_words(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        BODIES.trades("BTCUSDT", body, 0, 0.0)


def test_a_book_keeps_its_digits_and_its_order() -> None:
    body = b'{"lastUpdateId":7,"bids":[["0.00000002","1.0"],["0.00000001","2"]],"asks":[]}'
    assert BODIES.depth(body) == BookSnapshot(7, (("0.00000002", "1.0"), ("0.00000001", "2")), ())


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
        BODIES.depth(body)
