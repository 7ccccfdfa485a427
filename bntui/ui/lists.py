"""Named watchlists: parts of what is watched, each in an order and with columns of its own.

All of their symbols are watched all the time, whichever list is shown: the verdict counts what is hidden too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bntui.model.markets import Market, SymbolKey
from bntui.ui.choices import Choices

ALL = "all"
"""The list of everything that is watched."""

SHOWN = "watchlist"
COLUMNS = "columns"
LIST = "list."
"""Names of choices; the last begins those of a list's symbols and columns."""


@dataclass(frozen=True, slots=True)
class ListTold:
    """A named watchlist as the settings say it."""

    name: str
    keys: tuple[SymbolKey, ...]
    columns: tuple[str, ...] = ()


class Lists:
    """The named watchlists, less and more what the user took off and added, and which of them is shown."""

    def __init__(
        self,
        told: Sequence[ListTold],
        choices: Choices,
        first: str = "",
        columns: tuple[str, ...] = (),
        *,
        fixed: bool = False,
        columns_fixed: bool = False,
    ) -> None:
        """`first` is shown until the user chooses another, `columns` are those of lists without their own;
        either is `fixed` where the command line says it."""
        self._told = {one.name: one for one in told}
        self._choices = choices
        self._columns = columns
        self._columns_fixed = columns_fixed
        self._first = first
        self._keys = {one.name: self._changed(one) for one in told}
        chosen = None if fixed else choices.get(SHOWN, first)
        wanted = chosen or first or ALL
        self.current = wanted if wanted in self._told else ALL

    @property
    def names(self) -> tuple[str, ...]:
        """All lists, that of everything first."""
        return (ALL, *self._told)

    def shown(self, watched: Iterable[SymbolKey]) -> list[SymbolKey]:
        """What the list in front shows of what is watched, in its order."""
        if self.current == ALL:
            return list(watched)
        there = set(watched)
        return [key for key in self._keys[self.current] if key in there]

    def holding(self, key: SymbolKey) -> list[str]:
        """The named lists that have the symbol."""
        return [name for name, keys in self._keys.items() if key in keys]

    def step(self, by: int) -> str:
        """Show the list so many further, around the ends."""
        names = self.names
        self.current = names[(names.index(self.current) + by) % len(names)]
        self._choices.put(SHOWN, self.current, self._first)
        return self.current

    def add(self, key: SymbolKey, name: str) -> None:
        """Put a symbol on a named list: where the settings have it, else behind the others."""
        if name in self._keys and key not in self._keys[name]:
            told = self._told[name].keys
            keys = [*self._keys[name], key]
            self._keys[name] = [
                *(each for each in told if each in keys),
                *(each for each in keys if each not in told),
            ]
            self._remember(name)

    def remove(self, key: SymbolKey, name: str) -> None:
        """Take a symbol off a named list."""
        if name in self._keys and key in self._keys[name]:
            self._keys[name].remove(key)
            self._remember(name)

    # Columns

    def columns(self) -> tuple[str, ...]:
        """The columns of the list in front, in their order; empty: the usual ones."""
        told = self._columns_told()
        if self._columns_fixed and not self._own_columns():
            return told
        chosen = self._choices.get(self._columns_name(), " ".join(told))
        return told if chosen is None else tuple(chosen.split())

    def choose_columns(self, columns: tuple[str, ...]) -> None:
        """Show these columns in the list in front; empty: those that the settings say."""
        told = self._columns_told()
        self._columns_fixed = False
        self._choices.put(self._columns_name(), " ".join(columns or told), " ".join(told))

    def _own_columns(self) -> tuple[str, ...]:
        one = self._told.get(self.current)
        return one.columns if one else ()

    def _columns_told(self) -> tuple[str, ...]:
        return self._own_columns() or self._columns

    def _columns_name(self) -> str:
        return f"{LIST}{self.current}.{COLUMNS}"

    # Symbols

    def _changed(self, told: ListTold) -> list[SymbolKey]:
        """The symbols of the settings, as the user changed them; what the file gets later is there too."""
        added, removed = _read(self._choices.get(f"{LIST}{told.name}"))
        keys = [key for key in told.keys if key not in removed]
        return [*keys, *(key for key in added if key not in keys)]

    def _remember(self, name: str) -> None:
        told, keys = self._told[name].keys, self._keys[name]
        added = [key.full for key in keys if key not in told]
        removed = [key.full for key in told if key not in keys]
        self._choices.put(f"{LIST}{name}", json.dumps([added, removed]))


def _read(text: str | None) -> tuple[list[SymbolKey], list[SymbolKey]]:
    try:
        added, removed = json.loads(text or "[[], []]")
        return _keys(added), _keys(removed)
    except (ValueError, TypeError):
        return [], []


def _keys(labels: Iterable[object]) -> list[SymbolKey]:
    return [SymbolKey.parse(label, Market.SPOT) for label in labels if isinstance(label, str)]
