"""A stylesheet that remembers what it has parsed, for as long as its colours stay.

Textual parses every rule anew whenever a screen is opened for the first time, and three times while it
starts, since other colours could have come in between: a quarter of the time until something is seen.
"""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SOURCES_KEPT = 256
"""Parsed sources that are remembered: each class of widgets and each sheet is one. Beyond it that which was
used longest ago is forgotten, and parsed again when it is needed."""


class KeptStylesheet(Stylesheet):
    """Textual's, but for what is parsed again: that which is new, and everything once the colours change."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        """Nothing is parsed yet."""
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SOURCES_KEPT)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take colours. What was parsed with the same ones holds."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is new. A source that cannot be parsed leaves the rules as they were."""
        self.parse()
