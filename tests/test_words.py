"""Durations, kinds of events and addresses as users type them, and the nearest word to a mistyped one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.engine.tail import TAIL_KINDS
from bntui.model.markets import StreamKind
from bntui.words import (
    KINDS,
    STREAM_OF_KIND,
    closest,
    nearest,
    parse_duration,
    parse_kinds,
    parse_listen,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("20s", 20),
        ("5m", 300),
        ("23h", 82_800),
        ("1d", 86_400),
        ("1h30m", 5_400),
        ("0.5s", 0.5),
        ("0s", 0),
    ],
)
def test_durations_are_numbers_with_units(text: str, seconds: float) -> None:
    assert math.isclose(parse_duration(text), seconds)


@pytest.mark.parametrize(
    "text", ["", "20", "s", "-5s", "5 m", "5x", "1h30", "nan", "1e3s", "٣s", "5s\n", "9" * 400 + "d"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration; write it like"):
        parse_duration(text)


@given(st.text(max_size=12))
def test_any_text_is_a_duration_or_refused_in_words(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except ValueError:
        return
    assert seconds >= 0


@given(st.from_regex(r"(?:[0-9]{1,4}(?:ms|s|m|h|d)){1,3}", fullmatch=True), st.integers(1, 999))
def test_a_longer_text_is_a_longer_duration(text: str, more: int) -> None:
    assert parse_duration(f"{text}{more}ms") > parse_duration(text)


def test_kinds_are_a_list_without_repeats_in_the_given_order() -> None:
    assert parse_kinds("trade, quote,trade") == ("trade", "quote")


def test_a_candle_has_an_interval() -> None:
    assert parse_kinds("candle") == ("candle:1m",)
    assert parse_kinds("candle:5m,candle,candle:1m") == ("candle:5m", "candle:1m")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "candle"])
def test_every_kind_is_accepted_by_its_name(kind: str) -> None:
    assert parse_kinds(kind) == (kind,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trad", "did you mean trade"),
        ("Trade", "is no kind of event"),
        ("candle:7m", "is no candle interval; there are 1s, 1m"),
        ("candle:", "is no candle interval"),
        ("trade:5m", "takes nothing after a colon"),
        (" , ", "no kind of event is named"),
    ],
)
def test_what_is_no_kind_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_kinds(text)


def test_each_kind_of_event_comes_from_one_stream_of_its_own() -> None:
    by_rest_beside = {"open_interest"}
    own = [stream for kind, stream in STREAM_OF_KIND.items() if kind not in by_rest_beside]
    assert len(set(own)) == len(own)
    assert STREAM_OF_KIND["candle"] is StreamKind.KLINE
    assert set(STREAM_OF_KIND) < set(KINDS)


def test_the_kinds_are_those_that_a_tail_can_print() -> None:
    needing_more_than_a_name = {"partial_depth", "window_ticker", "rpi_depth"}
    of_no_single_symbol = {"contract"}
    assert set(KINDS) == set(TAIL_KINDS) - needing_more_than_a_name - of_no_single_symbol


def test_the_nearest_word_is_offered_only_where_one_is_near() -> None:
    assert nearest("tradee", ["quote", "trade"]) == "; did you mean trade?"
    assert nearest("xyz", ["quote", "trade"]) == ""
    assert closest("trade", [], likeness=0.1) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9464", ("::1", 9464)),
        ("0.0.0.0:65535", ("0.0.0.0", 65_535)),
    ],
)
def test_an_address_to_listen_on_is_host_and_port(text: str, place: tuple[str, int]) -> None:
    assert parse_listen(text) == place


@pytest.mark.parametrize("text", ["", "9464", ":9464", "host:", "host:65536", "::1:9464", "http://host:1"])
def test_anything_else_is_no_address_to_listen_on(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse_listen(text)
