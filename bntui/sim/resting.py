"""The orders of accounts that wait in a book, among quantities that belong to nobody in particular."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bntui.sim.history import TradeRow


@dataclass(slots=True, eq=False)
class Resting:
    """What is left of one order, at its level."""

    key: int
    """As in a side of the book: a bid's is its price in ticks, an ask's the negative of it."""
    steps: int
    filled: Callable[[TradeRow], None]
    """Told of each trade in which this order was the maker."""


class Waiting:
    """Every such order of one book. Each waits before what nobody owns, and behind those that came
    earlier."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._queues: dict[int, dict[Resting, None]] = {}
        self.steps: dict[int, int] = {}
        """What waits in all, by level: the level holds at least so much."""

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def __repr__(self) -> str:
        return f"<Waiting {len(self)} orders at {len(self._queues)} levels>"

    def add(self, order: Resting) -> None:
        """Put an order at the end of its level's queue."""
        self._queues.setdefault(order.key, {})[order] = None
        self._change(order.key, order.steps)

    def remove(self, order: Resting) -> bool:
        """Take an order away. False where it does not wait."""
        queue = self._queues.get(order.key, {})
        if order not in queue:
            return False
        del queue[order]
        self._change(order.key, -order.steps)
        return True

    def first(self, key: int) -> Resting | None:
        """The order of a level that is filled next."""
        return next(iter(self._queues.get(key, ())), None)

    def fill(self, order: Resting, steps: int) -> None:
        """Take so much off an order; it goes when nothing is left."""
        if not 0 < steps <= order.steps:
            raise ValueError(f"{steps} steps cannot be taken off {order.steps}")
        order.steps -= steps
        self._change(order.key, -steps)
        if not order.steps:
            self._queues[order.key].pop(order)
            self._tidy(order.key)

    def _change(self, key: int, by: int) -> None:
        self.steps[key] = self.steps.get(key, 0) + by
        self._tidy(key)

    def _tidy(self, key: int) -> None:
        if not self._queues[key]:
            del self._queues[key]
            self.steps.pop(key, None)
