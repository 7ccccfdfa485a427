"""A pong answers the ping that it copies, and those before it; nothing else keeps a connection."""

from __future__ import annotations

import pytest

from bntui.sim.heartbeat import Heartbeat


def beating(*payloads: bytes, empty_counts: bool = False) -> Heartbeat:
    """Pings that were sent a second apart."""
    heartbeat = Heartbeat(empty_counts)
    for number, payload in enumerate(payloads):
        heartbeat.sent(payload, float(number))
    return heartbeat


def test_a_pong_answers_its_ping_once() -> None:
    heartbeat = beating(b"1")
    assert heartbeat.answered(b"1")
    assert not heartbeat.answered(b"1")
    assert not heartbeat.overdue(1e9, 60)


def test_a_pong_answers_every_ping_before_its_own() -> None:
    heartbeat = beating(b"1", b"2", b"3")
    assert heartbeat.answered(b"2")
    assert len(heartbeat) == 1
    assert not heartbeat.answered(b"1")


@pytest.mark.parametrize("payload", [b"", b"other", b"x" * 125, b"\xff"])
def test_any_other_pong_answers_nothing(payload: bytes) -> None:
    heartbeat = beating(b"1")
    assert not heartbeat.answered(payload)
    assert heartbeat.overdue(60, 60)


def test_an_empty_pong_answers_the_newest_ping_where_it_counts() -> None:
    heartbeat = beating(b"1", b"2", empty_counts=True)
    assert heartbeat.answered(b"")
    assert not heartbeat.answered(b""), "there is nothing left to answer"
    assert not heartbeat.overdue(1e9, 60)


def test_the_oldest_ping_decides_when_it_is_too_late() -> None:
    heartbeat = beating(b"1", b"2")
    assert not heartbeat.overdue(59.9, 60)
    assert heartbeat.overdue(60, 60)


def test_what_is_forgiven_is_not_waited_for() -> None:
    heartbeat = beating(b"1", b"2")
    heartbeat.forgive()
    assert not heartbeat.overdue(1e9, 60)
    assert not heartbeat.answered(b"2")


def test_of_a_flood_only_the_newest_pings_are_remembered() -> None:
    heartbeat = Heartbeat(empty_counts=False)
    for number in range(30_000):
        heartbeat.sent(str(number).encode(), 0.0)
    assert len(heartbeat) == 20_000
    assert not heartbeat.answered(b"9999")
    assert heartbeat.answered(b"29999")
