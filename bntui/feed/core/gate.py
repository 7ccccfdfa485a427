"""Who may connect now: the pace for the whole IP, and one probe at a time for a host that is down."""

from __future__ import annotations

from dataclasses import dataclass

from bntui.feed.core.backoff import Uniform
from bntui.feed.core.budget import TokenBucket
from bntui.feed.core.failures import Policy, Reach
from bntui.venue.limits import Limits


@dataclass(slots=True)
class _Host:
    down: bool = False
    fatal: str = ""
    probing: int | None = None
    probe_at: float = 0.0


class Gate:
    """Holds shards that wait for a connection, and lets them through one by one.

    The shell asks `next_candidate`, takes an attempt from the shared budget, and tells the outcome:
    `granted`, or `defer` when the budget of the machine is used up.
    """

    def __init__(self, limits: Limits, uniform: Uniform) -> None:
        """Nobody waits; every host is taken to be up."""
        self._limits = limits
        self._uniform = uniform
        self._bucket = TokenBucket(limits.own_attempts_per_s, limits.own_attempts_burst)
        self._waiting: dict[int, str] = {}
        self._hosts: dict[str, _Host] = {}
        self._attempting: dict[int, str] = {}
        self._not_before = 0.0

    def ask(self, shard: int, host: str) -> None:
        """A shard wants to connect."""
        self._hosts.setdefault(host, _Host())
        self._waiting.setdefault(shard, host)

    def withdraw(self, shard: int) -> None:
        """A shard no longer wants to connect, or has given up its attempt."""
        self._waiting.pop(shard, None)
        host = self._attempting.pop(shard, None)
        if host is not None and self._hosts[host].probing == shard:
            self._hosts[host].probing = None

    def next_candidate(self, now: float) -> int | None:
        """The shard that may connect now, or None. Nothing is spent yet."""
        if now < self._not_before or self._bucket.free_at(now) > now:
            return None
        for shard, name in self._waiting.items():
            host = self._hosts[name]
            if not host.down or (host.probing is None and now >= host.probe_at):
                return shard
        return None

    def granted(self, shard: int, now: float) -> None:
        """The candidate connects: spend its token."""
        self._bucket.take(now)
        name = self._waiting.pop(shard)
        self._attempting[shard] = name
        host = self._hosts[name]
        if host.down:
            host.probing = shard
            host.probe_at = now + self._limits.own_host_probe_s

    def defer(self, until: float) -> None:
        """Nobody connects before then: the machine's attempts are used up."""
        self._not_before = max(self._not_before, until)

    def opened(self, shard: int) -> None:
        """A connection opened: its host is up."""
        name = self._attempting.pop(shard, None)
        if name is not None:
            host = self._hosts[name]
            host.down = False
            host.probing = None

    def failed(self, shard: int, policy: Policy, now: float) -> None:
        """An attempt failed. A host that is down gets one probe at a time from now on."""
        name = self._attempting.pop(shard, None)
        if policy.reach is Reach.IP and not policy.fatal:
            self.defer(now + policy.least_wait_s)
        if name is None:
            return
        host = self._hosts[name]
        if host.probing == shard:
            host.probing = None
        if policy.reach is Reach.HOST:
            host.down = True
            # A little chance on top, so that machines that lost a host together do not return together.
            pause_s = max(self._limits.own_host_probe_s, policy.least_wait_s)
            host.probe_at = now + pause_s + self._uniform(0.0, pause_s / 10)

    def due_at(self, shard: int, now: float) -> float | None:
        """When a waiting shard may hope to connect at the earliest; None when it does not wait."""
        name = self._waiting.get(shard)
        if name is None:
            return None
        host = self._hosts[name]
        host_at = host.probe_at if host.down else now
        return max(now, self._not_before, self._bucket.free_at(now), host_at)

    def deadline(self, now: float) -> float | None:
        """When to ask for a candidate again; None while nobody waits."""
        due = [at for shard in self._waiting if (at := self.due_at(shard, now)) is not None]
        return min(due) if due else None

    def __repr__(self) -> str:
        down = sorted(name for name, host in self._hosts.items() if host.down)
        return f"<Gate {len(self._waiting)} waiting, {len(self._attempting)} attempting, down: {down or '-'}>"
