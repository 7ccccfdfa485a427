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
from bntui.venue.binance.names import INTERVALS, is_symbol_text

UTC_OFFSETS: Mapping[str, int] = MappingProxyType({"+08:00": 28_800_000})
"""Offsets of candle boundaries that `@kline_<interval>@<offset>` takes, with their length in ms."""

WINDOWS = ("1h", "4h", "1d")
"""Windows of `@ticker_<window>`."""

PARTIAL_LEVELS = (5, 10, 20)
"""Levels of `@depth<levels>`."""

FAST_SPEED = "100ms"
"""The speed that book streams take instead of their default of one second."""


_WORD = re.compile(r"[A-Za-z0-9_+:.\-]+")


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


class Catalogue:
    """The names of one market's streams: what may follow a symbol, and what stands alone."""

    def __init__(
        self,
        market: str,
        suffixes: Mapping[str, StreamSpec],
        whole: Mapping[str, StreamSpec],
        refused: Mapping[str, str],
    ) -> None:
        """`market` is its name for people; `whole` holds the streams of all symbols. `refused` says why not,
        for suffixes and whole names that people try and that would stay silent."""
        self._market = market
        self._suffixes = MappingProxyType(dict(suffixes))
        self._whole = MappingProxyType(dict(whole))
        self._refused = MappingProxyType(dict(refused))
        self._suffix_of = MappingProxyType({spec: suffix for suffix, spec in suffixes.items()})
        self._name_of = MappingProxyType({spec: name for name, spec in whole.items()})

    def parse(self, name: str) -> StreamSpec:
        """Take the name of a stream apart. Raises ValueError, in words, for any other name."""
        if name in self._refused:
            raise ValueError(f"{name} {self._refused[name]}")
        if (spec := self._whole.get(name)) is not None:
            return spec
        text, _, suffix = name.partition("@")
        if not suffix or not is_symbol_text(text):
            raise ValueError(f"{name!r} is no name of a {self._market} stream; they read like btcusdt@trade")
        symbol = text.upper()
        if symbol.lower() != text:
            raise ValueError(f"{name!r} stays silent: symbols are lower case in stream names")
        spec = self._suffixes.get(suffix)
        if spec is None:
            why = self._refused.get(suffix)
            raise ValueError(f"{name!r} {why}" if why else f"{name!r}: {self._market} has no such stream")
        return replace(spec, symbol=symbol)

    def format(self, spec: StreamSpec) -> str:
        """The name of a stream. Raises ValueError for a stream that the market does not have."""
        if (name := self._name_of.get(spec)) is not None:
            return name
        suffix = self._suffix_of.get(replace(spec, symbol=""))
        if suffix is None:
            raise ValueError(f"{self._market} has no stream like {spec}")
        text = spec.symbol.lower()
        if not is_symbol_text(text) or text.upper() != spec.symbol:
            raise ValueError(f"{spec.symbol!r} is no symbol")
        return f"{text}@{suffix}"


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


_SPOT = Catalogue(
    "Spot",
    _spot_suffixes(),
    _spot_whole(),
    {
        "!ticker@arr": ("was retired by the exchange on 2026-03-26; use !miniTicker@arr or <symbol>@ticker"),
        "!bookTicker": "was removed by the exchange on 2022-12-07; use <symbol>@bookTicker",
    },
)


def parse_spot(name: str) -> StreamSpec:
    """Take the name of a Spot stream apart. Raises ValueError, in words, for any other name."""
    return _SPOT.parse(name)


def format_spot(spec: StreamSpec) -> str:
    """The name of a Spot stream. Raises ValueError for a stream that Spot does not have."""
    return _SPOT.format(spec)
