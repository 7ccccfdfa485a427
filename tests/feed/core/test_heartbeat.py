"""Pings are answered within the exchange's frame limit, and silence ends a connection unless it was ours."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bntui.feed.core.budget import SlidingBudget
from bntui.feed.core.facts import Command, SendPing, SendPong
from bntui.feed.core.heartbeat import FIRST_PING_S, Heartbeat
from bntui.venue.binance.limits import SPOT


def opened() -> tuple[Heartbeat, SlidingBudget]:
    """A connection that was opened at 0."""
    heart = Heartbeat(1, SPOT)
    heart.opened(0.0)
    return heart, SlidingBudget(SPOT.client_frames_per_s, 1.0)


def pongs(commands: list[Command]) -> list[bytes]:
    return [command.payload for command in commands if isinstance(command, SendPong)]


def test_a_ping_is_answered_at_once_with_its_payload() -> None:
    heart, frames = opened()
    heart.server_pinged(b"1700000000000", 0.5)
    assert heart.due(0.5, frames) == [SendPong(b"1700000000000")]
    assert heart.due(0.6, frames) == []
    assert frames.used(0.6) == 1


def test_of_a_flood_only_the_newest_is_answered_and_not_too_often() -> None:
    heart, frames = opened()
    answered: list[bytes] = []
    for step in range(1_000):
        heart.server_pinged(b"%d" % step, step / 100)
        answered += pongs(heart.due(step / 100, frames))
    assert answered == [b"0", b"200", b"400", b"600", b"800"]


def test_the_last_ping_of_a_flood_gets_its_answer_when_its_time_has_come() -> None:
    heart, frames = opened()
    for payload in (b"a", b"b", b"c"):
        heart.server_pinged(payload, 0.0)
        heart.due(0.0, frames)
    assert pongs(heart.due(SPOT.own_pong_spacing_s - 0.1, frames)) == []
    assert pongs(heart.due(SPOT.own_pong_spacing_s, frames)) == [b"c"]


def test_a_pong_waits_while_requests_have_used_up_the_frames() -> None:
    heart, frames = opened()
    for _ in range(4):
        frames.note(0.5)
    heart.server_pinged(b"x", 0.5)
    assert heart.due(0.5, frames) == []
    assert heart.deadline(0.5, frames) == 1.5
    assert pongs(heart.due(1.5, frames)) == [b"x"]


def test_a_limit_of_one_frame_still_lets_pongs_through() -> None:
    heart = Heartbeat(1, SPOT.override({"client_frames_per_s": 1}))
    heart.opened(0.0)
    frames = SlidingBudget(1, 1.0)
    heart.server_pinged(b"x", 0.0)
    assert pongs(heart.due(0.0, frames)) == [b"x"]


def test_our_ping_measures_the_round_trip() -> None:
    heart, frames = opened()
    (ping,) = heart.due(FIRST_PING_S, frames)
    assert isinstance(ping, SendPing)
    heart.ponged(b"nobody asked", FIRST_PING_S + 0.1)
    assert heart.pong_at is None
    heart.ponged(ping.payload, FIRST_PING_S + 0.25)
    assert heart.round_trip_s == pytest.approx(0.25)
    assert heart.pong_at == FIRST_PING_S + 0.25


def test_a_ping_without_an_answer_and_a_silent_connection_are_deaths() -> None:
    heart, frames = opened()
    heart.due(FIRST_PING_S, frames)
    assert heart.death(FIRST_PING_S + SPOT.own_pong_timeout_s - 0.1) == ""
    assert heart.death(FIRST_PING_S + SPOT.own_pong_timeout_s) == "no answer to our ping for 20 s"
    quiet, _ = opened()
    assert quiet.death(SPOT.own_frame_silence_s - 0.1) == ""
    assert quiet.death(SPOT.own_frame_silence_s) == "no frame for 60 s"


def test_time_in_which_we_stood_still_ourselves_kills_nothing() -> None:
    heart, frames = opened()
    heart.due(FIRST_PING_S, frames)
    now = FIRST_PING_S + 90.0
    assert heart.death(now)
    heart.overslept(90.0, now)
    assert heart.death(now) == ""
    assert heart.death(now + SPOT.own_pong_timeout_s)


def test_a_new_connection_owes_nothing_of_the_old_one() -> None:
    heart, frames = opened()
    heart.due(FIRST_PING_S, frames)
    heart.server_pinged(b"old", 2.0)
    heart.opened(500.0)
    assert heart.due(500.0, SlidingBudget(SPOT.client_frames_per_s, 1.0)) == []
    assert (heart.death(500.0), heart.server_ping_at, heart.round_trip_s) == ("", None, None)
    assert repr(heart) == "<Heartbeat round trip None, no ping waits>"


def test_an_impatient_server_is_answered_in_time_all_the_same() -> None:
    heart = Heartbeat(1, SPOT.override({"pong_timeout_s": 1}))
    heart.opened(0.0)
    frames = SlidingBudget(SPOT.client_frames_per_s, 1.0)
    answered = [0.0]
    for step in range(200):
        now = step / 20
        heart.server_pinged(b"x", now)
        if pongs(heart.due(now, frames)):
            answered.append(now)
    assert max(after - before for before, after in pairwise(answered)) <= 0.5
