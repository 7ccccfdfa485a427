"""What it means that connections end: for the health of their streams, their trades, and the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bntui.clock import Clock
from bntui.feed.core.facts import StateChanged
from bntui.feed.core.health import Health
from bntui.feed.core.merge import Merge
from bntui.feed.core.outages import Outages
from bntui.feed.core.repair import Stale
from bntui.feed.core.silences import Silences, some_of
from bntui.feed.link import ShardLink
from bntui.model.states import ShardState
from bntui.model.status import Event, OutageChanged
from bntui.model.views import OutageView
from bntui.venue.base import Venue


class Losses:
    """Tells health, merge and history of what goes dark, each thing once."""

    def __init__(
        self,
        venue: Venue,
        health: Health,
        merge: Merge,
        clock: Clock,
        take_outage_id: Callable[[], int],
        say: Callable[[Event], None],
    ) -> None:
        """Nothing is lost. `say` gets what belongs into the history."""
        self._venue = venue
        self._health = health
        self._merge = merge
        self._clock = clock
        self._say = say
        self._outages = Outages(venue.market, take_outage_id)
        self._silences = Silences(venue.market, take_outage_id)

    # Connections

    def lost(self, link: ShardLink, change: StateChanged) -> None:
        """A connection is gone, and its streams with it; or one could not be had again."""
        since = self._last_sign(link)
        self._health.down(link.machine.wanted, f"shard {link.id}: {change.reason}", since)
        self._interrupted(link, link, change, since)

    def handed_over(
        self, old: ShardLink, successor: ShardLink, reason: str, lost: StateChanged | None
    ) -> None:
        """A successor has taken over. `reason`: why it was asked for; `lost`: how the old connection ended,
        where it did by itself.

        Where the new one was not subscribed to everything by then, what was planned has become a loss.
        """
        self._outages.moved(old.id, successor.id)
        machine = successor.machine
        carried = machine.acked.keys() | machine.refused.keys() | machine.delivered
        uncarried = [name for name in machine.wanted if name not in carried]
        if lost is None or (machine.is_open and not uncarried):
            streams = len(machine.wanted)
            self._tell(self._outages.planned(old.id, reason, streams, self._clock.wall_ms()))
            return
        since = self._last_sign(old)
        self._health.down(uncarried, f"shard {old.id}: {lost.reason}", since)
        self._interrupted(old, successor, lost, since)

    def _last_sign(self, link: ShardLink) -> float:
        """When anything came over the connection last, a ping included: until then it held."""
        frame_at = link.machine.heartbeat.frame_at
        return self._clock.monotonic() if frame_at is None else frame_at

    def _interrupted(self, named: ShardLink, carrier: ShardLink, change: StateChanged, since: float) -> None:
        """Data may be missing from here on. `named`: the connection that was lost; `carrier`: the one that
        its streams are on."""
        wanted, now = carrier.machine.wanted, self._clock.monotonic()
        self._merge.interrupted(wanted, f"connection lost: {change.reason}")
        view = self._outages.lost(
            carrier.id,
            change.reason,
            change.code,
            len(wanted),
            now,
            since,
            self._clock.wall_ms(),
            change.closed_by,
            some_of(self._venue.market, wanted),
            named.id,
        )
        self._tell(view)

    def stood_still(self, seconds: float) -> None:
        """Our own process did not run for so long."""
        for view in self._outages.stood_still(seconds, self._clock.monotonic()):
            self._tell(view)

    def look_for_recovery(self, link: ShardLink) -> None:
        """Close the history's line when every stream flows again."""
        machine = link.machine
        if machine.state is not ShardState.LIVE or not self._outages.lasts(link.id):
            return
        self._outages.subscribed(link.id, self._clock.monotonic())
        if self._health.flowing(machine.wanted) == len(machine.wanted) or machine.ready:
            self.ended(link)

    def ended(self, link: ShardLink) -> None:
        """Whatever was lost on the connection is over: it flows, or is no longer wanted."""
        self._tell(self._outages.flowing(link.id, self._clock.monotonic(), self._clock.wall_ms()))

    # Streams

    def look_for_silence(self, stale: Iterable[Stale]) -> None:
        """Keep the history's line of streams that bring nothing though their connection stands."""
        silent = [self._health.view(each.name) for each in stale if not self._outages.lasts(each.shard)]
        shards = {
            self._health.view(name).shard
            for name in self._silences.names
            if self._health.state(name) is not None
        }
        lost = any(self._outages.lasts(shard) for shard in shards)
        self._tell(self._silences.follow(silent, lost, self._clock.monotonic(), self._clock.wall_ms()))

    def mending(self, step: str, names: Iterable[str]) -> None:
        """Something is done about silent streams."""
        self._tell(self._silences.did(step, names))

    def _tell(self, view: OutageView | None) -> None:
        if view is not None:
            self._say(OutageChanged(view))

    def __repr__(self) -> str:
        return f"<Losses {self._outages!r}, {self._silences!r}>"
