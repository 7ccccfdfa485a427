"""What both drivers do alike: change connections without a gap, give up what is dead, ask no refused key."""

from __future__ import annotations

import random
from math import inf

import pytest

from bntui.feed.core.facts import Close, Connect, Failed, Overslept, RotateAsked, SendPing, Stop
from bntui.feed.core.failures import Failure
from bntui.feed.core.userfacts import Changed, Ended, KeyDoubted, Missed, OnSocket, Reconcile, Told, ToSocket
from bntui.feed.core.userstream import ODD_REFUSALS, UserStream
from bntui.feed.core.userstream_listenkey import ListenKeyStream
from bntui.feed.core.userstream_wsapi import WsApiStream
from bntui.model.access import UserMethod
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.venue.binance.limits import SPOT
from bntui.venue.user import RefusalKind, Refused
from tests.support.userworld import BAD_KEY, UserWorld

OWNER = AccountKey("main", Market.SPOT)
METHODS = list(UserMethod)
ODD = Refused(RefusalKind.OTHER, "Something nobody knows. (-9999)")


def stream_by(method: UserMethod) -> UserStream:
    uniform = random.Random(3).uniform
    if method is UserMethod.LISTEN_KEY:
        return ListenKeyStream(SPOT, uniform, 3600.0)
    return WsApiStream(SPOT, uniform, method)


@pytest.fixture(params=METHODS, name="world")
def running_world(request: pytest.FixtureRequest) -> UserWorld:
    """A stream that runs well."""
    world = UserWorld(stream_by(request.param))
    world.run(5.0)
    assert world.stream.standing.state is UserStreamState.LIVE
    return world


def state(world: UserWorld) -> UserStreamState:
    return world.stream.standing.state


# Beginning


@pytest.mark.parametrize("method", METHODS)
def test_it_starts_unproven_and_is_live_once_it_is_proven(method: UserMethod) -> None:
    world = UserWorld(stream_by(method))
    assert state(world) is UserStreamState.STARTING
    world.run(5.0)
    view = world.stream.view(OWNER, "host", world.now, 5_000_000)
    assert (view.state, view.method, view.reason) == (UserStreamState.LIVE, method, "")
    assert view.proof_at is not None
    assert view.proof
    assert view.renewals[-1].what == "subscribed"
    assert len(world.connects) == 1


def test_every_new_connection_is_compared_with_rest(world: UserWorld) -> None:
    assert world.reconciled == ["a new connection"]
    world.lose_all()
    world.run(10.0)
    assert world.reconciled == ["a new connection"] * 2


def test_what_may_be_lost_is_looked_for_thoroughly_and_the_rest_by_routine(world: UserWorld) -> None:
    world.tell(RotateAsked())
    world.run(SPOT.own_user_reconcile_s + 10.0)
    routine = [command.routine for _, command in world.commands if isinstance(command, Reconcile)]
    assert routine == [False, True, True]


def test_it_is_compared_on_a_slow_timer_too(world: UserWorld) -> None:
    world.run(2 * SPOT.own_user_reconcile_s)
    assert world.reconciled[1:] == ["time for it"] * 2


# Changing the connection


def test_before_its_24_hours_are_over_another_connection_takes_over_and_both_are_read_for_a_while(
    world: UserWorld,
) -> None:
    world.run(23 * 3600.0)
    assert len(world.connects) == 2
    opened = world.connects[1]
    closes = [at for at, c in world.commands if isinstance(c, ToSocket) and isinstance(c.command, Close)]
    assert len(closes) == 1
    assert closes[0] - opened >= SPOT.own_rotate_overlap_s
    assert state(world) is UserStreamState.LIVE


def test_a_new_connection_that_fails_leaves_the_old_one_alone(world: UserWorld) -> None:
    world.streams_down = True
    world.tell(RotateAsked())
    world.run(120.0)
    assert len(world.connects) > 2
    assert len(world.lines) <= 2
    assert state(world) is UserStreamState.LIVE
    world.streams_down = False
    world.run(120.0)
    assert list(world.lines) != [1]


def test_a_server_that_announces_its_shutdown_is_left_before_it_closes(world: UserWorld) -> None:
    world.announce_shutdown()
    world.run(30.0)
    assert state(world) is UserStreamState.LIVE
    assert world.stream.view(OWNER, "", world.now, 0).reconnects == 1
    assert not [r for r in world.stream.view(OWNER, "", world.now, 0).renewals if r.failure]


def test_servers_that_all_announce_their_shutdown_are_followed_more_and_more_slowly(
    world: UserWorld,
) -> None:
    for _ in range(200):
        for number, line in list(world.lines.items()):
            if line.opened_at < inf:
                world.tell(Ended(number, "serverShutdown"))
        world.run(3.0)
    assert len(world.connects) < 60


# Giving up


def test_a_connection_that_answers_no_ping_is_given_up(world: UserWorld) -> None:
    world.lines.clear()
    world.run(SPOT.own_ping_interval_s + SPOT.own_pong_timeout_s + 5.0)
    assert len(world.connects) == 2
    lost = [r.failure for r in world.stream.view(OWNER, "", world.now, 0).renewals if r.failure]
    assert lost == ["no answer to our ping for 20 s"]


def test_a_standstill_of_our_own_does_not_kill_a_connection(world: UserWorld) -> None:
    world.run(SPOT.own_ping_interval_s)
    world.now += 300.0
    world.tell(Overslept(300.0))
    assert len(world.connects) == 1
    assert state(world) is not UserStreamState.REFUSED


def test_a_lost_connection_is_down_until_another_is_proven(world: UserWorld) -> None:
    world.streams_down = True
    world.lose_all()
    world.run(30.0)
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason == "connection refused"
    world.streams_down = False
    world.run(120.0)
    assert state(world) is UserStreamState.LIVE


def test_while_nothing_can_be_opened_attempts_become_rare(world: UserWorld) -> None:
    world.streams_down = True
    world.lose_all()
    world.run(3600.0)
    assert len(world.connects) < 200


# Silence


def test_a_stream_that_did_not_tell_what_rest_knows_is_replaced_and_said_to_be_down(
    world: UserWorld,
) -> None:
    world.run(60.0)
    world.tell(Missed(2))
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason == "it did not tell 2 fills that REST knows"
    world.tell(Told(1, "executionReport"))
    world.tell(Missed(1))
    assert state(world) is UserStreamState.DOWN
    world.run(30.0)
    assert len(world.connects) == 2
    assert state(world) is UserStreamState.LIVE


def test_an_event_is_a_proof_and_is_shown_without_a_new_view_for_each(world: UserWorld) -> None:
    before = len(world.commands)
    number = next(iter(world.lines))
    world.tell(Told(number, "executionReport"))
    view = world.stream.view(OWNER, "", world.now, 0)
    assert (view.event_at, view.event_kind) == (world.now, "executionReport")
    assert (view.proof_at, view.proof) == (world.now, "event executionReport")
    assert not [c for _, c in world.commands[before:] if isinstance(c, Changed)]


# Refusals


@pytest.mark.parametrize("method", METHODS)
def test_a_refused_key_is_asked_once_and_shown_with_the_exchanges_words(method: UserMethod) -> None:
    world = UserWorld(stream_by(method))
    world.refuses = BAD_KEY
    world.run(24 * 3600.0)
    standing = world.stream.standing
    assert standing.state is UserStreamState.REFUSED
    assert (standing.reason, standing.hint) == (BAD_KEY.reason, BAD_KEY.hint)
    assert len(world.connects) <= 1
    assert world.reconciled == []
    assert not world.lines


def test_a_refused_key_is_tried_again_when_the_user_says_so(world: UserWorld) -> None:
    world.refuses = BAD_KEY
    world.tell(RotateAsked())
    world.run(10.0)
    assert state(world) is UserStreamState.REFUSED
    world.refuses = None
    world.run(3600.0)
    assert state(world) is UserStreamState.REFUSED
    world.tell(RotateAsked())
    world.run(10.0)
    assert state(world) is UserStreamState.LIVE


def test_what_still_flows_when_the_next_connection_is_refused_is_left_alone(world: UserWorld) -> None:
    world.refuses = BAD_KEY
    world.tell(RotateAsked())
    world.run(60.0)
    assert state(world) is UserStreamState.REFUSED
    assert list(world.lines) == [1]


def test_what_nobody_knows_is_asked_a_few_times_and_then_no_more(world: UserWorld) -> None:
    world.refuses = ODD
    world.lose_all()
    connects = len(world.connects)
    world.run(6 * 3600.0)
    assert state(world) is UserStreamState.REFUSED
    assert len(world.connects) - connects <= ODD_REFUSALS


def test_a_key_that_rest_refuses_is_put_to_the_test(world: UserWorld) -> None:
    world.refuses = BAD_KEY
    world.tell(KeyDoubted(BAD_KEY))
    world.run(10.0)
    assert state(world) is UserStreamState.REFUSED


def test_a_doubt_that_comes_again_and_again_is_looked_into_now_and_then(world: UserWorld) -> None:
    before = len(world.commands)
    for _ in range(100):
        world.tell(KeyDoubted(BAD_KEY))
        world.run(1.0)
    asked = [c for _, c in world.commands[before:] if type(c).__name__ in ("KeepKey", "MakeKey")]
    assert len(world.connects) + len(asked) <= 3
    assert state(world) is UserStreamState.LIVE


@pytest.mark.parametrize("method", METHODS)
def test_a_place_that_is_not_served_is_not_tried_again(method: UserMethod) -> None:
    world = UserWorld(stream_by(method))
    world.run(0.01)
    while not world.lines:
        world.run(0.01)
    number = next(iter(world.lines))
    del world.lines[number]
    world.tell(OnSocket(number, Failed(Failure("not served at this location (451)", 451))))
    world.run(3600.0)
    assert state(world) is UserStreamState.REFUSED
    assert len(world.connects) == 1


# Ending


def test_it_ends_with_all_its_connections_and_does_nothing_more(world: UserWorld) -> None:
    world.tell(RotateAsked())
    world.tell(Stop("bntui ends"))
    world.run(10.0)
    assert not world.lines
    assert world.stream.deadline() == inf
    before = len(world.commands)
    world.run(3600.0)
    assert world.commands[before:] == []


def test_it_says_in_one_line_how_it_stands(world: UserWorld) -> None:
    assert "LIVE, 1 connections" in repr(world.stream)


def test_pings_of_ours_go_out_on_every_open_connection(world: UserWorld) -> None:
    world.run(100.0)
    pings = [c for _, c in world.commands if isinstance(c, ToSocket) and isinstance(c.command, SendPing)]
    assert len(pings) >= 5
    opens = [c for _, c in world.commands if isinstance(c, ToSocket) and isinstance(c.command, Connect)]
    assert len(opens) == 1
