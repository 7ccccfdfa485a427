"""What an exchange says of one's own account: fills, orders, balances, positions, and how far to trust them.

Everything is keyed by an `AccountKey`: a named account on one market. Numbers and words such as `FILLED`
are the exchange's own text. Times named `_ms` are epoch milliseconds, UTC; those named `at` are seconds
of the engine's monotonic clock (None: never).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bntui.model.markets import Market, SymbolKey
from bntui.model.states import RecoveryState, UserStreamState


class AccountKey(NamedTuple):
    """A named account on one market: its keys may be the same on another, its fills are not."""

    account: str
    """The user's own name for it."""
    market: Market

    @property
    def label(self) -> str:
        """What people read: `main.spot`."""
        return f"{self.account}.{self.market}"


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of one's own order. It is told once, and never conflated or dropped."""

    owner: AccountKey
    symbol: str
    id: int
    """The trade's id, one of a kind within market and symbol."""
    order_id: int
    client_order_id: str
    """Empty where a request by REST does not tell it."""
    side: str
    """One's own: `BUY` or `SELL`."""
    position_side: str
    """`BOTH`, `LONG` or `SHORT`; empty on Spot."""
    price: str
    qty: str
    quote_qty: str
    """Price times quantity in the quote asset; of contracts counted as such (COIN-M), their worth in the
    base asset. Empty where it is not told."""
    fee: str
    fee_asset: str
    """Empty where there was no fee to tell one."""
    maker: bool
    realized_pnl: str | None
    """Of futures; None on Spot."""
    time_ms: int
    """When the trade was done."""
    received_ms: int
    recovered: bool
    """Fetched by REST: no stream told it, or it was done while nobody listened. What was done before the
    account was looked at for the first time was missed by nobody, and is not marked."""
    mid: str | None = None
    """Halfway between best bid and ask as they stood here when it was received; None where they were not
    known or old, and of what was recovered."""

    @property
    def key(self) -> SymbolKey:
        """Which symbol."""
        return SymbolKey(self.owner.market, self.symbol)

    @property
    def identity(self) -> tuple[AccountKey, str, int]:
        """What makes it one of a kind."""
        return self.owner, self.symbol, self.id


GONE = "GONE"
"""The one status that is this program's own word: the order is open no more, and neither stream nor REST
tells how it ended (the futures forget cancelled orders after three days; All Orders, read 2026-05-28)."""

FINAL_STATUSES = frozenset(
    {"FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH", "FINISHED", GONE},
)
"""Words after which an order, or a conditional one, changes no more (enums.md; ORDER_TRADE_UPDATE and
ALGO_UPDATE of the futures; read 2026-07-21). A word that is not known leaves the order open."""


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """An order as it stands after something happened to it."""

    owner: AccountKey
    symbol: str
    order_id: int
    client_order_id: str
    side: str
    position_side: str
    """As of a fill."""
    type: str
    time_in_force: str
    price: str
    stop_price: str
    """Empty where the order has none."""
    qty: str
    filled_qty: str
    filled_quote: str
    """What the filled part came to, as `Fill.quote_qty`; empty where it is not told."""
    status: str
    """`NEW`, `PARTIALLY_FILLED`, …"""
    execution: str
    """What happened: `NEW`, `TRADE`, `CANCELED`, …; empty for what was asked by REST."""
    reason: str
    """Why it was rejected or has expired, in the exchange's word; empty where there is none."""
    reduce_only: bool
    placed_ms: int | None
    """When it was placed; None where no message has told it."""
    time_ms: int
    """When this happened."""
    received_ms: int
    recovered: bool
    conditional: bool = False
    """It waits for a price in a service of its own, under an id of its own (futures since 2025-12-09)."""

    @property
    def key(self) -> SymbolKey:
        """Which symbol."""
        return SymbolKey(self.owner.market, self.symbol)

    @property
    def identity(self) -> tuple[AccountKey, str, int, bool]:
        """What makes it one of a kind."""
        return self.owner, self.symbol, self.order_id, self.conditional

    @property
    def open(self) -> bool:
        """May it still be filled?"""
        return self.status not in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has of one asset."""

    owner: AccountKey
    asset: str
    free: str | None
    """What can be spent; None where no message has told it."""
    locked: str | None
    """In open orders; None on futures, which know no such thing."""
    wallet: str | None
    """On futures what was paid in and realised, without open positions; None on Spot."""
    time_ms: int
    """The exchange's time of it."""
    received_ms: int


@dataclass(frozen=True, slots=True)
class Position:
    """A position on a futures market. A quantity of zero says that it is closed."""

    owner: AccountKey
    symbol: str
    side: str
    """`BOTH`, `LONG` or `SHORT`."""
    qty: str
    """Negative for a short one where the side is `BOTH`."""
    entry_price: str
    break_even_price: str | None
    unrealized_pnl: str
    """As of `time_ms`; it moves with the mark price."""
    margin_type: str
    """`cross` or `isolated`."""
    margin_asset: str
    """In which profit is counted; empty where it was not told."""
    liquidation_price: str | None
    """None where no message has told it, or there is none."""
    mark_price: str | None
    """As of `time_ms`."""
    isolated_margin: str | None
    time_ms: int
    received_ms: int
    margin_call_ms: int | None = None
    """When the exchange has warned of its margin last; None once a later state says nothing of it."""

    @property
    def key(self) -> SymbolKey:
        """Which symbol."""
        return SymbolKey(self.owner.market, self.symbol)

    @property
    def identity(self) -> tuple[AccountKey, str, str]:
        """What makes it one of a kind."""
        return self.owner, self.symbol, self.side


class Renewal(NamedTuple):
    """One line of a user stream's history."""

    time_ms: int
    what: str
    """`subscribed`, `key kept alive`, `new key`, `session proven`, `connection changed`, …"""
    failure: str
    """Why it failed, in words; empty when it did not."""


RENEWALS_KEPT = 20
"""Lines of the history of a user stream; the oldest go."""


@dataclass(frozen=True, slots=True)
class UserStreamView:
    """The stream of one account's events."""

    owner: AccountKey
    method: str
    """A `UserMethod`, in its own word."""
    state: UserStreamState
    reason: str
    """Why it is not live: what happened, in the exchange's own words where there are any."""
    hint: str
    """What the user can do; empty where he need not."""
    since: float
    """When the state began."""
    opened_at: float | None
    """Since when the connection stands that carries it."""
    expires_at: float | None
    """When the exchange will end what carries it: the connection, or the listen key."""
    renewal_at: float | None
    """When it is renewed next."""
    event_at: float | None
    event_kind: str
    """The last event, in the exchange's word; empty: none yet."""
    proof_at: float | None
    """When it was last known for sure that events would come."""
    proof: str
    """By what."""
    reconnects: int
    renewals: list[Renewal]
    """Newest last; the oldest beyond RENEWALS_KEPT are gone."""
    host: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """The last comparison of what the stream told with what REST knows."""

    owner: AccountKey
    state: RecoveryState
    from_ms: int
    """Fills since then were asked for."""
    time_ms: int
    """When this state began."""
    checked: str
    """What was looked at: `account, open orders, trades of BTCUSDT and ETHUSDT`."""
    missing: str
    """What could not be looked at, and why; empty when all was."""
    recovered: int
    """Fills that were found by it."""
    routine: bool = False
    """Nothing was lost as far as is known: a look for safety's sake, which leaves the verdict as it is."""


@dataclass(frozen=True, slots=True)
class UserStreamChanged:
    """The trust in an account's stream changed, or it was proven or renewed."""

    view: UserStreamView


@dataclass(frozen=True, slots=True)
class RecoveryChanged:
    """A comparison with REST began or ended."""

    view: RecoveryView


AccountEvent = Fill | OrderUpdate | Balance | Position | UserStreamChanged | RecoveryChanged
"""What the feed tells of accounts. None of these is ever conflated or dropped."""
