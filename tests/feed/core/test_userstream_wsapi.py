"""Subscriptions over the WebSocket API: signed anew, proven by the exchange's own list, begun again once."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from bntui.feed.core.userfacts import Answered, MeasureClock, Request
from bntui.feed.core.userstream_wsapi import CLOCK_TRIES, WsApiStream
from bntui.model.access import UserMethod
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.venue.binance.limits import SPOT
from bntui.venue.user import ApiMethod, ApiReply, RefusalKind, Refused
from tests.support.userworld import BAD_KEY, TROUBLE, UserWorld

LATE = Refused(RefusalKind.CLOCK, "Timestamp outside of the recvWindow. (-1021)", "Check.")
ALREADY = Refused(RefusalKind.SUBSCRIBED, "User Data Stream subscription already active. (-2035)")
BUSY = Refused(RefusalKind.PATIENCE, "Too much request weight used. (-1003)", wait_s=90.0)


def world_by(method: UserMethod = UserMethod.SIGNATURE) -> UserWorld:
    return UserWorld(WsApiStream(SPOT, random.Random(5).uniform, method))


def running() -> UserWorld:
    world = world_by()
    world.run(5.0)
    return world


def state(world: UserWorld) -> UserStreamState:
    return world.stream.standing.state


def test_by_signature_one_request_subscribes_and_the_list_proves_it() -> None:
    assert running().asked == [ApiMethod.SUBSCRIBE_SIGNED, ApiMethod.SUBSCRIPTIONS]


def test_by_logon_the_session_is_logged_on_first() -> None:
    world = world_by(UserMethod.LOGON)
    world.run(5.0)
    assert world.asked == [ApiMethod.LOGON, ApiMethod.SUBSCRIBE, ApiMethod.SUBSCRIPTIONS]


def test_the_clock_is_measured_before_anything_is_signed() -> None:
    world = running()
    kinds = [type(command) for _, command in world.commands]
    assert kinds.index(MeasureClock) < kinds.index(Request)


def test_every_connection_asks_for_a_signature_of_its_own() -> None:
    world = running()
    for _ in range(3):
        world.lose_all()
        world.run(40.0)
    signed = [
        c for _, c in world.commands if isinstance(c, Request) and c.method is ApiMethod.SUBSCRIBE_SIGNED
    ]
    assert len(signed) == 4
    assert len({request.request_id for request in signed}) == 4


def test_the_subscription_is_proven_each_minute() -> None:
    world = running()
    world.run(10 * 60.0)
    proofs = [
        at for at, c in world.commands if isinstance(c, Request) and c.method is ApiMethod.SUBSCRIPTIONS
    ]
    assert all(later - sooner <= SPOT.own_user_proof_s + 1 for sooner, later in pairwise(proofs))
    assert len(proofs) >= 10


def test_a_stream_that_is_terminated_is_subscribed_anew_on_the_same_connection_once() -> None:
    world = running()
    world.run(15.0)
    world.terminate()
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason == "eventStreamTerminated"
    world.run(5.0)
    assert (state(world), len(world.connects)) == (UserStreamState.LIVE, 1)
    assert world.reconciled[-1] == "subscribed anew"
    world.terminate()
    world.run(5.0)
    assert (state(world), len(world.connects)) == (UserStreamState.LIVE, 2)


def test_a_subscription_that_is_gone_without_a_word_is_found_within_a_minute() -> None:
    world = running()
    for line in world.lines.values():
        line.subscriptions = ()
    world.run(SPOT.own_user_proof_s + 5.0)
    assert (state(world), len(world.connects)) == (UserStreamState.LIVE, 1)
    assert world.asked.count(ApiMethod.SUBSCRIBE_SIGNED) == 2


def test_answers_to_nobodys_question_change_nothing() -> None:
    world = running()
    before = list(world.commands)
    world.tell(Answered(next(iter(world.lines)), ApiReply(999, refused=TROUBLE)))
    assert world.commands == before


def test_a_question_without_an_answer_ends_the_connection() -> None:
    world = running()
    world.answers = False
    world.run(SPOT.own_user_proof_s + SPOT.own_subscribe_timeout_s + 1.0)
    lost = world.stream.view(AccountKey("main", Market.SPOT), "", world.now, 0).renewals
    assert "no answer to session.subscriptions for 5 s" in [line.failure for line in lost]


def test_a_refused_time_is_measured_and_signed_anew() -> None:
    world = world_by()
    world.next_refusals = [LATE]
    world.run(5.0)
    assert state(world) is UserStreamState.LIVE
    assert len(world.connects) == 1
    assert len(world.times(MeasureClock)) == 2


def test_a_time_that_is_refused_again_and_again_is_given_up_for_a_while() -> None:
    world = world_by()
    world.refuses = LATE
    world.run(30.0)
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason == LATE.reason
    assert world.stream.standing.hint == LATE.hint
    assert world.asked.count(ApiMethod.SUBSCRIBE_SIGNED) == CLOCK_TRIES
    assert len(world.connects) == 1


def test_where_rest_does_not_tell_the_time_the_connection_is_asked() -> None:
    world = world_by()
    world.clock_known = False
    world.next_refusals = [LATE]
    world.run(5.0)
    assert ApiMethod.TIME in world.asked
    assert state(world) is UserStreamState.LIVE


def test_already_subscribed_is_as_good_as_subscribed() -> None:
    world = world_by()
    world.run(0.12)
    for line in world.lines.values():
        line.subscriptions = (0,)
    world.next_refusals = [ALREADY]
    world.run(5.0)
    assert (state(world), len(world.connects)) == (UserStreamState.LIVE, 1)


def test_a_key_that_stops_being_valid_is_told_without_a_question() -> None:
    world = running()
    world.tell(Answered(next(iter(world.lines)), ApiReply(None, BAD_KEY)))
    assert state(world) is UserStreamState.REFUSED
    world.run(3600.0)
    assert len(world.connects) == 1


def test_proofs_wait_where_the_exchange_wants_to_be_left_alone() -> None:
    world = running()
    world.next_refusals = [BUSY]
    world.run(SPOT.own_user_proof_s + 80.0)
    assert world.asked.count(ApiMethod.SUBSCRIPTIONS) == 2
    assert len(world.connects) == 1
    world.run(20.0)
    assert world.asked.count(ApiMethod.SUBSCRIPTIONS) == 3


def test_without_a_proof_for_long_it_counts_as_down() -> None:
    world = running()
    world.next_refusals = [Refused(RefusalKind.PATIENCE, "banned", wait_s=1_000.0)]
    world.run(4 * SPOT.own_user_proof_s)
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason == "not proven for 180 s"
    world.run(1_000.0)
    assert state(world) is UserStreamState.LIVE
    assert len(world.connects) == 1


def test_proofs_that_fail_in_a_row_end_the_connection() -> None:
    world = running()
    world.next_refusals = [TROUBLE] * 3
    world.run(SPOT.own_user_proof_s + 60.0)
    assert (state(world), len(world.connects)) == (UserStreamState.LIVE, 2)


@pytest.mark.parametrize("refusals", [1, 5])
def test_trouble_of_the_exchange_is_waited_out(refusals: int) -> None:
    world = world_by()
    world.next_refusals = [TROUBLE] * refusals
    world.run(300.0)
    assert state(world) is UserStreamState.LIVE
    assert len(world.connects) == refusals + 1
