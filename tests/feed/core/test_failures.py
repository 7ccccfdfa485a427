"""One function says what a failed attempt means."""

from __future__ import annotations

from math import inf

import pytest

from bntui.feed.core.failures import (
    Failure,
    Reach,
    close_wait_s,
    describe_close,
    policy,
    rest_least_wait_s,
    retry_after_s,
)
from bntui.venue.binance.limits import SPOT


@pytest.mark.parametrize(
    ("status", "reach", "fatal", "least_s"),
    [
        (None, Reach.HOST, False, 0.0),
        (500, Reach.HOST, False, 0.0),
        (503, Reach.HOST, False, 0.0),
        (400, Reach.SHARD, False, 0.0),
        (403, Reach.IP, False, SPOT.own_backoff_forbidden_s),
        (404, Reach.SHARD, True, 0.0),
        (414, Reach.SHARD, True, 0.0),
        (418, Reach.IP, False, SPOT.ban_first_s),
        (429, Reach.IP, False, SPOT.own_backoff_forbidden_s),
        (451, Reach.IP, True, 0.0),
    ],
)
def test_the_status_decides_who_waits(status: int | None, reach: Reach, fatal: bool, least_s: float) -> None:
    decided = policy(Failure("x", status), SPOT)
    assert (decided.reach, decided.fatal, decided.least_wait_s) == (reach, fatal, least_s)


def test_retry_after_is_obeyed() -> None:
    assert policy(Failure("x", 429, retry_after_s=77.0), SPOT).least_wait_s == 77.0


@pytest.mark.parametrize(
    ("retry_after_s", "text"),
    [
        (None, "banned (418)"),
        (12.0, "banned (418): not before 23:59:12 UTC"),
        (120.0, "banned (418): not before 2026-01-01 00:01:00 UTC"),
    ],
)
def test_a_refusal_says_until_when_it_holds_where_the_server_said_so(
    retry_after_s: float | None, text: str
) -> None:
    refused = Failure("banned (418)", 418, retry_after_s)
    assert refused.dated(1_767_225_540_000) == Failure(text, 418, retry_after_s)


def test_too_many_requests_waits_longer_than_any_other_close() -> None:
    assert close_wait_s(1008, "Too many requests", SPOT) == SPOT.own_backoff_too_many_s
    assert close_wait_s(1008, "Pong timeout", SPOT) == 0.0
    assert close_wait_s(None, "", SPOT) == 0.0


def test_closes_are_told_in_words() -> None:
    assert describe_close(1008, "Pong timeout", False) == "closed by the server: 1008 Pong timeout"
    assert describe_close(None, "", False) == "lost without a close frame"
    assert describe_close(1000, "replaced", True) == "replaced"
    broken = describe_close(1002, "protocol error: reserved bits must be 0", False)
    assert broken == "protocol error: reserved bits must be 0 (given up with 1002)"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        ("0", 0.0),
        ("", None),
        ("-5", None),
        ("1e9", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("9" * 400, SPOT.ban_longest_s),
    ],
)
def test_a_retry_after_is_a_number_of_seconds_and_no_longer_than_a_ban(
    header: str, seconds: float | None
) -> None:
    assert retry_after_s(header, SPOT) == seconds


def test_rest_is_left_alone_as_long_as_its_answer_asks_for() -> None:
    assert rest_least_wait_s(0, None, SPOT) == SPOT.own_host_probe_s
    assert rest_least_wait_s(503, 90.0, SPOT) == 90.0
    assert rest_least_wait_s(403, None, SPOT) == SPOT.own_backoff_forbidden_s
    assert rest_least_wait_s(451, None, SPOT) == inf
