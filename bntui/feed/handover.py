"""Make before break: which connection waits to take over from which, and when it does."""

from __future__ import annotations

from math import inf

from bntui.feed.link import ShardLink


class Handovers:
    """Changes of connection under way; at most one for each connection that is to end."""

    def __init__(self, overlap_s: float) -> None:
        """No change. Once it is subscribed, a successor gets so long to show that its streams flow."""
        self._overlap_s = overlap_s
        self._retiring: dict[int, ShardLink] = {}
        self._latest: dict[int, float] = {}
        """By retiring shard: when its successor takes over at the latest, once it is subscribed."""
        self._reasons: dict[int, str] = {}

    def begin(self, old: ShardLink, successor: ShardLink, reason: str) -> None:
        """The successor shall take over once it flows, for the reason given."""
        old.successor = successor
        self._retiring[old.id] = old
        self._latest[old.id] = inf
        self._reasons[old.id] = reason

    def subscribed(self, successor: ShardLink, now: float) -> None:
        """From here on it has a limited time; said again, it changes nothing."""
        for shard, old in self._retiring.items():
            if old.successor is successor and self._latest[shard] == inf:
                self._latest[shard] = now + self._overlap_s

    def lost(self, successor: ShardLink) -> None:
        """It was subscribed, and its connection ended: the old one goes on until the next stands."""
        for shard, old in self._retiring.items():
            if old.successor is successor:
                self._latest[shard] = inf

    def due(self, now: float) -> list[ShardLink]:
        """Connections whose successor takes over now: it flows, or has had its time."""
        return [old for shard, old in self._retiring.items() if self._is_due(old, self._latest[shard], now)]

    def _is_due(self, old: ShardLink, latest: float, now: float) -> bool:
        return old.successor is not None and (old.successor.machine.ready or now >= latest)

    def done(self, shard: int) -> str:
        """The successor has taken over, or the connection is gone without it. Why it was asked for."""
        self._retiring.pop(shard, None)
        self._latest.pop(shard, None)
        return self._reasons.pop(shard, "")

    def waited_for(self, link: ShardLink) -> ShardLink | None:
        """The connection that a successor has not taken over from yet; None for any other."""
        return next((old for old in self._retiring.values() if old.successor is link), None)

    def deadline(self, now: float) -> float:
        """When time alone makes a successor take over; infinite when none waits for it."""
        return min((at for at in self._latest.values() if now < at), default=inf)

    def __repr__(self) -> str:
        return f"<Handovers {len(self._retiring)} under way>"
