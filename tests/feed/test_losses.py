"""The end of a connection is told to health, trades and history, each thing once."""

from __future__ import annotations

from itertools import count

from bntui.clock import ManualClock
from bntui.feed.core.facts import Delivered, Lost, StateChanged
from bntui.feed.core.health import Health
from bntui.feed.core.merge import Merge
from bntui.feed.core.silences import STREAMS_NAMED
from bntui.feed.losses import Losses
from bntui.model.events import Trade
from bntui.model.incident import CONNECTION_LOST_TOO
from bntui.model.markets import Side, SymbolKey
from bntui.model.states import ShardState, StreamState
from bntui.model.status import Event, OutageChanged
from bntui.model.views import OutageView
from bntui.venue.binance.limits import SPOT
from tests.support.exchange import MemoryLink
from tests.support.feed import VENUE
from tests.support.shard import QUOTES, TRADES, Rig

CUT = StateChanged(ShardState.WAITING, "lost without a close frame", 1006, "network")
KEY = SymbolKey(VENUE.market, "BTCUSDT")


class Ending:
    """A connection, the health of its streams, and what the history is told."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.clock: ManualClock = self.rig.clock
        self.health = Health(VENUE.market, SPOT, VENUE.parse_stream)
        self.merge = Merge(SPOT.own_hole_wait_s)
        self.said: list[Event] = []
        self.losses = Losses(VENUE, self.health, self.merge, self.clock, count(1).__next__, self.said.append)

    async def connect(self, *names: str) -> MemoryLink:
        names = names or (TRADES,)
        for name in names:
            self.health.want(name, self.rig.shard.id, self.clock.monotonic())
        return await self.rig.connect(*names)

    def trade(self, trade_id: int) -> list[Event]:
        """One trade comes; what is told of it."""
        now = self.clock.monotonic()
        event = Trade(KEY, trade_id, "1.50", "2.0", Side.BUY, 1, 1, 1, now)
        self.health.seen(TRADES, [event], now)
        return [*self.merge.take(TRADES, [event], now)]

    def state(self, name: str) -> StreamState | None:
        """How a stream is judged now."""
        self.health.tick(self.clock.monotonic())
        return self.health.state(name)

    def lines(self) -> list[OutageView]:
        return [event.view for event in self.said if isinstance(event, OutageChanged)]


async def test_a_loss_blinds_its_streams_and_is_one_line_with_the_names_of_some() -> None:
    ending = Ending()
    names = [f"sym{n}usdt@trade" for n in range(STREAMS_NAMED + 2)]
    await ending.connect(*names)
    ending.clock.advance(3)
    ending.losses.lost(ending.rig.shard, CUT)
    (line,) = ending.lines()
    assert (line.cause, line.close_code, line.closed_by) == (CUT.reason, 1006, "network")
    assert line.streams == STREAMS_NAMED + 2
    assert len(line.hit.split(", ")) == STREAMS_NAMED
    assert {ending.state(name) for name in names} == {StreamState.BLIND}
    assert repr(ending.losses) == "<Losses <Outages 1 open>, <Silences 0 streams>>"


async def test_blindness_is_counted_from_the_last_sign_of_life() -> None:
    ending = Ending()
    await ending.connect()
    ending.rig.shard.machine.alive(ending.clock.monotonic())
    ending.clock.advance(3)
    ending.losses.lost(ending.rig.shard, CUT)
    ending.clock.advance(4)
    ending.losses.ended(ending.rig.shard)
    assert [line.blind_s for line in ending.lines()] == [None, 7.0]


async def test_trades_behind_a_loss_are_a_gap_with_its_cause() -> None:
    ending = Ending()
    await ending.connect()
    ending.trade(1)
    ending.losses.lost(ending.rig.shard, CUT)
    ending.trade(5)
    ending.clock.advance(SPOT.own_hole_wait_s)
    ending.merge.due(ending.clock.monotonic())
    (gap,) = ending.merge.take_holes()
    assert (gap.from_id, gap.to_id, gap.cause) == (2, 4, "connection lost: lost without a close frame")


async def test_it_is_over_when_every_stream_flows_again_and_not_before() -> None:
    ending = Ending()
    link = await ending.connect()
    ending.losses.lost(ending.rig.shard, CUT)
    link.drop()
    ending.losses.look_for_recovery(ending.rig.shard)
    assert len(ending.lines()) == 1, "the connection is not back"
    back = Ending()
    await back.connect()
    back.losses.lost(back.rig.shard, CUT)
    back.losses.look_for_recovery(back.rig.shard)
    assert len(back.lines()) == 1, "back, and nothing flows yet"
    back.rig.shard.apply(Delivered(TRADES))
    back.losses.look_for_recovery(back.rig.shard)
    assert [line.ended_ms is None for line in back.lines()] == [True, False]


async def test_a_planned_change_whose_successor_carries_everything_loses_nothing() -> None:
    old, new = Ending(), Rig()
    await old.connect()
    await new.connect(TRADES)
    for lost in (None, CUT):
        old.losses.handed_over(old.rig.shard, new.shard, "asked for by the user", lost)
    assert [(line.planned, line.blind_s, line.streams, line.cause) for line in old.lines()] == [
        (True, 0.0, 1, "asked for by the user")
    ] * 2


async def test_a_planned_change_whose_old_connection_ends_too_early_is_a_loss_and_nothing_else() -> None:
    old, new = Ending(), Rig()
    await old.connect()
    old.rig.shard.machine.alive(old.clock.monotonic())
    old.clock.advance(2)
    new.ask(TRADES)
    old.rig.shard.apply(Lost(1006, "", False))
    old.losses.handed_over(old.rig.shard, new.shard, "its 24 hours end soon", CUT)
    assert old.state(TRADES) is StreamState.BLIND
    old.losses.ended(new.shard)
    assert [(line.planned, line.blind_s) for line in old.lines()] == [(False, None), (False, 2.0)]


async def test_streams_that_fall_silent_on_a_connection_that_stands_are_a_line_until_they_flow() -> None:
    ending = Ending()
    await ending.connect(TRADES, QUOTES)
    ending.health.acked([TRADES, QUOTES], ending.clock.monotonic())
    ending.trade(1)
    ending.clock.advance(60)
    ending.health.tick(ending.clock.monotonic())
    ending.losses.look_for_silence(ending.health.stale())
    ending.losses.mending("subscribed to anew", [TRADES])
    ending.clock.advance(1)
    ending.trade(2)
    ending.health.unwant(QUOTES)
    ending.health.tick(ending.clock.monotonic())
    ending.losses.look_for_silence(ending.health.stale())
    began, mended, ended = ending.lines()
    assert (began.silent, began.streams, began.ended_ms) == (True, 2, None)
    assert began.hit == "BTCUSDT trades, BTCUSDT quotes"
    assert (mended.id, mended.later) == (began.id, "subscribed to anew")
    assert (ended.id, ended.blind_s, ended.later) == (began.id, 61.0, "subscribed to anew")


async def test_a_silence_ends_where_the_connection_is_lost_and_says_so() -> None:
    ending = Ending()
    await ending.connect()
    ending.health.acked([TRADES], ending.clock.monotonic())
    ending.trade(1)
    ending.clock.advance(60)
    ending.health.tick(ending.clock.monotonic())
    ending.losses.look_for_silence(ending.health.stale())
    ending.losses.lost(ending.rig.shard, CUT)
    ending.health.tick(ending.clock.monotonic())
    ending.losses.look_for_silence(ending.health.stale())
    assert [(line.silent, line.later) for line in ending.lines()] == [
        (True, ""),
        (False, ""),
        (True, CONNECTION_LOST_TOO),
    ]
