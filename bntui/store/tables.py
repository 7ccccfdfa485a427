"""A table that knows in which order its entries changed last."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

TOMBSTONES = 5_000
"""Removals that a table remembers. Beyond it the oldest are forgotten, and viewers older than those
get everything anew."""


class ChangeTable(Generic[K, V]):
    """Entries with the revision of their last change, newest last.

    «What changed since?» is read from the end, so that no viewer has any state here: the cost is that
    of the answer, whatever the size of the table. Revisions given to `set`, `touch` and `remove` never
    go down.
    """

    __slots__ = ("_gone", "_revisions", "_tombstones", "forgotten", "values")

    def __init__(self, tombstones: int = TOMBSTONES) -> None:
        """Empty; remembers at most so many removals."""
        self.values: dict[K, V] = {}
        self.forgotten = 0
        """The newest revision whose removals may be missing: a viewer that is older needs everything."""
        self._revisions: dict[K, int] = {}
        self._gone: dict[K, int] = {}
        self._tombstones = tombstones

    def set(self, key: K, value: V, revision: int) -> None:
        """Put an entry in, or another in its place."""
        self.values[key] = value
        self._gone.pop(key, None)
        self.touch(key, revision)

    def touch(self, key: K, revision: int) -> None:
        """The entry was changed in place."""
        self._revisions.pop(key, None)
        self._revisions[key] = revision

    def remove(self, key: K, revision: int) -> bool:
        """Take an entry out and remember that. False when there was none."""
        if self.values.pop(key, None) is None:
            return False
        del self._revisions[key]
        self._gone[key] = revision
        if len(self._gone) > self._tombstones:
            oldest = next(iter(self._gone))
            self.forgotten = self._gone.pop(oldest)
        return True

    def drop(self, key: K) -> int:
        """Take an entry out without a trace, where viewers can tell by themselves that it went. The
        revision of its last change; 0 when there was none."""
        self.values.pop(key, None)
        return self._revisions.pop(key, 0)

    def changed_since(self, revision: int) -> list[V]:
        """Entries that changed after a revision, in the order of their changes."""
        return [self.values[key] for key in self.keys_since(revision)]

    def keys_since(self, revision: int) -> list[K]:
        """The keys of entries that changed after a revision, in the order of their changes."""
        changed: list[K] = []
        for key, changed_at in reversed(self._revisions.items()):
            if changed_at <= revision:
                break
            changed.append(key)
        changed.reverse()
        return changed

    def gone_since(self, revision: int) -> list[K]:
        """Keys that were removed after a revision and have not come back, in that order."""
        gone: list[K] = []
        for key, gone_at in reversed(self._gone.items()):
            if gone_at <= revision:
                break
            gone.append(key)
        gone.reverse()
        return gone

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"<ChangeTable {len(self.values)} entries, {len(self._gone)} tombstones>"
