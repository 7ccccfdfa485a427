"""What the user streams of all markets have in common: what they tell, and what REST is asked beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position
from bntui.venue.base import RestCall

# What a stream tells, beside fills, orders, balances and positions


@dataclass(frozen=True, slots=True)
class TradeLite:
    """A fill in short, ahead of its full report (`TRADE_LITE`): it says that one must follow, and counts as
    none itself."""

    owner: AccountKey
    symbol: str
    id: int
    order_id: int
    time_ms: int
    received_ms: int


@dataclass(frozen=True, slots=True)
class BalanceMoved:
    """An asset was paid in, paid out or moved; the new balance is told by another event, or by REST."""

    owner: AccountKey
    asset: str
    change: str
    time_ms: int


@dataclass(frozen=True, slots=True)
class MarginCall:
    """The exchange warns that positions may be liquidated."""

    owner: AccountKey
    positions: tuple[tuple[str, str], ...]
    """Symbol and side of each."""
    time_ms: int


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """No more events come on this stream, though its connection may stand on."""

    reason: str
    """The event's name: `listenKeyExpired`, `eventStreamTerminated`, `serverShutdown`."""
    time_ms: int


@dataclass(frozen=True, slots=True)
class OtherUserEvent:
    """A well-formed event that changes nothing shown: it proves that the stream flows."""

    name: str
    time_ms: int


UserEvent = (
    Fill
    | OrderUpdate
    | Balance
    | Position
    | TradeLite
    | BalanceMoved
    | MarginCall
    | StreamEnded
    | OtherUserEvent
)


# What REST is asked


class AskKind(StrEnum):
    """What REST can tell of an account."""

    BALANCES = "balances"
    POSITIONS = "positions"
    OPEN_ORDERS = "open orders"
    """Of all symbols."""
    FILLS = "fills"
    """Of one symbol: from an id on, or within a time."""
    ORDERS = "orders"
    """Of one symbol, within a time: how those ended that are open no more."""
    TRADED_SYMBOLS = "traded symbols"
    """Which symbols had fills within a time (futures: `income`)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about an account."""

    kind: AskKind
    symbol: str = ""
    from_id: int | None = None
    """Of fills: the first one to be told of; excludes the times."""
    from_ms: int | None = None
    to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to an `Ask`."""

    rows: tuple[Fill | OrderUpdate | Balance | Position, ...] = ()
    """In the order of the exchange's ids or times, oldest first; fills and orders are marked as recovered."""
    symbols: tuple[str, ...] = ()
    """Of TRADED_SYMBOLS, each once."""
    full: bool = False
    """As many rows as one answer can hold: there may be more behind the last."""
    last_ms: int | None = None
    """Time of the last row, where more must be asked for by time."""


@dataclass(frozen=True, slots=True)
class UserRules:
    """What recovery must know of a market's REST."""

    fills_span_ms: int
    """The longest time that one request for fills or orders takes."""
    fills_age_ms: int | None
    """How far back fills can be had; None: no end is documented."""
    finds_symbols: bool
    """TRADED_SYMBOLS can be asked."""
    has_positions: bool


@dataclass(frozen=True, slots=True)
class UserVenue:
    """What a market says of its user data over REST."""

    rules: UserRules
    call: Callable[[Ask], RestCall]
    """The request, without key, time and signature. Raises ValueError for what the market cannot be asked."""
    read: Callable[[Ask, bytes, AccountKey, int], Page]
    """Body, owner and time of receipt (epoch ms) to rows. Raises ValueError for what is no such answer."""
