"""Names and paths of the futures markets' streams (section «Websocket Market Streams» of the USD-M and
COIN-M documents, read 2026-05-28; the change notice of 2026-03-06).

Since 2026-04-23 USD-M serves each kind on one path only. On another path a stream is acknowledged and
stays silent for ever, so that the path of every kind stands in one table, and what is not in it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bntui.model.markets import StreamKind
from bntui.venue.base import COMBINED_SOCKET, StreamSpec
from bntui.venue.binance.names import INTERVALS
from bntui.venue.binance.streams import FAST_SPEED, PARTIAL_LEVELS, Catalogue

SECOND = "1s"
"""The interval that only continuous candles of USD-M have, and the faster speed of mark prices."""

FUTURES_INTERVALS: Mapping[str, int] = MappingProxyType(
    {interval: length_ms for interval, length_ms in INTERVALS.items() if interval != SECOND}
)
"""Intervals of `@kline_<interval>` with their length in ms."""

SLOW_SPEED = "500ms"
UNDOCUMENTED_SPEED = "0ms"
"""Every change at once: no document names it, recordings hold it (hftbacktest, 2024-08-08)."""

CONTRACTS = ("PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER", "TRADIFI_PERPETUAL")
"""What may follow the pair in `<pair>_<contractType>@continuousKline_<interval>`."""

_PUBLIC, _MARKET = f"/public{COMBINED_SOCKET}", f"/market{COMBINED_SOCKET}"

USDM_PATHS: Mapping[StreamKind, str] = MappingProxyType(
    {
        StreamKind.BOOK_TICKER: _PUBLIC,
        StreamKind.BOOK_TICKER_ALL: _PUBLIC,
        StreamKind.DEPTH: _PUBLIC,
        StreamKind.PARTIAL_DEPTH: _PUBLIC,
        StreamKind.RPI_DEPTH: _PUBLIC,
        # No document names this stream. ccxt (pull request 28091, 2026-03) takes it from /public; users saw
        # it flow in August 2026 on a socket without a path, and such a socket acts as /public.
        StreamKind.TRADE: _PUBLIC,
        StreamKind.AGG_TRADE: _MARKET,
        StreamKind.TICKER: _MARKET,
        StreamKind.TICKER_ALL: _MARKET,
        StreamKind.MINI_TICKER: _MARKET,
        StreamKind.MINI_TICKER_ALL: _MARKET,
        StreamKind.KLINE: _MARKET,
        StreamKind.CONTINUOUS_KLINE: _MARKET,
        StreamKind.MARK_PRICE: _MARKET,
        StreamKind.MARK_PRICE_ALL: _MARKET,
        StreamKind.LIQUIDATION: _MARKET,
        StreamKind.LIQUIDATION_ALL: _MARKET,
        StreamKind.CONTRACT_INFO: _MARKET,
    }
)
"""The path of each kind's combined socket at fstream.binance.com."""

_USDM_ONLY = frozenset({StreamKind.RPI_DEPTH, StreamKind.MARK_PRICE_ALL})

COINM_PATHS: Mapping[StreamKind, str] = MappingProxyType(
    dict.fromkeys((*(USDM_PATHS.keys() - _USDM_ONLY), StreamKind.INDEX_PRICE), COMBINED_SOCKET)
)
"""The same at dstream.binance.com, which has no split: its one socket serves every kind."""

FUTURES_WATCH = (StreamKind.BOOK_TICKER, StreamKind.TRADE, StreamKind.TICKER, StreamKind.MARK_PRICE)
"""The streams that a row of the watchlist needs."""


def _suffixes(paths: Mapping[StreamKind, str], continuous: Mapping[str, int]) -> dict[str, StreamSpec]:
    """Everything that may follow a symbol, for the kinds that have a path."""
    suffixes = {
        "trade": StreamSpec(StreamKind.TRADE),
        "aggTrade": StreamSpec(StreamKind.AGG_TRADE),
        "bookTicker": StreamSpec(StreamKind.BOOK_TICKER),
        "ticker": StreamSpec(StreamKind.TICKER),
        "miniTicker": StreamSpec(StreamKind.MINI_TICKER),
        "markPrice": StreamSpec(StreamKind.MARK_PRICE),
        f"markPrice@{SECOND}": StreamSpec(StreamKind.MARK_PRICE, speed=SECOND),
        "indexPrice": StreamSpec(StreamKind.INDEX_PRICE),
        "forceOrder": StreamSpec(StreamKind.LIQUIDATION),
        f"rpiDepth@{SLOW_SPEED}": StreamSpec(StreamKind.RPI_DEPTH, speed=SLOW_SPEED),
        "depth": StreamSpec(StreamKind.DEPTH),
        f"depth@{UNDOCUMENTED_SPEED}": StreamSpec(StreamKind.DEPTH, speed=UNDOCUMENTED_SPEED),
    }
    for speed in (FAST_SPEED, SLOW_SPEED):
        suffixes[f"depth@{speed}"] = StreamSpec(StreamKind.DEPTH, speed=speed)
    for levels in PARTIAL_LEVELS:
        suffixes[f"depth{levels}"] = StreamSpec(StreamKind.PARTIAL_DEPTH, levels=levels)
        for speed in (FAST_SPEED, SLOW_SPEED):
            suffixes[f"depth{levels}@{speed}"] = StreamSpec(
                StreamKind.PARTIAL_DEPTH, levels=levels, speed=speed
            )
    for interval in FUTURES_INTERVALS:
        suffixes[f"kline_{interval}"] = StreamSpec(StreamKind.KLINE, interval=interval)
    for interval in continuous:
        suffixes[f"continuousKline_{interval}"] = StreamSpec(StreamKind.CONTINUOUS_KLINE, interval=interval)
    return {suffix: spec for suffix, spec in suffixes.items() if spec.kind in paths}


def _whole(paths: Mapping[StreamKind, str]) -> dict[str, StreamSpec]:
    """The streams of all symbols, for the kinds that have a path."""
    whole = {
        "!bookTicker": StreamSpec(StreamKind.BOOK_TICKER_ALL),
        "!ticker@arr": StreamSpec(StreamKind.TICKER_ALL),
        "!miniTicker@arr": StreamSpec(StreamKind.MINI_TICKER_ALL),
        "!markPrice@arr": StreamSpec(StreamKind.MARK_PRICE_ALL),
        f"!markPrice@arr@{SECOND}": StreamSpec(StreamKind.MARK_PRICE_ALL, speed=SECOND),
        "!forceOrder@arr": StreamSpec(StreamKind.LIQUIDATION_ALL),
        "!contractInfo": StreamSpec(StreamKind.CONTRACT_INFO),
    }
    return {name: spec for name, spec in whole.items() if spec.kind in paths}


_NOT_READ = "is a stream that bntui does not read"
_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        # Acknowledged and silent (measured on fstream, 2026-10-07).
        "depth@250ms": "stays silent: 250 ms is the speed of the plain name, <symbol>@depth",
        **{
            f"depth{levels}@250ms": f"stays silent: 250 ms is the speed of the plain name, depth{levels}"
            for levels in PARTIAL_LEVELS
        },
        "kline_1s": "stays silent: futures have candles of a second only as "
        "<pair>_perpetual@continuousKline_1s",
        "indexPrice@1s": "was removed by the exchange on 2026-06-30; use <pair>@indexPrice",
        "compositeIndex": _NOT_READ,
        "assetIndex": _NOT_READ,
        "!assetIndex@arr": _NOT_READ,
        "tradingSession": _NOT_READ,
    }
)

_USDM = Catalogue("USD-M", _suffixes(USDM_PATHS, INTERVALS), _whole(USDM_PATHS), _REFUSED)
_COINM = Catalogue("COIN-M", _suffixes(COINM_PATHS, FUTURES_INTERVALS), _whole(COINM_PATHS), _REFUSED)


def parse_usdm(name: str) -> StreamSpec:
    """Take the name of a USD-M stream apart. Raises ValueError, in words, for any other name."""
    return _with_contract(_USDM.parse(name))


def format_usdm(spec: StreamSpec) -> str:
    """The name of a USD-M stream. Raises ValueError for a stream that USD-M does not have."""
    return _USDM.format(_with_contract(spec))


def parse_coinm(name: str) -> StreamSpec:
    """Take the name of a COIN-M stream apart. Raises ValueError, in words, for any other name."""
    return _with_contract(_COINM.parse(name))


def format_coinm(spec: StreamSpec) -> str:
    """The name of a COIN-M stream. Raises ValueError for a stream that COIN-M does not have."""
    return _COINM.format(_with_contract(spec))


def continuous_symbol(pair: str, contract: str) -> str:
    """What stands for the symbol of a continuous candle, such as `BTCUSDT_PERPETUAL`: contracts of a kind
    follow one another in it, so that it has no symbol. Raises ValueError for a kind that nobody knows."""
    if contract not in CONTRACTS or not pair:
        raise ValueError(f"continuous candles are named <pair>_<contract>, one of {', '.join(CONTRACTS)}")
    return f"{pair}_{contract}"


def _with_contract(spec: StreamSpec) -> StreamSpec:
    if spec.kind is StreamKind.CONTINUOUS_KLINE:
        pair, _, contract = spec.symbol.partition("_")
        continuous_symbol(pair, contract)
    return spec


def stream_path_of(paths: Mapping[StreamKind, str]) -> Callable[[StreamSpec], str]:
    """A market's lookup of the path that serves a stream."""

    def stream_path(spec: StreamSpec) -> str:
        path = paths.get(spec.kind)
        if path is None:
            raise ValueError(f"no path is known for streams of the kind {spec.kind}")
        return path

    return stream_path
