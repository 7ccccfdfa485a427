"""Names of Spot streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.markets import StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.names import INTERVALS, is_symbol_text
from bntui.venue.binance.streams import (
    PARTIAL_LEVELS,
    UTC_OFFSETS,
    WINDOWS,
    format_spot,
    is_well_formed,
    parse_spot,
)

NAMES = {
    "btcusdt@trade": StreamSpec(StreamKind.TRADE, "BTCUSDT"),
    "btcusdt@aggTrade": StreamSpec(StreamKind.AGG_TRADE, "BTCUSDT"),
    "btcusdt@blockTrade": StreamSpec(StreamKind.BLOCK_TRADE, "BTCUSDT"),
    "btcusdt@bookTicker": StreamSpec(StreamKind.BOOK_TICKER, "BTCUSDT"),
    "btcusdt@ticker": StreamSpec(StreamKind.TICKER, "BTCUSDT"),
    "btcusdt@ticker_4h": StreamSpec(StreamKind.WINDOW_TICKER, "BTCUSDT", interval="4h"),
    "btcusdt@miniTicker": StreamSpec(StreamKind.MINI_TICKER, "BTCUSDT"),
    "!miniTicker@arr": StreamSpec(StreamKind.MINI_TICKER_ALL),
    "!ticker_1h@arr": StreamSpec(StreamKind.WINDOW_TICKER_ALL, interval="1h"),
    "btcusdt@kline_1m": StreamSpec(StreamKind.KLINE, "BTCUSDT", interval="1m"),
    "btcusdt@kline_1M": StreamSpec(StreamKind.KLINE, "BTCUSDT", interval="1M"),
    "btcusdt@kline_1d@+08:00": StreamSpec(StreamKind.KLINE, "BTCUSDT", interval="1d", utc_offset="+08:00"),
    "btcusdt@avgPrice": StreamSpec(StreamKind.AVG_PRICE, "BTCUSDT"),
    "btcusdt@depth": StreamSpec(StreamKind.DEPTH, "BTCUSDT"),
    "btcusdt@depth@100ms": StreamSpec(StreamKind.DEPTH, "BTCUSDT", speed="100ms"),
    "btcusdt@depth5": StreamSpec(StreamKind.PARTIAL_DEPTH, "BTCUSDT", levels=5),
    "btcusdt@depth20@100ms": StreamSpec(StreamKind.PARTIAL_DEPTH, "BTCUSDT", levels=20, speed="100ms"),
    "btcusdt@referencePrice": StreamSpec(StreamKind.REFERENCE_PRICE, "BTCUSDT"),
    "币安人生usdt@trade": StreamSpec(StreamKind.TRADE, "币安人生USDT"),
}


@pytest.mark.parametrize(("name", "spec"), NAMES.items())
def test_a_name_is_taken_apart_and_put_together_again(name: str, spec: StreamSpec) -> None:
    assert parse_spot(name) == spec
    assert format_spot(spec) == name


FUTURES_ONLY = frozenset(
    {
        StreamKind.BOOK_TICKER_ALL,
        StreamKind.TICKER_ALL,
        StreamKind.RPI_DEPTH,
        StreamKind.CONTINUOUS_KLINE,
        StreamKind.MARK_PRICE,
        StreamKind.MARK_PRICE_ALL,
        StreamKind.INDEX_PRICE,
        StreamKind.LIQUIDATION,
        StreamKind.LIQUIDATION_ALL,
        StreamKind.CONTRACT_INFO,
    }
)
"""Kinds that Spot does not have."""

KINDS = sorted(set(StreamKind) - FUTURES_ONLY)


def test_every_kind_of_stream_has_a_name() -> None:
    assert sorted({spec.kind for spec in NAMES.values()}) == KINDS


_symbols = st.one_of(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20),
    st.text(min_size=1, max_size=8).map(str.upper),
).filter(lambda symbol: is_symbol_text(symbol) and symbol.lower().upper() == symbol)


@st.composite
def _specs(draw: st.DrawFn) -> StreamSpec:
    kind = draw(st.sampled_from(KINDS))
    whole = kind in (StreamKind.MINI_TICKER_ALL, StreamKind.WINDOW_TICKER_ALL)
    windowed = kind in (StreamKind.WINDOW_TICKER, StreamKind.WINDOW_TICKER_ALL)
    kline = kind is StreamKind.KLINE
    book = kind in (StreamKind.DEPTH, StreamKind.PARTIAL_DEPTH)
    return StreamSpec(
        kind,
        symbol="" if whole else draw(_symbols),
        interval=draw(st.sampled_from(WINDOWS if windowed else list(INTERVALS))) if windowed or kline else "",
        utc_offset=draw(st.sampled_from(["", *UTC_OFFSETS])) if kline else "",
        levels=draw(st.sampled_from(PARTIAL_LEVELS)) if kind is StreamKind.PARTIAL_DEPTH else 0,
        speed=draw(st.sampled_from(["", "100ms"])) if book else "",
    )


@given(_specs())
def test_every_stream_of_spot_survives_its_name(spec: StreamSpec) -> None:
    name = format_spot(spec)
    assert parse_spot(name) == spec
    assert is_well_formed(name)


@given(st.text(max_size=40) | st.from_regex(r"[a-z!@_0-9]{1,20}@[a-zA-Z_0-9@+:]{0,20}", fullmatch=True))
def test_a_name_is_either_exact_or_refused(name: str) -> None:
    try:
        spec = parse_spot(name)
    except ValueError:
        return
    assert format_spot(spec) == name
    assert is_well_formed(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("!ticker@arr", r"retired.*use !miniTicker@arr or <symbol>@ticker"),
        ("!bookTicker", r"removed.*use <symbol>@bookTicker"),
        ("BTCUSDT@trade", "lower case"),
        ("btcusdt", "read like btcusdt@trade"),
        ("", "read like btcusdt@trade"),
        ("btcusdt@", "read like btcusdt@trade"),
        ("@trade", "read like btcusdt@trade"),
        ("btc usdt@trade", "read like btcusdt@trade"),
        ("btcusdt@@trade", "no such stream"),
        ("btcusdt@Trade", "no such stream"),
        ("btcusdt@trade ", "no such stream"),
        ("btcusdt@kline_2m", "no such stream"),
        ("btcusdt@kline_1m@+09:00", "no such stream"),
        ("btcusdt@depth7", "no such stream"),
        ("btcusdt@depth5@500ms", "no such stream"),
        ("btcusdt@ticker_2h", "no such stream"),
        ("btcusdt@markPrice", "no such stream"),
        ("!ticker_2h@arr", "no name of a Spot stream"),
    ],
)
def test_what_is_no_stream_of_spot_is_refused_in_words(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_spot(name)


@pytest.mark.parametrize(
    "spec",
    [
        StreamSpec(StreamKind.TRADE),
        StreamSpec(StreamKind.TRADE, "btcusdt"),
        StreamSpec(StreamKind.TRADE, "BTC USDT"),
        StreamSpec(StreamKind.TRADE, "BTCUSDT", interval="1m"),
        StreamSpec(StreamKind.KLINE, "BTCUSDT"),
        StreamSpec(StreamKind.KLINE, "BTCUSDT", interval="7m"),
        StreamSpec(StreamKind.PARTIAL_DEPTH, "BTCUSDT", levels=7),
        StreamSpec(StreamKind.PARTIAL_DEPTH, "BTCUSDT"),
        StreamSpec(StreamKind.DEPTH, "BTCUSDT", speed="1s"),
        StreamSpec(StreamKind.MINI_TICKER_ALL, "BTCUSDT"),
        StreamSpec(StreamKind.WINDOW_TICKER_ALL),
        *(StreamSpec(kind, "BTCUSDT") for kind in sorted(FUTURES_ONLY)),
    ],
)
def test_a_stream_that_spot_does_not_have_gets_no_name(spec: StreamSpec) -> None:
    with pytest.raises(ValueError, match=r"Spot has no stream like|is no symbol"):
        format_spot(spec)


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        "nosuch@trade",
        "BTCUSDT@trade",
        "btcusdt@nosuch",
        "btcusdt@trade@nosuch",
        "btcusdt@markPrice@1s",
        "!ticker@arr",
        "!bookTicker",
        "!nosuch@arr",
    ],
)
def test_names_that_the_exchange_would_take(name: str) -> None:
    assert is_well_formed(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "@",
        "!",
        "!@arr",
        "!!ticker",
        "btcusdt",
        "btcusdt@",
        "@trade",
        "btcusdt@@trade",
        "btcusdt@trade@",
        "btc usdt@trade",
        "btcusdt@tra de",
        "btcusdt@trade\n",
        "btc\x1busdt@trade",
        "btc/usdt@trade",
        'btc"usdt@trade',
        "btcusdt@trade/ethusdt@trade",
        "btc\u202eusdt@trade",
    ],
)
def test_names_that_the_exchange_would_refuse(name: str) -> None:
    assert not is_well_formed(name)
