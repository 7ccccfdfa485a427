"""Every message comes back as it was sent; what is no message is a ProtocolError and nothing else."""

from __future__ import annotations

import contextlib
import math
import struct
from array import array
from dataclasses import fields, replace
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.errors import ProtocolError
from bntui.model.account import AccountKey
from bntui.model.judged import VerdictView
from bntui.model.markets import Market, SymbolKey
from bntui.model.panels import Focus
from bntui.model.states import Grade, StreamState
from bntui.model.views import WatchView
from bntui.wire import codec
from bntui.wire.codec import HEADER_BYTES, MOST_BYTES, Vocabulary, body_length, decode, encode, encode_body
from bntui.wire.messages import (
    AcceptAccount,
    Acknowledge,
    Bye,
    Delta,
    Hello,
    Look,
    Message,
    Notice,
    Pull,
    Refused,
    RenewAccount,
    Rotate,
    TailLines,
    TailPull,
    Unwatch,
    Watch,
    Welcome,
)
from tests.model.build import (
    BTC,
    CJK,
    budget,
    health,
    instrument,
    outage,
    shard,
    stream,
)

FULL_ROW = WatchView(
    Market.SPOT,
    "币安人生USDT",
    "1.10",
    "5",
    "1.20",
    "6",
    10.25,
    "1.15",
    "0.1",
    "sell",
    2**53 + 1,
    10.5,
    -1,
    "-3.210",
    "1.2",
    "1.3",
    "1.0",
    "1000.00",
    "1100.00",
    10.75,
    StreamState.QUIET,
    "no trade since id 5",
    array("d", (1.0, 1.1, 1e-08)),
)

PLACES = [f.name for f in fields(WatchView)]
"""Rows go as the list of their values."""

BID, QUOTE_AT, STATE, CLOSES = map(PLACES.index, ("bid", "quote_at", "state", "closes"))

FULL_DELTA = Delta(
    "e1",
    7,
    True,
    1234.5,
    1_767_225_600_000,
    rows=[FULL_ROW, WatchView(Market.USDM, "BTCUSDT")],
    watchlist=[BTC, CJK],
    shards=[shard()],
    shards_gone=[4, 5],
    streams=[stream()],
    streams_gone=[(Market.SPOT, "btcusdt@trade")],
    stream_ages=[(Market.SPOT, "btcusdt@trade", 11.5)],
    outages=[outage(1), outage(2, ended_ms=1_767_225_601_000)],
    notices=[Notice(1, "\x1b[31mred", True)],
    instruments=[instrument(BTC), instrument(CJK)],
    budget=budget(),
    health=health(),
    verdict=VerdictView(Grade.BLIND, "BLIND on 1 of 3 streams", 5.0),
)

MESSAGES: list[Message] = [
    Hello("0.1", "abc", "binance main"),
    Welcome("0.1", "e1", 4711, 1_767_225_600_000, "demo"),
    Refused("no", "try another"),
    Pull(0, ""),
    Pull(2**62, "e1", 3, Focus(Market.SPOT, "BTCUSDT", candles_from_ms=1)),
    Look(None),
    FULL_DELTA,
    Delta("e1", 8, False, 0.0, 0),
    Watch([BTC, CJK]),
    Unwatch([]),
    Rotate(3),
    Acknowledge(7, "known: 维护"),
    RenewAccount(AccountKey("main", Market.SPOT)),
    AcceptAccount(AccountKey("main", Market.USDM)),
    TailPull(0, [BTC], ["trade", "candle:5m"]),
    TailPull(3, [BTC], ["book"], plain=True, levels=25),
    TailLines(9, 2, ['{"kind":"trade"}', ""]),
    Bye(),
]


def body(message: Message) -> bytes:
    return encode(message)[HEADER_BYTES:]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    data = encode(message)

    assert body_length(data[:HEADER_BYTES]) == len(data) - HEADER_BYTES
    back = decode(data[HEADER_BYTES:])
    assert back == message
    assert repr(back) == repr(message)


def test_every_kind_of_message_is_covered_here() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(Message))


def test_keys_come_back_as_keys() -> None:
    back = decode(body(Watch([BTC])))

    assert isinstance(back, Watch)
    assert isinstance(back.keys[0], SymbolKey)
    assert isinstance(back.keys[0].market, Market)


def test_whole_numbers_are_taken_where_a_fraction_is_meant() -> None:
    raw = orjson.loads(body(FULL_DELTA))
    raw["m"]["now"] = 5
    raw["m"]["rows"][0][QUOTE_AT] = 10
    raw["m"]["rows"][0][CLOSES] = [1, 2.5]

    back = decode(orjson.dumps(raw))

    assert isinstance(back, Delta)
    assert isinstance(back.now, float)
    assert isinstance(back.rows[0].quote_at, float)
    assert back.rows[0].closes == array("d", (1.0, 2.5))


def test_fields_of_another_version_are_passed_by_and_defaults_filled_in() -> None:
    raw = {"t": "Pull", "m": {"seq": 1, "epoch": "e", "since_version": "9"}}

    assert decode(orjson.dumps(raw)) == Pull(1, "e", None)


def answer(*rows: object) -> bytes:
    """An answer with these rows, as they would come."""
    raw = orjson.loads(body(FULL_DELTA))
    raw["m"]["rows"] = rows
    return orjson.dumps(raw)


def row_values(**other: object) -> list[object]:
    """The values of a row, some of them others."""
    values: list[object] = orjson.loads(body(FULL_DELTA))["m"]["rows"][0]
    for name, value in other.items():
        values[PLACES.index(name)] = value
    return values


def test_what_comes_in_great_numbers_goes_without_its_names() -> None:
    raw = orjson.loads(body(FULL_DELTA))["m"]
    assert {type(one) for name in ("rows", "streams", "instruments") for one in raw[name]} == {list}
    assert {type(one) for name in ("shards", "outages") for one in raw[name]} == {dict}


def test_instruments_share_the_words_that_they_have_in_common() -> None:
    back = decode(body(FULL_DELTA))
    assert isinstance(back, Delta)
    assert back.instruments is not None
    one, other = back.instruments
    assert one.quote is other.quote
    assert one.tick_size is other.tick_size


def test_numbers_that_are_only_drawn_go_as_digits_and_are_kept_as_numbers() -> None:
    assert row_values()[CLOSES] == struct.pack("<3d", *FULL_ROW.closes).hex()
    kept = orjson.loads(encode_body(FULL_DELTA))["m"]["rows"][0]
    assert kept[CLOSES] == list(FULL_ROW.closes)
    back = decode(answer(kept))
    assert isinstance(back, Delta)
    assert back.rows == [FULL_ROW]


def test_a_row_is_read_alike_the_first_time_and_later() -> None:
    rows = [row_values(), row_values(bid=None), row_values(), row_values(bid="2", closes=[])]
    back = decode(answer(*rows))
    assert isinstance(back, Delta)
    assert back.rows[0] == back.rows[2] == FULL_ROW
    assert back.rows[1] == replace(FULL_ROW, bid=None)
    assert back.rows[3] == replace(FULL_ROW, bid="2", closes=array("d"))
    assert back.rows[2].state is StreamState.QUIET


@pytest.mark.parametrize(
    "wrong",
    [
        {"bid": 1},
        {"tick": True},
        {"quote_at": "1"},
        {"state": "well"},
        {"closes": [1.5, "1"]},
        {"closes": [True]},
        {"closes": "3ff8"},
        {"closes": "3ff800000000000g"},
        {"closes": "３ff8000000000000"},
        {"closes": None},
        {"market": None},
    ],
    ids=repr,
)
def test_a_wrong_value_is_refused_behind_any_number_of_good_rows(wrong: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        decode(answer(*[row_values()] * 3, row_values(**wrong)))


def test_a_row_of_another_version_is_read_as_far_as_it_is_known() -> None:
    back = decode(answer([*row_values(), "more"], row_values()[: BID + 1]))
    assert isinstance(back, Delta)
    assert back.rows == [FULL_ROW, WatchView(FULL_ROW.market, FULL_ROW.symbol, FULL_ROW.bid)]
    with pytest.raises(ProtocolError):
        decode(answer(row_values()[:1]))


def test_of_types_that_never_come_again_no_endless_number_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(codec, "KNOWN_SHAPES", 1)
    vocabulary = Vocabulary((Delta,))
    for bid in ("1", None, "1", None):
        (row,) = vocabulary.decode(answer(row_values(bid=bid))).rows
        assert row == replace(FULL_ROW, bid=bid)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x00\xff",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"Pull"',
        b"{}",
        b'{"t":"Pull"}',
        b'{"t":"Pull","m":null}',
        b'{"t":"Pull","m":[]}',
        b'{"t":"Pull","m":{"epoch":"e"}}',
        b'{"t":"Pull","m":{"seq":"1","epoch":"e"}}',
        b'{"t":"Pull","m":{"seq":true,"epoch":"e"}}',
        b'{"t":"Pull","m":{"seq":1.5,"epoch":"e"}}',
        b'{"t":"Pull","m":{"seq":1,"epoch":null}}',
        b'{"t":"Pull","m":{"seq":1,"epoch":"e","focus_shard":"3"}}',
        b'{"t":"Nothing","m":{}}',
        b'{"t":["Pull"],"m":{}}',
        b'{"t":{"a":1},"m":{}}',
        b'{"t":"Watch","m":{"keys":[["spot"]]}}',
        b'{"t":"Watch","m":{"keys":[["spot","A","B"]]}}',
        b'{"t":"Watch","m":{"keys":[["nowhere","A"]]}}',
        b'{"t":"Watch","m":{"keys":[[["spot"],"A"]]}}',
        b'{"t":"Watch","m":{"keys":"spot"}}',
        b'{"t":"TailLines","m":{"seq":1,"lost":0,"lines":[1]}}',
        b'{"t":"Watch","m":' + b"[" * 100_000,
        b'{"t":"Watch","m":' + b"[" * 500 + b"]" * 500 + b"}",
    ],
)
def test_junk_is_a_protocol_error(junk: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(junk)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(junk: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        decode(junk)


@settings(max_examples=300)
@given(st.sampled_from(MESSAGES), st.data())
def test_no_value_in_any_place_raises_anything_else(message: Message, data: st.DataObject) -> None:
    raw: Any = orjson.loads(body(message))
    holder, place = raw, "m"
    while isinstance(holder[place], dict | list) and holder[place] and data.draw(st.booleans()):
        holder = holder[place]
        places: list[Any] = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
        place = data.draw(st.sampled_from(places))
    holder[place] = data.draw(json_values)
    with contextlib.suppress(ProtocolError):
        decode(orjson.dumps(raw))


@pytest.mark.parametrize(
    "message",
    [
        Watch([SymbolKey(Market.SPOT, "\ud800")]),
        Pull(2**80, "e"),
    ],
    ids=["lone surrogate", "huge number"],
)
def test_what_has_no_form_on_the_wire_is_not_sent(message: Message) -> None:
    with pytest.raises(ProtocolError, match="cannot be sent"):
        encode(message)


def test_numbers_that_json_has_not_are_refused_by_the_reader() -> None:
    with pytest.raises(ProtocolError):
        decode(body(Delta("e1", 1, False, math.nan, 0)))


@pytest.mark.parametrize("length", [0, MOST_BYTES + 1, 2**32 - 1])
def test_impossible_lengths_are_refused(length: int) -> None:
    with pytest.raises(ProtocolError, match="announced"):
        body_length(length.to_bytes(HEADER_BYTES, "big"))


def test_a_side_may_take_less() -> None:
    with pytest.raises(ProtocolError):
        body_length((101).to_bytes(HEADER_BYTES, "big"), most=100)


def test_too_long_a_message_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "MOST_BYTES", 10)

    with pytest.raises(ProtocolError, match="too long"):
        encode(Hello("0.1", "abc", "binance main"))


def test_a_vocabulary_knows_its_own_kinds_and_no_others() -> None:
    vocabulary = Vocabulary((Notice,))
    notice = Notice(1, "a line", False)
    assert vocabulary.decode(encode_body(notice)) == notice
    with pytest.raises(ProtocolError):
        vocabulary.decode(encode_body(Bye()))
    with pytest.raises(ProtocolError):
        decode(encode_body(notice))
