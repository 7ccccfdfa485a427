"""A successor takes over when it flows, or when it has had its time; never before it is subscribed."""

from __future__ import annotations

from math import inf

from bntui.feed.core.facts import Delivered, Opened, Replied
from bntui.feed.handover import Handovers
from bntui.feed.link import ShardLink
from bntui.model.events import Ack
from tests.support.shard import TRADES, Rig

OVERLAP_S = 10.0


class Change:
    """One connection that is to be replaced by another."""

    def __init__(self) -> None:
        self.handovers = Handovers(OVERLAP_S)
        self.old_rig, self.new_rig = Rig(), Rig()
        self.old, self.new = self.old_rig.shard, self.new_rig.shard
        self.handovers.begin(self.old, self.new, "its 24 hours end soon")

    def due(self, now: float) -> list[ShardLink]:
        return self.handovers.due(now)

    async def subscribe(self) -> None:
        """The successor's subscriptions are acknowledged."""
        await self.new_rig.connect(TRADES)


def test_a_successor_that_does_not_stand_takes_nothing_over_however_long_it_takes() -> None:
    change = Change()
    assert change.old.successor is change.new
    assert change.handovers.waited_for(change.new) is change.old
    assert change.handovers.waited_for(change.old) is None
    assert change.due(1e9) == []
    assert change.handovers.deadline(0.0) == inf
    assert repr(change.handovers) == "<Handovers 1 under way>"


async def test_a_successor_whose_streams_all_flow_takes_over_at_once() -> None:
    change = Change()
    await change.subscribe()
    change.handovers.subscribed(change.new, 5.0)
    assert change.due(5.0) == []
    change.new.apply(Delivered(TRADES))
    assert change.due(5.0) == [change.old]


async def test_a_successor_with_a_silent_stream_takes_over_when_its_time_is_up() -> None:
    change = Change()
    await change.subscribe()
    change.handovers.subscribed(change.new, 5.0)
    change.handovers.subscribed(change.new, 9.0)
    assert change.handovers.deadline(9.0) == 5.0 + OVERLAP_S, "said twice, counted once"
    assert change.due(5.0 + OVERLAP_S - 0.1) == []
    assert change.due(5.0 + OVERLAP_S) == [change.old]
    assert change.handovers.deadline(5.0 + OVERLAP_S) == inf


def test_what_is_done_is_waited_for_no_longer() -> None:
    change = Change()
    change.handovers.subscribed(change.new, 0.0)
    assert change.handovers.done(change.old.id) == "its 24 hours end soon"
    assert change.handovers.done(change.old.id) == ""
    assert change.due(1e9) == []
    assert change.handovers.waited_for(change.new) is None


async def test_a_successor_that_is_lost_again_takes_over_only_when_it_stands_again() -> None:
    change = Change()
    await change.subscribe()
    change.handovers.subscribed(change.new, 5.0)
    change.handovers.lost(change.new)
    assert change.due(1e9) == [], "the old one flows, and goes on"
    change.handovers.subscribed(change.new, 20.0)
    assert change.due(20.0 + OVERLAP_S) == [change.old]


def test_another_connection_that_is_subscribed_moves_nothing() -> None:
    change = Change()
    other = Rig().shard
    other.apply(Opened())
    other.apply(Replied(Ack(1, None)))
    change.handovers.subscribed(other, 0.0)
    assert change.handovers.deadline(0.0) == inf
