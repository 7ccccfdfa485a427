"""From frames to events, in Spot's dialect: envelopes, answers, warnings, and what is none of these."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.events import (
    Ack,
    Candle,
    ControlEvent,
    Malformed,
    MarketEvent,
    PartialDepth,
    Refusal,
    ServerShutdown,
    Ticker,
    Trade,
    UnknownEvent,
)
from bntui.model.markets import Market, SymbolKey
from bntui.venue.base import Decoded
from bntui.venue.binance.codec import decode_spot
from tests.venue.binance.samples import AT, MINI_EVENT, RECEIVED_MS, SAMPLES, Sample, sample


def _decode(message: Any) -> Decoded:
    return decode_spot(orjson.dumps(message), RECEIVED_MS, AT)


def _combined(stream: str, payload: Any) -> Decoded:
    return _decode({"stream": stream, "data": payload})


def _only(decoded: Decoded) -> MarketEvent | ControlEvent:
    both: list[MarketEvent | ControlEvent] = [*decoded.events, *decoded.said]
    (event,) = both
    return event


def _reason(frame: bytes | str) -> str:
    event = _only(decode_spot(frame, RECEIVED_MS, AT))
    assert isinstance(event, Malformed)
    return event.reason


# Envelopes


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.stream)
def test_a_combined_frame_tells_its_stream(each: Sample) -> None:
    assert _combined(each.stream, each.payload) == Decoded(each.stream, (each.event,))


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.stream)
def test_text_and_bytes_decode_alike(each: Sample) -> None:
    frame = orjson.dumps({"stream": each.stream, "data": each.payload})
    assert decode_spot(frame.decode(), RECEIVED_MS, AT) == decode_spot(frame, RECEIVED_MS, AT)


@pytest.mark.parametrize(
    "each",
    [each for each in SAMPLES if not isinstance(each.event, PartialDepth)],
    ids=lambda each: each.stream,
)
def test_a_raw_payload_tells_its_stream_where_that_can_be_told(each: Sample) -> None:
    decoded = _decode(each.payload)
    assert decoded.stream == each.raw_stream
    event = _only(decoded)
    if isinstance(event, Candle) and each.stream != each.raw_stream:
        event = replace(event, utc_offset="+08:00")
    assert event == each.event


def test_a_raw_partial_book_names_neither_stream_nor_symbol() -> None:
    each = sample("btcusdt@depth5@100ms")
    decoded = _decode(each.payload)
    assert decoded.stream is None
    event = _only(decoded)
    assert isinstance(event, PartialDepth)
    assert event.key == SymbolKey(Market.SPOT, "")
    assert replace(event, key=SymbolKey(Market.SPOT, "BTCUSDT")) == each.event


# Arrays


_MINI = sample("btcusdt@miniTicker").payload
_ETH = {**_MINI, "s": "ETHUSDT"}
_ETH_EVENT = replace(MINI_EVENT, key=SymbolKey(Market.SPOT, "ETHUSDT"))


@pytest.mark.parametrize(
    "wrap", [lambda data: {"stream": "!miniTicker@arr", "data": data}, lambda data: data]
)
def test_an_array_brings_an_event_for_each_symbol(wrap: Any) -> None:
    assert _decode(wrap([_MINI, _ETH])) == Decoded("!miniTicker@arr", [MINI_EVENT, _ETH_EVENT])


@pytest.mark.parametrize("window", ["1h", "4h", "1d"])
def test_an_array_of_window_statistics_keeps_the_window(window: str) -> None:
    payload = sample(f"btcusdt@ticker_{window}").payload
    for decoded in (_combined(f"!ticker_{window}@arr", [payload]), _decode([payload])):
        assert decoded.stream == f"!ticker_{window}@arr"
        event = _only(decoded)
        assert isinstance(event, Ticker)
        assert event.window == window


def test_an_empty_array_says_nothing() -> None:
    assert _combined("!miniTicker@arr", []) == Decoded("!miniTicker@arr", [])
    assert _decode([]) == Decoded(None, ())


def test_a_broken_element_does_not_take_the_others_with_it() -> None:
    broken = {**_MINI, "c": 1.5}
    _, events, (complaint,), _ = _combined("!miniTicker@arr", [_MINI, broken, 5, {}, _ETH])
    assert events == [MINI_EVENT, _ETH_EVENT]
    assert isinstance(complaint, Malformed)
    assert complaint.reason == "a price or quantity is no text"


def test_a_frame_of_nothing_but_broken_elements_stays_small() -> None:
    assert len(_combined("!miniTicker@arr", [0] * 1000).said) == 1
    assert _combined("!miniTicker@arr", [{"e": f"new{n}"} for n in range(1000)]).said == (
        UnknownEvent("new0"),
    )


@pytest.mark.parametrize(
    ("stream", "other"),
    [("!miniTicker@arr", "btcusdt@trade"), ("!ticker_1h@arr", "btcusdt@ticker_4h")],
)
def test_elements_of_another_kind_than_their_stream_are_malformed(stream: str, other: str) -> None:
    event = _only(_combined(stream, [sample(other).payload]))
    assert isinstance(event, Malformed)
    assert event.reason == "the payload is of another kind than its stream"


def test_a_raw_array_of_an_unknown_kind_is_an_unknown_event() -> None:
    assert _decode([{"e": "newArr"}]) == Decoded(None, (), (UnknownEvent("newArr"),))
    assert _decode([{"e": "trade"}]) == Decoded(None, (), (UnknownEvent("trade"),))


# Answers to requests


@pytest.mark.parametrize("request_id", [0, 1, -5, 2**63 - 1, "a-uuid", "", None])
def test_an_answer_keeps_the_id_of_its_request(request_id: int | str | None) -> None:
    assert _decode({"result": None, "id": request_id}) == Decoded(None, (), (Ack(request_id, None),))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, None),
        (True, True),
        (False, False),
        ([], ()),
        (["btcusdt@trade", "x@y"], ("btcusdt@trade", "x@y")),
    ],
)
def test_an_answer_keeps_its_result(result: Any, expected: Any) -> None:
    assert _only(_decode({"result": result, "id": 1})) == Ack(1, expected)


@pytest.mark.parametrize(
    ("frame", "refusal"),
    [
        (
            b'{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2}',
            Refusal(2, 2, "Invalid request: invalid stream"),
        ),
        (
            b'{"error":{"code":4,"msg":"Too many subscriptions","data":"x@y"},"id":"a"}',
            Refusal("a", 4, "Too many subscriptions"),
        ),
        (b'{"error":{"code":3,"msg":"Invalid JSON"},"id":null}', Refusal(None, 3, "Invalid JSON")),
        (b'{"error":{"code":3,"msg":"Invalid JSON"}}', Refusal(None, 3, "Invalid JSON")),
        (b'{"code":0,"msg":"Unknown property","id":7}', Refusal(7, 0, "Unknown property")),
        (b'{"code":2,"msg":"Invalid request"}', Refusal(None, 2, "Invalid request")),
    ],
)
def test_a_refusal_is_read_in_both_shapes(frame: bytes, refusal: Refusal) -> None:
    assert decode_spot(frame, RECEIVED_MS, AT) == Decoded(None, (), (refusal,))


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b'{"result":null}', "the field id is missing"),
        (b'{"result":null,"id":true}', "a request id is neither number nor text"),
        (b'{"result":null,"id":1.5}', "a request id is neither number nor text"),
        (b'{"result":null,"id":[1]}', "a request id is neither number nor text"),
        (b'{"result":7,"id":1}', "an array was expected"),
        (b'{"result":[7],"id":1}', "a name is no text"),
        (b'{"error":{"code":"2","msg":"x"},"id":1}', "an error code is no whole number"),
        (b'{"error":{"code":true,"msg":"x"},"id":1}', "an error code is no whole number"),
        (b'{"error":{"code":2},"id":1}', "the field msg is missing"),
        (b'{"error":{"msg":"x"},"id":1}', "the field code is missing"),
        (b'{"error":"x","id":1}', "an object was expected"),
        (b'{"code":2,"msg":5}', "a name is no text"),
    ],
)
def test_a_broken_answer_is_malformed(frame: bytes, reason: str) -> None:
    assert _reason(frame) == reason


# The server's warning


@pytest.mark.parametrize(
    "frame",
    [
        b'{"e":"serverShutdown","E":1767225600500}',
        b'{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1767225600500}}',
        b'{"event":{"e":"serverShutdown","E":1767225600500}}',
        b'{"stream":"btcusdt@trade","data":{"e":"serverShutdown","E":1767225600500}}',
        b'{"stream":"btcusdt@bookTicker","data":{"e":"serverShutdown","E":1767225600500}}',
        b'{"stream":"!serverShutdown","data":{"E":1767225600500}}',
    ],
)
def test_a_shutdown_is_seen_in_every_shape(frame: bytes) -> None:
    assert decode_spot(frame, RECEIVED_MS, AT) == Decoded(None, (), (ServerShutdown(1767225600500),))


@pytest.mark.parametrize("time", [b"", b',"E":"soon"', b',"E":true', b',"E":-1'])
def test_a_shutdown_is_seen_even_without_its_time(time: bytes) -> None:
    frame = b'{"e":"serverShutdown"' + time + b"}"
    assert _only(decode_spot(frame, RECEIVED_MS, AT)) == ServerShutdown(None)


# What this program does not know


@pytest.mark.parametrize(
    ("message", "stream", "name"),
    [
        ({"e": "somethingNew", "E": 1}, None, "somethingNew"),
        ({"event": {"e": "executionReport"}}, None, "executionReport"),
        ({"stream": "btcusdt@new", "data": {"e": "newEvent"}}, "btcusdt@new", "newEvent"),
        ({"stream": "btcusdt@new", "data": {"x": 1}}, "btcusdt@new", "btcusdt@new"),
        ({"stream": "btcusdt@new", "data": []}, "btcusdt@new", "btcusdt@new"),
        ({"stream": "btcusdt@trade", "data": {"e": "tradeV2"}}, "btcusdt@trade", "tradeV2"),
        ({"stream": "!miniTicker@arr", "data": [{"e": "v2"}]}, "!miniTicker@arr", "v2"),
    ],
)
def test_a_kind_that_nobody_knows_is_counted_and_no_error(
    message: Any, stream: str | None, name: str
) -> None:
    decoded = _decode(message)
    assert decoded.stream == stream
    assert list(decoded.said) == [UnknownEvent(name)]


def test_the_name_of_an_unknown_event_is_bounded() -> None:
    assert _only(_decode({"e": "x" * 1000})) == UnknownEvent("x" * 200)


# What breaks the protocol


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"", "no valid JSON"),
        (b"not json", "no valid JSON"),
        (b'{"stream":"btcusdt@trade","data":{"e":"trade"', "no valid JSON"),
        (b'{"e":"trade","p":NaN}', "no valid JSON"),
        (b"\xff\xfe\x00binary", "no valid JSON"),
        (b'{"e":"tr\xffade"}', "no valid JSON"),
        ('{"e":"\ud800"}', "no valid JSON"),
        (b'{"e":"\\ud800"}', "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "no valid JSON"),
        (b"null", "an array was expected"),
        (b'"stream data"', "an array was expected"),
        (b"5", "an array was expected"),
        (b"[5]", "an object was expected"),
        (b"[[]]", "an object was expected"),
        (b"[{}]", "the field e is missing"),
        (b"{}", "neither data nor an answer"),
        (b'{"stream":"btcusdt@trade"}', "neither data nor an answer"),
        (b'{"e":5}', "a name is no text"),
        (b'{"e":["trade"]}', "a name is no text"),
        (b'{"event":5}', "an object was expected"),
        (b'{"event":{}}', "the field e is missing"),
        (b'{"stream":5,"data":{}}', "a name is no text"),
        (b'{"stream":["x"],"data":{}}', "a name is no text"),
        (b'{"stream":"btcusdt@trade","data":5}', "an object was expected"),
        (b'{"stream":"btcusdt@trade","data":null}', "an object was expected"),
        (b'{"stream":"btcusdt@trade","data":[]}', "an object was expected"),
        (b'{"stream":"btcusdt@trade","data":{"s":"BTCUSDT"}}', "the field e is missing"),
        (b'{"stream":"btcusdt@trade","data":{"e":7}}', "a name is no text"),
        (
            b'{"stream":"btcusdt@trade","data":{"e":"aggTrade"}}',
            "the payload is of another kind than its stream",
        ),
        (b'{"stream":"!miniTicker@arr","data":{}}', "an array was expected"),
        (b'{"stream":"nosuch@new","data":5}', "an object was expected"),
        (b'{"u":1,"s":"btcusdt"}', "the symbol is none"),
        (b'{"u":1}', "the field s is missing"),
        (b'{"e":"trade","s":"BTC\\u001b[31m"}', "the symbol is none"),
    ],
)
def test_a_frame_that_breaks_the_protocol_is_malformed(frame: bytes | str, reason: str) -> None:
    assert _reason(frame) == reason


def test_a_malformed_payload_still_names_its_stream() -> None:
    payload = {**sample("btcusdt@trade").payload, "p": 102571.18}
    decoded = _combined("btcusdt@trade", payload)
    assert decoded.stream == "btcusdt@trade"
    assert isinstance(_only(decoded), Malformed)


@pytest.mark.parametrize(
    "frame", ["x" * 1000, b"x" * 1000, "币" * 1000, ("币" * 1000).encode(), b"\xff" * 1000]
)
def test_the_kept_head_of_a_malformed_frame_is_bounded(frame: bytes | str) -> None:
    event = _only(decode_spot(frame, RECEIVED_MS, AT))
    assert isinstance(event, Malformed)
    assert len(event.head) == 200


def test_the_kept_head_can_always_be_passed_on() -> None:
    event = _only(decode_spot("bad \ud800", RECEIVED_MS, AT))
    assert isinstance(event, Malformed)
    assert orjson.dumps(event.head) == b'"bad ?"'


def test_a_number_too_long_for_json_is_no_id() -> None:
    frame = orjson.dumps(sample("btcusdt@trade").payload).replace(b"5455447976", b"9" * 30)
    assert _reason(frame) == "an id or count is no whole number"


def test_fields_come_in_any_order() -> None:
    each = sample("btcusdt@trade")
    turned = dict(reversed(each.payload.items()))
    frame = orjson.dumps({"data": turned, "stream": each.stream, "extra": 1})
    assert decode_spot(frame, RECEIVED_MS, AT) == Decoded(each.stream, (each.event,))


def test_the_payload_before_the_envelope_does_not_matter() -> None:
    assert isinstance(_only(_decode({**sample("btcusdt@trade").payload, "stream": "btcusdt@trade"})), Trade)


# Whatever comes in


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
_FIELD_NAMES = sorted({name for each in SAMPLES for name in each.payload})
_WORDS = [
    "stream",
    "data",
    "result",
    "error",
    "id",
    "code",
    "msg",
    "event",
    "e",
    "k",
    "serverShutdown",
    *_FIELD_NAMES,
]
_likely = st.dictionaries(
    st.sampled_from(_WORDS),
    _json | st.sampled_from([each.stream for each in SAMPLES] + ["!miniTicker@arr", "trade", "kline"]),
    max_size=6,
)


def _assert_orderly(frame: bytes | str) -> None:
    """Something came out, and all of it can be passed on as UTF-8."""
    decoded = decode_spot(frame, RECEIVED_MS, AT)
    assert decoded.stream is None or decoded.stream.encode()
    assert all(isinstance(event, MarketEvent) for event in decoded.events)
    for event in decoded.said:
        assert isinstance(event, ControlEvent)
        if isinstance(event, Malformed):
            assert event.reason
            event.head.encode()


@given(st.binary(max_size=80))
def test_any_bytes_come_to_an_orderly_end(frame: bytes) -> None:
    _assert_orderly(frame)


@given(st.text(st.characters(), max_size=80))
def test_any_text_comes_to_an_orderly_end(frame: str) -> None:
    _assert_orderly(frame)


@given(_json | _likely | st.lists(_likely, max_size=3))
def test_any_json_comes_to_an_orderly_end(message: Any) -> None:
    _assert_orderly(orjson.dumps(message))


@given(st.sampled_from(SAMPLES), st.booleans(), st.data())
def test_a_good_frame_with_one_value_changed_comes_to_an_orderly_end(
    each: Sample, combined: bool, data: st.DataObject
) -> None:
    payload = {**each.payload, data.draw(st.sampled_from(list(each.payload))): data.draw(_json)}
    _assert_orderly(orjson.dumps({"stream": each.stream, "data": payload} if combined else payload))


@given(st.sampled_from(SAMPLES), st.data())
def test_a_good_frame_with_bytes_changed_comes_to_an_orderly_end(each: Sample, data: st.DataObject) -> None:
    frame = bytearray(orjson.dumps({"stream": each.stream, "data": each.payload}))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    _assert_orderly(bytes(frame[: data.draw(st.integers(0, len(frame)))]))


_decimal = st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,12})?", fullmatch=True)


@given(_decimal, _decimal, st.integers(0, 2**63 - 1))
def test_no_digit_is_lost(price: str, qty: str, trade_id: int) -> None:
    each = sample("btcusdt@trade")
    event = _only(_combined(each.stream, {**each.payload, "p": price, "q": qty, "t": trade_id}))
    assert isinstance(event, Trade)
    assert (event.price, event.qty, event.trade_id) == (price, qty, trade_id)
