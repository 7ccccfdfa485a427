"""What the bottom line has to say: the newest message for a while, a lasting problem until it is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bntui.model.delta import Notice

SHOWN_S = 6.0
"""A message stays so long; a bad one twice as long."""


class MessageBoard:
    """Holds one message and the problems that last; the newest message wins."""

    def __init__(self) -> None:
        """Nothing to say yet."""
        self._text = ""
        self._bad = False
        self._until = 0.0
        self._problems: dict[str, str] = {}
        self._notice: tuple[str, int] = ("", 0)

    def __repr__(self) -> str:
        return f"<MessageBoard {self._text!r} until {self._until}, {len(self._problems)} problems>"

    def say(self, text: str, bad: bool, now: float) -> None:
        """Show a message from now on."""
        self._text, self._bad = text, bad
        self._until = now + (2 * SHOWN_S if bad else SHOWN_S)

    def take_notices(self, epoch: str, notices: Iterable[Notice], now: float) -> None:
        """Show the newest of the engine's notices that were not shown yet, a bad one before a good one.

        Ids count within an epoch: a new engine starts anew.
        """
        seen = self._notice[1] if self._notice[0] == epoch else 0
        fresh = [notice for notice in notices if notice.id > seen]
        if fresh:
            self._notice = (epoch, max(notice.id for notice in fresh))
            chosen = max(fresh, key=lambda notice: (notice.bad, notice.id))
            self.say(chosen.text, chosen.bad, now)

    def problem(self, name: str, text: str) -> None:
        """Show this whenever there is nothing newer; an empty text ends it, the same one changes nothing."""
        if self._problems.get(name) == text:
            return
        self._problems.pop(name, None)
        if text:
            self._problems[name] = text

    def current(self, now: float) -> tuple[str, bool] | None:
        """What to show now, and whether it is bad."""
        if self._text and now < self._until:
            return self._text, self._bad
        if self._problems:
            return next(reversed(self._problems.values())), True
        return None
