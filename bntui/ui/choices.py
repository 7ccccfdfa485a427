"""What the user changed in the program: it outlives the program, and never touches his settings file.

A choice stands over what the settings said when it was made. Once they say something else, they were changed
later than it, and they hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

VALUE_MOST = 20_000
"""Characters of a choice that is kept; a longer one is not."""

PREFIX = "viewer."
"""How the names of choices begin where they are kept beside what the engine keeps."""


class Choices:
    """Choices by name; those of settings have the setting's."""

    def __init__(
        self,
        kept: Mapping[str, str] | None = None,
        keep: Callable[[str, str], None] | None = None,
    ) -> None:
        """Take what earlier runs kept, and what keeps things; without it they are forgotten at the end."""
        self._kept = {key: text for key, text in (kept or {}).items() if key.startswith(PREFIX)}
        self._keep = keep

    def get(self, name: str, told: str = "") -> str | None:
        """The user's choice, if he made one over what the settings say now."""
        try:
            value, over = json.loads(self._kept[PREFIX + name])
        except (KeyError, ValueError, TypeError):
            return None
        return value if isinstance(value, str) and over == told else None

    def put(self, name: str, value: str, told: str = "") -> None:
        """Remember a choice over what the settings say now; choosing the same again removes nothing."""
        text = json.dumps([value, told])
        if len(text) > VALUE_MOST or self._kept.get(PREFIX + name) == text:
            return
        self._kept[PREFIX + name] = text
        if self._keep is not None:
            self._keep(PREFIX + name, text)
