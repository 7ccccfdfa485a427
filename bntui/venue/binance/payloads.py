"""Spot's market payloads, one reader per kind (web-socket-streams.md, read 2026-07-21).

A reader takes a payload whose kind is known and gives its event. It raises KeyError for a missing
field and ValueError for one of the wrong type; unknown fields are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from bntui.model.events import (
    AggTrade,
    AveragePrice,
    BlockTrade,
    Candle,
    DepthDiff,
    MarketEvent,
    MiniTicker,
    PartialDepth,
    Quote,
    ReferencePrice,
    Ticker,
    Trade,
)
from bntui.model.markets import Market, Side, StreamKind, SymbolKey
from bntui.venue.base import StreamSpec
from bntui.venue.binance.names import is_symbol_text
from bntui.venue.binance.values import (
    entries,
    epoch_ms,
    flag,
    identifier,
    identifier_or_none_yet,
    price_levels,
    require_decimals,
    require_signed_decimals,
    taker_side,
    text,
)

Payload = dict[str, Any]
Reader = Callable[[Payload, SymbolKey, StreamSpec, int, float], MarketEvent]
"""Payload, its symbol, what is known of its stream, receipt in epoch ms, receipt on the monotonic clock."""

KNOWN_SYMBOLS = 16_384
"""Bound of the caches that are keyed by symbol or stream; what was used longest ago is dropped."""

DAY_WINDOW = "24h"
"""The window of `@ticker`."""

_AVERAGE_WINDOW = re.compile("[0-9]{1,4}[smhdwM]")


@lru_cache(maxsize=KNOWN_SYMBOLS)
def spot_key(symbol: str) -> SymbolKey:
    """The key of a symbol as a payload prints it. Raises ValueError for what can be none."""
    if not is_symbol_text(symbol) or symbol.lower().upper() != symbol:
        raise ValueError("the symbol is none")
    return SymbolKey(Market.SPOT, symbol)


def require_symbol(payload: Payload, key: SymbolKey) -> None:
    """Refuse the payload of another symbol."""
    if payload["s"] != key.symbol:
        raise ValueError("the payload is of another symbol than its stream")


def _quote(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Quote:
    require_symbol(payload, key)
    bid, bid_qty, ask, ask_qty = payload["b"], payload["B"], payload["a"], payload["A"]
    require_decimals(bid, bid_qty, ask, ask_qty)
    return Quote(key, bid, bid_qty, ask, ask_qty, identifier(payload["u"]), None, received_ms, at)


def deal(payload: Payload) -> tuple[str, str, Side, int, int]:
    """What all kinds of trades have: price, quantity, taker's side, time of the trade and of the event."""
    price, qty = payload["p"], payload["q"]
    require_decimals(price, qty)
    return price, qty, taker_side(payload["m"]), epoch_ms(payload["T"]), epoch_ms(payload["E"])


def _trade(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Trade:
    require_symbol(payload, key)
    return Trade(key, identifier(payload["t"]), *deal(payload), received_ms, at)


def _block_trade(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> BlockTrade:
    require_symbol(payload, key)
    return BlockTrade(key, identifier(payload["t"]), *deal(payload), received_ms, at)


def _agg_trade(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> AggTrade:
    require_symbol(payload, key)
    agg_id, first, last = identifier(payload["a"]), identifier(payload["f"]), identifier(payload["l"])
    return AggTrade(key, agg_id, first, last, *deal(payload), received_ms, at)


def candle_update(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Candle:
    """A state of a candle."""
    require_symbol(payload, key)
    candle = entries(payload["k"])
    require_symbol(candle, key)
    if candle["i"] != spec.interval:
        raise ValueError("the candle is of another interval than its stream")
    prices = candle["o"], candle["h"], candle["l"], candle["c"]
    volumes = candle["v"], candle["q"], candle["V"], candle["Q"]
    require_decimals(*prices, *volumes)
    return Candle(
        key,
        spec.interval,
        spec.utc_offset,
        epoch_ms(candle["t"]),
        epoch_ms(candle["T"]),
        *prices,
        *volumes,
        identifier(candle["n"]),
        identifier_or_none_yet(candle["f"]),
        identifier_or_none_yet(candle["L"]),
        flag(candle["x"]),
        epoch_ms(payload["E"]),
        received_ms,
        at,
    )


OnlyOfADay = tuple[str | None, str | None, str | None, str | None, str | None, str | None]
"""Last quantity, previous close, bid with quantity, ask with quantity."""

NOTHING_OF_A_DAY: OnlyOfADay = (None,) * 6


def _ticker(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Ticker:
    if spec.kind is not StreamKind.TICKER:
        return statistics(payload, key, spec.interval, NOTHING_OF_A_DAY, received_ms, at)
    last_qty, previous, bid, bid_qty, ask, ask_qty = (payload[name] for name in "QxbBaA")
    only_day = last_qty, previous, bid, bid_qty, ask, ask_qty
    require_decimals(*only_day)
    return statistics(payload, key, DAY_WINDOW, only_day, received_ms, at)


def statistics(
    payload: Payload, key: SymbolKey, window: str, only_day: OnlyOfADay, received_ms: int, at: float
) -> Ticker:
    """Rolling statistics, with what not all of them have."""
    require_symbol(payload, key)
    change, percent = payload["p"], payload["P"]
    require_signed_decimals(change, percent)
    common = tuple(payload[name] for name in "cwohlvq")
    require_decimals(*common)
    last, average, opened, high, low, volume, quote_volume = common
    last_qty, previous, bid, bid_qty, ask, ask_qty = only_day
    return Ticker(
        key=key,
        window=window,
        last=last,
        last_qty=last_qty,
        change=change,
        change_percent=percent,
        weighted_average=average,
        previous_close=previous,
        open=opened,
        high=high,
        low=low,
        volume=volume,
        quote_volume=quote_volume,
        bid=bid,
        bid_qty=bid_qty,
        ask=ask,
        ask_qty=ask_qty,
        open_ms=epoch_ms(payload["O"]),
        close_ms=epoch_ms(payload["C"]),
        first_id=identifier_or_none_yet(payload["F"]),
        last_id=identifier_or_none_yet(payload["L"]),
        trades=identifier(payload["n"]),
        time_ms=epoch_ms(payload["E"]),
        received_ms=received_ms,
        at=at,
    )


def mini_ticker(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> MiniTicker:
    """The short form of the day's statistics."""
    require_symbol(payload, key)
    close, opened, high, low = payload["c"], payload["o"], payload["h"], payload["l"]
    volume, quote_volume = payload["v"], payload["q"]
    require_decimals(close, opened, high, low, volume, quote_volume)
    return MiniTicker(
        key, close, opened, high, low, volume, quote_volume, epoch_ms(payload["E"]), received_ms, at
    )


def _average_price(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> AveragePrice:
    require_symbol(payload, key)
    window, price = text(payload["i"]), payload["w"]
    if _AVERAGE_WINDOW.fullmatch(window) is None:
        raise ValueError("the window of an average price is none")
    require_decimals(price)
    return AveragePrice(key, window, price, epoch_ms(payload["T"]), epoch_ms(payload["E"]), received_ms, at)


def _depth_diff(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> DepthDiff:
    require_symbol(payload, key)
    first, last = identifier(payload["U"]), identifier(payload["u"])
    if last < first:
        raise ValueError("the update ids of a book run backwards")
    return DepthDiff(
        key,
        first,
        last,
        None,
        price_levels(payload["b"]),
        price_levels(payload["a"]),
        epoch_ms(payload["E"]),
        received_ms,
        at,
    )


def _partial_depth(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> PartialDepth:
    return PartialDepth(
        key,
        identifier(payload["lastUpdateId"]),
        price_levels(payload["bids"]),
        price_levels(payload["asks"]),
        None,
        received_ms,
        at,
    )


def _reference_price(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> ReferencePrice:
    require_symbol(payload, key)
    price = payload["r"]
    if price is not None:
        require_decimals(price)
    return ReferencePrice(key, price, epoch_ms(payload["t"]), received_ms, at)


READERS: Mapping[StreamKind, Reader] = MappingProxyType(
    {
        StreamKind.TRADE: _trade,
        StreamKind.AGG_TRADE: _agg_trade,
        StreamKind.BLOCK_TRADE: _block_trade,
        StreamKind.BOOK_TICKER: _quote,
        StreamKind.TICKER: _ticker,
        StreamKind.WINDOW_TICKER: _ticker,
        StreamKind.WINDOW_TICKER_ALL: _ticker,
        StreamKind.MINI_TICKER: mini_ticker,
        StreamKind.MINI_TICKER_ALL: mini_ticker,
        StreamKind.KLINE: candle_update,
        StreamKind.AVG_PRICE: _average_price,
        StreamKind.DEPTH: _depth_diff,
        StreamKind.PARTIAL_DEPTH: _partial_depth,
        StreamKind.REFERENCE_PRICE: _reference_price,
    }
)
"""The reader of each kind; for streams of all symbols, of one element."""
