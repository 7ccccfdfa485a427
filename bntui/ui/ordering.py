"""The order of rows that change all the time, kept steady for the one who reads them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

HOLD_S = 2.0
"""Rows change places at most this often, and not sooner after the cursor moved."""


def sort_rows(keys: Sequence[K], value: Callable[[K], Any], descending: bool) -> list[K]:
    """Sort stably by a value; rows without one (None) come last in either direction."""
    known: list[tuple[Any, K]] = []
    unknown: list[K] = []
    for key in keys:
        of_key = value(key)
        if of_key is None:
            unknown.append(key)
        else:
            known.append((of_key, key))
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [key for _, key in known] + unknown


class SteadyOrder(Generic[K]):
    """Sorted rows that do not jump: between sorts, rows keep their places and new ones come last."""

    def __init__(self, hold_s: float = HOLD_S) -> None:
        """`hold_s`: the least time between two sorts that nobody asked for."""
        self._hold_s = hold_s
        self._order: list[K] = []
        self._sorted_at: float | None = None
        self._touched_at: float | None = None

    def __repr__(self) -> str:
        return f"<SteadyOrder {len(self._order)} rows, sorted at {self._sorted_at}>"

    def touch(self, now: float) -> None:
        """The cursor moved: somebody reads."""
        self._touched_at = now

    def resort(self) -> None:
        """Sort at the next chance: somebody asked for it."""
        self._sorted_at = None
        self._touched_at = None

    def due(self, now: float) -> bool:
        """Is it time to sort again?"""
        times = [at for at in (self._sorted_at, self._touched_at) if at is not None]
        return self._sorted_at is None or now - max(times) >= self._hold_s

    def order(
        self, keys: Sequence[K], value: Callable[[K], Any] | None, descending: bool, now: float
    ) -> list[K]:
        """The rows in the order to show them; without `value` that of `keys` itself."""
        if value is None:
            self._order = list(keys)
        elif self.due(now):
            self._order = sort_rows(keys, value, descending)
            self._sorted_at = now
        else:
            wanted = set(keys)
            placed = [key for key in self._order if key in wanted]
            known = set(placed)
            self._order = placed + [key for key in keys if key not in known]
        return self._order
