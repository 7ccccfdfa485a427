"""What engine and viewer say to each other.

The seam is a question and an answer: the viewer sends `Pull(seq)`, the engine answers within a
second with what changed since `seq`. Commands may be sent at any time and get no answer of their own;
what they changed, or why they did not, comes with a later `Delta`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.views import (
    BudgetView,
    HealthView,
    OutageView,
    ShardView,
    StreamView,
    VerdictView,
    WatchView,
)


@dataclass(frozen=True, slots=True)
class Hello:
    """The viewer's first message."""

    version: str
    fingerprint: str
    """Digest of environment, URLs and limits: both sides must mean the same exchange."""
    description: str
    """The same in words, for the refusal."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The engine takes the viewer."""

    version: str
    epoch: str
    """A new one with every engine process; sequence numbers mean nothing across epochs."""
    pid: int
    started_ms: int
    environment: str
    """For people: `binance main`, `demo`, `replay of spot_btcusdt.gz`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine does not take the viewer, and says why."""

    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Pull:
    """What changed since `seq`? 0 asks for everything."""

    seq: int
    epoch: str
    focus_shard: int | None = None
    """Send the ages of this shard's streams too."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the user, such as why a symbol was not added."""

    id: int
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
    notices: list[Notice] = field(default_factory=list)
    instruments: list[Instrument] | None = None
    budget: BudgetView | None = None
    health: HealthView | None = None
    verdict: VerdictView | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Add symbols to the watchlist, which all viewers share and the engine remembers."""

    keys: list[SymbolKey]


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Take symbols off the watchlist."""

    keys: list[SymbolKey]


@dataclass(frozen=True, slots=True)
class Rotate:
    """Change the connection of a shard, without loss."""

    shard: int


@dataclass(frozen=True, slots=True)
class TailPull:
    """The next events of the feed, as lines of `bntui tail --json`; 0 starts at now."""

    seq: int
    symbols: list[SymbolKey]
    """Empty: all."""
    kinds: list[str]


@dataclass(frozen=True, slots=True)
class TailLines:
    """Lines since `seq`, oldest first. `lost` counts what the bounded ring had to drop before them."""

    seq: int
    lost: int
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Bye:
    """The viewer leaves; the last one takes the engine along, unless it was started to stay."""


Command = Watch | Unwatch | Rotate
ToEngine = Hello | Pull | TailPull | Bye | Watch | Unwatch | Rotate
ToViewer = Welcome | Refused | Delta | TailLines
