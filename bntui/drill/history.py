"""How something that a drill looks at changed over time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Generic, TypeVar

KEPT = 20_000
"""Changes of one thing that are kept; beyond it the oldest go."""

T = TypeVar("T")


class History(Generic[T]):
    """How something changed over time; each value holds until the next."""

    def __init__(self) -> None:
        """Nothing was seen."""
        self._times: list[float] = []
        self._values: list[T] = []

    def note(self, at: float, value: T) -> None:
        """It is this now. The same again changes nothing."""
        if self._values and self._values[-1] == value:
            return
        self._times.append(at)
        self._values.append(value)
        if len(self._times) > KEPT:
            del self._times[0], self._values[0]

    def between(self, begin: float, end: float) -> list[tuple[float, T]]:
        """What held at `begin`, if anything was known, and every change up to `end`."""
        first = bisect_right(self._times, begin)
        last = bisect_right(self._times, end)
        found = list(zip(self._times[first:last], self._values[first:last], strict=True))
        return [(begin, self._values[first - 1]), *found] if first else found

    def all(self) -> list[tuple[float, T]]:
        """Every change."""
        return list(zip(self._times, self._values, strict=True))

    def __len__(self) -> int:
        return len(self._times)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a stream, or a book, stands."""

    state: str
    reason: str
