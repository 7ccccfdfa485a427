"""What engine and viewer say to each other.

The seam is a question and an answer: the viewer sends `Pull(seq)`, the engine answers within a
second with what changed since `seq`. Commands may be sent at any time and get no answer of their own;
what they changed, or why they did not, comes with a later `Delta`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bntui.model.account import AccountKey
from bntui.model.delta import Delta as Delta
from bntui.model.delta import Notice as Notice
from bntui.model.markets import SymbolKey
from bntui.model.panels import Focus


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
    focus: Focus | None = None
    """The symbol that the viewer has open: its streams flow while anybody has it open."""
    last_fill: int = 0
    """The number of the newest fill that the viewer has: those behind it are asked for."""


@dataclass(frozen=True, slots=True)
class Look:
    """The viewer has another symbol open, or looks at it in another way. A Pull that waits is answered at
    once, for this focus; one that comes later carries it too."""

    focus: Focus | None


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
class RenewAccount:
    """Change the connection of an account's stream without loss; try a refused key again."""

    owner: AccountKey


@dataclass(frozen=True, slots=True)
class AcceptAccount:
    """What could not be explained of an account is known to the user: take it as it is now."""

    owner: AccountKey


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody knows of an alert: it is not made known again while it lasts."""

    alert: int
    note: str


@dataclass(frozen=True, slots=True)
class TailPull:
    """The next events of the feed, as lines of `bntui tail --json`; 0 starts at now."""

    seq: int
    symbols: list[SymbolKey]
    """Empty: all."""
    kinds: list[str]
    plain: bool = False
    """Lines for people instead of JSON."""
    levels: int = 10
    """Of each side of a book."""


@dataclass(frozen=True, slots=True)
class TailLines:
    """Lines since `seq`, oldest first. `lost` counts what the bounded ring had to drop before them."""

    seq: int
    lost: int
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Bye:
    """The viewer leaves; the last one takes the engine along, unless it was started to stay."""


Command = Acknowledge | Watch | Unwatch | Rotate | RenewAccount | AcceptAccount
ToEngine = Hello | Pull | Look | TailPull | Bye | Acknowledge | Command
ToViewer = Welcome | Refused | Delta | TailLines
Message = ToEngine | ToViewer
