"""One connection of a user stream: when it is replaced, and when it is taken for dead."""

from __future__ import annotations

from math import inf

from bntui.feed.core.facts import SendPing, SendPong
from bntui.feed.core.usersocket import Phase, UserSocket
from bntui.venue.binance.limits import SPOT
from bntui.venue.user import ApiMethod
from tests.support.feed import always


def opened(share: float = 0.0) -> UserSocket:
    socket = UserSocket(7, SPOT)
    socket.opened(100.0, always(share))
    return socket


def test_it_is_replaced_an_hour_or_two_before_the_exchange_would_end_it() -> None:
    assert opened(0.0).rotate_at == 100.0 + SPOT.own_rotate_after_s
    assert opened(1.0).rotate_at == 100.0 + SPOT.own_rotate_after_s - SPOT.own_rotate_spread_s
    assert UserSocket(1, SPOT).rotate_at == inf


def test_it_can_be_used_while_it_is_open() -> None:
    ending = opened()
    ending.phase = Phase.ENDING
    assert [each.is_open for each in (UserSocket(7, SPOT), opened(), ending)] == [False, True, False]


def test_a_request_without_an_answer_is_the_end_of_it() -> None:
    socket = opened()
    socket.ask(1, ApiMethod.SUBSCRIPTIONS, 100.0)
    assert socket.deadline() <= 100.0 + SPOT.own_subscribe_timeout_s
    assert socket.death(104.9) == ""
    assert socket.death(105.0) == "no answer to session.subscriptions for 5 s"


def test_so_is_silence() -> None:
    assert opened().death(100.0 + SPOT.own_frame_silence_s) == "no frame for 60 s"


def test_a_standstill_of_our_own_is_no_silence_of_its() -> None:
    socket = opened()
    socket.ask(1, ApiMethod.SUBSCRIPTIONS, 100.0)
    socket.overslept(300.0, 400.0)
    assert socket.death(401.0) == ""


def test_it_pings_and_answers_pings() -> None:
    socket = opened()
    socket.heartbeat.server_pinged(b"1", 102.0)
    kinds = [type(command) for command in socket.beats(102.0)]
    assert kinds == [SendPong, SendPing]
    assert list(socket.beats(102.1)) == []


def test_it_says_in_one_line_how_far_it_is() -> None:
    assert repr(opened()) == "<UserSocket 7 GREETING, 0 requests wait>"
