"""The shell of one connection: it carries decisions out and tells what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson
import pytest

from bntui.feed.core.facts import Granted, Stop, Wanted
from bntui.feed.core.failures import Failure
from bntui.feed.link import MOST_FRAMES_A_GULP, RATE_WINDOW_S
from bntui.feed.transport import Link, Receiver
from bntui.model.events import Malformed, UnknownEvent
from bntui.model.states import ShardState
from bntui.venue.binance.usdm import usdm
from tests.support.exchange import REFUSED, MemoryExchange, MemoryLink
from tests.support.shard import QUOTES, TRADES, Rig, quote, settled, trade

# Decisions are carried out


async def test_a_wanted_stream_is_connected_subscribed_and_told() -> None:
    rig = Rig()
    link = await rig.connect()
    assert rig.owner.at_gate == ["asks"]
    assert link.url == "ws://exchange/stream"
    assert link.streams == [TRADES]
    assert rig.owner.outcomes == [None]
    assert rig.owner.taken == [TRADES]
    assert rig.owner.states == ["gated", "connecting", "subscribing", "live"]


async def test_a_failed_attempt_is_told_with_its_reason_and_the_shard_asks_again() -> None:
    rig = Rig()
    rig.exchange.failure = REFUSED
    rig.ask()
    await settled()
    assert rig.owner.outcomes == [REFUSED]
    assert rig.owner.at_gate == ["asks", "asks"]
    assert (rig.shard.machine.state, rig.shard.machine.reason) == (ShardState.GATED, "connection refused")


class Breaking(MemoryExchange):
    """A transport with a defect."""

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        raise ZeroDivisionError("a defect")


async def test_a_defect_of_the_transport_is_a_failed_attempt_and_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig(Breaking())
    rig.ask()
    await settled()
    (failure,) = rig.owner.outcomes
    assert failure is not None
    assert failure.text == "an error inside bntui; its log has it"
    assert rig.shard.machine.state is ShardState.GATED
    assert "ZeroDivisionError: a defect" in caplog.text


# Giving up an attempt


class Hanging(MemoryExchange):
    """An exchange that lets attempts hang; `stubborn` ones open although they were given up."""

    def __init__(self, stubborn: bool = False) -> None:
        super().__init__()
        self.stubborn = stubborn
        self.given_up = 0

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        self.attempts += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up += 1
            if not self.stubborn:
                raise
        self.links.append(MemoryLink(url, receiver))
        return self.links[-1]


async def test_an_attempt_is_given_up_when_the_shard_ends() -> None:
    exchange = Hanging()
    rig = Rig(exchange)
    rig.ask()
    await settled()
    rig.shard.apply(Stop("replaced"))
    await settled()
    assert (exchange.attempts, exchange.given_up) == (1, 1)
    assert rig.owner.at_gate == ["asks", "leaves"]
    assert rig.owner.states[-2:] == ["closing", "closed"]
    assert rig.owner.changes[-1].reason == "replaced"
    assert rig.owner.outcomes == [], "an attempt that was given up says nothing of the host"


async def test_an_attempt_is_given_up_before_it_has_begun() -> None:
    exchange = Hanging()
    rig = Rig(exchange)
    rig.ask()
    rig.shard.apply(Stop("nothing is wanted on it any longer"))
    await settled()
    assert exchange.attempts == 0
    assert rig.owner.at_gate == ["asks", "leaves"]
    assert rig.owner.states[-1] == "closed"


async def test_a_connection_that_opens_after_it_was_given_up_is_closed_in_order() -> None:
    rig = Rig(Hanging(stubborn=True))
    rig.ask()
    await settled()
    rig.shard.apply(Stop("replaced"))
    await settled()
    assert rig.exchange.links[0].ended == (1000, "replaced")
    assert rig.owner.outcomes == [None], "the host is up"
    assert rig.owner.states[-1] == "closed"


async def test_waiting_for_the_end_leaves_no_attempt_behind() -> None:
    exchange = Hanging()
    rig = Rig(exchange)
    rig.ask()
    await settled()
    rig.shard.apply(Stop("bntui ends"))
    await rig.shard.closed()
    assert exchange.given_up == 1
    assert rig.owner.states[-1] == "closed"


async def test_without_an_attempt_there_is_nothing_to_wait_for() -> None:
    rig = Rig()
    await rig.shard.closed()
    await rig.connect()
    await rig.shard.closed()
    assert rig.shard.machine.state is ShardState.LIVE


# While a connection is handed over


class Hasty(MemoryExchange):
    """An exchange that speaks before the connection was handed over."""

    def __init__(self, speak: Callable[[MemoryLink], None]) -> None:
        super().__init__()
        self.speak = speak

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        link = MemoryLink(url, receiver, self.acks)
        self.links.append(link)
        self.speak(link)
        return link


async def test_a_loss_during_hand_over_comes_after_the_opening() -> None:
    rig = Rig(Hasty(lambda link: link.drop(1013, "try again later")))
    rig.exchange.acks = False
    rig.ask()
    await settled()
    assert rig.owner.states == ["gated", "connecting", "subscribing", "waiting"]
    lost = rig.owner.changes[-1]
    assert (lost.reason, lost.code) == ("closed by the server: 1013 try again later", 1013)
    assert rig.owner.outcomes == [None]
    assert rig.view().opened_at is None


async def test_a_loss_during_hand_over_is_told_once() -> None:
    exchange = Hasty(lambda link: link.drop(1001))
    rig = Rig(exchange)
    rig.ask()
    await settled()
    exchange.speak = lambda link: None
    rig.clock.advance(60)
    rig.shard.tick(rig.clock.monotonic())
    rig.shard.apply(Granted())
    await settled()
    assert rig.owner.states[-1] == "live"
    assert rig.view().reconnects == 1


async def test_data_during_hand_over_is_not_lost() -> None:
    rig = Rig(Hasty(lambda link: link.receiver.frames([trade(1)])))
    rig.ask()
    await settled()
    assert rig.owner.brought == [(TRADES, 1)]


async def test_what_is_sent_after_the_loss_is_dropped() -> None:
    rig = Rig()
    link = await rig.connect()
    link.drop()
    before = list(link.sent)
    rig.shard.apply(Wanted((QUOTES,)))
    assert link.sent == before
    assert rig.shard.machine.state is ShardState.WAITING


# What the connection brings


async def test_a_gulp_is_handed_on_frame_by_frame_and_ended_once() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    rig.owner.gulps = 0
    link.receiver.frames([trade(1), quote(), trade(2)])
    assert rig.owner.brought == [(TRADES, 1), (QUOTES, 1), (TRADES, 1)]
    assert rig.owner.gulps == 1
    assert rig.shard.machine.delivered == {TRADES, QUOTES}


async def test_of_rows_that_do_not_say_their_market_those_count_whose_symbol_it_lists() -> None:
    rig = Rig(venue=usdm())
    everything = "!miniTicker@arr"
    rig.owner.wants, rig.owner.listed = {everything}, {"BTCUSDT"}
    link = await rig.connect(everything)
    row = {"e": "24hrMiniTicker", "E": 1, **dict.fromkeys("cohlvq", "1.0")}
    old = [{**row, "s": "BTCUSDT"}, {**row, "s": "BTCUSD_PERP"}, {**row, "s": "NEWUSDT"}]
    new = [{**row, "s": "ETHUSDT", "st": 1}, {**row, "s": "ETHUSD_PERP", "st": 2}]
    link.receiver.frames([orjson.dumps({"stream": everything, "data": rows}) for rows in (old, old + new)])
    assert rig.owner.brought == [(everything, 1), (everything, 2)]


async def test_data_that_nobody_wants_proves_nothing() -> None:
    rig = Rig()
    link = await rig.connect()
    rig.owner.wants.clear()
    link.receiver.frames([trade(1)])
    assert rig.shard.machine.delivered == set()
    assert rig.view().lag_ms is None


async def test_a_refused_stream_is_told_with_the_words_of_the_exchange() -> None:
    rig = Rig()
    rig.exchange.acks = False
    link = await rig.connect()
    request = orjson.loads(link.sent[-1])
    link.say({"error": {"code": 2, "msg": "invalid stream"}, "id": request["id"]})
    assert rig.owner.refusals == [(TRADES, "invalid stream")]


async def test_a_refusal_of_what_nobody_asked_is_counted_and_no_more() -> None:
    rig = Rig()
    link = await rig.connect()
    link.say({"error": {"code": 2, "msg": "x"}, "id": 99}, {"error": {"code": 3, "msg": "x"}, "id": None})
    assert [type(event) for event in rig.owner.odd] == [UnknownEvent, UnknownEvent]
    assert rig.owner.refusals == []


async def test_what_the_exchange_says_is_made_fit_for_a_line() -> None:
    rig = Rig()
    rig.exchange.acks = False
    link = await rig.connect()
    request = orjson.loads(link.sent[-1])
    link.say({"error": {"code": 2, "msg": "no\x1b[2J\n\u202e[b]" + "x" * 10_000}, "id": request["id"]})
    ((_, words),) = rig.owner.refusals
    assert words.startswith("no [2J [b]xxx")
    assert len(words) <= 200
    link.drop(1008, "\x1b]0;mine\x07 done")
    assert rig.view().reason == "closed by the server: 1008 ]0;mine done"


async def test_an_announced_shutdown_asks_for_another_connection() -> None:
    rig = Rig()
    link = await rig.connect()
    link.say({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}})
    assert rig.owner.rotations == ["the server announced its shutdown"]


async def test_what_cannot_be_read_is_told_and_the_rest_of_the_gulp_counts() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([b"{", orjson.dumps({"stream": TRADES, "data": {"e": "brandNew"}}), trade(1)])
    assert [type(event) for event in rig.owner.odd] == [Malformed, UnknownEvent]
    assert rig.owner.brought == [(TRADES, 1)]


async def test_a_binary_message_is_malformed_and_counts() -> None:
    rig = Rig()
    link = await rig.connect()
    rig.clock.advance(RATE_WINDOW_S)
    rig.view()
    link.receiver.binary(2_048)
    assert rig.owner.odd == [Malformed("a binary message", "2048 bytes")]
    rig.clock.advance(2.0)
    assert (rig.view().messages_per_s, rig.view().bytes_per_s) == (0.5, 1_024.0)


async def test_pings_and_pongs_are_signs_of_life() -> None:
    rig = Rig()
    link = await rig.connect()
    rig.clock.advance(5)
    link.receiver.pinged(b"1700000000000")
    assert rig.view().server_ping_at == rig.view().frame_at == rig.clock.monotonic()
    rig.clock.advance(5)
    link.receiver.ponged(b"nobody asked")
    assert rig.view().frame_at == rig.clock.monotonic()
    assert rig.view().pong_at is not None
    assert rig.view().pong_at != rig.clock.monotonic(), "only the answer to our own ping is one"


class Unhurried(MemoryLink):
    """A connection whose other side answers pings later."""

    def send_ping(self, payload: bytes) -> None:
        self.pings.append(payload)


class Unhurrying(MemoryExchange):
    """Makes such connections."""

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        self.links.append(Unhurried(url, receiver))
        return self.links[-1]


async def test_the_round_trip_is_measured_by_our_own_ping() -> None:
    rig = Rig(Unhurrying())
    link = await rig.connect()
    assert rig.view().round_trip_ms is None
    rig.clock.advance(1.0)
    rig.shard.tick(rig.clock.monotonic())
    rig.clock.advance(0.25)
    link.receiver.ponged(link.pings[0])
    assert rig.view().round_trip_ms == pytest.approx(250)


async def test_of_quotes_that_came_at_once_the_newest_is_read_and_of_everything_else_all() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    rig.owner.brought.clear()
    link.receiver.frames([quote(), trade(1), quote(), trade(2), quote()])
    assert rig.owner.brought == [(TRADES, 1), (TRADES, 1), (QUOTES, 1)]
    assert rig.shard.conflated == 0, "nobody misses them"


async def test_each_quote_is_read_while_somebody_wants_each_unless_the_machine_falls_behind() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    rig.owner.tells_every_quote = True
    rig.owner.brought.clear()
    link.receiver.frames([quote()] * MOST_FRAMES_A_GULP)
    assert len(rig.owner.brought) == MOST_FRAMES_A_GULP
    rig.owner.brought.clear()
    link.receiver.frames([trade(1), *[quote()] * MOST_FRAMES_A_GULP])
    assert rig.owner.brought == [(TRADES, 1), (QUOTES, 1)]
    assert rig.shard.conflated == MOST_FRAMES_A_GULP - 1
