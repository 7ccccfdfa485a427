"""What was seen of a drill: what the screen shows, what `tail` prints, what the exchange counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bntui.drill.bookledger import BookLedger
from bntui.drill.fillledger import FillLedger, OwnTrade
from bntui.drill.history import History, Stand
from bntui.drill.ledger import TradeLedger
from bntui.model.incident import card
from bntui.model.states import Grade
from bntui.model.views import OutageView

KEPT = 20_000
"""Lines of one kind that are kept; beyond it the oldest go."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict, as the top line shows it."""

    grade: Grade
    sentence: str
    suspect: str = ""
    """Whose fault it seems to be, where something points to anybody."""

    def __str__(self) -> str:
        return f"{self.sentence} [suspect: {self.suspect}]" if self.suspect else self.sentence


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One change of one connection."""

    at: float
    shard: int
    state: str
    reason: str
    code: int | None


@dataclass(frozen=True, slots=True)
class GapLine:
    """One line about a hole."""

    at: float
    symbol: str
    from_id: int
    to_id: int
    cause: str
    repaired: bool


@dataclass(slots=True)
class Record:
    """Everything that the judge looks at. Times are of the drill's clock; `zero` is its second 0."""

    zero: float = 0.0
    began_ms: int = 0
    """When the engine was about to start, on the wall clock; fills from before are not judged."""
    late_s: float = 0.0
    """How long the drill itself could not look on at worst: a busy machine has no time for real time."""
    ended_ms: int = 0
    """When the drill ended, on the wall clock."""
    verdicts: History[Said] = field(default_factory=History)
    streams: dict[str, History[Stand]] = field(default_factory=dict)
    links: deque[LinkLine] = field(default_factory=lambda: deque(maxlen=KEPT))
    gaps: deque[GapLine] = field(default_factory=lambda: deque(maxlen=KEPT))
    trades: dict[str, TradeLedger] = field(default_factory=dict)
    books: dict[str, BookLedger] = field(default_factory=dict)
    fills: FillLedger = field(default_factory=FillLedger)
    accounts: dict[str, History[Stand]] = field(default_factory=dict)
    """How the user streams stood, by the label of account and market."""
    recoveries: dict[str, History[Stand]] = field(default_factory=dict)
    """How the comparisons with REST went, by the same."""
    own_trades: Sequence[OwnTrade] = ()
    """What the account has traded since `began_ms`, at the end."""
    quotes_back: int = 0
    """Quotes that were older than the one before them."""
    lines_lost: int = 0
    """Lines of `tail` that were dropped, since the drill read too slowly."""
    restarts: int = 0
    """How often another engine took over."""
    outages: Sequence[OutageView] = ()
    agrees: History[bool] = field(default_factory=History)
    """Whether a second viewer, where there is one, shows what the first does."""
    malformed: int = 0
    """Frames that the engine could not read."""
    exchange: Mapping[str, Any] = field(default_factory=dict)
    """The exchange's own report, at the end."""

    def cards(self) -> list[list[str]]:
        """The incidents in the words of their screen, the oldest first."""
        rows = sorted(self.outages, key=lambda row: (row.began_ms, row.id))
        return [card(row, self.ended_ms) for row in rows]

    def second(self, at: float) -> float:
        """A time as the scenario counts."""
        return at - self.zero
