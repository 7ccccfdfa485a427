"""From the frames of the futures markets to events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.derivatives import MarkPrice
from bntui.model.events import (
    Ack,
    ControlEvent,
    DepthDiff,
    Malformed,
    MarketEvent,
    PartialDepth,
    Quote,
    Refusal,
    RpiDepth,
    Trade,
    UnknownEvent,
)
from bntui.model.markets import Market, SymbolKey
from bntui.venue.base import Decoded
from bntui.venue.binance.futures_codec import decode_coinm, decode_usdm
from tests.venue.binance.futures_samples import (
    CONTRACT_EVENT,
    CONTRACT_PAYLOAD,
    SAMPLES,
    Sample,
    sample,
)
from tests.venue.binance.samples import AT, RECEIVED_MS

Decode = Callable[[bytes | str, int, float], Decoded]

DECODE: dict[Market, Decode] = {Market.USDM: decode_usdm, Market.COINM: decode_coinm}
BOTH = pytest.mark.parametrize("market", DECODE)


def _decode(market: Market, message: Any) -> Decoded:
    return DECODE[market](orjson.dumps(message), RECEIVED_MS, AT)


def _combined(market: Market, stream: str, payload: Any) -> Decoded:
    return _decode(market, {"stream": stream, "data": payload})


def _id(each: Sample) -> str:
    return f"{each.key.market} {each.stream}"


# Single streams


@pytest.mark.parametrize("each", SAMPLES, ids=_id)
def test_a_combined_frame_tells_its_stream(each: Sample) -> None:
    assert _combined(each.key.market, each.stream, each.payload) == Decoded(each.stream, (each.event,))


@pytest.mark.parametrize(
    "each",
    [each for each in SAMPLES if not isinstance(each.event, PartialDepth | RpiDepth)],
    ids=_id,
)
def test_a_raw_payload_tells_its_stream_where_that_can_be_told(each: Sample) -> None:
    assert _decode(each.key.market, each.payload) == Decoded(each.raw_stream, (each.event,))


@BOTH
def test_only_its_stream_tells_a_part_of_the_book_from_a_change_of_it(market: Market) -> None:
    each = sample(market, "depth5")
    name = each.stream.partition("@")[0]
    kinds = {
        suffix: type(_combined(market, f"{name}@{suffix}", each.payload).events[0])
        for suffix in ("depth", "depth@100ms", "depth5", "depth20@100ms")
    }
    assert kinds == {
        "depth": DepthDiff,
        "depth@100ms": DepthDiff,
        "depth5": PartialDepth,
        "depth20@100ms": PartialDepth,
    }


def test_a_candle_with_spaces_inside_is_read() -> None:
    each = sample(Market.USDM, "kline_1m")
    frame = orjson.dumps({"stream": each.stream, "data": each.payload})
    spaced = frame.replace(b'"T":1786173359999,', b' "T" : 1786173359999 , ')
    assert spaced != frame
    assert decode_usdm(spaced, RECEIVED_MS, AT) == Decoded(each.stream, (each.event,))


@BOTH
def test_a_raw_candle_of_an_unknown_interval_is_malformed(market: Market) -> None:
    payload = sample(market, "kline_1m").payload
    (odd,) = _decode(market, {**payload, "k": {**payload["k"], "i": "1s"}}).said
    assert isinstance(odd, Malformed)
    assert odd.reason == "the candle is of an unknown interval"


@BOTH
def test_what_a_spent_id_brings_is_marked(market: Market) -> None:
    each = sample(market, "trade")
    (event,) = _combined(market, each.stream, {**each.payload, "p": "0", "q": "0"}).events
    assert isinstance(event, Trade)
    assert event.spent


@BOTH
def test_a_stream_of_the_other_split_or_of_spot_is_unknown(market: Market) -> None:
    decoded = _combined(market, "btcusdt@avgPrice", {"e": "avgPrice", "s": "BTCUSDT"})
    assert decoded == Decoded("btcusdt@avgPrice", (), (UnknownEvent("avgPrice"),))


@BOTH
def test_a_payload_of_another_kind_than_its_stream_is_malformed(market: Market) -> None:
    ticker, quotes = sample(market, "ticker"), sample(market, "bookTicker")
    (odd,) = _combined(market, quotes.stream, ticker.payload).said
    assert isinstance(odd, Malformed)
    assert odd.reason == "the payload is of another kind than its stream"


@BOTH
def test_a_quote_without_its_word_is_malformed(market: Market) -> None:
    each = sample(market, "bookTicker")
    bare = {name: value for name, value in each.payload.items() if name != "e"}
    for decoded in (_combined(market, each.stream, bare), _decode(market, bare)):
        assert not decoded.events
        assert isinstance(decoded.said[0], Malformed)


# Streams of all symbols


ARRAYS = {"!ticker@arr": "ticker", "!miniTicker@arr": "miniTicker"}


@BOTH
@pytest.mark.parametrize(("stream", "suffix"), ARRAYS.items())
def test_an_array_brings_the_rows_of_its_own_market_only(market: Market, stream: str, suffix: str) -> None:
    rows = [sample(each, suffix) for each in (Market.USDM, Market.COINM)]
    own = next(row for row in rows if row.key.market is market)
    payloads = [row.payload for row in rows]
    assert _combined(market, stream, payloads) == Decoded(stream, [own.event])
    assert _decode(market, payloads) == Decoded(stream, [own.event])


@BOTH
@pytest.mark.parametrize(("stream", "suffix"), ARRAYS.items())
def test_rows_that_do_not_say_their_market_are_kept_apart_for_the_list_of_symbols_to_decide(
    market: Market, stream: str, suffix: str
) -> None:
    rows = [sample(each, suffix) for each in (Market.USDM, Market.COINM)]
    old = [{name: value for name, value in row.payload.items() if name != "st"} for row in rows]
    decoded = _combined(market, stream, old)
    assert (decoded.stream, list(decoded.events), decoded.said) == (stream, [], ())
    assert [event.key for event in decoded.untold] == [SymbolKey(market, row.key.symbol) for row in rows]


def test_mark_prices_come_in_frames_of_either_family() -> None:
    usdm, coinm = sample(Market.USDM, "markPrice"), sample(Market.COINM, "markPrice")
    for stream in ("!markPrice@arr", "!markPrice@arr@1s"):
        assert _combined(Market.USDM, stream, [usdm.payload] * 2) == Decoded(stream, [usdm.event] * 2)
        assert _combined(Market.USDM, stream, [coinm.payload]) == Decoded(stream, [])


def test_a_row_without_funding_stands_beside_others() -> None:
    each = sample(Market.USDM, "markPrice")
    free = {**each.payload, "s": "BTCUSDT_260925", "r": "0.00000000", "T": 0}
    _, events, said, _ = _combined(Market.USDM, "!markPrice@arr@1s", [each.payload, free])
    assert not said
    assert events[0] == each.event
    assert isinstance(events[1], MarkPrice)
    assert (events[1].key.symbol, events[1].funding_rate) == ("BTCUSDT_260925", None)


@BOTH
@pytest.mark.parametrize(
    ("stream", "suffix"), [("!bookTicker", "bookTicker"), ("!forceOrder@arr", "forceOrder")]
)
def test_some_streams_of_all_symbols_bring_row_by_row(market: Market, stream: str, suffix: str) -> None:
    for other in DECODE:
        row = sample(other, suffix)
        expected = [row.event] if other is market else []
        assert _combined(market, stream, row.payload) == Decoded(stream, expected)


def test_a_contract_is_told_of_on_its_own_market() -> None:
    assert _combined(Market.USDM, "!contractInfo", CONTRACT_PAYLOAD) == Decoded(
        "!contractInfo", [CONTRACT_EVENT]
    )
    assert _combined(Market.COINM, "!contractInfo", CONTRACT_PAYLOAD) == Decoded("!contractInfo", [])


@BOTH
def test_a_broken_row_does_not_take_the_others_with_it(market: Market) -> None:
    each = sample(market, "miniTicker")
    rows = [{**each.payload, "c": 1.5}, 5, {}, each.payload]
    _, events, (complaint,), _ = _combined(market, "!miniTicker@arr", rows)
    assert events == [each.event]
    assert isinstance(complaint, Malformed)


# Answers


@BOTH
def test_answers_are_read_as_on_spot(market: Market) -> None:
    assert _decode(market, {"result": None, "id": 7}) == Decoded(None, (), (Ack(7, None),))
    refused = {"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 19}
    assert _decode(market, refused) == Decoded(None, (), (Refusal(19, 4, "Too many subscriptions"),))


@BOTH
def test_a_body_of_rest_is_a_book(market: Market) -> None:
    body = {"lastUpdateId": 5, "E": 1_000, "T": 990, "bids": [["1.10", "2"]], "asks": []}
    (event,) = _decode(market, body).events
    assert isinstance(event, PartialDepth)
    assert (event.key.market, event.update_id) == (market, 5)


@BOTH
def test_events_of_accounts_are_counted_and_no_error(market: Market) -> None:
    assert _decode(market, {"e": "ACCOUNT_UPDATE", "E": 1}).said == (UnknownEvent("ACCOUNT_UPDATE"),)


# Whatever comes in


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
_WORDS = ["stream", "data", "e", "k", "o", "st", "ps", "ct", *sorted({n for e in SAMPLES for n in e.payload})]
_likely = st.dictionaries(
    st.sampled_from(_WORDS),
    _json | st.sampled_from([each.stream for each in SAMPLES] + [e.payload["e"] for e in SAMPLES]),
    max_size=6,
)


def _assert_orderly(market: Market, frame: bytes | str) -> None:
    decoded = DECODE[market](frame, RECEIVED_MS, AT)
    assert decoded.stream is None or decoded.stream.encode()
    assert all(isinstance(event, MarketEvent) for event in decoded.events)
    assert all(isinstance(event, ControlEvent) for event in decoded.said)


@given(st.sampled_from(list(DECODE)), st.binary(max_size=80) | st.text(st.characters(), max_size=80))
def test_any_frame_comes_to_an_orderly_end(market: Market, frame: bytes | str) -> None:
    _assert_orderly(market, frame)


@given(st.sampled_from(list(DECODE)), _json | _likely | st.lists(_likely, max_size=3))
def test_any_json_comes_to_an_orderly_end(market: Market, message: Any) -> None:
    _assert_orderly(market, orjson.dumps(message))


@given(st.sampled_from(SAMPLES), st.sampled_from(["combined", "raw", "array"]), st.data())
def test_a_good_frame_with_one_value_changed_comes_to_an_orderly_end(
    each: Sample, shape: str, data: st.DataObject
) -> None:
    payload: Any = {**each.payload, data.draw(st.sampled_from(list(each.payload))): data.draw(_json)}
    if shape == "combined":
        payload = {"stream": each.stream, "data": payload}
    elif shape == "array":
        stream = data.draw(st.sampled_from(["!ticker@arr", "!bookTicker", "!contractInfo", "!markPrice@arr"]))
        payload = {"stream": stream, "data": data.draw(st.sampled_from([payload, [payload]]))}
    _assert_orderly(each.key.market, orjson.dumps(payload))


_decimal = st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,12})?", fullmatch=True)


@given(st.sampled_from(list(DECODE)), _decimal, _decimal, st.integers(0, 2**63 - 1))
def test_no_digit_is_lost(market: Market, price: str, qty: str, update_id: int) -> None:
    each = sample(market, "bookTicker")
    changed = {**each.payload, "b": price, "B": qty, "u": update_id}
    (event,) = _combined(market, each.stream, changed).events
    assert isinstance(event, Quote)
    assert isinstance(each.event, Quote)
    assert event == replace(each.event, bid=price, bid_qty=qty, update_id=update_id)
