"""The pool of one market's connections: who carries which stream, who may connect, who takes over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import inf
from urllib.parse import urlsplit

from bntui.feed.core.facts import Granted, Overslept, Renew, RotateAsked, StateChanged, Stop, Unwanted, Wanted
from bntui.feed.core.failures import Failure, policy
from bntui.feed.core.gate import Gate
from bntui.feed.core.health import Health
from bntui.feed.core.merge import Merge
from bntui.feed.core.planner import Plan, Planner
from bntui.feed.core.repair import Repair, Replace, Resubscribe
from bntui.feed.handover import Handovers
from bntui.feed.link import ShardLink
from bntui.feed.losses import Losses
from bntui.feed.odd import OddFrames
from bntui.feed.poolparts import PoolParts
from bntui.model.events import Malformed, MarketEvent, UnknownEvent
from bntui.model.states import ShardState
from bntui.model.status import Event, LinkChanged
from bntui.model.views import ShardView

log = logging.getLogger(__name__)

DOWN_STATES = frozenset({ShardState.WAITING, ShardState.GATED, ShardState.FAILED})

SHORTEST_NAP_S = 0.01
LONGEST_NAP_S = 1.0
"""The pool looks at its deadlines at least this often; a wake-up that was missed costs no more."""


class Pool:
    """Shards of one market. Everything happens on one loop; nothing here waits for a socket."""

    def __init__(self, parts: PoolParts) -> None:
        """No streams, no connections."""
        self._parts = parts
        venue = parts.venue
        self._limits = limits = venue.limits
        self._host = urlsplit(parts.stream_url).netloc
        self._planners: dict[str, Planner] = {}
        self._shards: dict[int, ShardLink] = {}
        self._gate = Gate(limits, parts.uniform)
        self._handovers = Handovers(limits.own_rotate_overlap_s)
        self._out: list[Event] = []
        self._wake = asyncio.Event()
        self._closing = False
        self.health = Health(venue.market, limits, venue.parse_stream, venue.part)
        self.merge = Merge(limits.own_hole_wait_s)
        self._losses = Losses(venue, self.health, self.merge, parts.clock, parts.take_outage_id, self._say)
        self._repair = Repair()
        self.ever_connected = False
        """Whether any connection was opened since the start."""
        self.links_changed = False
        """A connection has changed since somebody set this back: what was reported of them is old."""
        self.lists: Callable[[str], bool] = lambda symbol: False
        """Whether the market lists a symbol, as far as its list was read."""
        self.tells_every_quote = False
        """Whether somebody reads quotes one by one: a screen is shown the newest."""
        self.odd = OddFrames()
        self._conflated = 0

    # What is wanted

    def want(self, names: Iterable[str]) -> None:
        """These streams shall flow. Raises ValueError for a name that is no stream of the market."""
        by_path = self._by_path(names)
        now = self._parts.clock.monotonic()
        for path, wanted in by_path.items():
            planner = self._planners.get(path)
            if planner is None:
                cap = int(min(self._limits.own_stream_cap, self._limits.streams_per_connection))
                planner = self._planners[path] = Planner(cap, self._parts.take_shard_id)
            plan = planner.want(wanted)
            for shard in plan.opened:
                self._open(shard, path)
            for shard, added in plan.added.items():
                for name in added:
                    self.health.want(name, shard, now)
                self._shards[shard].apply(Wanted(tuple(added)))
        self._wake.set()

    def unwant(self, names: Iterable[str]) -> None:
        """These streams need not flow any longer."""
        for path, unwanted in self._by_path(names).items():
            if planner := self._planners.get(path):
                self._carry_out_removal(planner.unwant(unwanted))
            for name in unwanted:
                self.health.unwant(name)
        self._wake.set()

    def rotate(self, shard: int, asked: RotateAsked | None = None) -> bool:
        """Replace a connection without loss, or try a broken one again; False when there is no such shard."""
        link = self._shards.get(shard)
        if link is None or link.successor is not None:
            return False
        link.apply(asked or RotateAsked())
        self._wake.set()
        return True

    def mend(self, now: float) -> None:
        """Take the steps that are due for streams that are stale."""
        stale = self.health.stale()
        for step in self._repair.tick(stale, self.health.is_well, now):
            match step:
                case Resubscribe(shard, names):
                    log.warning("shard %d: subscribing anew to %s", shard, ", ".join(names))
                    if link := self._shards.get(shard):
                        link.apply(Renew(names))
                    self._losses.mending("subscribed to anew", names)
                case Replace(shard, reason):
                    self.rotate(shard, RotateAsked(reason))
                    self._losses.mending("moved to a new connection", self.streams(shard))
        self.health.repair_failed(self._repair.failed)
        self._losses.look_for_silence(stale)
        self._wake.set()

    def streams(self, shard: int) -> tuple[str, ...]:
        """The streams of a shard."""
        link = self._shards.get(shard)
        return tuple(link.machine.wanted) if link else ()

    def views(self, clock_offset_ms: float | None) -> list[ShardView]:
        """Every shard as a row."""
        now = self._parts.clock.monotonic()
        return [
            link.view(
                now,
                self._parts.venue.market,
                self._live(link),
                clock_offset_ms,
                self._gate.due_at(link.id, now),
            )
            for link in self._shards.values()
        ]

    def _live(self, link: ShardLink) -> int:
        """Streams that flow on this very connection."""
        if not link.machine.is_open:
            return 0
        if self._handovers.waited_for(link):
            return len(link.machine.delivered)
        return self.health.flowing(link.machine.wanted)

    # Running

    async def run(self) -> None:
        """Keep deadlines until cancelled."""
        while True:
            self.step(self._parts.clock.monotonic())
            began = self._parts.clock.monotonic()
            nap_s = self._nap_s(began)
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(nap_s):
                    await self._wake.wait()
            self.overslept(self._parts.clock.monotonic() - began - nap_s)

    def overslept(self, seconds: float) -> None:
        """The process woke up so much later than it meant to: it was stopped, or its machine was asleep.

        What came meanwhile waits in the sockets: no connection may be given up for a silence of ours.
        """
        if seconds < self._limits.own_loop_lag_warn_s:
            return
        log.warning("stood still for %.1f s", seconds)
        self._losses.stood_still(seconds)
        for link in list(self._shards.values()):
            link.apply(Overslept(seconds))

    def step(self, now: float) -> None:
        """Do what is due."""
        for link in list(self._shards.values()):
            deadline = link.machine.deadline()
            if deadline is not None and deadline <= now:
                link.tick(now)
        for old in self._handovers.due(now):
            self._swap(old)
        self._let_through(now)
        for link in self._shards.values():
            self._losses.look_for_recovery(link)
        self._flush()

    async def close(self) -> None:
        """Close every connection with code 1000; the other side gets the close timeout to answer."""
        self._closing = True
        links = list(self._shards.values())
        for link in links:
            link.apply(Stop("bntui ends"))
        try:
            async with asyncio.timeout(self._limits.own_close_timeout_s):
                while self._shards:
                    self._wake.clear()
                    await self._wake.wait()
        except TimeoutError:
            log.warning("connections that did not finish closing: %d", len(self._shards))
        for link in links:
            await link.closed()
        self._flush()

    def deadline(self, now: float) -> float | None:
        """When `step` has something to do at the latest; None: not before something happens outside."""
        due = [d for link in self._shards.values() if (d := link.machine.deadline()) is not None]
        if (gate_at := self._gate.deadline(now)) is not None:
            due.append(gate_at)
        if (swap_at := self._handovers.deadline(now)) < inf:
            due.append(swap_at)
        return min(due, default=None)

    def _nap_s(self, now: float) -> float:
        due = self.deadline(now)
        return LONGEST_NAP_S if due is None else min(LONGEST_NAP_S, max(SHORTEST_NAP_S, due - now))

    def _let_through(self, now: float) -> None:
        while not self._closing and (shard := self._gate.next_candidate(now)) is not None:
            free_at_ms = self._parts.attempts.take()
            if free_at_ms is not None:
                self._gate.defer(now + (free_at_ms - self._parts.clock.wall_ms()) / 1000)
                return
            self._gate.granted(shard, now)
            self._shards[shard].apply(Granted())

    def _by_path(self, names: Iterable[str]) -> dict[str, list[str]]:
        """The streams by the route that serves them."""
        venue = self._parts.venue
        by_path: dict[str, list[str]] = {}
        for name in names:
            by_path.setdefault(venue.stream_path(venue.parse_stream(name)), []).append(name)
        return by_path

    def _open(self, shard: int, path: str) -> ShardLink:
        parts = self._parts
        url = parts.stream_url + path
        link = ShardLink(
            shard, url, self._host, parts.venue, parts.transport, parts.clock, parts.uniform, self
        )
        self._shards[shard] = link
        return link

    def _carry_out_removal(self, plan: Plan) -> None:
        for shard, names in plan.removed.items():
            link = self._shards[shard]
            if shard in plan.emptied:
                for each in [link, *(old for old in self._shards.values() if old.successor is link)]:
                    each.apply(Stop("nothing is wanted on it any longer"))
            else:
                link.apply(Unwanted(tuple(names)))

    # Change of connection: the new one flows before the old one ends

    def rotate_due(self, shard: ShardLink, reason: str) -> None:
        """Open a successor with the same streams."""
        path = next((p for p, planner in self._planners.items() if shard.id in planner.shards()), None)
        if path is None or shard.successor is not None:
            return
        names = tuple(shard.machine.wanted)
        successor = self._open(self._planners[path].succeed(shard.id), path)
        successor.machine.inherit(shard.machine)
        self._handovers.begin(shard, successor, reason)
        log.info("shard %d is replaced by %d: %s", shard.id, successor.id, reason)
        successor.apply(Wanted(names))
        self._wake.set()

    def _swap(self, old: ShardLink, lost: StateChanged | None = None) -> None:
        """The successor takes over. Streams that it has not shown yet must prove themselves anew.

        `lost`: how the old connection ended, where it did before its time.
        """
        reason = self._handovers.done(old.id)
        successor = old.successor
        if successor is None:
            return
        machine = successor.machine
        self.health.moved(machine.wanted, successor.id)
        self.health.acked(
            [n for n in machine.acked if n not in machine.delivered], self._parts.clock.monotonic()
        )
        self._losses.handed_over(old, successor, reason, lost)
        old.apply(Stop("replaced"))

    # What a shard tells (ShardOwner)

    def ask_gate(self, shard: ShardLink) -> None:
        """Queue for leave to connect."""
        # Servers behind one path may be down while those of another answer: each is probed for itself.
        self._gate.ask(shard.id, shard.host + shard.path)
        self._wake.set()

    def leave_gate(self, shard: ShardLink) -> None:
        """Leave the queue."""
        self._gate.withdraw(shard.id)

    def attempt_ended(self, shard: ShardLink, failure: Failure | None) -> None:
        """Tell the gate how the attempt ended."""
        if failure is None:
            self.ever_connected = True
            self._gate.opened(shard.id)
        else:
            self._gate.failed(shard.id, policy(failure, self._limits), self._parts.clock.monotonic())
        self._wake.set()

    def data(self, stream: str, events: Sequence[MarketEvent], now: float) -> bool:
        """Note that the stream flows and keep what is news of it."""
        if not self.health.seen(stream, events, now):
            return False
        self._out.extend(self.merge.take(stream, events, now))
        return True

    def gulp_ended(self) -> None:
        """Hand everything on at once."""
        self._flush()

    def odd_frame(self, event: UnknownEvent | Malformed) -> None:
        """Count it."""
        self.odd.note(event)

    def acked(self, shard: ShardLink, names: tuple[str, ...]) -> None:
        """Streams are subscribed. Those of a successor still flow on the old connection."""
        now = self._parts.clock.monotonic()
        old = self._handovers.waited_for(shard)
        if old is not None:
            if shard.machine.state is ShardState.LIVE:
                self._handovers.subscribed(shard, now)
            # What was asked for meanwhile flows nowhere else.
            names = tuple(name for name in names if name not in old.machine.wanted)
        self.health.acked(names, now)

    def refused(self, shard: ShardLink, name: str, message: str) -> None:
        """Tell health that the exchange will not serve the stream."""
        self.health.refused(name, message)

    def state_changed(self, shard: ShardLink, change: StateChanged) -> None:
        """Say it, and draw the consequences for the streams and the history."""
        self.links_changed = True
        now, wall_ms = self._parts.clock.monotonic(), self._parts.clock.wall_ms()
        machine = shard.machine
        market, streams = self._parts.venue.market, len(machine.wanted)
        self._say(
            LinkChanged(shard.id, change.state, change.reason, change.code, streams, wall_ms, now, market)
        )
        if change.state is ShardState.CLOSED:
            self._shards.pop(shard.id, None)
            self._conflated += shard.conflated
            self._handovers.done(shard.id)
            self._losses.ended(shard)
        elif change.state is ShardState.LIVE:
            self._handovers.subscribed(shard, now)
        elif change.state in DOWN_STATES and change.reason and machine.wanted:
            if shard.successor is not None:
                self._swap(shard, change)
            elif self._handovers.waited_for(shard) is None:
                self._losses.lost(shard, change)
            self._handovers.lost(shard)
        self._wake.set()
        self._flush()

    @property
    def conflated(self) -> int:
        """Quotes that were passed by because the machine could not keep up."""
        return self._conflated + sum(link.conflated for link in self._shards.values())

    @property
    def any_down(self) -> bool:
        """Whether a connection was lost, or could not be made, and is not back."""
        machines = [link.machine for link in self._shards.values()]
        down = DOWN_STATES | {ShardState.CONNECTING}
        return any(m.wanted and m.state in down and m.reason for m in machines)

    def _say(self, event: Event) -> None:
        self._out.append(event)

    def _flush(self) -> None:
        if self._out:
            out, self._out = self._out, []
            self._parts.emit(out)
