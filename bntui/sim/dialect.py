"""How the markets differ in what they send: the words of their messages, and how often each comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bntui.sim import futurespayloads, payloads
from bntui.sim.bars import Bar
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.payloads import Change, Level
from bntui.sim.tradelog import AggRow
from bntui.venue.binance.futures_streams import SLOW_SPEED
from bntui.venue.binance.streams import FAST_SPEED

SECOND_US = 1_000_000
_FAST_US = SECOND_US // 10


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of the messages that every market has. The last argument asks for microseconds."""

    trade: Callable[[Pair, TradeRow, int, bool], str]
    agg_trade: Callable[[Pair, AggRow, int, bool], str]
    book_ticker: Callable[[Pair, int, Level, Level, int], str]
    """Pair, update id, best bid and ask, moment of the change."""
    depth_update: Callable[[Pair, Change, int, bool], str]
    partial_depth: Callable[[Pair, Change, int, bool], str]
    kline: Callable[[Pair, str, Bar, int, int, bool, int, bool], str]
    mini_ticker: Callable[[Pair, Bar, int, bool], str]
    ticker: Callable[[Pair, Bar, int, int, Level, Level, int, int, bool], str]


SPOT_TEXTS = Texts(
    trade=payloads.trade,
    agg_trade=payloads.agg_trade,
    book_ticker=payloads.book_ticker,
    depth_update=payloads.depth_update,
    partial_depth=payloads.partial_depth,
    kline=payloads.kline,
    mini_ticker=payloads.mini_ticker,
    ticker=payloads.ticker,
)
"""web-socket-streams.md (read 2026-07-21)."""

FUTURES_TEXTS = Texts(
    trade=futurespayloads.trade,
    agg_trade=futurespayloads.agg_trade,
    book_ticker=futurespayloads.book_ticker,
    depth_update=futurespayloads.depth_update,
    partial_depth=futurespayloads.depth_update,
    kline=futurespayloads.kline,
    mini_ticker=futurespayloads.mini_ticker,
    ticker=futurespayloads.ticker,
)
"""Both futures markets; a partial book is shaped like a change, and only its stream's name tells it."""


@dataclass(frozen=True, slots=True)
class Paces:
    """Microseconds between the messages of what is sent by the clock."""

    book: Mapping[str, int]
    """By the speed in the stream's name; empty: none is named."""
    kline: int
    ticker: int
    mini_ticker: int


SPOT_PACES = Paces(
    book=MappingProxyType({"": SECOND_US, FAST_SPEED: _FAST_US}),
    kline=2 * SECOND_US,
    ticker=SECOND_US,
    mini_ticker=SECOND_US,
)
"""web-socket-streams.md (read 2026-07-21)."""

_FUTURES_BOOK = MappingProxyType({"": SECOND_US // 4, FAST_SPEED: _FAST_US, SLOW_SPEED: SECOND_US // 2})

USDM_PACES = Paces(book=_FUTURES_BOOK, kline=SECOND_US // 4, ticker=2 * SECOND_US, mini_ticker=2 * SECOND_US)
"""USD-M, Websocket Market Streams (read 2026-05-28)."""

COINM_PACES = Paces(
    book=_FUTURES_BOOK, kline=SECOND_US // 4, ticker=SECOND_US // 2, mini_ticker=SECOND_US // 2
)
"""COIN-M, Websocket Market Streams (read 2026-05-28)."""
