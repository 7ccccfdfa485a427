"""The book of one symbol as `tail` printed it: how it stood, and whether its best levels were those of the
quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bntui.drill.history import History, Stand

IDS_KEPT = 1_000
"""Update ids of quotes and books that wait for their counterpart; the oldest go."""

Best = tuple[tuple[str, ...], tuple[str, ...]]
"""Price and quantity of the best bid and of the best ask; empty where a side is."""


@dataclass(slots=True)
class BookLedger:
    """Where a quote and a good book have the same update id, they must say the same."""

    states: History[Stand] = field(default_factory=History)
    resyncs: int = 0
    """How often it was built anew, as the engine counts."""
    checks: int = 0
    """Ids that a quote and a good book had in common."""
    wrong: int = 0
    """… of which they said different things."""
    _quotes: dict[int, Best] = field(default_factory=dict, init=False)
    _books: dict[int, Best] = field(default_factory=dict, init=False)

    def quote(self, update_id: int, best: Best) -> None:
        """A quote was printed."""
        self._meet(update_id, best, self._quotes, self._books)

    def book(self, at: float, update_id: int | None, stand: Stand, best: Best) -> None:
        """A line of the book was printed."""
        self.states.note(at, stand)
        if stand.state == "synced" and update_id is not None:
            self._meet(update_id, best, self._books, self._quotes)

    def _meet(self, update_id: int, best: Best, own: dict[int, Best], others: dict[int, Best]) -> None:
        other = others.pop(update_id, None)
        if other is not None:
            self.checks += 1
            self.wrong += other != best
            return
        own[update_id] = best
        if len(own) > IDS_KEPT:
            del own[next(iter(own))]

    def restart(self) -> None:
        """The tail was lost: another engine may count anew."""
        self._quotes.clear()
        self._books.clear()


def best_of(side: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The best level of a printed side."""
    return tuple(side[0]) if side else ()
