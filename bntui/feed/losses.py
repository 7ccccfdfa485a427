"""What it means that connections end: for the health of their streams, their trades, and the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from bntui.clock import Clock
from bntui.feed.core.facts import StateChanged
from bntui.feed.core.health import Health
from bntui.feed.core.merge import Merge
from bntui.feed.core.outages import Outages
from bntui.feed.link import ShardLink
from bntui.model.events import Event, OutageChanged
from bntui.model.markets import StreamKey, SymbolKey
from bntui.model.states import ShardState
from bntui.model.verdict import stream_label
from bntui.model.views import OutageView
from bntui.venue.base import Venue

STREAMS_NAMED = 6
"""Streams that a line of the history names."""


class Losses:
    """Tells health, merge and history of connections that end, each thing once."""

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

    def planned(self, old: ShardLink, reason: str) -> None:
        """A connection is replaced before it ends: nothing is lost."""
        streams = len(old.machine.wanted)
        self._tell(self._outages.planned(old.id, reason, streams, self._clock.wall_ms()))

    def lost(self, link: ShardLink, change: StateChanged) -> None:
        """A connection is gone, and its streams with it."""
        machine = link.machine
        self._health.down(machine.wanted, f"shard {link.id}: {change.reason}")
        self._interrupted(link, change, machine.data_at)

    def lost_in_handover(self, old: ShardLink, successor: ShardLink, change: StateChanged) -> None:
        """The old connection ended before the new one stood: what was planned became a loss."""
        machine = successor.machine
        self._health.down([name for name in machine.wanted if name not in machine.acked], change.reason)
        self._interrupted(successor, change, old.machine.data_at)

    def _interrupted(self, link: ShardLink, change: StateChanged, data_at: float | None) -> None:
        wanted = link.machine.wanted
        self._merge.interrupted(self._symbols(wanted), f"connection lost: {change.reason}")
        self._tell(
            self._outages.lost(
                link.id,
                change.reason,
                change.code,
                len(wanted),
                self._clock.monotonic() if data_at is None else data_at,
                self._clock.wall_ms(),
                change.closed_by,
                self._some_of(wanted),
            )
        )

    def look_for_recovery(self, link: ShardLink) -> None:
        """Close the history's line when every stream flows again."""
        machine = link.machine
        if machine.state is not ShardState.LIVE or not self._outages.lasts(link.id):
            return
        if self._health.flowing(machine.wanted) == len(machine.wanted) or machine.ready:
            self.ended(link)

    def ended(self, link: ShardLink) -> None:
        """Whatever was lost on the connection is over: it flows, or is no longer wanted."""
        self._tell(self._outages.flowing(link.id, self._clock.monotonic(), self._clock.wall_ms()))

    def _tell(self, view: OutageView | None) -> None:
        if view is not None:
            self._say(OutageChanged(view))

    def _some_of(self, names: Iterable[str]) -> str:
        """The first few streams by name, for the history."""
        market = self._venue.market
        labels = [stream_label(StreamKey(market, name)) for name in islice(names, STREAMS_NAMED)]
        return ", ".join(labels)

    def _symbols(self, names: Iterable[str]) -> list[SymbolKey]:
        venue = self._venue
        return [SymbolKey(venue.market, venue.parse_stream(name).symbol) for name in names]

    def __repr__(self) -> str:
        return f"<Losses {self._outages!r}>"
