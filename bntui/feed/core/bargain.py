"""Which request proves the most for the least weight: a few symbols by name, or all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MANY_REQUESTS = 2
"""How much more weight one request may cost than the many that it stands for: it proves the rest too."""

GATHER_S = 1.0
"""Symbols are gathered for so long before a request names less of them than it could for the same weight."""

GATHER_ALL_S = 2.5
"""… and for so long before all are asked about at once,"""

GATHER_DEAR_S = 4.0
"""or for so long where that weighs much: connections that open one after another share one such request."""

DEAR = 8
"""A request for all weighs much from so many times the weight of a small one on."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a kind of request weighs."""

    pack: int
    """Symbols that a request may name at the least weight."""
    weight: int
    """Of a request that names so many."""
    all_weight: int
    """Of one request for all symbols."""

    def one_by_one(self, count: int) -> bool:
        """Whether requests for packs of so many symbols are to be preferred to one for all."""
        return -(-count // self.pack) * self.weight * MANY_REQUESTS <= self.all_weight


@dataclass(frozen=True, slots=True)
class Choice:
    """A request to make."""

    named: tuple[str, ...]
    """Empty: for all symbols."""
    weight: int


class Bargain:
    """Gathers symbols that lack a proof, and says which request to make for them."""

    def __init__(self, price: Price) -> None:
        """Nobody waits."""
        self.price = price
        self._waiting_since: float | None = None

    def choose(self, symbols: Sequence[str], now: float) -> Choice | None:
        """The request to make for these symbols, the most urgent first; None: nothing yet. Nothing changes
        before it was made."""
        if not symbols:
            self._waiting_since = None
            return None
        if self._waiting_since is None:
            self._waiting_since = now
        waited_s = now - self._waiting_since
        if not self.price.one_by_one(len(symbols)):
            dear = self.price.all_weight >= DEAR * self.price.weight
            gathered = waited_s >= (GATHER_DEAR_S if dear else GATHER_ALL_S)
            return Choice((), self.price.all_weight) if gathered else None
        named = tuple(symbols[: self.price.pack])
        full = len(named) == self.price.pack > 1
        return Choice(named, self.price.weight) if full or waited_s >= GATHER_S else None

    def made(self, choice: Choice) -> None:
        """The request was made. Full packs follow one another; what is left of them is gathered again."""
        if len(choice.named) < self.price.pack:
            self._waiting_since = None
