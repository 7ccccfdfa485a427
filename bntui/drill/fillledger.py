"""Own fills as `tail` printed them, against those that the exchange has done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

OwnTrade = tuple[str, int]
"""Symbol and id of a trade: one of a kind within a market."""


@dataclass(slots=True)
class FillLedger:
    """Which fills were printed, and how often."""

    printed: Counter[OwnTrade] = field(default_factory=Counter)
    recovered: int = 0
    """Those of them that were marked so since second 0."""

    def fill(self, symbol: str, trade_id: int, recovered: bool) -> None:
        """A fill was printed."""
        self.printed[symbol, trade_id] += 1
        self.recovered += recovered

    @property
    def repeated(self) -> list[OwnTrade]:
        """Fills that were printed more than once."""
        return [trade for trade, times in self.printed.items() if times > 1]

    def missing(self, done: Iterable[OwnTrade]) -> list[OwnTrade]:
        """Of those that were done the ones that were never printed."""
        return [trade for trade in done if trade not in self.printed]

    def invented(self, done: Iterable[OwnTrade]) -> list[OwnTrade]:
        """Printed ones that were never done."""
        return sorted(set(self.printed).difference(done))
