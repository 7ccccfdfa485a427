"""Every field of every futures payload: what is taken, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.model.derivatives import ContractChange, IndexPrice, MarkPrice
from bntui.model.events import AggTrade, DepthDiff, MarketEvent, Trade
from bntui.model.markets import Market, StreamKind, SymbolKey
from bntui.venue.base import StreamSpec
from bntui.venue.binance.futures_payloads import (
    FUTURES_READERS,
    coinm_key,
    decimal_or_none,
    expiry_ms,
    family,
    family_of_symbol,
    snapshot,
    tells_family,
    usdm_key,
)
from bntui.venue.binance.futures_streams import COINM_PATHS, USDM_PATHS, parse_coinm, parse_usdm
from bntui.venue.binance.payloads import KNOWN_SYMBOLS
from tests.venue.binance.futures_samples import (
    CONTRACT_EVENT,
    CONTRACT_PAYLOAD,
    NEW_FIELDS,
    SAMPLES,
    Sample,
    sample,
)
from tests.venue.binance.samples import AT, RECEIVED_MS

PARSE = {Market.USDM: parse_usdm, Market.COINM: parse_coinm}


def _read(each: Sample, payload: dict[str, Any]) -> MarketEvent:
    spec = PARSE[each.key.market](each.stream)
    return FUTURES_READERS[spec.kind](payload, each.key, spec, RECEIVED_MS, AT)


def _id(each: Sample) -> str:
    return f"{each.key.market} {each.stream}"


@pytest.mark.parametrize("each", SAMPLES, ids=_id)
def test_a_payload_becomes_its_event_to_the_digit(each: Sample) -> None:
    assert _read(each, each.payload) == each.event


@pytest.mark.parametrize(
    ("market", "paths"), [(Market.USDM, USDM_PATHS), (Market.COINM, COINM_PATHS)], ids=["usdm", "coinm"]
)
def test_there_is_a_sample_of_every_kind_of_single_stream(
    market: Market, paths: dict[StreamKind, str]
) -> None:
    single = {kind for kind in paths if not kind.endswith("_all")} - {StreamKind.CONTRACT_INFO}
    sampled = {PARSE[market](each.stream).kind for each in SAMPLES if each.key.market is market}
    assert sampled == single
    assert single < set(FUTURES_READERS)


_TIMED_BY_EVENT = ("depth", "bookTicker", "rpiDepth")
"""Streams whose `T`, the matching engine's time, is not read: `E` serves."""


def _required(each: Sample) -> list[str]:
    """The fields that a payload must have. `e` is the decoder's to check; `X` of a trade says how its taker
    ordered, and is not read."""
    kind = each.stream.partition("@")[2]
    skipped = {"e", *NEW_FIELDS} | ({"X"} if kind == "trade" else set())
    skipped |= {"T"} if kind.startswith(_TIMED_BY_EVENT) else set()
    # Of continuous candles and their pair, `ps` is the name.
    skipped -= {"ps"} if kind.startswith("continuousKline") else set()
    return [name for name in each.payload if name not in skipped]


_FIELDS = [pytest.param(each, name, id=f"{_id(each)}-{name}") for each in SAMPLES for name in _required(each)]


def _without(payload: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key != name}


@pytest.mark.parametrize(("each", "name"), _FIELDS)
def test_a_missing_field_is_refused(each: Sample, name: str) -> None:
    other_name_of_a_pair = "i" if each.stream.endswith("@indexPrice") and name == "s" else name
    with pytest.raises(KeyError, match=other_name_of_a_pair):
        _read(each, _without(each.payload, name))


def _wrong_values(right: Any) -> list[Any]:
    """Values that are of no type that the right one could have."""
    match right:
        case bool():
            return [None, 0, 1, "true", 1.0, [], {}]
        case int():
            return [None, True, "1", 1.5, -2, 1e30, [], {}]
        case str():
            return [None, True, 1, 1.5, "1 2", "1e5", "NaN", "abc", [], {}]
        case list():
            return [None, True, 1, "12", {}, ["12"], [["1"]], [["1", 2]]]
        case _:
            return [None, True, 1, "1", [], {}]


@pytest.mark.parametrize(("each", "name"), _FIELDS)
def test_a_field_of_the_wrong_type_is_refused(each: Sample, name: str) -> None:
    for wrong in _wrong_values(each.payload[name]):
        with pytest.raises((ValueError, KeyError)):
            _read(each, {**each.payload, name: wrong})


@pytest.mark.parametrize(
    ("market", "suffix", "inner", "unread"),
    [
        (Market.USDM, "forceOrder", "o", {"o", "f", "ps", "st"}),
        (Market.COINM, "forceOrder", "o", {"o", "f", "ps", "st"}),
        (Market.USDM, "continuousKline_1m", "k", {"f", "L", "B"}),
    ],
)
def test_fields_inside_are_checked_too(market: Market, suffix: str, inner: str, unread: set[str]) -> None:
    each = sample(market, suffix)
    for name, right in each.payload[inner].items():
        if name in unread:
            continue
        with pytest.raises(KeyError, match=name):
            _read(each, {**each.payload, inner: _without(each.payload[inner], name)})
        for wrong in _wrong_values(right):
            if name == "X" and type(wrong) is str:
                continue
            with pytest.raises((ValueError, KeyError)):
                _read(each, {**each.payload, inner: {**each.payload[inner], name: wrong}})


@pytest.mark.parametrize("each", SAMPLES, ids=_id)
def test_fields_that_nobody_knows_are_ignored(each: Sample) -> None:
    assert _read(each, {**each.payload, "zz": {"deep": [1]}, "Z": None}) == each.event


@pytest.mark.parametrize("each", SAMPLES, ids=_id)
def test_payloads_without_the_fields_of_2026_are_read_as_ever(each: Sample) -> None:
    named_by_pair = each.stream.partition("@")[2].startswith("continuousKline")
    old = {
        name: value
        for name, value in each.payload.items()
        if name not in NEW_FIELDS or (named_by_pair and name == "ps")
    }
    event = each.event
    if isinstance(event, AggTrade):
        event = replace(event, normal_qty=None)
    if isinstance(event, MarkPrice):
        event = replace(event, average_price=None)
    assert _read(each, old) == event


@pytest.mark.parametrize("each", SAMPLES, ids=_id)
def test_a_payload_of_another_symbol_than_its_stream_is_refused(each: Sample) -> None:
    payload = dict(each.payload)
    if "o" in payload and type(payload["o"]) is dict:
        payload["o"] = {**payload["o"], "s": "ETHUSDT"}
    elif "ct" in payload:
        payload["ps"] = "ETHUSDT"
    else:
        payload["s"] = "ETHUSDT"
    with pytest.raises(ValueError, match="another symbol"):
        _read(each, payload)


# Trades


@pytest.mark.parametrize("price", ["0", "0.0", "0.00000000"])
def test_an_id_without_a_trade_has_no_price(price: str) -> None:
    each = sample(Market.USDM, "trade")
    event = _read(each, {**each.payload, "p": price, "q": "0", "X": "NA"})
    assert isinstance(event, Trade)
    assert event.spent


@pytest.mark.parametrize("price", ["0.00000001", "10", "100.00"])
def test_a_trade_at_any_price_is_one(price: str) -> None:
    each = sample(Market.USDM, "trade")
    event = _read(each, {**each.payload, "p": price})
    assert isinstance(event, Trade)
    assert not event.spent


# Books


def test_update_ids_chain_by_the_id_before_and_never_run_backwards() -> None:
    each = sample(Market.USDM, "depth")
    event = _read(each, {**each.payload, "U": 7, "u": 7, "pu": 2})
    assert isinstance(event, DepthDiff)
    assert (event.first_update_id, event.last_update_id, event.previous_update_id) == (7, 7, 2)
    with pytest.raises(ValueError, match="run backwards"):
        _read(each, {**each.payload, "U": 8, "u": 7})


def test_a_book_by_rest_has_its_own_names() -> None:
    body = {"lastUpdateId": 5, "E": 1_000, "T": 990, "bids": [["1.10", "2"]], "asks": []}
    event = snapshot(body, usdm_key("BTCUSDT"), StreamSpec(StreamKind.PARTIAL_DEPTH), RECEIVED_MS, AT)
    assert (event.update_id, event.bids, event.asks, event.time_ms) == (5, (("1.10", "2"),), (), 1_000)


# Mark prices and funding


def test_a_contract_without_funding_has_neither_rate_nor_time() -> None:
    each = sample(Market.USDM, "markPrice")
    for rate in ("0.00000000", ""):
        event = _read(each, {**each.payload, "r": rate, "T": 0})
        assert isinstance(event, MarkPrice)
        assert (event.funding_rate, event.next_funding_ms) == (None, None)


def test_a_rate_of_zero_is_a_rate_where_funding_is_paid() -> None:
    each = sample(Market.USDM, "markPrice")
    event = _read(each, {**each.payload, "r": "0.00000000"})
    assert isinstance(event, MarkPrice)
    assert event.funding_rate == "0.00000000"


def test_an_index_price_names_its_pair_by_either_field() -> None:
    each = sample(Market.COINM, "indexPrice")
    old = {**_without(each.payload, "s"), "i": "BTCUSD"}
    assert _read(each, old) == each.event
    assert isinstance(each.event, IndexPrice)


@pytest.mark.parametrize("text", ["0", "-1.5", "00.10"])
def test_a_decimal_is_kept_as_printed(text: str) -> None:
    assert decimal_or_none(text) == text


def test_empty_text_stands_for_no_decimal() -> None:
    assert decimal_or_none("") is None
    for wrong in (None, 1, "x", "1e5"):
        with pytest.raises(ValueError, match="is no"):
            decimal_or_none(wrong)


# Contracts


def _contract(**fields: Any) -> MarketEvent:
    spec = StreamSpec(StreamKind.CONTRACT_INFO)
    key = usdm_key("BTCUSDT_260925")
    return FUTURES_READERS[spec.kind]({**CONTRACT_PAYLOAD, **fields}, key, spec, RECEIVED_MS, AT)


def test_a_contract_tells_its_kind_its_status_and_its_end() -> None:
    assert _contract() == CONTRACT_EVENT


def test_a_perpetual_contract_has_no_end() -> None:
    event = _contract(ct="PERPETUAL", dt=4133404800000)
    assert isinstance(event, ContractChange)
    assert event.expires_ms is None
    assert expiry_ms(4133404799999) == 4133404799999


# Two families in one stream


@pytest.mark.parametrize("each", [e for e in SAMPLES if "st" in e.payload or "o" in e.payload], ids=_id)
def test_a_row_says_which_market_it_is_of(each: Sample) -> None:
    assert family(each.payload) is each.key.market


def test_a_row_of_a_family_that_nobody_knows_is_of_none() -> None:
    for told in (3, 0, "1", True, 1.0):
        assert tells_family({"st": told, "s": "BTCUSDT"})
        assert family({"st": told, "s": "BTCUSDT"}) is None


def test_a_row_that_names_no_family_does_not_say_its_market() -> None:
    for payload in ({"s": "BTCUSDT"}, {"s": "BTCUSD_PERP", "o": 5}, {"o": {"s": "BTCUSDT"}}):
        assert not tells_family(payload)


@pytest.mark.parametrize(
    ("symbol", "market"),
    [
        ("BTCUSDT", Market.USDM),
        ("BTCUSDT_260925", Market.USDM),
        ("ETHBTC", Market.USDM),
        ("BTCUSDC", Market.USDM),
        ("BTCUSD_PERP", Market.COINM),
        ("BTCUSD_260925", Market.COINM),
        ("1000SHIBUSD_PERP", Market.COINM),
    ],
)
def test_a_symbol_s_name_tells_its_market_where_nothing_else_does(symbol: str, market: Market) -> None:
    assert family_of_symbol(symbol) is market


# Keys


def test_keys_are_made_once_and_kept_in_a_bounded_cache() -> None:
    for make, market in ((usdm_key, Market.USDM), (coinm_key, Market.COINM)):
        assert make("BTCUSDT") == SymbolKey(market, "BTCUSDT")
        assert make("BTCUSDT") is make("BTCUSDT")
        assert make.cache_info().maxsize == KNOWN_SYMBOLS


@pytest.mark.parametrize("symbol", ["", "btcusdt", "BTC USDT", "BTC\x1b[31m", "BTC@USDT", "BTC\u202eUSDT"])
def test_what_can_be_no_symbol_gets_no_key(symbol: str) -> None:
    for make in (usdm_key, coinm_key):
        with pytest.raises(ValueError, match="the symbol is none"):
            make(symbol)
