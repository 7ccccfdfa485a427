"""The shell of one connection: it carries decisions out, tells what happens, and counts for the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.feed.core.facts import Granted, StateChanged, Stop, Wanted
from bntui.feed.core.failures import Failure
from bntui.feed.link import LAG_WEIGHT, RATE_WINDOW_S, ShardLink
from bntui.feed.transport import Link, Receiver
from bntui.model.events import Malformed, MarketEvent, UnknownEvent
from bntui.model.markets import Market
from bntui.model.states import ShardState
from bntui.model.views import ShardView
from bntui.venue.binance.limits import SPOT
from tests.support.exchange import REFUSED, MemoryExchange, MemoryLink
from tests.support.feed import VENUE, always

TRADES = "btcusdt@trade"
QUOTES = "btcusdt@bookTicker"


class Owner:
    """Stands where the pool does: wants some streams, and notes what it is told."""

    def __init__(self) -> None:
        self.wants = {TRADES, QUOTES}
        self.at_gate: list[str] = []
        self.outcomes: list[Failure | None] = []
        self.changes: list[StateChanged] = []
        self.brought: list[tuple[str, int]] = []
        self.gulps = 0
        self.odd: list[UnknownEvent | Malformed] = []
        self.taken: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.rotations: list[str] = []

    def ask_gate(self, shard: ShardLink) -> None:
        self.at_gate.append("asks")

    def leave_gate(self, shard: ShardLink) -> None:
        self.at_gate.append("leaves")

    def attempt_ended(self, shard: ShardLink, failure: Failure | None) -> None:
        self.outcomes.append(failure)

    def data(self, stream: str, events: Sequence[MarketEvent], now: float) -> bool:
        self.brought.append((stream, len(events)))
        return stream in self.wants

    def gulp_ended(self) -> None:
        self.gulps += 1

    def odd_frame(self, event: UnknownEvent | Malformed) -> None:
        self.odd.append(event)

    def state_changed(self, shard: ShardLink, change: StateChanged) -> None:
        self.changes.append(change)

    def acked(self, shard: ShardLink, names: tuple[str, ...]) -> None:
        self.taken += names

    def refused(self, shard: ShardLink, name: str, message: str) -> None:
        self.refusals.append((name, message))

    def rotate_due(self, shard: ShardLink, reason: str) -> None:
        self.rotations.append(reason)

    @property
    def states(self) -> list[ShardState]:
        return [change.state for change in self.changes]


class Rig:
    """A shard on an exchange in memory, on a clock that the test moves."""

    def __init__(self, exchange: MemoryExchange | None = None) -> None:
        self.clock = ManualClock()
        self.exchange = exchange or MemoryExchange()
        self.owner = Owner()
        self.shard = ShardLink(
            7, "ws://exchange/stream", "exchange", VENUE, self.exchange, self.clock, always(0.5), self.owner
        )

    def ask(self, *names: str) -> None:
        """Want streams, and let the shard through the gate."""
        self.shard.apply(Wanted(names or (TRADES,)))
        self.shard.apply(Granted())

    async def connect(self, *names: str) -> MemoryLink:
        """The open connection of a shard with these streams."""
        self.ask(*names)
        await settled()
        return self.exchange.links[-1]

    def view(self, clock_offset_ms: float | None = 0.0) -> ShardView:
        return self.shard.view(self.clock.monotonic(), Market.SPOT, 0, clock_offset_ms, None)


async def settled() -> None:
    """Let everything happen that needs no time."""
    for _ in range(5):
        await asyncio.sleep(0)


def trade(event_ms: int, stream: str = TRADES) -> bytes:
    """A trade that the exchange sent at this time."""
    data = {"e": "trade", "E": event_ms, "s": "BTCUSDT", "t": 1, "p": "1.50", "q": "2.0"}
    return orjson.dumps({"stream": stream, "data": {**data, "T": event_ms, "m": True, "M": True}})


def quote() -> bytes:
    data = {"u": 1, "s": "BTCUSDT", "b": "1.4", "B": "1", "a": "1.5", "A": "1"}
    return orjson.dumps({"stream": QUOTES, "data": data})


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
    assert rig.shard.machine.data_at == rig.clock.monotonic()


async def test_data_that_nobody_wants_proves_nothing() -> None:
    rig = Rig()
    link = await rig.connect()
    rig.owner.wants.clear()
    link.receiver.frames([trade(1)])
    assert rig.shard.machine.delivered == set()
    assert rig.shard.machine.data_at is None
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


# What the screen shows


async def test_lag_needs_a_known_clock_offset() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([trade(rig.clock.wall_ms() - 80)])
    assert rig.view(None).lag_ms is None
    assert rig.view(0.0).lag_ms == 80


async def test_lag_is_corrected_by_the_clock_offset_and_may_be_negative() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([trade(rig.clock.wall_ms() - 80)])
    assert rig.view(-30.0).lag_ms == 50, "our clock is ahead by 30 ms"
    assert rig.view(-100.0).lag_ms == -20


async def test_lag_follows_trades_slowly_and_nothing_else() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    link.receiver.frames([quote()])
    assert rig.view().lag_ms is None, "a quote tells no time"
    link.receiver.frames([trade(rig.clock.wall_ms() - 100)])
    link.receiver.frames([trade(rig.clock.wall_ms() - 200), quote()])
    assert rig.view().lag_ms == pytest.approx(100 + LAG_WEIGHT * 100)


async def test_rates_are_taken_anew_after_a_second_and_last_until_then() -> None:
    rig = Rig()
    link = await rig.connect()
    rig.clock.advance(RATE_WINDOW_S)
    rig.view()
    frame = trade(1)
    link.receiver.frames([frame] * 6)
    rig.clock.advance(0.5)
    assert (rig.view().messages_per_s, rig.view().bytes_per_s) != (12, 12 * len(frame)), "too early"
    rig.clock.advance(1.0)
    assert (rig.view().messages_per_s, rig.view().bytes_per_s) == (4, 4 * len(frame))
    rig.clock.advance(0.9)
    assert rig.view().messages_per_s == 4
    rig.clock.advance(0.1)
    assert rig.view().messages_per_s == 0


async def test_a_live_shard_as_a_row() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    opened_at = rig.clock.monotonic()
    rig.clock.advance(1.0)
    link.receiver.pinged(b"1700000000000")
    link.receiver.frames([trade(rig.clock.wall_ms() - 40)])
    rig.shard.tick(rig.clock.monotonic())
    row = rig.shard.view(rig.clock.monotonic(), Market.SPOT, 2, 0.0, None)
    assert row == ShardView(
        id=7,
        market=Market.SPOT,
        host="exchange",
        state=ShardState.LIVE,
        reason="",
        live=2,
        acked=2,
        wanted=2,
        cap=int(SPOT.own_stream_cap),
        messages_per_s=row.messages_per_s,
        bytes_per_s=row.bytes_per_s,
        server_ping_at=opened_at + 1.0,
        pong_at=opened_at + 1.0,
        frame_at=opened_at + 1.0,
        round_trip_ms=0.0,
        lag_ms=40.0,
        opened_at=opened_at,
        expires_at=opened_at + SPOT.connection_life_s,
        reconnects=0,
        retry_at=None,
        frames_per_s=2,
        frames_limit=int(SPOT.client_frames_per_s),
    )
    assert row.messages_per_s > 0
    assert row.bytes_per_s > 0


async def test_a_lost_shard_shows_why_when_it_tries_again_and_no_lag() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([trade(rig.clock.wall_ms())])
    link.drop(1006)
    row = rig.view()
    assert (row.state, row.reason) == (ShardState.WAITING, "lost without a close frame")
    assert (row.acked, row.wanted) == (0, 1)
    assert (row.opened_at, row.expires_at, row.lag_ms) == (None, None, None)
    assert row.retry_at is not None
    assert row.retry_at > rig.clock.monotonic()


async def test_a_shard_at_the_gate_shows_when_it_may_connect() -> None:
    rig = Rig()
    rig.shard.apply(Wanted((TRADES,)))
    assert rig.shard.view(0.0, Market.SPOT, 0, None, 12.5).retry_at == 12.5


async def test_a_shard_that_is_replaced_says_by_which() -> None:
    rig = Rig()
    await rig.connect()
    rig.shard.successor = ShardLink(
        8, "ws://exchange/stream", "exchange", VENUE, rig.exchange, rig.clock, always(0.5), rig.owner
    )
    assert rig.view().reason == "being replaced by shard 8"
