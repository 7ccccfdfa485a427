"""How a user wants the screen: colours, keys, watchlists and their columns. No exchange depends on them.

A file with a mistake in one of these is no reason to be blind: it is named, and the program runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COLUMNS: Mapping[str, str] = {
    "symbol": "its name; always there",
    "market": "spot, usdm or coinm",
    "last": "the last price, and where it went",
    "change": "change over 24 hours",
    "bid": "the best bid",
    "ask": "the best ask",
    "spread": "between them, in hundredths of a per cent",
    "volume": "of 24 hours, in the quote asset",
    "high": "the highest price of 24 hours",
    "low": "the lowest price of 24 hours",
    "spark": "the last minutes as a line",
    "age": "of the newest data",
    "state": "live, quiet, stale or blind",
    "reason": "why it is so",
}
"""The columns that a watchlist can have, in their usual order, with what each shows."""

LISTS_MOST = 50
"""Named watchlists; a file with more has the first ones."""

LISTED_MOST = 500
"""Symbols of one named watchlist; a longer one has the first ones."""


SLOW_FPS = 1.0
"""Frames a second on a thin line."""


@dataclass(frozen=True, slots=True)
class NamedList:
    """A watchlist of the settings file."""

    name: str
    symbols: tuple[str, ...]
    """As they were written, in their order."""
    columns: tuple[str, ...] = ()
    """Empty: those of all lists."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the settings say about the screen."""

    theme: str | None = None
    """The name of a theme; None: the screen's own choice."""
    fps: float = 10.0
    """Frames a second that the screen draws at most."""
    slow: bool = False
    """Draw once a second, and rows of the watchlist in turns: for thin lines."""
    swap_colours: bool = False
    """What rises has the colour of what falls, and the other way round."""
    ascii: bool | None = None
    """Draw with ASCII alone; None: where the terminal shows nothing else."""
    mouse: bool = True
    """Take the mouse; without it the terminal selects text as usual."""
    watchlist: str = ""
    """The named watchlist that is shown first; empty: all symbols."""
    columns: tuple[str, ...] = ()
    """The columns of all watchlists; empty: the usual ones."""
    watchlists: tuple[NamedList, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys that the user gave to actions, by the action's id; an action may have lost all of its keys."""
    fixed: frozenset[str] = frozenset()
    """The settings that the command line or a variable gave: they beat what was changed in the program."""
    places: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Where the settings file says what of keys: `keys.move.down` to `FILE:12: keys.move.down`."""

    @property
    def pace(self) -> float:
        """Frames a second."""
        return SLOW_FPS if self.slow else self.fps
