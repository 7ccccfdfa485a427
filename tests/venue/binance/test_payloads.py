"""Every field of every Spot payload: what is taken, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.model.events import Candle, DepthDiff, MarketEvent, Ticker, Trade
from bntui.venue.binance.payloads import KNOWN_SYMBOLS, READERS, spot_key
from bntui.venue.binance.streams import parse_spot
from tests.venue.binance.samples import AT, BTC, CJK, RECEIVED_MS, SAMPLES, Sample, sample


def _read(each: Sample, payload: dict[str, Any]) -> MarketEvent:
    spec = parse_spot(each.stream)
    return READERS[spec.kind](payload, spot_key(spec.symbol), spec, RECEIVED_MS, AT)


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.stream)
def test_a_payload_becomes_its_event_to_the_digit(each: Sample) -> None:
    assert _read(each, each.payload) == each.event


def test_there_is_a_sample_of_every_kind_of_single_stream() -> None:
    whole = {kind for kind in READERS if kind.value.endswith("_all")}
    assert {parse_spot(each.stream).kind for each in SAMPLES} == set(READERS) - whole


_UNREAD = {"e", "M", "B of a candle"}
"""`e` is the codec's to check; the documents say to ignore `M`, and `B` of a candle."""

_FIELDS = [
    pytest.param(each, name, id=f"{each.stream}-{name}")
    for each in {each.stream: each for each in reversed(SAMPLES)}.values()
    for name in each.payload
    if name not in _UNREAD
]
_CANDLE = sample("btcusdt@kline_1m")
_CANDLE_FIELDS = [name for name in _CANDLE.payload["k"] if f"{name} of a candle" not in _UNREAD]


def _with_candle(**fields: Any) -> dict[str, Any]:
    return {**_CANDLE.payload, "k": {**_CANDLE.payload["k"], **fields}}


def _without(payload: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key != name}


@pytest.mark.parametrize(("each", "name"), _FIELDS)
def test_a_missing_field_is_refused(each: Sample, name: str) -> None:
    with pytest.raises(KeyError, match=name):
        _read(each, _without(each.payload, name))


@pytest.mark.parametrize("name", _CANDLE_FIELDS)
def test_a_missing_field_inside_a_candle_is_refused(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        _read(_CANDLE, {**_CANDLE.payload, "k": _without(_CANDLE.payload["k"], name)})


def _wrong_values(right: Any) -> list[Any]:
    """Values that are of no type that the right one could have."""
    match right:
        case bool():
            return [None, 0, 1, "true", 1.0, [], {}]
        case int():
            return [None, True, "1", 1.5, -2, 1e30, [], {}]
        case str():
            return [None, True, 1, 1.5, "", "1 2", "1e5", "NaN", "abc", [], {}]
        case list():
            return [None, True, 1, "12", {}, ["12"], [["1"]], [["1", 2]]]
        case _:
            return [None, True, 1, "1", [], {}]


@pytest.mark.parametrize(("each", "name"), _FIELDS)
def test_a_field_of_the_wrong_type_is_refused(each: Sample, name: str) -> None:
    may_be_null = each.stream.endswith("@referencePrice") and name == "r"
    for wrong in _wrong_values(each.payload[name])[1 if may_be_null else 0 :]:
        with pytest.raises((ValueError, KeyError)):
            _read(each, {**each.payload, name: wrong})


@pytest.mark.parametrize("name", _CANDLE_FIELDS)
def test_a_field_of_the_wrong_type_inside_a_candle_is_refused(name: str) -> None:
    for wrong in _wrong_values(_CANDLE.payload["k"][name]):
        with pytest.raises((ValueError, KeyError)):
            _read(_CANDLE, _with_candle(**{name: wrong}))


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.stream)
def test_fields_that_nobody_knows_are_ignored(each: Sample) -> None:
    assert _read(each, {**each.payload, "zz": {"deep": [1]}, "Z": None}) == each.event


@pytest.mark.parametrize(
    "each", [each for each in SAMPLES if "s" in each.payload], ids=lambda each: each.stream
)
def test_a_payload_of_another_symbol_than_its_stream_is_refused(each: Sample) -> None:
    with pytest.raises(ValueError, match="another symbol"):
        _read(each, {**each.payload, "s": "ETHUSDT"})


def test_a_candle_of_another_interval_or_symbol_than_its_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="another interval"):
        _read(_CANDLE, _with_candle(i="5m"))
    with pytest.raises(ValueError, match="another symbol"):
        _read(_CANDLE, _with_candle(s="ETHUSDT"))


def test_a_candle_without_trades_has_ids_of_minus_one() -> None:
    event = _read(_CANDLE, _with_candle(f=-1, L=-1, n=0))
    assert isinstance(event, Candle)
    assert (event.first_id, event.last_id, event.trades) == (-1, -1, 0)


def test_statistics_of_a_day_without_trades_have_ids_of_minus_one() -> None:
    each = sample("btcusdt@ticker")
    event = _read(each, {**each.payload, "F": -1, "L": -1, "n": 0})
    assert isinstance(event, Ticker)
    assert (event.first_id, event.last_id, event.trades) == (-1, -1, 0)


def test_times_in_microseconds_come_out_in_milliseconds() -> None:
    each = sample("btcusdt@trade")
    event = _read(each, {**each.payload, "E": 1767225600101999, "T": 1767225600100999})
    assert event == each.event


def test_trade_times_tell_the_trade_from_the_sending() -> None:
    each = sample("btcusdt@trade")
    event = _read(each, {**each.payload, "E": 2_000, "T": 1_000})
    assert isinstance(event, Trade)
    assert (event.time_ms, event.event_ms) == (1_000, 2_000)


def test_update_ids_that_run_backwards_are_refused() -> None:
    each = sample("btcusdt@depth")
    single = _read(each, {**each.payload, "U": 7, "u": 7})
    assert isinstance(single, DepthDiff)
    assert single == replace(single, first_update_id=7, last_update_id=7)
    with pytest.raises(ValueError, match="run backwards"):
        _read(each, {**each.payload, "U": 8, "u": 7})


def test_a_negative_price_is_refused_where_a_negative_change_is_not() -> None:
    each = sample("btcusdt@ticker")
    event = _read(each, {**each.payload, "p": "-1.0", "P": "-0.1"})
    assert isinstance(event, Ticker)
    assert (event.change, event.change_percent) == ("-1.0", "-0.1")
    with pytest.raises(ValueError, match="no decimal number"):
        _read(each, {**each.payload, "c": "-1.0"})


def test_keys_are_made_once_and_kept_in_a_bounded_cache() -> None:
    assert spot_key("BTCUSDT") == BTC
    assert spot_key("BTCUSDT") is spot_key("BTCUSDT")
    assert spot_key("币安人生USDT") == CJK
    assert spot_key.cache_info().maxsize == KNOWN_SYMBOLS


@pytest.mark.parametrize("symbol", ["", "btcusdt", "BTC USDT", "BTC\x1b[31m", "BTC@USDT", "BTC\u202eUSDT"])
def test_what_can_be_no_symbol_gets_no_key(symbol: str) -> None:
    with pytest.raises(ValueError, match="the symbol is none"):
        spot_key(symbol)
