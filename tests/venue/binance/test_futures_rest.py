"""REST of the futures markets: requests with their weight, and answers to the digit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from bntui.model.derivatives import MarkPrice, OpenInterest
from bntui.model.events import Ticker
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.venue.base import BestPrices, RestBodies, RestCall, RestCalls
from bntui.venue.binance.futures_limits import COINM, COINM_CALLS, DEPTH_LEVELS, USDM, USDM_CALLS
from bntui.venue.binance.futures_payloads import coinm_key, usdm_key
from bntui.venue.binance.futures_rest import futures_bodies, futures_calls
from bntui.venue.books import BookSnapshot
from tests.venue.binance.samples import AT, RECEIVED_MS

CALLS: dict[Market, RestCalls] = {
    Market.USDM: futures_calls(USDM, USDM_CALLS),
    Market.COINM: futures_calls(COINM, COINM_CALLS),
}
BODIES: dict[Market, RestBodies] = {
    Market.USDM: futures_bodies(usdm_key),
    Market.COINM: futures_bodies(coinm_key),
}
ROOT = {Market.USDM: "/fapi/v1", Market.COINM: "/dapi/v1"}
BOTH = pytest.mark.parametrize("market", CALLS)
USDT = SymbolKey(Market.USDM, "BTCUSDT")
PERP = SymbolKey(Market.COINM, "BTCUSD_PERP")


# Requests


@pytest.mark.parametrize(
    ("ask", "name", "path", "params", "weight"),
    [
        (lambda c: c.time(), "time", "time", {}, 1),
        (lambda c: c.exchange_info(), "exchange_info", "exchangeInfo", {}, 1),
        (lambda c: c.tickers(["X"]), "tickers", "ticker/24hr", {"symbol": "X"}, 1),
        (lambda c: c.tickers(()), "tickers", "ticker/24hr", {}, 40),
        (
            lambda c: c.klines("X", "1m", 60),
            "klines",
            "klines",
            {"symbol": "X", "interval": "1m", "limit": "60"},
            1,
        ),
        (
            lambda c: c.candles_from("X", "1h", 7, 500),
            "klines",
            "klines",
            {"symbol": "X", "interval": "1h", "limit": "500", "startTime": "7"},
            5,
        ),
        (
            lambda c: c.candles_to("X", "1h", 7, 1500),
            "klines",
            "klines",
            {"symbol": "X", "interval": "1h", "limit": "1500", "endTime": "7"},
            10,
        ),
        (lambda c: c.trades_from("X", 77, 3), "trades", "trades", {"symbol": "X", "limit": "1000"}, 5),
        (
            lambda c: c.agg_trades_from("X", 77, 3),
            "agg_trades",
            "aggTrades",
            {"symbol": "X", "limit": "3", "fromId": "77"},
            20,
        ),
        (lambda c: c.depth("X", 1000), "depth", "depth", {"symbol": "X", "limit": "1000"}, 20),
        (lambda c: c.mark_prices(["X"]), "premium_index", "premiumIndex", {"symbol": "X"}, 1),
        (lambda c: c.mark_prices(()), "premium_index", "premiumIndex", {}, 10),
        (lambda c: c.open_interest("X"), "open_interest", "openInterest", {"symbol": "X"}, 1),
    ],
)
@BOTH
def test_a_request_is_complete_and_weighed(
    market: Market,
    ask: Callable[[RestCalls], RestCall],
    name: str,
    path: str,
    params: dict[str, str],
    weight: int,
) -> None:
    expected = RestCall(name, f"{ROOT[market]}/{path}", tuple(params.items()), weight)
    assert ask(CALLS[market]) == expected


@BOTH
def test_the_weight_that_the_header_of_best_prices_tells_is_not_believed(market: Market) -> None:
    ask = CALLS[market].best_prices
    assert ask is not None
    path = f"{ROOT[market]}/ticker/bookTicker"
    assert ask(["X"]) == RestCall("book_tickers", path, (("symbol", "X"),), 2, header_is_wrong=True)
    assert ask(()) == RestCall("book_tickers", path, (), 5, header_is_wrong=True)


@pytest.mark.parametrize(
    ("levels", "asked"), [(1, 5), (5, 5), (20, 20), (21, 50), (101, 500), (501, 1000), (1000, 1000)]
)
def test_a_book_is_asked_for_in_one_of_the_sizes_that_are_served(levels: int, asked: int) -> None:
    assert asked in DEPTH_LEVELS
    assert ("limit", str(asked)) in CALLS[Market.USDM].depth("X", levels).params


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.tickers(["X", "Y"]),
        lambda c: c.klines("X", "1m", 0),
        lambda c: c.klines("X", "1m", 1501),
        lambda c: c.klines("X", "1s", 10),
        lambda c: c.depth("X", 0),
        lambda c: c.depth("X", 1001),
        lambda c: c.trades_from("X", 1, 1001),
        lambda c: c.agg_trades_from("X", 1, 0),
    ],
)
@BOTH
def test_what_the_exchange_would_not_take_is_not_asked(
    market: Market, ask: Callable[[RestCalls], RestCall]
) -> None:
    with pytest.raises(ValueError, match=r"one request takes 1|there are no candles of 1s"):
        ask(CALLS[market])


# Instruments


def _contract(**changes: Any) -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "pair": "BTCUSDT",
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "status": "TRADING",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 7,
        "quantityPrecision": 6,
        "filters": [
            {"minPrice": "556.72", "maxPrice": "1", "filterType": "PRICE_FILTER", "tickSize": "0.10"},
            {"stepSize": "0.001", "filterType": "LOT_SIZE", "maxQty": "1000", "minQty": "0.001"},
            {"stepSize": "0.5", "filterType": "MARKET_LOT_SIZE", "maxQty": "120", "minQty": "0.001"},
        ],
        **changes,
    }


def _coin_contract(**changes: Any) -> dict[str, Any]:
    row = _contract(
        symbol="BTCUSD_260925",
        pair="BTCUSD",
        contractType="CURRENT_QUARTER",
        deliveryDate=1790323200000,
        quoteAsset="USD",
        marginAsset="BTC",
        contractSize=100,
        contractStatus="TRADING",
        **changes,
    )
    del row["status"]
    return row


def _info(*symbols: Any) -> bytes:
    return orjson.dumps({"timezone": "UTC", "rateLimits": [], "symbols": list(symbols)})


PERPETUAL = Instrument(
    USDT,
    "TRADING",
    "BTC",
    "USDT",
    "0.10",
    "0.001",
    1,
    3,
    contract="PERPETUAL",
    pair="BTCUSDT",
    margin="USDT",
    contract_size="",
    expires_ms=None,
)


def test_a_contract_has_its_steps_from_the_filters_and_its_terms() -> None:
    assert BODIES[Market.USDM].instruments(_info(_contract())) == (PERPETUAL,)


def test_a_delivery_contract_in_coins_has_a_size_and_an_end() -> None:
    (found,) = BODIES[Market.COINM].instruments(_info(_coin_contract()))
    assert found == replace(
        PERPETUAL,
        key=SymbolKey(Market.COINM, "BTCUSD_260925"),
        quote="USD",
        contract="CURRENT_QUARTER",
        pair="BTCUSD",
        margin="BTC",
        contract_size="100",
        expires_ms=1790323200000,
    )


@pytest.mark.parametrize(
    "odd",
    [
        5,
        {},
        _contract(symbol="btcusdt"),
        _contract(contractType=None),
        _contract(deliveryDate="soon"),
        _contract(contractSize=[100]),
        _contract(filters=[]),
        {name: value for name, value in _contract().items() if name != "status"},
    ],
)
def test_one_odd_contract_does_not_hide_the_others(odd: Any) -> None:
    assert BODIES[Market.USDM].instruments(_info(odd, _contract())) == (PERPETUAL,)


# Statistics, mark prices, open interest


_ROW: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "priceChange": "-94.99999800",
    "priceChangePercent": "-95.960",
    "weightedAvgPrice": "0.29628482",
    "lastPrice": "4.00000200000000001",
    "lastQty": "200.00000000",
    "openPrice": "99.00000000",
    "highPrice": "100.00000000",
    "lowPrice": "0.10000000",
    "volume": "8913.30000000",
    "quoteVolume": "15.30000000",
    "openTime": 1499783499040,
    "closeTime": 1499869899040,
    "firstId": 28385,
    "lastId": 28460,
    "count": 76,
}
_TICKER = Ticker(
    key=USDT,
    window="24h",
    last="4.00000200000000001",
    last_qty="200.00000000",
    change="-94.99999800",
    change_percent="-95.960",
    weighted_average="0.29628482",
    previous_close=None,
    open="99.00000000",
    high="100.00000000",
    low="0.10000000",
    volume="8913.30000000",
    quote_volume="15.30000000",
    bid=None,
    bid_qty=None,
    ask=None,
    ask_qty=None,
    open_ms=1499783499040,
    close_ms=1499869899040,
    first_id=28385,
    last_id=28460,
    trades=76,
    time_ms=1499869899040,
    received_ms=RECEIVED_MS,
    at=AT,
)


def test_statistics_become_tickers_to_the_digit() -> None:
    read = BODIES[Market.USDM].tickers
    assert read(orjson.dumps(_ROW), RECEIVED_MS, AT) == (_TICKER,)
    assert read(orjson.dumps([_ROW, _ROW]), RECEIVED_MS, AT) == (_TICKER, _TICKER)


def test_statistics_in_contracts_have_their_volume_in_the_base_asset_beside_them() -> None:
    row = {**_ROW, "symbol": "BTCUSD_PERP", "pair": "BTCUSD", "baseVolume": _ROW["quoteVolume"]}
    del row["quoteVolume"]
    found = BODIES[Market.COINM].tickers(orjson.dumps([row]), RECEIVED_MS, AT)
    assert found == (replace(_TICKER, key=PERP),)


_PREMIUM: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "markPrice": "11793.63104562000000001",
    "indexPrice": "11781.80495970",
    "estimatedSettlePrice": "11781.16138815",
    "lastFundingRate": "-0.00038246",
    "interestRate": "0.00010000",
    "nextFundingTime": 1597392000000,
    "time": 1597370495002,
}


@pytest.mark.parametrize("wrap", [lambda row: [row], lambda row: row], ids=["array", "object"])
def test_mark_prices_by_rest_are_those_of_the_stream(wrap: Callable[[Any], Any]) -> None:
    read = BODIES[Market.USDM].mark_prices
    assert read is not None
    assert read(orjson.dumps(wrap(_PREMIUM)), RECEIVED_MS, AT) == (
        MarkPrice(
            USDT,
            price="11793.63104562000000001",
            index_price="11781.80495970",
            funding_rate="-0.00038246",
            next_funding_ms=1597392000000,
            settle_price="11781.16138815",
            average_price=None,
            time_ms=1597370495002,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
    )


def test_a_delivery_contract_pays_no_funding() -> None:
    read = BODIES[Market.COINM].mark_prices
    assert read is not None
    row = {**_PREMIUM, "symbol": "BTCUSD_260925", "lastFundingRate": "", "nextFundingTime": 0}
    (found,) = read(orjson.dumps([row]), RECEIVED_MS, AT)
    assert (found.funding_rate, found.next_funding_ms) == (None, None)


def test_best_prices_stand_by_symbol() -> None:
    read = BODIES[Market.USDM].best_prices
    assert read is not None
    row = {
        "symbol": "BTCUSDT",
        "bidPrice": "4.00000000000000001",
        "bidQty": "431.0",
        "askPrice": "4.2",
        "askQty": "9",
        "time": 1589437530011,
    }
    expected = {"BTCUSDT": BestPrices("4.00000000000000001", "431.0", "4.2", "9")}
    assert read(orjson.dumps(row)) == read(orjson.dumps([row])) == expected
    for name in ("symbol", "bidPrice", "askQty"):
        with pytest.raises(ValueError, match=r"\w"):
            read(orjson.dumps({**row, name: 4.2}))


def test_open_interest_keeps_its_digits() -> None:
    read = BODIES[Market.USDM].open_interest
    assert read is not None
    body = b'{"openInterest":"10659.50900000000000001","symbol":"BTCUSDT","time":1589437530011}'
    assert read(body, RECEIVED_MS, AT) == OpenInterest(
        USDT, "10659.50900000000000001", 1589437530011, RECEIVED_MS, AT
    )


# What both markets read as Spot does


@BOTH
def test_shared_answers_get_the_keys_of_their_market(market: Market) -> None:
    bodies, key = BODIES[market], SymbolKey(market, "X")
    row = [60_000, "1", "3", "1", "2.50000000000000001", "5", 119_999, "9", 3, "1", "1", "0"]
    (candle,) = bodies.candles("X", "1m", orjson.dumps([row]), 200_000, AT)
    assert (candle.key, candle.close, candle.closed) == (key, "2.50000000000000001", True)
    assert bodies.minute_closes("X", orjson.dumps([row])).key == key
    trade = {"id": 7, "price": "1.5", "qty": "2", "quoteQty": "3", "time": 9, "isBuyerMaker": True}
    assert [each.key for each in bodies.trades("X", orjson.dumps([trade]), 1, AT)] == [key]
    agg = {"a": 5, "p": "1.5", "q": "2.0", "f": 7, "l": 9, "T": 11, "m": True}
    assert [each.key for each in bodies.agg_trades("X", orjson.dumps([agg]), 1, AT)] == [key]
    book = {"lastUpdateId": 7, "E": 1, "T": 1, "bids": [["1", "2"]], "asks": []}
    assert bodies.depth(orjson.dumps(book)) == BookSnapshot(7, (("1", "2"),), ())
    assert bodies.server_time_ms(b'{"serverTime":9}') == 9


@BOTH
def test_a_blocked_user_of_futures_is_not_sent_to_spot(market: Market) -> None:
    for status in (403, 451):
        message, hint = BODIES[market].explain(status, 0, "")
        assert message
        assert "vision" not in hint


@pytest.mark.parametrize("body", [b"", b"<html>", b"5", b"[5]", b"{}", b'[{"symbol":5}]', b"[" * 100_000])
@BOTH
def test_a_body_that_is_something_else_is_refused(market: Market, body: bytes) -> None:
    bodies = BODIES[market]
    assert bodies.mark_prices is not None
    assert bodies.open_interest is not None
    for read in (bodies.tickers, bodies.mark_prices, bodies.open_interest):
        with pytest.raises(ValueError, match=r"\w"):
            read(body, RECEIVED_MS, AT)
    with pytest.raises(ValueError, match=r"\w"):
        bodies.instruments(body)
