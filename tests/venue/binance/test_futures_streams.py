"""Names and paths of the futures markets' streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.markets import StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.futures_streams import (
    COINM_PATHS,
    CONTRACTS,
    FUTURES_INTERVALS,
    USDM_PATHS,
    continuous_symbol,
    format_coinm,
    format_usdm,
    parse_coinm,
    parse_usdm,
    stream_path_of,
)
from bntui.venue.binance.names import INTERVALS, is_symbol_text
from bntui.venue.binance.streams import PARTIAL_LEVELS, is_well_formed


class _Names(NamedTuple):
    """How one market names its streams."""

    parse: Callable[[str], StreamSpec]
    format: Callable[[StreamSpec], str]
    paths: Mapping[StreamKind, str]


USDM = _Names(parse_usdm, format_usdm, USDM_PATHS)
COINM = _Names(parse_coinm, format_coinm, COINM_PATHS)
BOTH = pytest.mark.parametrize("market", [USDM, COINM], ids=["usdm", "coinm"])

SHARED_NAMES = {
    "btcusd_perp@trade": StreamSpec(StreamKind.TRADE, "BTCUSD_PERP"),
    "btcusd_perp@aggTrade": StreamSpec(StreamKind.AGG_TRADE, "BTCUSD_PERP"),
    "btcusd_260925@bookTicker": StreamSpec(StreamKind.BOOK_TICKER, "BTCUSD_260925"),
    "!bookTicker": StreamSpec(StreamKind.BOOK_TICKER_ALL),
    "btcusdt@ticker": StreamSpec(StreamKind.TICKER, "BTCUSDT"),
    "!ticker@arr": StreamSpec(StreamKind.TICKER_ALL),
    "btcusdt@miniTicker": StreamSpec(StreamKind.MINI_TICKER, "BTCUSDT"),
    "!miniTicker@arr": StreamSpec(StreamKind.MINI_TICKER_ALL),
    "btcusdt@kline_1m": StreamSpec(StreamKind.KLINE, "BTCUSDT", interval="1m"),
    "btcusdt_perpetual@continuousKline_1m": StreamSpec(
        StreamKind.CONTINUOUS_KLINE, "BTCUSDT_PERPETUAL", interval="1m"
    ),
    "btcusd_next_quarter@continuousKline_1M": StreamSpec(
        StreamKind.CONTINUOUS_KLINE, "BTCUSD_NEXT_QUARTER", interval="1M"
    ),
    "btcusdt@markPrice": StreamSpec(StreamKind.MARK_PRICE, "BTCUSDT"),
    "btcusdt@markPrice@1s": StreamSpec(StreamKind.MARK_PRICE, "BTCUSDT", speed="1s"),
    "btcusdt@forceOrder": StreamSpec(StreamKind.LIQUIDATION, "BTCUSDT"),
    "!forceOrder@arr": StreamSpec(StreamKind.LIQUIDATION_ALL),
    "!contractInfo": StreamSpec(StreamKind.CONTRACT_INFO),
    "btcusdt@depth": StreamSpec(StreamKind.DEPTH, "BTCUSDT"),
    "btcusdt@depth@0ms": StreamSpec(StreamKind.DEPTH, "BTCUSDT", speed="0ms"),
    "btcusdt@depth@500ms": StreamSpec(StreamKind.DEPTH, "BTCUSDT", speed="500ms"),
    "btcusdt@depth5": StreamSpec(StreamKind.PARTIAL_DEPTH, "BTCUSDT", levels=5),
    "btcusdt@depth20@100ms": StreamSpec(StreamKind.PARTIAL_DEPTH, "BTCUSDT", levels=20, speed="100ms"),
    "币安人生usdt@trade": StreamSpec(StreamKind.TRADE, "币安人生USDT"),
}
USDM_NAMES = {
    "!markPrice@arr": StreamSpec(StreamKind.MARK_PRICE_ALL),
    "!markPrice@arr@1s": StreamSpec(StreamKind.MARK_PRICE_ALL, speed="1s"),
    "btcusdt@rpiDepth@500ms": StreamSpec(StreamKind.RPI_DEPTH, "BTCUSDT", speed="500ms"),
    "btcusdt_perpetual@continuousKline_1s": StreamSpec(
        StreamKind.CONTINUOUS_KLINE, "BTCUSDT_PERPETUAL", interval="1s"
    ),
}
COINM_NAMES = {"btcusd@indexPrice": StreamSpec(StreamKind.INDEX_PRICE, "BTCUSD")}

ALL_NAMES = [
    *(
        pytest.param(USDM, name, spec, id=f"usdm {name}")
        for name, spec in (SHARED_NAMES | USDM_NAMES).items()
    ),
    *(
        pytest.param(COINM, name, spec, id=f"coinm {name}")
        for name, spec in (SHARED_NAMES | COINM_NAMES).items()
    ),
]


@pytest.mark.parametrize(("market", "name", "spec"), ALL_NAMES)
def test_a_name_is_taken_apart_and_put_together_again(market: _Names, name: str, spec: StreamSpec) -> None:
    assert market.parse(name) == spec
    assert market.format(spec) == name
    assert is_well_formed(name)


def test_every_kind_that_has_a_path_has_a_name() -> None:
    assert {spec.kind for spec in (SHARED_NAMES | USDM_NAMES).values()} == set(USDM_PATHS)
    assert {spec.kind for spec in (SHARED_NAMES | COINM_NAMES).values()} == set(COINM_PATHS)


@pytest.mark.parametrize("kind", StreamKind)
@BOTH
def test_every_kind_of_stream_has_a_path_or_is_refused(market: _Names, kind: StreamKind) -> None:
    lookup = stream_path_of(market.paths)
    if kind in market.paths:
        assert lookup(StreamSpec(kind)) == market.paths[kind]
        assert market.paths[kind].endswith("/stream")
    else:
        with pytest.raises(ValueError, match="no path is known"):
            lookup(StreamSpec(kind))
        with pytest.raises(ValueError, match="has no stream like"):
            market.format(StreamSpec(kind, "BTCUSDT"))


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (
            "/public/stream",
            "btcusdt@bookTicker !bookTicker btcusdt@depth5 btcusdt@depth20@500ms btcusdt@depth "
            "btcusdt@depth@100ms btcusdt@rpiDepth@500ms btcusdt@trade",
        ),
        (
            "/market/stream",
            "btcusdt@aggTrade btcusdt@markPrice btcusdt@markPrice@1s !markPrice@arr !markPrice@arr@1s "
            "btcusdt@kline_1m btcusdt_perpetual@continuousKline_1m btcusdt@miniTicker !miniTicker@arr "
            "btcusdt@ticker !ticker@arr btcusdt@forceOrder !forceOrder@arr !contractInfo",
        ),
    ],
)
def test_usdm_serves_each_stream_on_the_path_that_the_notice_names(path: str, names: str) -> None:
    lookup = stream_path_of(USDM_PATHS)
    assert {lookup(parse_usdm(name)) for name in names.split()} == {path}


def test_coinm_has_no_split() -> None:
    assert set(COINM_PATHS.values()) == {"/stream"}


_symbols = st.one_of(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", min_size=1, max_size=20),
    st.text(min_size=1, max_size=8).map(str.upper),
).filter(lambda symbol: is_symbol_text(symbol) and symbol.lower().upper() == symbol)
_pairs = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=12)


@st.composite
def _specs(draw: st.DrawFn, market: _Names) -> StreamSpec:
    kind = draw(st.sampled_from(sorted(market.paths)))
    whole = kind.endswith("_all") or kind is StreamKind.CONTRACT_INFO
    intervals: Mapping[StreamKind, list[str]] = {
        StreamKind.KLINE: list(FUTURES_INTERVALS),
        StreamKind.CONTINUOUS_KLINE: list(INTERVALS if market is USDM else FUTURES_INTERVALS),
    }
    speeds: Mapping[StreamKind, list[str]] = {
        StreamKind.DEPTH: ["", "0ms", "100ms", "500ms"],
        StreamKind.PARTIAL_DEPTH: ["", "100ms", "500ms"],
        StreamKind.RPI_DEPTH: ["500ms"],
        StreamKind.MARK_PRICE: ["", "1s"],
        StreamKind.MARK_PRICE_ALL: ["", "1s"],
    }
    symbol = (
        continuous_symbol(draw(_pairs), draw(st.sampled_from(CONTRACTS)))
        if kind is StreamKind.CONTINUOUS_KLINE
        else draw(_symbols)
    )
    return StreamSpec(
        kind,
        symbol="" if whole else symbol,
        interval=draw(st.sampled_from(intervals.get(kind, [""]))),
        levels=draw(st.sampled_from(PARTIAL_LEVELS)) if kind is StreamKind.PARTIAL_DEPTH else 0,
        speed=draw(st.sampled_from(speeds.get(kind, [""]))),
    )


@BOTH
@given(st.data())
def test_every_stream_survives_its_name(market: _Names, data: st.DataObject) -> None:
    spec = data.draw(_specs(market))
    name = market.format(spec)
    assert market.parse(name) == spec
    assert is_well_formed(name)


@BOTH
@given(st.text(max_size=40) | st.from_regex(r"[a-z!@_0-9]{1,20}@[a-zA-Z_0-9@+:]{0,20}", fullmatch=True))
def test_a_name_is_either_exact_or_refused(market: _Names, name: str) -> None:
    try:
        spec = market.parse(name)
    except ValueError:
        return
    assert market.format(spec) == name
    assert is_well_formed(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BTCUSDT@trade", "lower case"),
        ("btcusdt", "read like btcusdt@trade"),
        ("btcusdt@kline_1s", "only as <pair>_perpetual@continuousKline_1s"),
        ("btcusdt@kline_1m@+08:00", "no such stream"),
        ("btcusdt@depth@250ms", "the plain name"),
        ("btcusdt@depth10@250ms", "the plain name, depth10"),
        ("btcusdt@depth5@0ms", "no such stream"),
        ("btcusdt@avgPrice", "no such stream"),
        ("btcusdt@ticker_1h", "no such stream"),
        ("btcusdt@compositeIndex", "does not read"),
        ("btcusd@assetIndex", "does not read"),
        ("!assetIndex@arr", "does not read"),
        ("btcusd@indexPrice@1s", "removed by the exchange on 2026-06-30"),
        ("btcusdt@continuousKline_1m", "named <pair>_<contract>, one of PERPETUAL"),
        ("btcusdt_forever@continuousKline_1m", "named <pair>_<contract>"),
        ("_perpetual@continuousKline_1m", "named <pair>_<contract>"),
        ("!serverShutdown", "no name of a"),
    ],
)
@BOTH
def test_what_is_no_stream_of_a_futures_market_is_refused_in_words(
    market: _Names, name: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        market.parse(name)


@pytest.mark.parametrize("name", USDM_NAMES)
def test_coinm_refuses_what_only_usdm_has(name: str) -> None:
    with pytest.raises(ValueError, match="COIN-M"):
        parse_coinm(name)


def test_usdm_refuses_what_only_coinm_has() -> None:
    with pytest.raises(ValueError, match="USD-M has no such stream"):
        parse_usdm("btcusd@indexPrice")
