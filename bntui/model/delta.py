"""What changed in everything that a screen can show: the store's answer, the mirror's food."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bntui.model.account import (
    AccountKey,
    Balance,
    Fill,
    OrderUpdate,
    Position,
    RecoveryView,
    UserStreamView,
)
from bntui.model.alerts import AlertView
from bntui.model.judged import HealthView, VerdictView
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.panels import BookStatus, PanelsDelta
from bntui.model.views import BudgetView, OutageView, ShardView, StreamView, WatchView


class NumberedFill(NamedTuple):
    """A fill with its number in the journal: they are counted in the order in which they became known."""

    number: int
    fill: Fill


@dataclass(frozen=True, slots=True)
class AccountsDelta:
    """What is new of the accounts."""

    fills: list[NumberedFill] = field(default_factory=list)
    """Those behind the last that the viewer has, in the order of their numbers; at most FILLS_A_PAGE."""
    newest_fill: int = 0
    """The number of the last one that there is; 0: none yet."""
    orders: list[OrderUpdate] = field(default_factory=list)
    """New or changed."""
    orders_gone: list[tuple[AccountKey, str, int, bool]] = field(default_factory=list)
    """Identities of those that are kept no longer."""
    balances: list[Balance] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    streams: list[UserStreamView] = field(default_factory=list)
    recoveries: list[RecoveryView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the user, such as why a symbol was not added."""

    id: int
    """Counts up within one epoch."""
    text: str
    bad: bool


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed. With `full` the viewer forgets what it had first."""

    epoch: str
    seq: int
    full: bool
    now: float
    """The engine's monotonic clock at the answer; every `at` is of this clock."""
    wall_ms: int
    rows: list[WatchView] = field(default_factory=list)
    watchlist: list[SymbolKey] | None = None
    """The rows' order, whole, when it changed; rows not in it are gone."""
    shards: list[ShardView] = field(default_factory=list)
    shards_gone: list[int] = field(default_factory=list)
    streams: list[StreamView] = field(default_factory=list)
    streams_gone: list[tuple[Market, str]] = field(default_factory=list)
    stream_ages: list[tuple[Market, str, float]] = field(default_factory=list)
    """(market, name, last own data) of the focused shard."""
    outages: list[OutageView] = field(default_factory=list)
    """Lines that began or changed; the lowest ids beyond OUTAGES_KEPT are gone."""
    alerts: list[AlertView] = field(default_factory=list)
    """Those that began or changed."""
    alerts_gone: list[int] = field(default_factory=list)
    """Ids of those that are kept no longer."""
    notices: list[Notice] = field(default_factory=list)
    """New ones, oldest first; the oldest beyond NOTICES_KEPT are gone."""
    instruments: list[Instrument] | None = None
    """Every symbol that is known, when any of them changed."""
    budget: BudgetView | None = None
    health: HealthView | None = None
    verdict: VerdictView | None = None
    books: list[BookStatus] = field(default_factory=list)
    """Local books whose trust changed."""
    books_gone: list[SymbolKey] = field(default_factory=list)
    accounts: AccountsDelta | None = None
    panels: PanelsDelta | None = None
    """Of the symbol that the Pull asked for."""
