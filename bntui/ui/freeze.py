"""A display that stands still: the moment at which it was frozen, while everything else goes on.

Screens read from a mirror and a clock. While the display is frozen they are given those of the moment, so a
cursor moves, a list is sorted and another screen is opened all in the same moment, and no number on them is
newer than another. The verdict, the news and the bells read what is alive.
"""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from bntui.clock import Clock
    from bntui.model.accounts import Accounts
    from bntui.model.panels import Panels
    from bntui.wire.mirror import Mirror

T = TypeVar("T", "Accounts", "Panels")


class HeldClock:
    """A clock that can be made to stand still."""

    def __init__(self, clock: Clock) -> None:
        """Go with this one."""
        self._clock = clock
        self._held: tuple[float, int] | None = None

    @property
    def held_for_s(self) -> float | None:
        """How long it has stood still; None while it goes."""
        return None if self._held is None else max(self._clock.monotonic() - self._held[0], 0.0)

    def hold(self) -> None:
        """Stand still; one that does already goes on standing where it does."""
        if self._held is None:
            self._held = self._clock.monotonic(), self._clock.wall_ms()

    def go_on(self) -> None:
        """Show the time again."""
        self._held = None

    def monotonic(self) -> float:
        """The time, or that of the moment."""
        return self._clock.monotonic() if self._held is None else self._held[0]

    def wall_ms(self) -> int:
        """The time of day, or that of the moment."""
        return self._clock.wall_ms() if self._held is None else self._held[1]


def still(mirror: Mirror) -> Mirror:
    """What the mirror holds now, whatever it takes in afterwards.

    What is told of one thing is never changed, only put in the place of what was told before: so it is
    enough to copy what holds them together.
    """
    held = copy.copy(mirror)
    for name, value in vars(mirror).items():
        if isinstance(value, (dict, list, set)):
            setattr(held, name, value.copy())
    held.accounts = _apart(mirror.accounts)
    if mirror.panels is not None:
        held.panels = _apart(mirror.panels)
    return held


def _apart(whole: T) -> T:
    """The same, with collections of its own."""
    held = copy.copy(whole)
    for each in fields(whole):
        name, value = each.name, getattr(whole, each.name)
        if isinstance(value, (dict, list, set)):
            setattr(held, name, value.copy())
    return held
