"""One shard's life: it obeys its budget, notices death, and always comes back."""

from __future__ import annotations

import random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.feed.core.facts import (
    AskGate,
    Close,
    Command,
    Connect,
    Delivered,
    Fact,
    Failed,
    Granted,
    LeaveGate,
    Lost,
    Opened,
    Overslept,
    Ponged,
    Renew,
    Replied,
    RotateAsked,
    RotateDue,
    SendPing,
    SendPong,
    SendText,
    ServerPinged,
    ShutdownAnnounced,
    Stop,
    StreamRefused,
    StreamsAcked,
    Unwanted,
    Wanted,
)
from bntui.feed.core.failures import Failure
from bntui.feed.core.shard import FRAMES_SPAN_S, LEGAL_MOVES, ShardMachine
from bntui.model.events import Ack, Refusal
from bntui.model.states import ShardState
from bntui.venue.binance.limits import SPOT
from tests.support.feed import VENUE, always, sent


def names(count: int) -> tuple[str, ...]:
    return tuple(f"sym{n:04}usdt@trade" for n in range(count))


def machine(chance: float = 1.0) -> ShardMachine:
    return ShardMachine(1, VENUE, always(chance))


def opened(count: int = 3, now: float = 0.0) -> tuple[ShardMachine, list[Command]]:
    shard = machine()
    shard.handle(Wanted(names(count)), now)
    shard.handle(Granted(), now)
    return shard, shard.handle(Opened(), now)


def ack(shard: ShardMachine, text: str, now: float) -> list[Command]:
    return shard.handle(Replied(Ack(orjson.loads(text)["id"], None)), now)


def live(count: int = 3, now: float = 0.0) -> ShardMachine:
    shard, commands = opened(count, now)
    while frames := sent(commands):
        commands = [c for frame in frames for c in ack(shard, frame, now)]
        if not sent(commands) and shard.state is not ShardState.LIVE:
            now += FRAMES_SPAN_S
            commands = shard.tick(now)
    assert shard.state is ShardState.LIVE
    return shard


def test_the_way_from_wanted_to_live() -> None:
    shard = machine()
    assert AskGate() in shard.handle(Wanted(names(2)), 0.0)
    assert Connect() in shard.handle(Granted(), 0.0)
    (frame,) = sent(shard.handle(Opened(), 0.0))
    assert orjson.loads(frame)["params"] == list(names(2))
    assert repr(shard) == "<Shard 1 SUBSCRIBING 0/2 streams, 0 failures>"
    ack(shard, frame, 0.1)
    assert repr(shard) == "<Shard 1 LIVE 2/2 streams, 0 failures>"


def test_subscriptions_go_in_batches_within_the_frame_budget() -> None:
    shard, commands = opened(1000)
    frames = sent(commands)
    assert len(frames) == SPOT.own_frames_per_s
    for frame in frames:
        assert len(orjson.loads(frame)["params"]) <= SPOT.own_subscribe_names
        assert len(frame.encode()) <= SPOT.own_subscribe_bytes
    assert sent(shard.tick(FRAMES_SPAN_S - 0.1)) == []
    assert len(sent(shard.tick(FRAMES_SPAN_S))) > 0


def test_a_subscribe_without_an_answer_is_retried_with_half_the_batch_then_recycled() -> None:
    shard, commands = opened(100)
    assert len(sent(commands)) == 1
    (retry, *_) = sent(shard.tick(SPOT.own_subscribe_timeout_s))
    assert len(orjson.loads(retry)["params"]) == 50
    closing = shard.tick(2 * SPOT.own_subscribe_timeout_s + 1)
    assert [type(c) for c in closing] == [Close]
    shard.handle(Lost(None, "", True), 12.0)
    assert "no answer to SUBSCRIBE" in shard.reason


def test_a_refused_name_is_found_by_halving_over_reconnects() -> None:
    shard, commands = opened(8)
    bad = names(8)[5]
    refused: list[str] = []
    now = 0.0
    for _ in range(60):
        for command in commands:
            if isinstance(command, SendText):
                request = orjson.loads(command.text)
                reply: Ack | Refusal = Ack(request["id"], None)
                if bad in request["params"]:
                    reply = Refusal(request["id"], 2, "Invalid request: invalid stream")
                refused += [c.name for c in shard.handle(Replied(reply), now) if isinstance(c, StreamRefused)]
        if shard.state is ShardState.LIVE:
            break
        now += 1.0
        commands = shard.tick(now)
    assert refused == [bad]
    assert set(shard.acked) == set(names(8)) - {bad}


def test_unwanted_streams_are_unsubscribed() -> None:
    shard = live(3)
    (frame,) = sent(shard.handle(Unwanted(names(3)[:1]), 5.0))
    assert orjson.loads(frame)["method"] == "UNSUBSCRIBE"
    ack(shard, frame, 5.1)
    assert list(shard.acked) == list(names(3)[1:])


def test_our_ping_measures_the_round_trip() -> None:
    shard = live()
    (ping,) = [c for c in shard.tick(1.0) if isinstance(c, SendPing)]
    shard.handle(Ponged(ping.payload), 1.25)
    assert shard.heartbeat.round_trip_s == pytest.approx(0.25)
    shard.alive(20.0)
    assert [c for c in shard.tick(1.0 + SPOT.own_ping_interval_s) if isinstance(c, SendPing)]


def test_a_ping_without_a_pong_ends_the_connection() -> None:
    shard = live()
    shard.tick(1.0)
    shard.alive(20.0)
    (closing,) = shard.tick(1.0 + SPOT.own_pong_timeout_s)
    assert isinstance(closing, Close)
    assert "ping" in closing.reason


def test_a_connection_without_any_frame_is_dead() -> None:
    shard = live()
    for second in range(1, int(SPOT.own_frame_silence_s)):
        for command in shard.tick(float(second)):
            if isinstance(command, SendPing):
                # A pong proves the socket, but is no frame here: only `alive` counts.
                shard.handle(Ponged(command.payload), float(second))
    (closing,) = shard.tick(SPOT.own_frame_silence_s)
    assert isinstance(closing, Close)
    assert "no frame" in closing.reason


def test_a_lost_connection_waits_its_backoff_and_comes_back() -> None:
    shard = live()
    shard.handle(Lost(1006, "", False), 10.0)
    assert (shard.state, shard.retry_at) == (ShardState.WAITING, 10.0 + SPOT.own_backoff_base_s)
    assert not shard.acked
    assert AskGate() in shard.tick(10.0 + SPOT.own_backoff_base_s)


def test_the_backoff_starts_anew_only_after_a_while_of_data() -> None:
    def wait_after(data_s: float) -> float:
        shard = live()
        shard.handle(Lost(None, "", False), 0.0)
        shard.tick(60.0)
        shard.handle(Granted(), 60.0)
        shard.handle(Opened(), 60.0)
        shard.flowed(60.0)
        shard.handle(Lost(None, "", False), 60.0 + data_s)
        assert shard.retry_at is not None
        return shard.retry_at - 60.0 - data_s

    assert wait_after(SPOT.own_backoff_reset_s) == pytest.approx(SPOT.own_backoff_base_s)
    assert wait_after(SPOT.own_backoff_reset_s - 1) == pytest.approx(2 * SPOT.own_backoff_base_s)


def test_a_close_for_too_many_requests_halves_the_rate_and_waits_long() -> None:
    shard = live(1000)
    shard.handle(Lost(1008, "Too many requests", False), 20.0)
    assert shard.retry_at is not None
    assert shard.retry_at >= 20.0 + SPOT.own_backoff_too_many_s
    shard.tick(60.0)
    shard.handle(Granted(), 60.0)
    assert len(sent(shard.handle(Opened(), 60.0))) == 1


def test_a_failure_of_the_host_goes_back_to_the_gate_at_once() -> None:
    shard = machine()
    shard.handle(Wanted(names(1)), 0.0)
    shard.handle(Granted(), 0.0)
    assert AskGate() in shard.handle(Failed(Failure("connection refused")), 0.1)
    assert (shard.state, shard.reason) == (ShardState.GATED, "connection refused")


def test_a_geo_block_is_not_tried_again_until_the_user_asks() -> None:
    shard = machine()
    shard.handle(Wanted(names(1)), 0.0)
    shard.handle(Granted(), 0.0)
    shard.handle(Failed(Failure("blocked", 451)), 0.1)
    assert shard.state is ShardState.FAILED
    assert shard.deadline() is None
    assert AskGate() in shard.handle(RotateAsked(), 100.0)


def test_the_connection_is_replaced_before_its_24_hours_end() -> None:
    shard = live()
    due = SPOT.own_rotate_after_s - SPOT.own_rotate_spread_s
    shard.alive(due)
    commands = shard.tick(due)
    assert [c.reason for c in commands if isinstance(c, RotateDue)] == ["its 24 hours end soon"]
    shard.alive(due + 30)
    assert not [c for c in shard.tick(due + 30) if isinstance(c, RotateDue)], "said once"


@pytest.mark.parametrize("fact", [ShutdownAnnounced(), RotateAsked()])
def test_a_shutdown_or_the_user_asks_for_a_replacement(fact: Fact) -> None:
    shard = live()
    assert [c for c in shard.handle(fact, 5.0) if isinstance(c, RotateDue)]


def test_stopping_closes_with_1000_and_is_final() -> None:
    shard = live()
    assert Close(1000, "bye") in shard.handle(Stop("bye"), 5.0)
    shard.handle(Lost(1000, "", True), 5.1)
    assert shard.state is ShardState.CLOSED
    assert shard.handle(Wanted(names(1)), 6.0) == []
    assert shard.tick(100.0) == []


def test_stopping_while_waiting_at_the_gate_leaves_it() -> None:
    shard = machine()
    shard.handle(Wanted(names(1)), 0.0)
    assert LeaveGate() in shard.handle(Stop("bye"), 0.0)
    assert shard.state is ShardState.CLOSED


def test_ready_means_that_every_stream_brought_data() -> None:
    shard = live(2)
    shard.handle(Delivered(names(2)[0]), 1.0)
    assert not shard.ready
    shard.handle(Delivered(names(2)[1]), 1.0)
    assert shard.ready


FACTS = st.one_of(
    st.integers(1, 30).map(lambda n: Wanted(names(n))),
    st.integers(1, 30).map(lambda n: Unwanted(names(n)[n // 2 :])),
    st.just(Granted()),
    st.just(Opened()),
    st.sampled_from([None, 400, 403, 404, 429, 451, 500]).map(lambda s: Failed(Failure("x", s))),
    st.integers(0, 12).map(lambda i: Replied(Ack(i, None))),
    st.integers(0, 12).map(lambda i: Replied(Refusal(i, 2, "no"))),
    st.just(Replied(Ack("someone else's", None))),
    st.builds(ServerPinged, st.binary(max_size=125)),
    st.builds(Overslept, st.floats(0, 100)),
    st.just(Ponged(b"x")),
    st.just(Delivered("sym0001usdt@trade")),
    st.just(ShutdownAnnounced()),
    st.just(RotateAsked()),
    st.builds(Lost, st.sampled_from([None, 1000, 1006, 1008]), st.just("Too many requests"), st.booleans()),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.floats(0, 8), FACTS), max_size=60), st.integers(0, 2**16))
def test_from_any_sequence_of_facts_it_comes_back_to_what_is_wanted(
    story: list[tuple[float, Fact]], seed: int
) -> None:
    shard = ShardMachine(1, VENUE, random.Random(seed).uniform)
    now, frames, before = 0.0, list[float](), shard.state

    def watch(commands: list[Command]) -> list[Command]:
        nonlocal before
        assert shard.state is before or shard.state in reachable(before)
        before = shard.state
        frames.extend(now for c in commands if isinstance(c, SendText | SendPing))
        return commands

    for step, fact in story:
        now += step
        commands = [*watch(shard.handle(fact, now)), *watch(shard.tick(now))]
        if any(isinstance(command, Close) for command in commands):
            # The shell owes this answer, whatever else happens.
            watch(shard.handle(Lost(None, "", True), now))
    # From here on the world works: the gate lets through, the server answers, data flows.
    watch(shard.handle(Wanted(names(40)), now))
    for _ in range(300):
        now += 0.5
        queue = watch(shard.tick(now))
        while queue:
            match queue.pop(0):
                case AskGate():
                    queue += watch(shard.handle(Granted(), now))
                case Connect():
                    queue += watch(shard.handle(Opened(), now))
                case Close():
                    queue += watch(shard.handle(Lost(1000, "", True), now))
                case SendText(text):
                    queue += watch(shard.handle(Replied(Ack(orjson.loads(text)["id"], None)), now))
                case SendPing(payload):
                    queue += watch(shard.handle(Ponged(payload), now))
        if shard.state is ShardState.GATED:
            watch(shard.handle(Granted(), now))
        elif shard.state is ShardState.CONNECTING:
            watch(shard.handle(Opened(), now))
        elif shard.state is ShardState.FAILED:
            watch(shard.handle(RotateAsked(), now))
        shard.alive(now)
    assert shard.state is ShardState.LIVE
    assert set(shard.acked) | set(shard.refused) == set(shard.wanted)


def reachable(state: ShardState) -> frozenset[ShardState]:
    """States within a few legal moves: one fact may make several."""
    seen = {state}
    for _ in range(4):
        seen |= {after for each in seen for after in LEGAL_MOVES[each]}
    return frozenset(seen)


@given(
    st.integers(1, 400),
    st.lists(
        st.tuples(st.floats(0.0, 0.7), st.integers(0, 10), st.floats(0.0, FRAMES_SPAN_S - 1.0)),
        min_size=30,
        max_size=120,
    ),
)
def test_frames_on_a_connection_never_pass_the_exchanges_limit_even_where_they_arrive_bunched(
    count: int, steps: list[tuple[float, int, float]]
) -> None:
    shard, commands = opened(count)
    now, frames = 0.0, list[float]()
    for step, pings, late_s in steps:
        arrives = max(now + late_s, frames[-1] if frames else 0.0)
        frames += [arrives for c in commands if isinstance(c, SendText | SendPing | SendPong)]
        commands = [c for text in sent(commands) for c in ack(shard, text, now)]
        now += step
        for number in range(pings):
            commands += shard.handle(ServerPinged(b"%d" % number), now)
        shard.alive(now)
        commands += shard.tick(now)
    for last in frames:
        assert sum(1 for at in frames if at <= last < at + 1.0) < SPOT.client_frames_per_s


def test_a_renewed_stream_is_unsubscribed_and_subscribed_again() -> None:
    shard = live(3)
    name = names(3)[1]
    (frame,) = sent(shard.handle(Renew((name,)), 5.0))
    assert (orjson.loads(frame)["method"], orjson.loads(frame)["params"]) == ("UNSUBSCRIBE", [name])
    (frame,) = sent(ack(shard, frame, 5.1))
    assert (orjson.loads(frame)["method"], orjson.loads(frame)["params"]) == ("SUBSCRIBE", [name])
    ack(shard, frame, 5.2)
    assert repr(shard) == "<Shard 1 LIVE 3/3 streams, 0 failures>"
    assert not sent(shard.tick(9.0))


def test_a_stream_wanted_again_before_it_was_unsubscribed_keeps_its_subscription_and_is_told() -> None:
    shard = live(3)
    for second in range(3):
        shard.handle(Wanted((f"more{second}@trade",)), 5.0)
    name = names(3)[0]
    assert not sent(shard.handle(Unwanted((name,)), 5.0)), "the frames of this second are used up"
    assert StreamsAcked((name,)) in shard.handle(Wanted((name,)), 5.1)


def test_a_stream_whose_end_was_not_answered_is_asked_for_anew_when_it_is_wanted_again() -> None:
    shard = live(3)
    name = names(3)[0]
    assert sent(shard.handle(Unwanted((name,)), 5.0))
    shard.handle(Wanted((name,)), 6.0)
    now = 5.0 + SPOT.own_subscribe_timeout_s
    shard.alive(now)
    frames = [*sent(shard.tick(now)), *sent(shard.tick(now + 2.0))]
    assert [orjson.loads(frame)["method"] for frame in frames] == ["SUBSCRIBE"]
    assert orjson.loads(frames[0])["params"] == [name]
