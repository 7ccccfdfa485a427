"""What the feed says of itself and of what it fetched beside the streams, and all that it tells."""

from __future__ import annotations

from dataclasses import dataclass

from bntui.model.account import AccountEvent
from bntui.model.events import Candle, MarketEvent, PriceLevel
from bntui.model.judged import HealthView
from bntui.model.markets import Instrument, Market, StreamKey, SymbolKey
from bntui.model.panels import BookStatus
from bntui.model.states import BookState
from bntui.model.views import BudgetView, OutageView, ShardView, StreamView


@dataclass(frozen=True, slots=True)
class Gap:
    """Trades or candles that are missing, or a sequence that began anew.

    The same hole is told again, as repaired, when REST has brought what was missing.
    """

    key: SymbolKey
    from_id: int
    """The first missing id; of candles, the opening time of the first missing one."""
    to_id: int
    """The last one."""
    cause: str
    repaired: bool
    received_ms: int
    at: float
    interval: str = ""
    """Of the missing candles; empty where trades are missing."""
    aggregated: bool = False
    """The ids are those of aggregated trades, of which each may hold several."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """A shard's connection changed its state."""

    shard: int
    state: str
    """A `ShardState`, in its own word."""
    reason: str
    code: int | None
    """The close code, where the connection ended with one."""
    streams: int
    """Streams wanted on the shard."""
    received_ms: int
    at: float
    market: Market | None = None
    """The market that the connection serves."""


@dataclass(frozen=True, slots=True)
class ShardChanged:
    """The whole row of one shard, anew; `view.state` CLOSED removes it."""

    view: ShardView


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """The state of one stream changed. `view` None: the stream is no longer wanted."""

    key: StreamKey
    view: StreamView | None


@dataclass(frozen=True, slots=True)
class OutageChanged:
    """A line of the reconnect history began or was completed (same `view.id`)."""

    view: OutageView


@dataclass(frozen=True, slots=True)
class BudgetChanged:
    """The IP's budgets, as they stand."""

    view: BudgetView


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """Clock offset, loop lag, REST state and counters, as they stand."""

    view: HealthView


@dataclass(frozen=True, slots=True)
class InstrumentsLoaded:
    """The symbols that a market's exchangeInfo lists; replaces what was known of them."""

    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class MinuteCloses:
    """Closing prices of past minutes, by REST, oldest first: what a sparkline did not see itself."""

    key: SymbolKey
    closes: tuple[tuple[int, str], ...]
    """(minute's opening time in epoch ms, closing price)."""


@dataclass(frozen=True, slots=True)
class CandlesLoaded:
    """What REST said of a symbol's past candles, or why it could not be asked."""

    key: SymbolKey
    interval: str
    candles: tuple[Candle, ...]
    """Oldest first; the last one may still run."""
    from_ms: int | None
    """Opening time of the first candle that was asked for; None: as many as there are room for."""
    to_ms: int | None
    """Opening time of the last one that was asked for; None: up to now."""
    complete: bool
    """The exchange has no others in this span; without `from_ms`: none before these."""
    failure: str = ""
    """Why there are none yet, in words; they are asked for again as soon as that can be."""


@dataclass(frozen=True, slots=True)
class BookApplied:
    """A local book took an update in, or could not: its best levels as they stand now.

    Told for every update, in order, right behind its `DepthDiff` or `PartialDepth`.
    """

    key: SymbolKey
    update_id: int | None
    """Of the last update in it; None before the first snapshot."""
    state: BookState
    reason: str
    """Why it is not synced, in words."""
    bids: tuple[PriceLevel, ...]
    """Best first, as many as somebody wants to be told of; empty where nobody does."""
    asks: tuple[PriceLevel, ...]
    time_ms: int | None
    received_ms: int
    at: float


@dataclass(frozen=True, slots=True)
class BookStatusChanged:
    """The trust in a local book changed. `view` None: the book is no longer kept."""

    key: SymbolKey
    view: BookStatus | None


StatusEvent = (
    Gap
    | LinkChanged
    | ShardChanged
    | StreamChanged
    | OutageChanged
    | BudgetChanged
    | HealthChanged
    | InstrumentsLoaded
    | MinuteCloses
    | CandlesLoaded
    | BookApplied
    | BookStatusChanged
)

Event = MarketEvent | StatusEvent | AccountEvent
"""What the feed's sink takes, in batches: one call per gulp."""
