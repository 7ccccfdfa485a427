"""Which stream lives on which shard: stable, least loaded first, never above the cap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Plan:
    """What has to change. Shards in `opened` are new; those in `emptied` have nothing left."""

    opened: list[int] = field(default_factory=list)
    added: dict[int, list[str]] = field(default_factory=dict)
    removed: dict[int, list[str]] = field(default_factory=dict)
    emptied: list[int] = field(default_factory=list)


class Planner:
    """Assigns the streams of one route to shards. A stream moves only together with its whole shard."""

    def __init__(self, cap: int, take_id: Callable[[], int]) -> None:
        """No streams. `cap` is how many one shard may hold; `take_id` gives ids to new shards."""
        if cap < 1:
            raise ValueError("a shard must hold at least one stream")
        self.cap = cap
        self._streams: dict[int, dict[str, None]] = {}
        self._home: dict[str, int] = {}
        self._take_id = take_id

    def want(self, names: Iterable[str]) -> Plan:
        """Find a home for every name that has none: the least loaded shard, a new one when all are full."""
        plan = Plan()
        fresh = [name for name in dict.fromkeys(names) if name not in self._home]
        room = sum(self.cap - len(streams) for streams in self._streams.values())
        for _ in range(-(-max(0, len(fresh) - room) // self.cap)):
            plan.opened.append(self._open())
        for name in fresh:
            shard = min(self._streams, key=lambda s: (len(self._streams[s]), s))
            self._streams[shard][name] = None
            self._home[name] = shard
            plan.added.setdefault(shard, []).append(name)
        return plan

    def unwant(self, names: Iterable[str]) -> Plan:
        """Free the names' places. A shard without streams is given up."""
        plan = Plan()
        for name in dict.fromkeys(names):
            shard = self._home.pop(name, None)
            if shard is None:
                continue
            del self._streams[shard][name]
            plan.removed.setdefault(shard, []).append(name)
            if not self._streams[shard]:
                del self._streams[shard]
                plan.emptied.append(shard)
        return plan

    def succeed(self, shard: int) -> int:
        """Move all streams of a shard to a new one and return its id; for a change of connection."""
        streams = self._streams.pop(shard)
        successor = self._open()
        self._streams[successor] = streams
        for name in streams:
            self._home[name] = successor
        return successor

    def home(self, name: str) -> int | None:
        """The shard that the stream is assigned to."""
        return self._home.get(name)

    def streams(self, shard: int) -> tuple[str, ...]:
        """The streams assigned to a shard, in order of assignment."""
        return tuple(self._streams.get(shard, ()))

    def shards(self) -> tuple[int, ...]:
        """The shards in use, in order of their ids."""
        return tuple(sorted(self._streams))

    def _open(self) -> int:
        shard = self._take_id()
        self._streams[shard] = {}
        return shard

    def __repr__(self) -> str:
        loads = ", ".join(f"{s}:{len(n)}/{self.cap}" for s, n in sorted(self._streams.items()))
        return f"<Planner {len(self._home)} streams on {loads or 'no shards'}>"
