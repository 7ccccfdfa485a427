"""The futures markets' payloads, one reader per kind, old and new fields alike (section «Websocket Market
Streams» of the derivatives documents, read 2026-05-28; Important-CM-UM-Integration-Notice, 2026-06-10).

Fields that came in 2026 (`nq`, `ap`, `ps`, `st`) may be absent, and are on COIN-M. The readers raise as
those of Spot do: KeyError for a missing field, ValueError for one of the wrong type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from bntui.model.derivatives import ContractChange, IndexPrice, Liquidation, MarkPrice
from bntui.model.events import AggTrade, Candle, DepthDiff, PartialDepth, Quote, RpiDepth, Ticker, Trade
from bntui.model.markets import Market, Side, StreamKind, SymbolKey
from bntui.venue.base import StreamSpec
from bntui.venue.binance.futures_streams import continuous_symbol
from bntui.venue.binance.names import is_symbol_text
from bntui.venue.binance.payloads import (
    DAY_WINDOW,
    KNOWN_SYMBOLS,
    Payload,
    Reader,
    candle_update,
    deal,
    mini_ticker,
    require_symbol,
    statistics,
)
from bntui.venue.binance.values import (
    entries,
    epoch_ms,
    flag,
    identifier,
    identifier_or_none_yet,
    price_levels,
    require_decimals,
    require_signed_decimals,
    text,
)

NEVER_EXPIRES_MS = 4_133_404_800_000
"""What the exchange prints as the end of contracts that have none (2100-12-25)."""

_FAMILIES: Mapping[int, Market] = MappingProxyType({1: Market.USDM, 2: Market.COINM})
"""What the field `st` says, since 2026-06-24."""

_COINM_SYMBOL = re.compile(r"[^_]+USD_(?:PERP|[0-9]{6})")
"""COIN-M contracts are named after a pair in dollars, and their kind or last day: `BTCUSD_PERP`,
`BTCUSD_260925`. USD-M's have no ending, or that of a pair in another currency: `BTCUSDT_260925`."""


@lru_cache(maxsize=KNOWN_SYMBOLS)
def usdm_key(symbol: str) -> SymbolKey:
    """The key of a USD-M symbol as a payload prints it. Raises ValueError for what can be none."""
    return _key(Market.USDM, symbol)


@lru_cache(maxsize=KNOWN_SYMBOLS)
def coinm_key(symbol: str) -> SymbolKey:
    """The key of a COIN-M symbol as a payload prints it. Raises ValueError for what can be none."""
    return _key(Market.COINM, symbol)


def _key(market: Market, symbol: str) -> SymbolKey:
    if not is_symbol_text(symbol) or symbol.lower().upper() != symbol:
        raise ValueError("the symbol is none")
    return SymbolKey(market, symbol)


def _family_word(payload: Payload) -> Any:
    """Field `st`, which a liquidation has within its order; None where there is none."""
    told = payload.get("st")
    inner = payload.get("o")
    return inner.get("st") if told is None and type(inner) is dict else told


def tells_family(payload: Payload) -> bool:
    """Whether a row of a mixed stream says which market it belongs to; before 2026-06-24 none did."""
    return _family_word(payload) is not None


def family(payload: Payload) -> Market | None:
    """The market that a row of a mixed stream says it belongs to; None for a family that nobody knows."""
    told = _family_word(payload)
    return _FAMILIES.get(told) if type(told) is int else None


def family_of_symbol(symbol: str) -> Market:
    """The futures market that lists a symbol, told by the way it is named."""
    return Market.COINM if _COINM_SYMBOL.fullmatch(symbol) else Market.USDM


def symbol_of(payload: Payload) -> str:
    """The symbol that a payload names: in its order, as pair and contract, or plainly."""
    if payload.get("e") == "forceOrder":
        return text(entries(payload["o"])["s"])
    if payload.get("e") == "continuous_kline":
        return continuous_symbol(text(payload["ps"]), text(payload["ct"]))
    return text(_index_pair(payload) if payload.get("e") == "indexPriceUpdate" else payload["s"])


def _index_pair(payload: Payload) -> Any:
    """The pair of an index price: field `i` became `s` on 2026-06-30."""
    return payload["s"] if "s" in payload else payload["i"]


def decimal_or_none(value: Any) -> str | None:
    """A decimal number with its sign; empty text stands for none, as for the funding of contracts that pay
    none."""
    if value == "":
        return None
    require_signed_decimals(value)
    return text(value)


def expiry_ms(value: Any) -> int | None:
    """When a contract ends; None for one without an end."""
    time_ms = epoch_ms(value)
    return None if time_ms >= NEVER_EXPIRES_MS else time_ms


def _quote(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Quote:
    require_symbol(payload, key)
    bid, bid_qty, ask, ask_qty = payload["b"], payload["B"], payload["a"], payload["A"]
    require_decimals(bid, bid_qty, ask, ask_qty)
    update_id, time_ms = identifier(payload["u"]), epoch_ms(payload["E"])
    return Quote(key, bid, bid_qty, ask, ask_qty, update_id, time_ms, received_ms, at)


def _trade(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Trade:
    require_symbol(payload, key)
    trade_id, told = identifier(payload["t"]), deal(payload)
    return Trade(key, trade_id, *told, received_ms, at, spent=not told[0].strip("0."))


def _agg_trade(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> AggTrade:
    require_symbol(payload, key)
    agg_id, first, last = identifier(payload["a"]), identifier(payload["f"]), identifier(payload["l"])
    normal = payload.get("nq")
    if normal is not None:
        require_decimals(normal)
    return AggTrade(key, agg_id, first, last, *deal(payload), received_ms, at, normal_qty=normal)


def _ticker(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Ticker:
    last_qty = payload["Q"]
    require_decimals(last_qty)
    only_day = last_qty, None, None, None, None, None
    return statistics(payload, key, DAY_WINDOW, only_day, received_ms, at)


def _update_ids(payload: Payload) -> tuple[int, int, int]:
    """First and last id of an update of the book, and the last id of the update before it."""
    first, last = identifier(payload["U"]), identifier(payload["u"])
    if last < first:
        raise ValueError("the update ids of a book run backwards")
    return first, last, identifier_or_none_yet(payload["pu"])


def _depth_diff(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> DepthDiff:
    require_symbol(payload, key)
    bids, asks = price_levels(payload["b"]), price_levels(payload["a"])
    return DepthDiff(key, *_update_ids(payload), bids, asks, epoch_ms(payload["E"]), received_ms, at)


def _rpi_depth(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> RpiDepth:
    require_symbol(payload, key)
    bids, asks = price_levels(payload["b"]), price_levels(payload["a"])
    return RpiDepth(key, *_update_ids(payload), bids, asks, epoch_ms(payload["E"]), received_ms, at)


def _partial_depth(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> PartialDepth:
    """Shaped like a diff: only the stream's name tells that these levels are whole."""
    require_symbol(payload, key)
    _, last, _ = _update_ids(payload)
    bids, asks = price_levels(payload["b"]), price_levels(payload["a"])
    return PartialDepth(key, last, bids, asks, epoch_ms(payload["E"]), received_ms, at)


def snapshot(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> PartialDepth:
    """A book as REST tells it."""
    update_id = identifier(payload["lastUpdateId"])
    bids, asks = price_levels(payload["bids"]), price_levels(payload["asks"])
    return PartialDepth(key, update_id, bids, asks, epoch_ms(payload["E"]), received_ms, at)


def _continuous(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> Candle:
    if symbol_of(payload) != key.symbol:
        raise ValueError("the payload is of another symbol than its stream")
    candle = entries(payload["k"])
    if candle["i"] != spec.interval:
        raise ValueError("the candle is of another interval than its stream")
    prices = candle["o"], candle["h"], candle["l"], candle["c"]
    volumes = candle["v"], candle["q"], candle["V"], candle["Q"]
    require_decimals(*prices, *volumes)
    return Candle(
        key,
        spec.interval,
        "",
        epoch_ms(candle["t"]),
        epoch_ms(candle["T"]),
        *prices,
        *volumes,
        identifier(candle["n"]),
        # Fields `f` and `L` of this stream are update ids, and no evidence of trades.
        -1,
        -1,
        flag(candle["x"]),
        epoch_ms(payload["E"]),
        received_ms,
        at,
    )


def _mark_price(payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float) -> MarkPrice:
    require_symbol(payload, key)
    return mark_price(
        key,
        (payload["p"], payload["i"], payload["r"], payload["P"], payload.get("ap", "")),
        payload["T"],
        epoch_ms(payload["E"]),
        received_ms,
        at,
    )


def mark_price(
    key: SymbolKey,
    told: tuple[Any, Any, Any, Any, Any],
    next_funding: Any,
    time_ms: int,
    received_ms: int,
    at: float,
) -> MarkPrice:
    """A mark price from what a stream or REST tells: mark, index, funding rate, estimated settlement price,
    average. A next funding time of zero stands for a contract that pays none, whatever rate is printed."""
    price, index, rate, settle, average = told
    require_decimals(price)
    next_funding_ms = epoch_ms(next_funding)
    funding = decimal_or_none(rate)
    return MarkPrice(
        key,
        price,
        decimal_or_none(index),
        funding if next_funding_ms else None,
        next_funding_ms or None,
        decimal_or_none(settle),
        decimal_or_none(average),
        time_ms,
        received_ms,
        at,
    )


def _index_price(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> IndexPrice:
    if _index_pair(payload) != key.symbol:
        raise ValueError("the payload is of another symbol than its stream")
    price = payload["p"]
    require_decimals(price)
    return IndexPrice(key, price, epoch_ms(payload["E"]), received_ms, at)


def _liquidation(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> Liquidation:
    order = entries(payload["o"])
    require_symbol(order, key)
    amounts = order["p"], order["ap"], order["q"], order["l"], order["z"]
    require_decimals(*amounts)
    side = text(order["S"])
    if side not in ("BUY", "SELL"):
        raise ValueError("the side of an order is neither BUY nor SELL")
    return Liquidation(
        key,
        Side(side.lower()),
        *amounts,
        text(order["X"]),
        epoch_ms(order["T"]),
        epoch_ms(payload["E"]),
        received_ms,
        at,
    )


def _contract_change(
    payload: Payload, key: SymbolKey, spec: StreamSpec, received_ms: int, at: float
) -> ContractChange:
    require_symbol(payload, key)
    return ContractChange(
        key,
        text(payload["ct"]),
        text(payload["cs"]),
        expiry_ms(payload["dt"]),
        epoch_ms(payload["E"]),
        received_ms,
        at,
    )


FUTURES_READERS: Mapping[StreamKind, Reader] = MappingProxyType(
    {
        StreamKind.TRADE: _trade,
        StreamKind.AGG_TRADE: _agg_trade,
        StreamKind.BOOK_TICKER: _quote,
        StreamKind.TICKER: _ticker,
        StreamKind.MINI_TICKER: mini_ticker,
        StreamKind.KLINE: candle_update,
        StreamKind.CONTINUOUS_KLINE: _continuous,
        StreamKind.DEPTH: _depth_diff,
        StreamKind.PARTIAL_DEPTH: _partial_depth,
        StreamKind.RPI_DEPTH: _rpi_depth,
        StreamKind.MARK_PRICE: _mark_price,
        StreamKind.INDEX_PRICE: _index_price,
        StreamKind.LIQUIDATION: _liquidation,
        StreamKind.CONTRACT_INFO: _contract_change,
    }
)
"""The reader of each kind, of a single element where a stream is of all symbols."""
