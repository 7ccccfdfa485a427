"""What the user streams of all markets have in common: what they tell, and what REST is asked beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bntui.model.access import UserMethod
from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position
from bntui.secret import Secret
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
    """Of one symbol, from an id on or within a time: how those ended that are open no more."""
    TRADED_SYMBOLS = "traded symbols"
    """Which symbols had fills within a time (futures: `income`)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about an account."""

    kind: AskKind
    symbol: str = ""
    from_id: int | None = None
    """Of fills and orders: the first one to be told of; excludes the times."""
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
    ids_age_ms: int | None
    """How far back fills are found that are asked for from an id on; those before it only by time. None: no
    end is documented."""
    finds_symbols: bool
    """TRADED_SYMBOLS can be asked."""
    has_positions: bool


# What the exchange answers where it says no


class RefusalKind(StrEnum):
    """What follows from a refusal."""

    KEY = "key"
    """It does not take the key, or this use of it: asking again says the same."""
    CLOCK = "clock"
    """The time of a signed request: measure the clock and sign anew."""
    NO_LISTEN_KEY = "no listen key"
    """The listen key is gone: make another."""
    SUBSCRIBED = "subscribed"
    """What was asked for is so already."""
    NOT_SUBSCRIBED = "not subscribed"
    """There is no such subscription any more."""
    NO_SYMBOL = "no symbol"
    """The exchange does not list the symbol that was asked about."""
    PATIENCE = "patience"
    """Too much was asked: leave it alone for a while."""
    TROUBLE = "trouble"
    """Trouble of the exchange's own, or of the way to it: try again."""
    OTHER = "other"
    """Anything else."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was not granted."""

    kind: RefusalKind
    reason: str
    """What happened, with the exchange's own words where there are any."""
    hint: str = ""
    """What the user can do."""
    wait_s: float = 0.0
    """So long it asks to be left alone."""


# Streams over the WebSocket API


class ApiMethod(StrEnum):
    """Requests of the WebSocket API that user streams need, in the exchange's words."""

    SUBSCRIBE_SIGNED = "userDataStream.subscribe.signature"
    """With a signature of its own, by any kind of key."""
    LOGON = "session.logon"
    """For Ed25519 keys only."""
    SUBSCRIBE = "userDataStream.subscribe"
    """In a session that is logged on."""
    SUBSCRIPTIONS = "session.subscriptions"
    UNSUBSCRIBE = "userDataStream.unsubscribe"
    TIME = "time"


SIGNED_METHODS = frozenset({ApiMethod.SUBSCRIBE_SIGNED, ApiMethod.LOGON})
"""Those that carry key, time and signature."""


@dataclass(frozen=True, slots=True)
class ApiReply:
    """The answer to a request of the WebSocket API."""

    request_id: int | None
    """None: it answers no request of ours, as when a key stops being valid."""
    refused: Refused | None = None
    subscription: int | None = None
    """The one that was begun."""
    subscriptions: tuple[int, ...] | None = None
    """All that there are on this connection, where that was asked."""
    server_ms: int | None = None
    """The exchange's clock, where it was asked."""


class UserSaid(NamedTuple):
    """What one frame of a user stream held."""

    name: str = ""
    """The event's name, in the exchange's word; empty for replies and for what cannot be read."""
    events: tuple[UserEvent, ...] = ()
    subscription: int | None = None
    """Which subscription brought it, where the frame tells."""
    reply: ApiReply | None = None
    odd: str = ""
    """Why the frame cannot be read; never its text, which may hold secrets."""


@dataclass(frozen=True, slots=True)
class WsApi:
    """User streams by subscription on the WebSocket API."""

    path: str
    """Behind the host of `Endpoints.ws_api`."""
    request: Callable[[ApiMethod, int, Secret, Callable[[str], str], int], Secret]
    """Method, request id, API key, signer and the exchange's time in epoch ms to the text of a frame. What
    is not signed holds neither key nor signature."""
    weight: int
    """Of each request, and of connecting."""


@dataclass(frozen=True, slots=True)
class ListenKeys:
    """User streams by listen key. Nothing here deletes one: another program may share it."""

    make: RestCall
    """The exchange gives the same key while one is valid, and extends it."""
    keep: RestCall
    names_key: bool
    """The key itself stands in the request that keeps it alive, as its parameter `listenKey`."""
    life_s: float
    """How long a key is valid from its making or its last extension."""
    read: Callable[[bytes], Secret]
    """The key, from the answer to `make`. Raises ValueError for what is none."""
    path: Callable[[Secret], Secret]
    """Path and query behind the host of `Endpoints.streams`."""


@dataclass(frozen=True, slots=True)
class UserVenue:
    """What a market says of its user data: over REST, and over streams by one of two ways."""

    rules: UserRules
    call: Callable[[Ask], RestCall]
    """The request, without key, time and signature. Raises ValueError for what the market cannot be asked."""
    read: Callable[[Ask, bytes, AccountKey, int], Page]
    """Body, owner and time of receipt (epoch ms) to rows. Raises ValueError for what is no such answer."""
    decode: Callable[[bytes | str, AccountKey, int], UserSaid]
    """Frame, owner and time of receipt (epoch ms). Never raises."""
    judge: Callable[[int, int, str, float], Refused]
    """HTTP status, the exchange's code and words, and how long it asked to be left alone, to what follows."""
    query: Callable[[Iterable[tuple[str, str]], Callable[[str], str], int], Secret]
    """Parameters, signer and the exchange's time in epoch ms to the query of a signed request, as it must be
    sent."""
    ways: WsApi | ListenKeys
    worth: Callable[[str, str, str], str] | None = None
    """Price, contracts and the size of one to what they are worth, where no event tells it."""

    @property
    def methods(self) -> tuple[UserMethod, ...]:
        """How its user streams can be had, the best first."""
        if isinstance(self.ways, WsApi):
            return UserMethod.SIGNATURE, UserMethod.LOGON
        return (UserMethod.LISTEN_KEY,)
