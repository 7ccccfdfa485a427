"""What a table is sorted by, remembered over the end of the program."""

from __future__ import annotations

from bntui.ui.choices import Choices

LIST_ORDER = ""
"""The sort column's id while the rows stand in the list's own order."""

SORT = "sort"
"""Under this name the sorting is remembered: the column's id and a direction."""

ASCENDING, DESCENDING = "up", "down"


class Sorting:
    """A column and a direction."""

    def __init__(self, choices: Choices) -> None:
        """As the last run left it; at first the list's own order."""
        self._choices = choices
        column, _, direction = (choices.get(SORT) or LIST_ORDER).partition(" ")
        self.column = column
        self.descending = direction == DESCENDING

    def by(self, column: str, descending: bool) -> None:
        """Sort by this from now on."""
        self.column, self.descending = column, descending
        direction = DESCENDING if descending else ASCENDING
        self._choices.put(SORT, f"{column} {direction}" if column else LIST_ORDER)
