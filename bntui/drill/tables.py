"""Reads the tables of a scenario strictly: what is wrong or unknown is said in words, with its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bntui.words import nearest


class BadScenario(ValueError):
    """A scenario that cannot be played as it is written."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number that may lie between two, both included."""

    least: float
    most: float = math.inf

    def holds(self, number: float) -> bool:
        """Whether the number lies within."""
        return self.least <= number <= self.most

    @property
    def often(self) -> str:
        """How often, where it counts what happens."""
        return "once" if self.least == self.most == 1 else f"{self} times"

    def __str__(self) -> str:
        if self.least == self.most:
            return f"{self.least:g}"
        if self.most == math.inf:
            return f"{self.least:g} or more"
        return f"{self.least:g} to {self.most:g}"


class Table:
    """One table. Each key is taken once; `finish` refuses those that nobody took."""

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        """`place` says where it stands, for people: `step 2`."""
        self.place = place
        self._left = dict(values)
        self._known: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def bad(self, text: str) -> BadScenario:
        """The error that says so, with the place."""
        return BadScenario(f"{self.place}: {text}" if self.place else text)

    def _take(self, key: str) -> object:
        self._known[key] = None
        return self._left.pop(key, None)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.bad(f"{key} must be a text")
        return value

    def choice(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        """One of some words."""
        known = tuple(known)
        value = self.text(key, default)
        if value not in known:
            raise self.bad(f"{key} cannot be {value!r}{nearest(value, known)}; there are {', '.join(known)}")
        return value

    def choices(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """One or several of some words."""
        known = tuple(known)
        found = self.texts(key)
        for word in found:
            if word not in known:
                raise self.bad(
                    f"{key} cannot be {word!r}{nearest(word, known)}; there are {', '.join(known)}"
                )
        if not found:
            raise self.bad(f"{key} must be one or several of {', '.join(known)}")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text; none where the key is missing."""
        value = self._take(key)
        if value is None:
            return ()
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
            raise self.bad(f"{key} must be a text or a list of texts")
        return tuple(found)

    def number(self, key: str, default: float | None = None, least: float = -math.inf) -> float:
        """A number."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        number = _number(value)
        if number is None or number < least:
            raise self.bad(f"{key} must be a number{f' from {least:g} on' if least > -math.inf else ''}")
        return number

    def maybe(self, key: str) -> float | None:
        """A number; None where the key is missing."""
        if key in self:
            return self.number(key)
        self._known[key] = None
        return None

    def flag(self, key: str) -> bool | None:
        """True or false; None where the key is missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.bad(f"{key} must be true or false")
        return value

    def range(self, key: str, default: Range | None = None) -> Range | None:
        """A number, or `[least, most]`."""
        value = self._take(key)
        if value is None:
            return default
        ends = [value, value] if not isinstance(value, list) else value
        numbers = [number for each in ends if (number := _number(each)) is not None]
        if len(ends) != 2 or len(numbers) != 2 or numbers[0] > numbers[1]:
            raise self.bad(f"{key} must be a number or [least, most]")
        return Range(numbers[0], numbers[1])

    def table(self, key: str) -> Table:
        """A table within; empty where the key is missing."""
        value = self._take(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.bad(f"{key} must be a table: [{key}]")
        return Table(value, key)

    def is_table(self, key: str) -> bool:
        """Whether the key holds a table."""
        return isinstance(self._left.get(key), dict)

    def left(self) -> tuple[str, ...]:
        """The keys that nobody took yet."""
        return tuple(self._left)

    def tables(self, key: str, each: str) -> Sequence[Table]:
        """A list of tables, each to be called `each` and its number; empty where the key is missing."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.bad(f"{key} must be tables: [[{key}]]")
        return [Table(one, f"{each} {number}") for number, one in enumerate(value, start=1)]

    def rest(self) -> dict[str, object]:
        """Everything that nobody took: words for somebody else to check."""
        left, self._left = self._left, {}
        return left

    def finish(self) -> None:
        """Refuse what is left."""
        for key in self._left:
            raise self.bad(
                f"nothing is called {key!r} here{nearest(key, self._known)}; "
                f"there are {', '.join(self._known)}"
            )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return float(value)
