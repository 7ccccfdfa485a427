"""What an exchange said, decoded; prices and quantities are the exchange's own text.

`at` is the monotonic time of receipt in seconds (frames of one gulp share it), `received_ms` the wall clock
at that moment. Control events are what is no data: answers, warnings, and what cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

from bntui.model.derivatives import ContractChange, IndexPrice, Liquidation, MarkPrice, OpenInterest
from bntui.model.markets import Side, SymbolKey

_Event = TypeVar("_Event")

PriceLevel = tuple[str, str]
"""Price and quantity of one book level, as printed."""


@dataclass_transform(frozen_default=True)
def _event(kind: type[_Event]) -> type[_Event]:
    """A dataclass that nobody changes: the type checker sees to that. Held by the class too, it would make
    every event cost three quarters of a microsecond more, a quarter of what decoding one does."""
    return dataclass(slots=True, unsafe_hash=True)(kind)


@_event
class Quote:
    """Best bid and ask (`@bookTicker`)."""

    key: SymbolKey
    bid: str
    bid_qty: str
    ask: str
    ask_qty: str
    update_id: int
    time_ms: int | None
    """Event time; Spot sends none."""
    received_ms: int
    at: float


@_event
class Trade:
    """One trade (`@trade`)."""

    key: SymbolKey
    trade_id: int
    price: str
    qty: str
    side: Side
    time_ms: int
    """When the trade was done."""
    event_ms: int
    """When the exchange sent it; for lag."""
    received_ms: int
    at: float
    refilled: bool = False
    """Fetched by REST after a gap rather than streamed."""
    spent: bool = False
    """The id was used up without a trade: price and quantity are zero (futures). It closes the row of ids,
    and is nothing to show."""


@_event
class AggTrade:
    """The trades of one taker order at one price (`@aggTrade`)."""

    key: SymbolKey
    agg_id: int
    first_id: int
    last_id: int
    price: str
    qty: str
    side: Side
    time_ms: int
    event_ms: int
    received_ms: int
    at: float
    normal_qty: str | None = None
    """The quantity without retail price improvement orders (USD-M, since 2026-01)."""
    refilled: bool = False
    """Fetched by REST after a gap rather than streamed."""


@_event
class BlockTrade:
    """A negotiated trade (`@blockTrade`, Spot, since 2026-05-12)."""

    key: SymbolKey
    trade_id: int
    price: str
    qty: str
    side: Side
    time_ms: int
    event_ms: int
    received_ms: int
    at: float


@_event
class Candle:
    """One state of one candle (`@kline_<interval>`)."""

    key: SymbolKey
    interval: str
    utc_offset: str
    """Empty, or the offset of the candle's boundaries such as `+08:00`."""
    open_ms: int
    close_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    quote_volume: str
    taker_volume: str
    taker_quote_volume: str
    trades: int
    first_id: int
    """-1 in a candle without trades."""
    last_id: int
    closed: bool
    time_ms: int
    received_ms: int
    at: float
    refilled: bool = False
    """Fetched by REST after a gap rather than streamed."""


@_event
class Ticker:
    """Rolling statistics: 24 hours (`@ticker`), or a shorter window (`@ticker_1h`)."""

    key: SymbolKey
    window: str
    """`24h`, `1h`, `4h` or `1d`, as the stream has it."""
    last: str
    last_qty: str | None
    change: str
    change_percent: str
    weighted_average: str
    previous_close: str | None
    open: str
    high: str
    low: str
    volume: str
    quote_volume: str
    bid: str | None
    bid_qty: str | None
    ask: str | None
    ask_qty: str | None
    open_ms: int
    close_ms: int
    first_id: int
    last_id: int
    """The last trade's id: evidence of whether the trade stream is behind."""
    trades: int
    time_ms: int
    received_ms: int
    at: float


@_event
class MiniTicker:
    """Rolling 24 hour statistics, the short form (`@miniTicker`)."""

    key: SymbolKey
    close: str
    open: str
    high: str
    low: str
    volume: str
    quote_volume: str
    time_ms: int
    received_ms: int
    at: float


@_event
class AveragePrice:
    """The average price over a window (`@avgPrice`)."""

    key: SymbolKey
    window: str
    price: str
    last_trade_ms: int
    time_ms: int
    received_ms: int
    at: float


@_event
class DepthDiff:
    """Changes of the book between two update ids (`@depth`)."""

    key: SymbolKey
    first_update_id: int
    last_update_id: int
    previous_update_id: int | None
    """`pu`, on futures only."""
    bids: tuple[PriceLevel, ...]
    asks: tuple[PriceLevel, ...]
    time_ms: int
    received_ms: int
    at: float


@_event
class PartialDepth:
    """The best levels of the book, whole (`@depth5`, `@depth10`, `@depth20`)."""

    key: SymbolKey
    update_id: int
    bids: tuple[PriceLevel, ...]
    asks: tuple[PriceLevel, ...]
    time_ms: int | None
    received_ms: int
    at: float


@_event
class ReferencePrice:
    """The reference price of a symbol (`@referencePrice`, Spot); None while there is none."""

    key: SymbolKey
    price: str | None
    time_ms: int
    received_ms: int
    at: float


@_event
class RpiDepth:
    """Changes of the book with retail price improvement orders (`@rpiDepth`, USD-M): another book than
    that of `DepthDiff`, whose levels leave them out."""

    key: SymbolKey
    first_update_id: int
    last_update_id: int
    previous_update_id: int
    bids: tuple[PriceLevel, ...]
    asks: tuple[PriceLevel, ...]
    time_ms: int
    received_ms: int
    at: float


MarketEvent = (
    Quote
    | Trade
    | AggTrade
    | BlockTrade
    | Candle
    | Ticker
    | MiniTicker
    | AveragePrice
    | DepthDiff
    | PartialDepth
    | ReferencePrice
    | RpiDepth
    | MarkPrice
    | IndexPrice
    | Liquidation
    | ContractChange
    | OpenInterest
)


@dataclass(frozen=True, slots=True)
class Ack:
    """The exchange took a request. `result` is None, a bool (GET_PROPERTY) or stream names (LIST)."""

    request_id: int | str | None
    result: bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The exchange refused a request; both error shapes end here."""

    request_id: int | str | None
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class ServerShutdown:
    """The server will close this connection soon (`serverShutdown`, any of its three shapes)."""

    time_ms: int | None


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """A well-formed frame of a kind that this program does not know; counted, never an error."""

    name: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that is not what the protocol says; `head` is at most 200 characters of it."""

    reason: str
    head: str


ControlEvent = Ack | Refusal | ServerShutdown | UnknownEvent | Malformed
