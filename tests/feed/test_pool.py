"""The pool against an exchange in memory, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.core.failures import Failure
from bntui.feed.pool import Pool
from bntui.feed.poolparts import PoolParts
from bntui.model.events import Trade
from bntui.model.states import ShardState, StreamState
from bntui.model.status import Event, Gap, LinkChanged, OutageChanged
from bntui.model.views import OutageView
from bntui.venue.binance.limits import SPOT
from tests.support.exchange import REFUSED, MemoryExchange
from tests.support.feed import VENUE, always

TRADES = "btcusdt@trade"


class World:
    """A pool, its exchange, its clock, and everything that it said."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.exchange = MemoryExchange()
        self.said: list[Event] = []
        attempts = AttemptLimit(int(SPOT.own_attempts), int(SPOT.connection_attempts_window_s * 1000))
        self.pool = Pool(
            PoolParts(
                venue=VENUE,
                stream_url="ws://exchange",
                transport=self.exchange,
                attempts=AttemptsFile(folder / "attempts.json", attempts, self.clock),
                clock=self.clock,
                uniform=always(0.5),
                take_shard_id=count(1).__next__,
                take_outage_id=count(1).__next__,
                emit=self._take,
            )
        )

    def _take(self, events: Sequence[Event]) -> None:
        self.said += events

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        for _ in range(10):
            self.pool.step(self.clock.monotonic())
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float, step_s: float = 0.25) -> None:
        """Let time pass, in steps."""
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            self.pool.health.tick(self.clock.monotonic())
            self.said += self.pool.merge.due(self.clock.monotonic())
            await self.settle()

    def states(self) -> list[ShardState]:
        return [view.state for view in self.pool.views(0.0)]

    def trade_ids(self) -> list[int]:
        return [event.trade_id for event in self.said if isinstance(event, Trade)]

    def outages(self) -> list[OutageView]:
        return [event.view for event in self.said if isinstance(event, OutageChanged)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_wanted_streams_are_connected_subscribed_and_flow(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    assert world.states() == [ShardState.LIVE]
    assert world.exchange.links[0].url == "ws://exchange/stream"
    world.exchange.trade("BTCUSDT", 1)
    world.exchange.trade("BTCUSDT", 2)
    world.pool.health.tick(world.clock.monotonic())
    assert world.trade_ids() == [1, 2]
    assert world.pool.health.state(TRADES) is StreamState.LIVE


async def test_many_streams_spread_over_shards_below_the_cap(world: World) -> None:
    names = [f"sym{n:04}usdt@trade" for n in range(1000)]
    world.pool.want(names)
    await world.pass_time(10)
    views = world.pool.views(0.0)
    assert len(views) == 3
    assert all(view.wanted <= SPOT.own_stream_cap for view in views)
    assert sum(view.acked for view in views) == 1000
    assert sorted(name for link in world.exchange.links for name in link.streams) == names


async def test_data_that_nobody_wants_is_dropped(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.pool.unwant([TRADES])
    for link in world.exchange.links:
        link.streams.append(TRADES)
        link.trade("BTCUSDT", 1)
    assert world.trade_ids() == []


async def test_an_emptied_shard_is_closed_with_1000(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.pool.unwant([TRADES])
    assert world.exchange.links[0].ended == (1000, "nothing is wanted on it any longer")
    assert world.pool.views(0.0) == []


async def test_a_lost_connection_is_an_outage_from_its_last_sign_of_life_to_its_return(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.trade("BTCUSDT", 1)
    await world.pass_time(3)
    world.exchange.failure = REFUSED
    world.exchange.links[0].drop(1006)
    await world.pass_time(20)
    began, *tries = world.outages()
    assert (began.cause, began.close_code, began.ended_ms) == ("lost without a close frame", 1006, None)
    assert [view.later for view in tries][:2] == ["connection refused", "connection refused (2 times)"]
    assert world.pool.health.state(TRADES) is StreamState.BLIND
    world.exchange.failure = None
    await world.pass_time(8)
    world.exchange.trade("BTCUSDT", 9)
    await world.settle()
    ended = world.outages()[-1]
    assert ended.id == began.id
    assert ended.cause == began.cause
    assert ended.blind_s == pytest.approx(30, abs=0.5), "since the last pong"


async def test_trades_missed_in_an_outage_are_a_gap_with_its_cause(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.trade("BTCUSDT", 1)
    world.exchange.links[0].drop(1001, "going away")
    await world.pass_time(5)
    world.exchange.trade("BTCUSDT", 5)
    await world.pass_time(3)
    (gap,) = [event for event in world.said if isinstance(event, Gap)]
    assert (gap.from_id, gap.to_id) == (2, 4)
    assert gap.cause == "connection lost: closed by the server: 1001 going away"
    assert world.trade_ids() == [1, 5]


async def test_a_host_that_is_down_for_30_s_sees_no_storm_and_is_back_within_15_s(world: World) -> None:
    world.pool.want([f"sym{n:04}usdt@trade" for n in range(1500)])
    await world.pass_time(10)
    assert world.states() == [ShardState.LIVE] * 4
    world.exchange.failure = REFUSED
    before = world.exchange.attempts
    for link in world.exchange.open_links:
        link.drop()
    await world.pass_time(30)
    assert world.exchange.attempts - before <= 4 + 6
    world.exchange.failure = None
    await world.pass_time(15)
    assert world.states() == [ShardState.LIVE] * 4


async def test_a_server_that_accepts_and_closes_at_once_is_tried_ever_more_rarely(world: World) -> None:
    world.pool.want([TRADES])
    for _ in range(240):
        await world.pass_time(1, 1.0)
        for link in world.exchange.open_links:
            link.drop()
            link.ended = (0, "dropped")
    assert world.exchange.attempts < 20


async def test_a_replacement_flows_before_the_old_connection_ends(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.trade("BTCUSDT", 1)
    assert world.pool.rotate(1)
    await world.settle()
    assert len(world.exchange.open_links) == 2
    assert len(world.pool.views(0.0)) == 2, "both are visible while both live"
    world.exchange.trade("BTCUSDT", 2)
    assert world.trade_ids() == [1, 2], "both bring it, it counts once"
    await world.settle()
    assert [link.ended for link in world.exchange.links] == [(1000, "replaced"), None]
    world.exchange.trade("BTCUSDT", 3)
    assert world.trade_ids() == [1, 2, 3]
    assert [(view.planned, view.blind_s) for view in world.outages()] == [(True, 0.0)]
    assert world.pool.health.state(TRADES) is not StreamState.BLIND


async def test_a_silent_stream_does_not_hold_up_a_replacement_for_ever(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.pool.rotate(1)
    await world.pass_time(SPOT.own_rotate_overlap_s - 1)
    assert world.exchange.links[0].ended is None
    await world.pass_time(2)
    assert world.exchange.links[0].ended is not None


async def test_a_replacement_that_is_lost_again_before_it_takes_over_costs_nothing(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.trade("BTCUSDT", 1)
    world.pool.rotate(1)
    await world.settle()
    world.exchange.failure = REFUSED
    world.exchange.links[1].drop()
    await world.pass_time(SPOT.own_rotate_overlap_s + 2)
    world.exchange.trade("BTCUSDT", 2)
    assert [link.ended for link in world.exchange.links] == [None, None], "none that we ended"
    assert world.trade_ids() == [1, 2]
    world.exchange.failure = None
    await world.pass_time(10)
    world.exchange.trade("BTCUSDT", 3)
    await world.settle()
    assert world.exchange.links[0].ended == (1000, "replaced")
    assert [(view.planned, view.cause) for view in world.outages()] == [(True, "asked for by the user")]


async def test_an_announced_shutdown_is_a_replacement(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.links[0].say({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}})
    await world.settle()
    assert len(world.exchange.links) == 2


async def test_an_old_connection_that_ends_early_hands_over_at_once(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.failure = REFUSED
    world.pool.rotate(1)
    await world.settle()
    world.exchange.links[0].drop(1001)
    await world.pass_time(1)
    assert world.pool.health.state(TRADES) is StreamState.BLIND
    world.exchange.failure = None
    await world.pass_time(8)
    assert world.pool.health.state(TRADES) is StreamState.ACKED
    world.exchange.trade("BTCUSDT", 7)
    assert world.trade_ids() == [7]
    await world.settle()
    began, ended = world.outages()
    assert (began.id, began.planned, began.ended_ms) == (ended.id, False, None), "no word of a planned change"
    assert began.shard == 1, "called by the connection that was lost"
    assert (began.cause, began.close_code, began.closed_by) == ("closed by the server: 1001", 1001, "server")
    assert ended.blind_s == pytest.approx(9, abs=1)


async def test_a_geo_block_stops_all_attempts_and_says_so(world: World) -> None:
    world.exchange.failure = Failure("not served at this location (451)", 451)
    world.pool.want([TRADES])
    await world.pass_time(120, 1.0)
    assert world.exchange.attempts == 1
    (view,) = world.pool.views(0.0)
    assert (view.state, view.reason) == (ShardState.FAILED, "not served at this location (451)")
    assert world.pool.health.state(TRADES) is StreamState.BLIND


async def test_every_change_of_a_shard_is_told(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    told = [event.state for event in world.said if isinstance(event, LinkChanged)]
    assert told == ["gated", "connecting", "subscribing", "live"]


async def test_closing_ends_every_connection_with_1000(world: World) -> None:
    world.pool.want([f"sym{n:04}usdt@trade" for n in range(500)])
    await world.pass_time(5)
    await world.pool.close()
    assert [link.ended for link in world.exchange.links] == [(1000, "bntui ends")] * 2
    assert world.pool.views(0.0) == []


async def test_malformed_and_unknown_frames_are_counted_and_hurt_nobody(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    link = world.exchange.links[0]
    link.receiver.frames([b"{", b'{"stream":"btcusdt@trade","data":{"e":"new"}}', b"\xff"])
    link.receiver.binary(10)
    world.exchange.trade("BTCUSDT", 1)
    assert (world.pool.odd.malformed, world.pool.odd.unknown) == (3, 1)
    assert world.trade_ids() == [1]


async def test_a_name_that_is_no_stream_is_refused_before_anything_is_sent(world: World) -> None:
    with pytest.raises(ValueError, match="stream"):
        world.pool.want(["btcusdt@nosuch"])
    assert world.exchange.attempts == 0


async def test_a_stream_that_stalls_alone_is_subscribed_anew_and_flows_again(world: World) -> None:
    quotes = "btcusdt@bookTicker"
    world.pool.want([TRADES, quotes, "btcusdt@ticker"])
    await world.settle()
    (link,) = world.exchange.links
    link.trade("BTCUSDT", 1)
    link.streams.remove(TRADES)
    for trade_id in range(2, 40):
        link.ticker("BTCUSDT", trade_id)
        await world.pass_time(1)
        world.pool.mend(world.clock.monotonic())
        link.trade("BTCUSDT", trade_id)
    methods = [orjson.loads(text)["method"] for text in link.sent]
    assert methods == ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]
    assert world.trade_ids()[-1] == 39
    assert world.pool.health.state(TRADES) is StreamState.LIVE
    assert len(world.exchange.links) == 1


async def test_a_stream_that_stays_silent_gets_another_connection_and_then_a_word(world: World) -> None:
    world.pool.want([TRADES, "btcusdt@ticker"])
    await world.settle()
    for trade_id in range(2, 60):
        for link in world.exchange.open_links:
            link.ticker("BTCUSDT", trade_id)
        await world.pass_time(1)
        world.pool.mend(world.clock.monotonic())
    assert len(world.exchange.links) == 2
    view = world.pool.health.view(TRADES)
    assert view.state is StreamState.BLIND
    assert "another connection did not help" in view.reason


async def test_a_standstill_of_our_own_costs_no_connection(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    link = world.exchange.links[0]
    await world.pass_time(2)
    world.clock.advance(90)
    world.pool.overslept(90.0)
    await world.settle()
    assert link.ended is None
    world.exchange.trade("BTCUSDT", 1)
    assert world.states() == [ShardState.LIVE]


async def test_silence_in_which_we_did_run_still_costs_the_connection(world: World) -> None:
    world.pool.want([TRADES])
    await world.settle()
    await world.pass_time(2)
    world.clock.advance(90)
    world.pool.overslept(0.1)
    await world.settle()
    assert world.exchange.links[0].ended == (1000, "no frame for 60 s")


async def test_a_server_that_says_goodbye_on_every_new_connection_is_followed_ever_more_slowly(
    world: World,
) -> None:
    goodbye = {"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}}
    world.pool.want([TRADES])
    await world.settle()
    opened: list[int] = []
    for _ in range(60):
        for link in world.exchange.open_links:
            link.say(goodbye)
        world.exchange.trade("BTCUSDT", len(opened) + 1)
        await world.pass_time(1)
        opened.append(len(world.exchange.links))
    assert opened[0] == 2, "the first goodbye is followed at once"
    assert opened[-1] <= 9
    assert len(world.exchange.open_links) <= 2
    await world.pass_time(120)
    before = len(world.exchange.links)
    for link in world.exchange.open_links:
        link.say(goodbye)
    await world.settle()
    assert len(world.exchange.links) == before + 1, "after a good while it is followed at once again"


async def test_a_stream_asked_for_during_a_change_of_connection_is_subscribed_on_the_new_one(
    world: World,
) -> None:
    world.pool.want([TRADES])
    await world.settle()
    world.exchange.acks = False
    world.pool.rotate(1)
    await world.settle()
    world.pool.want(["ethusdt@trade"])
    await world.pass_time(1)
    new = world.exchange.links[1]
    new.acks = True
    for frame in new.sent:
        new.say({"result": None, "id": orjson.loads(frame)["id"]})
    await world.pass_time(1)
    assert world.pool.health.state("ethusdt@trade") is StreamState.ACKED
    world.exchange.trade("ETHUSDT", 1)
    await world.pass_time(1)
    assert world.pool.health.state("ethusdt@trade") is StreamState.LIVE
