"""The words that come with a fault: each is checked, has a default or is needed, and says what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MOST_COUNT = 10_000
MOST_SECONDS = 86_400.0
_MOST_TEXT = 1_000_000
_MOST_REASON = 123
"""Bytes of a reason that fit into a close frame (RFC 6455, 5.5)."""


class BadFault(ValueError):
    """A fault that does not exist, or wrong words with it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a fault."""

    name: str
    kind: str
    """What it must be, as in "must be …"."""
    read: Callable[[object], object]
    """Gives the value; raises ValueError where it is none."""
    default: object = ...
    """`...`: the word is needed."""

    @property
    def form(self) -> str:
        """What it must be, and what holds without it."""
        if self.default is ...:
            return f"{self.kind}; needed"
        return self.kind if self.default is None else f"{self.kind}; otherwise {self.default}"


class Words:
    """The words of one fault, read and complete."""

    __slots__ = ("_given", "_values")

    def __init__(self, given: Mapping[str, object], values: Mapping[str, object]) -> None:
        """What was said, and what it means with the defaults filled in."""
        self._given = dict(given)
        self._values = values

    def __repr__(self) -> str:
        return f"<Words {self._given}>"

    @property
    def given(self) -> dict[str, object]:
        """What was said, as plain values."""
        return dict(self._given)

    def number(self, name: str) -> float:
        """A number that is always there."""
        value = self.maybe_number(name)
        if value is None:
            raise KeyError(name)
        return value

    def maybe_number(self, name: str) -> float | None:
        """A number, or None where none was said."""
        value = self._values.get(name)
        return value if isinstance(value, int | float) else None

    def whole(self, name: str) -> int:
        """A whole number that is always there."""
        return int(self.number(name))

    def maybe_whole(self, name: str) -> int | None:
        """A whole number, or None where none was said."""
        value = self.maybe_number(name)
        return None if value is None else int(value)

    def text(self, name: str) -> str:
        """A text; empty where none was said."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def streams(self) -> tuple[str, ...]:
        """Names of streams."""
        return self.names("streams") or ()

    def names(self, name: str) -> tuple[str, ...] | None:
        """Some names, or None where none were said."""
        value = self._values.get(name)
        return value if isinstance(value, tuple) else None

    def concerns(self, connection: int) -> bool:
        """Whether a connection is meant; without numbers, all are."""
        chosen = self._values.get("connections")
        return not isinstance(chosen, frozenset) or connection in chosen

    @property
    def of_some(self) -> bool:
        """Whether only some connections are meant, by their numbers."""
        return isinstance(self._values.get("connections"), frozenset)


def read_words(known: Sequence[Word], given: Mapping[str, object]) -> Words:
    """Read what was said. Raises BadFault, in words, for a wrong, missing or unknown word."""
    left, values = dict(given), dict[str, object]()
    for word in known:
        value = left.pop(word.name, word.default)
        if value is ...:
            raise BadFault(f"{word.name} is missing")
        if value is not None or word.default is not None:
            try:
                value = word.read(value)
            except ValueError:
                raise BadFault(f"{word.name} must be {word.kind}") from None
        values[word.name] = value
    if left:
        words = ", ".join(word.name for word in known) or "none"
        raise BadFault(f"no such word here: {', '.join(sorted(left))}; there are: {words}")
    return Words(given, values)


def number(name: str, least: float, most: float, default: object = ...) -> Word:
    """A word for a number within bounds."""

    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise ValueError
        return value

    return Word(name, f"a number from {least:g} to {most:g}", read, default)


def whole(name: str, least: int, most: int, default: object = ...) -> Word:
    """A word for a whole number within bounds."""

    def read(value: object) -> object:
        if type(value) is not int or not least <= value <= most:
            raise ValueError
        return value

    return Word(name, f"a whole number from {least} to {most}", read, default)


def text(name: str, default: object = ..., most: int = _MOST_TEXT) -> Word:
    """A word for a text of bounded length."""

    def read(value: object) -> object:
        if not isinstance(value, str) or len(value.encode(errors="replace")) > most:
            raise ValueError
        return value

    return Word(name, f"a text of at most {most} bytes", read, default)


def choice(name: str, *values: str) -> Word:
    """A word that is one of some; the first where it is not said."""

    def read(value: object) -> object:
        if value not in values:
            raise ValueError
        return value

    return Word(name, f"one of {', '.join(value for value in values if value)}", read, values[0])


def streams(holding: str = "") -> Word:
    """Names of streams, all of one kind where `holding` names it."""
    kind = f"a list of names of {holding} streams" if holding else "a list of stream names"

    def read(value: object) -> object:
        if not isinstance(value, list) or not value:
            raise ValueError
        if not all(isinstance(name, str) and (not holding or f"@{holding}" in name) for name in value):
            raise ValueError
        return tuple(dict.fromkeys(value))

    return Word("streams", kind, read)


def _read_close_code(value: object) -> object:
    """Codes that a server may send (RFC 6455, 7.4)."""
    if type(value) is not int or not (value == 0 or 1000 <= value <= 1014 or 3000 <= value <= 4999):
        raise ValueError
    if value in (1004, 1005, 1006):
        raise ValueError
    return value


def close_code(default: int, *, none_too: bool = False) -> Word:
    """A close code that can be sent; 0, where it may be, stands for no close frame at all."""
    kind = "a close code that can be sent" + (", or 0 for none" if none_too else "")

    def read(value: object) -> object:
        if value == 0 and not none_too:
            raise ValueError
        return _read_close_code(value)

    return Word("code", kind, read, default)


def _read_numbers(value: object) -> object:
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise ValueError
    return frozenset(value)


REASON = text("reason", "", _MOST_REASON)
"""The reason of a close frame."""

CONNECTIONS = Word("connections", "a list of connection numbers", _read_numbers, None)
"""Which connections are meant; without it, all."""

FOR = number("for", 0.001, MOST_SECONDS, None)
"""How many seconds a fault lasts; without it, until it is used up or cleared."""

RETRY_AFTER = whole("retry_after", 0, int(MOST_SECONDS), None)
"""Seconds of the header Retry-After."""


def count(default: int | None) -> Word:
    """How often a fault happens; None: as long as it lasts."""
    return whole("count", 1, MOST_COUNT, default)
