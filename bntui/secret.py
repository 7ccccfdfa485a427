"""Secrets that cannot print themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn


class Secret:
    """Text that only `reveal` hands out: repr, str, format, pickling and crash dumps show a mask."""

    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        """Take the text into a closure, so that no attribute of this object holds it."""
        self._reveal: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        """The bare text. Call it where it is used, never keep the result in a variable that lives on."""
        return self._reveal()

    def __repr__(self) -> str:
        return "Secret(****)"

    def __str__(self) -> str:
        return "****"

    def __format__(self, spec: str) -> str:
        return format("****", spec)

    def __bool__(self) -> bool:
        return bool(self._reveal())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._reveal() == other._reveal()

    def __hash__(self) -> int:
        return hash(self._reveal())

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")
