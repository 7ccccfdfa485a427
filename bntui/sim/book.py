"""One symbol's order book, in whole ticks and steps."""

from __future__ import annotations

from bisect import bisect_left, insort

from bntui.sim.noise import mix


class BookSide:
    """One side of a book.

    A level's key grows with how good it is: a bid's key is its price, an ask's the negative of it.
    So both sides are handled alike, and the best level is the last key.
    """

    __slots__ = ("keys", "steps")

    def __init__(self) -> None:
        """An empty side."""
        self.keys: list[int] = []
        """Ascending: the best is last."""
        self.steps: dict[int, int] = {}
        """Quantity by key."""

    def __len__(self) -> int:
        return len(self.keys)

    def __repr__(self) -> str:
        return f"<BookSide {len(self.keys)} levels, best {self.best()}>"

    def set(self, key: int, steps: int) -> None:
        """Give a level its quantity; 0 removes it, also where there is none."""
        if steps:
            if key not in self.steps:
                insort(self.keys, key)
            self.steps[key] = steps
        elif self.steps.pop(key, 0):
            del self.keys[bisect_left(self.keys, key)]

    def best(self) -> int | None:
        """The best level's key."""
        return self.keys[-1] if self.keys else None

    def top(self, levels: int) -> list[tuple[int, int]]:
        """Price in ticks and quantity of the best levels, best first."""
        return [(abs(key), self.steps[key]) for key in reversed(self.keys[-levels:])] if levels > 0 else []

    def clear(self) -> None:
        """Forget every level."""
        self.keys.clear()
        self.steps.clear()


class Book:
    """Both sides, and the id of the last change."""

    __slots__ = ("_stride", "asks", "bids", "update_id")

    def __init__(self, update_id: int = 0, stride: int = 1) -> None:
        """An empty book after the change `update_id`.

        `stride`: ids up to the next change, at most. On Spot each book counts its own changes; the futures
        have one counter for all of them, so that the ids of one have holes.
        """
        self.bids = BookSide()
        self.asks = BookSide()
        self.update_id = update_id
        self._stride = stride

    def __repr__(self) -> str:
        return f"<Book {self.update_id} {self.best_bid()}/{self.best_ask()}>"

    def count_change(self) -> None:
        """Give the next change its id."""
        self.update_id += 1 if self._stride == 1 else 1 + mix(self.update_id) % self._stride

    def best_bid(self) -> int | None:
        """The best bid in ticks."""
        return self.bids.best()

    def best_ask(self) -> int | None:
        """The best ask in ticks."""
        best = self.asks.best()
        return None if best is None else -best
