"""How each type of event reads as a line: the fields of its JSON object, and the words for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from bntui.engine.account_forms import ACCOUNT_FORMS
from bntui.model.derivatives import ContractChange, IndexPrice, Liquidation, MarkPrice, OpenInterest
from bntui.model.events import (
    AggTrade,
    AveragePrice,
    BlockTrade,
    Candle,
    DepthDiff,
    MiniTicker,
    PartialDepth,
    PriceLevel,
    Quote,
    ReferencePrice,
    RpiDepth,
    Ticker,
    Trade,
)
from bntui.model.status import BookApplied, Gap, LinkChanged
from bntui.model.text import counted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Form(NamedTuple):
    """How one type of event becomes a line."""

    kind: str
    time_ms: Callable[[Any], int | None]
    """The exchange's time, where the event has one."""
    fields: Callable[[Any], dict[str, object]]
    """What follows the common part, in order."""
    words: Callable[[Any], str]
    """The same for people."""


def utc(time_ms: int) -> str:
    """A time as people and programs read it; one that no calendar has, as it is."""
    try:
        at = _EPOCH + timedelta(milliseconds=time_ms)
    except OverflowError:
        return f"{time_ms}ms"
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _trade_fields(event: Trade) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": event.trade_id,
        "price": event.price,
        "qty": event.qty,
        "side": event.side,
    }
    if event.refilled:
        fields["refilled"] = True
    return fields


def _agg_trade_fields(event: AggTrade) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": event.agg_id,
        "first_id": event.first_id,
        "last_id": event.last_id,
        "price": event.price,
        "qty": event.qty,
        "side": event.side,
    }
    if event.refilled:
        fields["refilled"] = True
    return fields


def _candle_fields(event: Candle) -> dict[str, object]:
    fields: dict[str, object] = {
        "interval": event.interval,
        "open_time": event.open_ms,
        "open": event.open,
        "high": event.high,
        "low": event.low,
        "close": event.close,
        "volume": event.volume,
        "trades": event.trades,
        "closed": event.closed,
    }
    if event.utc_offset:
        fields["utc_offset"] = event.utc_offset
    if event.refilled:
        fields["refilled"] = True
    return fields


def _ticker_fields(event: Ticker) -> dict[str, object]:
    return {
        "last": event.last,
        "change_percent": event.change_percent,
        "high": event.high,
        "low": event.low,
        "volume": event.volume,
        "quote_volume": event.quote_volume,
    }


def _ticker_words(event: Ticker) -> str:
    return (
        f"last {event.last} change {event.change_percent}% high {event.high} low {event.low} "
        f"volume {event.volume} in {event.window}"
    )


def _mark_price_words(event: MarkPrice) -> str:
    funding = f" funding {event.funding_rate}" if event.funding_rate is not None else ""
    return f"mark {event.price} index {event.index_price or 'none'}{funding}"


def _gap_fields(event: Gap) -> dict[str, object]:
    fields: dict[str, object] = {
        "from_id": event.from_id,
        "to_id": event.to_id,
        "cause": event.cause,
        "repaired": event.repaired,
    }
    if event.interval:
        fields["interval"] = event.interval
    if event.aggregated:
        fields["aggregated"] = True
    return fields


def _gap_words(event: Gap) -> str:
    missing = "were missing" if event.repaired else "are missing"
    if event.interval:
        first, last = utc(event.from_id), utc(event.to_id)
        return f"{event.interval} candles from {first} to {last} {missing}: {event.cause}"
    what = "aggregated trades" if event.aggregated else "trades"
    return f"{what} {event.from_id} to {event.to_id} {missing}: {event.cause}"


def _best(levels: Sequence[PriceLevel]) -> str:
    return f"{levels[0][1]} @ {levels[0][0]}" if levels else "none"


def _book_fields(event: BookApplied) -> dict[str, object]:
    fields: dict[str, object] = {
        "update_id": event.update_id,
        "state": event.state,
        "bids": event.bids,
        "asks": event.asks,
    }
    if event.reason:
        fields["reason"] = event.reason
    return fields


def _book_words(event: BookApplied) -> str:
    why = f" ({event.reason})" if event.reason else ""
    bids, asks = (
        " ".join(f"{qty}@{price}" for price, qty in side) or "none" for side in (event.bids, event.asks)
    )
    at = "" if event.update_id is None else f" at {event.update_id}"
    return f"{event.state}{why}{at} bids {bids} asks {asks}"


def _told(event: Any) -> int | None:
    time_ms: int | None = event.time_ms
    return time_ms


def _timeless(event: Any) -> None:
    return None


FORMS: dict[type, Form] = {
    Quote: Form(
        "quote",
        _told,
        lambda e: {
            "bid": e.bid,
            "bid_qty": e.bid_qty,
            "ask": e.ask,
            "ask_qty": e.ask_qty,
            "update_id": e.update_id,
        },
        lambda e: f"bid {e.bid_qty} @ {e.bid} ask {e.ask_qty} @ {e.ask}",
    ),
    Trade: Form(
        "trade",
        _told,
        _trade_fields,
        lambda e: f"{e.side} {e.qty} @ {e.price} id {e.trade_id}{' refilled' if e.refilled else ''}",
    ),
    AggTrade: Form(
        "agg_trade",
        _told,
        _agg_trade_fields,
        lambda e: (
            f"{e.side} {e.qty} @ {e.price} ids {e.first_id} to {e.last_id}{' refilled' if e.refilled else ''}"
        ),
    ),
    BlockTrade: Form(
        "block_trade",
        _told,
        lambda e: {"id": e.trade_id, "price": e.price, "qty": e.qty, "side": e.side},
        lambda e: f"{e.side} {e.qty} @ {e.price} id {e.trade_id}",
    ),
    Candle: Form(
        "candle",
        _told,
        _candle_fields,
        lambda e: (
            f"{e.interval} open {e.open} high {e.high} low {e.low} close {e.close} "
            f"volume {e.volume} trades {e.trades}{' closed' if e.closed else ''}"
        ),
    ),
    Ticker: Form("ticker", _told, _ticker_fields, _ticker_words),
    MiniTicker: Form(
        "mini_ticker",
        _told,
        lambda e: {
            "last": e.close,
            "open": e.open,
            "high": e.high,
            "low": e.low,
            "volume": e.volume,
            "quote_volume": e.quote_volume,
        },
        lambda e: f"last {e.close} high {e.high} low {e.low} volume {e.volume}",
    ),
    AveragePrice: Form(
        "avg_price",
        _told,
        lambda e: {"window": e.window, "price": e.price},
        lambda e: f"{e.price} over {e.window}",
    ),
    DepthDiff: Form(
        "depth",
        _told,
        lambda e: {
            "first_update_id": e.first_update_id,
            "last_update_id": e.last_update_id,
            "bids": e.bids,
            "asks": e.asks,
        },
        lambda e: (
            f"updates {e.first_update_id} to {e.last_update_id}, {len(e.bids)} bids, {len(e.asks)} asks"
        ),
    ),
    PartialDepth: Form(
        "partial_depth",
        _told,
        lambda e: {"update_id": e.update_id, "bids": e.bids, "asks": e.asks},
        lambda e: f"{len(e.bids)} bids from {_best(e.bids)}, {len(e.asks)} asks from {_best(e.asks)}",
    ),
    BookApplied: Form("book", _told, _book_fields, _book_words),
    ReferencePrice: Form(
        "reference_price",
        _told,
        lambda e: {"price": e.price},
        lambda e: e.price if e.price is not None else "none",
    ),
    RpiDepth: Form(
        "rpi_depth",
        _told,
        lambda e: {
            "first_update_id": e.first_update_id,
            "last_update_id": e.last_update_id,
            "bids": e.bids,
            "asks": e.asks,
        },
        lambda e: (
            f"updates {e.first_update_id} to {e.last_update_id}, {len(e.bids)} bids, {len(e.asks)} asks"
        ),
    ),
    MarkPrice: Form(
        "mark_price",
        _told,
        lambda e: {
            "price": e.price,
            "index_price": e.index_price,
            "funding_rate": e.funding_rate,
            "next_funding_time": e.next_funding_ms,
            "settle_price": e.settle_price,
        },
        _mark_price_words,
    ),
    IndexPrice: Form("index_price", _told, lambda e: {"price": e.price}, lambda e: e.price),
    Liquidation: Form(
        "liquidation",
        _told,
        lambda e: {
            "side": e.side,
            "price": e.price,
            "average_price": e.average_price,
            "qty": e.qty,
            "filled_qty": e.filled_qty,
            "status": e.status,
        },
        lambda e: f"{e.side} {e.filled_qty} of {e.qty} @ {e.average_price} {e.status}",
    ),
    ContractChange: Form(
        "contract",
        _told,
        lambda e: {"contract": e.contract, "status": e.status, "expires": e.expires_ms},
        lambda e: f"{e.contract} {e.status}",
    ),
    OpenInterest: Form("open_interest", _told, lambda e: {"qty": e.qty}, lambda e: e.qty),
    Gap: Form(
        "gap",
        _timeless,
        _gap_fields,
        _gap_words,
    ),
    LinkChanged: Form(
        "link",
        _timeless,
        lambda e: {
            "shard": e.shard,
            "state": e.state,
            "reason": e.reason,
            "code": e.code,
            "streams": e.streams,
        },
        lambda e: (
            f"shard {e.shard} {e.state}, {counted(e.streams, 'stream', 'streams')}"
            f"{f': {e.reason}' if e.reason else ''}{f' (code {e.code})' if e.code is not None else ''}"
        ),
    ),
    **{event: Form(kind, _told, told, words) for event, kind, told, words in ACCOUNT_FORMS},
}
"""Events that are not here make no line."""

WINDOW_TICKER = Form(
    "window_ticker",
    _told,
    lambda e: {"window": e.window, **_ticker_fields(e)},
    _ticker_words,
)
"""A ticker over less than 24 hours."""
