"""Names of Binance's market streams: taken apart, put together, and told from nonsense.

The exchange acknowledges every well-formed name, also of streams that do not exist, and such a stream
stays silent for ever. So names are checked here before they are sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bntui.model.markets import StreamKind
from bntui.venue.base import StreamSpec

INTERVALS: Mapping[str, int] = MappingProxyType(
    {
        "1s": 1_000,
        "1m": 60_000,
        "3m": 180_000,
        "5m": 300_000,
        "15m": 900_000,
        "30m": 1_800_000,
        "1h": 3_600_000,
        "2h": 7_200_000,
        "4h": 14_400_000,
        "6h": 21_600_000,
        "8h": 28_800_000,
        "12h": 43_200_000,
        "1d": 86_400_000,
        "3d": 259_200_000,
        "1w": 604_800_000,
        "1M": 2_592_000_000,
    }
)
"""Kline intervals with their length in ms; the month's is that of 30 days (web-socket-streams.md, read
2026-07-21)."""

UTC_OFFSETS: Mapping[str, int] = MappingProxyType({"+08:00": 28_800_000})
"""Offsets of candle boundaries that `@kline_<interval>@<offset>` takes, with their length in ms."""

WINDOWS = ("1h", "4h", "1d")
"""Windows of `@ticker_<window>`."""

PARTIAL_LEVELS = (5, 10, 20)
"""Levels of `@depth<levels>`."""

FAST_SPEED = "100ms"
"""The speed that book streams take instead of their default of one second."""


def _spot_suffixes() -> dict[str, StreamSpec]:
    """Everything that may follow a symbol on Spot (web-socket-streams.md, read 2026-07-21)."""
    suffixes = {
        "trade": StreamSpec(StreamKind.TRADE),
        "aggTrade": StreamSpec(StreamKind.AGG_TRADE),
        "blockTrade": StreamSpec(StreamKind.BLOCK_TRADE),
        "bookTicker": StreamSpec(StreamKind.BOOK_TICKER),
        "ticker": StreamSpec(StreamKind.TICKER),
        "miniTicker": StreamSpec(StreamKind.MINI_TICKER),
        "avgPrice": StreamSpec(StreamKind.AVG_PRICE),
        "referencePrice": StreamSpec(StreamKind.REFERENCE_PRICE),
        "depth": StreamSpec(StreamKind.DEPTH),
        f"depth@{FAST_SPEED}": StreamSpec(StreamKind.DEPTH, speed=FAST_SPEED),
    }
    for window in WINDOWS:
        suffixes[f"ticker_{window}"] = StreamSpec(StreamKind.WINDOW_TICKER, interval=window)
    for levels in PARTIAL_LEVELS:
        suffixes[f"depth{levels}"] = StreamSpec(StreamKind.PARTIAL_DEPTH, levels=levels)
        suffixes[f"depth{levels}@{FAST_SPEED}"] = StreamSpec(
            StreamKind.PARTIAL_DEPTH, levels=levels, speed=FAST_SPEED
        )
    for interval in INTERVALS:
        suffixes[f"kline_{interval}"] = StreamSpec(StreamKind.KLINE, interval=interval)
        for offset in UTC_OFFSETS:
            suffixes[f"kline_{interval}@{offset}"] = StreamSpec(
                StreamKind.KLINE, interval=interval, utc_offset=offset
            )
    return suffixes


def _spot_whole() -> dict[str, StreamSpec]:
    """The streams of all symbols on Spot."""
    whole = {"!miniTicker@arr": StreamSpec(StreamKind.MINI_TICKER_ALL)}
    for window in WINDOWS:
        whole[f"!ticker_{window}@arr"] = StreamSpec(StreamKind.WINDOW_TICKER_ALL, interval=window)
    return whole


_SPOT_SUFFIXES: Mapping[str, StreamSpec] = MappingProxyType(_spot_suffixes())
_SPOT_WHOLE: Mapping[str, StreamSpec] = MappingProxyType(_spot_whole())
_SPOT_SUFFIX_OF: Mapping[StreamSpec, str] = MappingProxyType(
    {spec: suffix for suffix, spec in _SPOT_SUFFIXES.items()}
)
_SPOT_NAME_OF: Mapping[StreamSpec, str] = MappingProxyType({spec: name for name, spec in _SPOT_WHOLE.items()})

_RETIRED: Mapping[str, str] = MappingProxyType(
    {
        "!ticker@arr": "retired by the exchange on 2026-03-26; use !miniTicker@arr or <symbol>@ticker",
        "!bookTicker": "removed by the exchange on 2022-12-07; use <symbol>@bookTicker",
    }
)

_WORD = re.compile(r"[A-Za-z0-9_+:.\-]+")
_ASCII_OUTSIDE_SYMBOLS = frozenset(map(chr, range(128))) - frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
)


def is_symbol_text(text: str) -> bool:
    """Whether the text could be a symbol, in either case: printable, no spaces, no ASCII punctuation
    that names and URLs give a meaning to. Text outside ASCII is allowed: such symbols exist."""
    return bool(text) and text.isprintable() and _ASCII_OUTSIDE_SYMBOLS.isdisjoint(text)


def is_well_formed(name: str) -> bool:
    """Whether the exchange would take the name for a stream's, be there such a stream or not.

    A malformed name is refused, and the connection with it; any other is acknowledged.
    """
    head, *words = name.split("@")
    if head.startswith("!"):
        words.insert(0, head[1:])
    elif not (words and is_symbol_text(head)):
        return False
    return all(_WORD.fullmatch(word) for word in words)


def parse_spot(name: str) -> StreamSpec:
    """Take the name of a Spot stream apart. Raises ValueError, in words, for any other name."""
    if name in _RETIRED:
        raise ValueError(f"{name} was {_RETIRED[name]}")
    if (spec := _SPOT_WHOLE.get(name)) is not None:
        return spec
    text, _, suffix = name.partition("@")
    if not suffix or not is_symbol_text(text):
        raise ValueError(f"{name!r} is no name of a Spot stream; they read like btcusdt@trade")
    symbol = text.upper()
    if symbol.lower() != text:
        raise ValueError(f"{name!r} stays silent: symbols are lower case in stream names")
    spec = _SPOT_SUFFIXES.get(suffix)
    if spec is None:
        raise ValueError(f"{name!r}: Spot has no such stream")
    return replace(spec, symbol=symbol)


def format_spot(spec: StreamSpec) -> str:
    """The name of a Spot stream. Raises ValueError for a stream that Spot does not have."""
    if (name := _SPOT_NAME_OF.get(spec)) is not None:
        return name
    suffix = _SPOT_SUFFIX_OF.get(replace(spec, symbol=""))
    if suffix is None:
        raise ValueError(f"Spot has no stream like {spec}")
    text = spec.symbol.lower()
    if not is_symbol_text(text) or text.upper() != spec.symbol:
        raise ValueError(f"{spec.symbol!r} is no symbol")
    return f"{text}@{suffix}"
