"""Which streams flow for the symbols that viewers have open: decisions, without I/O.

Whoever opens a symbol gets its streams at once; whoever flips through many gets those of the one that he
stays at. What nobody looks at any longer flows on for a moment, so that coming back costs nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Generic, NamedTuple, TypeVar

G = TypeVar("G", bound=Hashable)
"""A group of things that are opened together: a symbol."""
T = TypeVar("T", bound=Hashable)
"""One thing of a group: a stream of the symbol."""


class Step(Enum):
    """What is to be done about one thing."""

    SHOW = "show"
    """Somebody looks at it, for the first time."""
    WANT = "want"
    """It shall flow."""
    RELEASE = "release"
    """It need not flow any longer."""
    HIDE = "hide"
    """Nobody looks at it, and it does not flow: it can be forgotten."""


class Move(NamedTuple, Generic[G, T]):
    """A step for one thing of a group."""

    step: Step
    group: G
    thing: T


@dataclass(slots=True)
class _Item:
    viewers: int = 0
    wanted: bool = False
    due_at: float = inf
    """When it shall flow, if it is looked at until then."""
    left_at: float = inf
    """Since when nobody looks at it."""


class Focuses(Generic[G, T]):
    """Counts viewers. Bounded by what they look at, and by the groups that linger: the one that was left
    first goes when there are too many."""

    def __init__(self, settle_s: float, dwell_s: float, linger_s: float, lingering: int) -> None:
        """Nobody looks at anything."""
        self._settle_s = settle_s
        self._dwell_s = dwell_s
        self._linger_s = linger_s
        self._lingering = lingering
        self._looked_at = -inf
        """When somebody turned to something else last."""
        self._viewers: dict[int, tuple[tuple[G, T], ...]] = {}
        self._items: dict[tuple[G, T], _Item] = {}

    def look(self, viewer: int, group: G | None, things: Iterable[T], now: float) -> list[Move[G, T]]:
        """A viewer looks at these things of a group and at nothing else; None: at nothing."""
        before = self._viewers.pop(viewer, ())
        after = tuple(dict.fromkeys((group, thing) for thing in things)) if group is not None else ()
        if after:
            self._viewers[viewer] = after
        fresh = [key for key in after if key not in before]
        moves = [move for key in fresh for move in self._come(key, now)]
        for key in before:
            if key not in after:
                moves += self._leave(key, now)
        if fresh:
            self._looked_at = now
        return moves + self.tick(now)

    def _come(self, key: tuple[G, T], now: float) -> list[Move[G, T]]:
        item = self._items.get(key)
        moves: list[Move[G, T]] = []
        if item is None:
            item = self._items[key] = _Item()
            moves.append(Move(Step.SHOW, *key))
        item.viewers += 1
        item.left_at = inf
        if not item.wanted and item.due_at == inf:
            quiet = now - self._looked_at >= self._settle_s
            item.due_at = now if quiet else now + self._dwell_s
        return moves

    def _leave(self, key: tuple[G, T], now: float) -> list[Move[G, T]]:
        item = self._items[key]
        item.viewers -= 1
        if item.viewers:
            return []
        if item.wanted:
            item.left_at = now
            return []
        del self._items[key]
        return [Move(Step.HIDE, *key)]

    def tick(self, now: float) -> list[Move[G, T]]:
        """What is due."""
        moves: list[Move[G, T]] = []
        for key, item in self._items.items():
            if not item.wanted and now >= item.due_at:
                item.wanted, item.due_at = True, inf
                moves.append(Move(Step.WANT, *key))
        for key in self._over(now):
            del self._items[key]
            moves += [Move(Step.RELEASE, *key), Move(Step.HIDE, *key)]
        return moves

    def _over(self, now: float) -> list[tuple[G, T]]:
        """What has lingered for long enough, or is of the groups that are too many."""
        left = {key: item.left_at for key, item in self._items.items() if not item.viewers}
        seen = {group for (group, _), item in self._items.items() if item.viewers}
        groups: dict[G, float] = {}
        for (group, _), left_at in left.items():
            if group not in seen:
                groups[group] = max(left_at, groups.get(group, -inf))
        stay = set(sorted(groups, key=lambda group: groups[group], reverse=True)[: self._lingering]) | seen
        return [key for key, left_at in left.items() if now >= left_at + self._linger_s or key[0] not in stay]

    def flows(self, group: G, thing: T) -> bool:
        """Whether a thing shall flow."""
        item = self._items.get((group, thing))
        return item is not None and item.wanted

    def holds(self, group: G) -> bool:
        """Whether anything of a group is looked at, or flows still."""
        return any(key[0] == group for key in self._items)

    def deadline(self) -> float | None:
        """When something will be due."""
        times = [item.due_at for item in self._items.values() if not item.wanted]
        times += [item.left_at + self._linger_s for item in self._items.values() if not item.viewers]
        first = min(times, default=inf)
        return None if first == inf else first

    def __repr__(self) -> str:
        wanted = sum(item.wanted for item in self._items.values())
        return f"<Focuses {len(self._viewers)} viewers, {wanted}/{len(self._items)} wanted>"
