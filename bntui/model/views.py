"""What a screen can show, as plain values: kept by the store, carried by the wire, held by the mirror.

Times named `at` are seconds of the engine's monotonic clock (None: never); an age is `now - at`.
Times named `_ms` are epoch milliseconds, UTC. Prices and quantities are the exchange's own text.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bntui.model.markets import Market, SymbolKey
from bntui.model.states import ShardState, StreamState

if TYPE_CHECKING:
    Floats = array[float]
else:
    # Python 3.11 does not know it by what it holds.
    Floats = array
"""Numbers for drawing, side by side: as a list, those of thousands of rows would take four times as much."""


@dataclass(slots=True)
class WatchView:
    """One row of the watchlist. The store changes it in place; a mirror replaces it whole."""

    market: Market
    symbol: str
    bid: str | None = None
    bid_qty: str | None = None
    ask: str | None = None
    ask_qty: str | None = None
    quote_at: float | None = None
    last: str | None = None
    """The newest trade's price; before the first trade, the ticker's."""
    last_qty: str | None = None
    last_side: str | None = None
    last_id: int | None = None
    trade_at: float | None = None
    tick: int = 0
    """1: the last price went up at its last change, -1: down, 0: not known."""
    change_percent: str | None = None
    open: str | None = None
    """The price 24 hours ago, so that the change can follow the last trade."""
    high: str | None = None
    low: str | None = None
    volume: str | None = None
    quote_volume: str | None = None
    ticker_at: float | None = None
    state: StreamState = StreamState.WANTED
    """The worst state of the row's streams."""
    reason: str = ""
    """Why the state is not live, in words; empty when it is."""
    closes: Floats = field(default_factory=lambda: array("d"))
    """Closing prices of the last minutes, oldest first, the running minute last; for drawing only.
    NaN never occurs: a minute without a trade repeats the close before it."""
    mark_price: str | None = None
    """Of a futures contract, as are the fields below."""
    index_price: str | None = None
    funding_rate: str | None = None
    """For the running period, as a fraction; None for contracts that pay none."""
    next_funding_ms: int | None = None
    mark_at: float | None = None
    open_interest: str | None = None
    """In base units, or in contracts where quantities are counted in those."""
    open_interest_at: float | None = None

    @property
    def key(self) -> SymbolKey:
        """The row's key."""
        return SymbolKey(self.market, self.symbol)


@dataclass(frozen=True, slots=True)
class StreamView:
    """One wanted stream."""

    market: Market
    name: str
    shard: int | None
    state: StreamState
    reason: str
    """Evidence or cause in words: `no trade since id 123 (ticker agrees)`."""
    since: float
    """When the state began."""
    data_at: float | None
    """Last own data, as of this view; fresher values come with the focus on its shard."""
    normal_gap_s: float | None
    """The learned longest usual silence."""
    dark_since: float | None = None
    """While it brings nothing though it should, or might: since when, as well as is known."""


@dataclass(frozen=True, slots=True)
class ShardView:
    """One connection of the pool."""

    id: int
    market: Market
    host: str
    state: ShardState
    reason: str
    """Why it is not live, in words, or empty."""
    live: int
    """Streams live or quiet."""
    acked: int
    """Streams acknowledged, live ones included."""
    wanted: int
    cap: int
    messages_per_s: float
    bytes_per_s: float
    server_ping_at: float | None
    pong_at: float | None
    frame_at: float | None
    """Last frame of any kind."""
    round_trip_ms: float | None
    lag_ms: float | None
    """Event time to receive time, less the clock offset; negative where clocks disagree."""
    opened_at: float | None
    expires_at: float | None
    """When the exchange will end it (24 h)."""
    reconnects: int
    retry_at: float | None
    """While down: when the next attempt is due."""
    frames_per_s: float
    """Client frames sent in the last second."""
    frames_limit: int
    path: str = ""
    """Where the exchange parts its streams by path: which part the connection is for, such as `/market`."""


@dataclass(frozen=True, slots=True)
class OutageView:
    """One line of the reconnect history: one loss of one connection."""

    id: int
    shard: int
    market: Market
    began_ms: int
    cause: str
    """In words: `closed by the server: 1006, no close frame`."""
    close_code: int | None
    streams: int
    """Streams that were wanted on the shard."""
    ended_ms: int | None
    """When all its streams flowed again; None while it lasts."""
    blind_s: float | None
    """How long data was missing; None while it lasts."""
    planned: bool
    """A change of connection without loss."""
    closed_by: str = ""
    """`server`, `network` or `bntui`; empty where it is not known."""
    hit: str = ""
    """Some of the streams that were hit, in words, separated by commas."""
    missing: int = 0
    """Trades that were missing afterwards, over all its streams."""
    refilled: int = 0
    """Those of them that REST has brought since."""
    later: str = ""
    """What happened until it was over, in words, separated by semicolons."""
    silent: bool = False
    """No loss of a connection: streams brought nothing while it stood."""


@dataclass(frozen=True, slots=True)
class WeightView:
    """The request weight of one more pool of the exchange, in the running minute."""

    pool: str
    """What the markets that share it are called together: `futures`."""
    used: int
    own: int
    own_limit: int
    limit: int


@dataclass(frozen=True, slots=True)
class BudgetView:
    """What the program takes of the IP's limits, and what it allows itself."""

    attempts: int
    """Connection attempts in the last 5 minutes, by all bntui programs of this machine."""
    attempts_own_limit: int
    attempts_limit: int
    """The exchange's limit."""
    weight_used: int
    """Request weight of the running minute as the exchange counts it: all programs on this IP."""
    weight_own: int
    """bntui's part of it."""
    weight_own_limit: int
    weight_limit: int
    rest_blocked_until_ms: int | None
    """After a 429 or 418: no request before then."""
    rest_block_reason: str
    weight_pool: str = ""
    """Which markets the weights are of, as `WeightView.pool`."""
    other_weights: list[WeightView] = field(default_factory=list)
    """Of the pools beside that one."""
