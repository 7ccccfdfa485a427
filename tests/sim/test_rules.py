"""The exchange's limits: what is still allowed, what is refused, and for how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.rules import AddressRules, Denial, Doorkeeper, FrameRate
from bntui.venue.binance.limits import SPOT

LIMITS = SPOT.override(
    {
        "client_frames_per_s": 5,
        "client_frames_burst": 5,
        "connection_attempts": 3,
        "connection_attempts_window_s": 10,
        "request_weight": 100,
        "request_weight_window_s": 60,
        "ban_first_s": 120,
        "ban_longest_s": 400,
    }
)
MINUTE_MS = 1_800_000_000_000
assert MINUTE_MS % 60_000 == 0


def test_five_frames_a_second_pass_and_the_sixth_does_not() -> None:
    rate = FrameRate(LIMITS)
    assert [rate.allows(0.1 * number) for number in range(6)] == [True] * 5 + [False]


def test_five_frames_in_every_second_pass_for_ever() -> None:
    rate = FrameRate(LIMITS)
    assert all(rate.allows(number * 0.2) for number in range(500))


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=60))
def test_no_second_ever_holds_more_than_five_allowed_frames(pauses: list[float]) -> None:
    rate, now, allowed = FrameRate(LIMITS), 0.0, list[float]()
    for pause in pauses:
        now += pause
        if not rate.allows(now):
            break
        allowed.append(now)
    assert all(sum(1 for time in allowed if 0 <= start - time < 1) <= 5 for start in allowed)


def test_a_burst_is_tolerated_once_but_not_kept_up() -> None:
    rate = FrameRate(LIMITS.override({"client_frames_per_s": 2, "client_frames_burst": 6}))
    assert all(rate.allows(0.0) for _ in range(6))
    assert rate.allows(1.0)
    assert all(rate.allows(2.0) for _ in range(3))
    assert not rate.allows(3.0)


def test_attempts_are_counted_in_a_sliding_window() -> None:
    rules = AddressRules(LIMITS, patience=9)
    assert [rules.attempt(now, 0) for now in (0.0, 1.0, 2.0)] == [None, None, None]
    assert rules.attempt(4.0, 0) == Denial(429, 7), "until the second attempt leaves the window"
    assert rules.attempt(11.5, 0) is None
    assert rules.attempts == 3


def test_a_refused_attempt_counts_too() -> None:
    rules = AddressRules(LIMITS, patience=99)
    for _ in range(3):
        rules.attempt(0.0, 0)
    for second in range(1, 40):
        assert rules.attempt(float(second), 0) is not None


def test_weight_is_used_up_within_a_clock_minute_and_comes_back_with_the_next() -> None:
    rules = AddressRules(LIMITS, patience=9)
    assert rules.request(60, 0.0, MINUTE_MS + 59_000) is None
    assert rules.request(40, 0.0, MINUTE_MS + 59_000) is None
    assert rules.request(1, 0.0, MINUTE_MS + 59_000) == Denial(429, 1)
    assert rules.used_weight == 101, "a refused request is charged"
    assert rules.request(100, 0.0, MINUTE_MS + 60_000) is None
    assert rules.used_weight == 100
    assert rules.request(1, 0.0, MINUTE_MS + 60_500) == Denial(429, 60)


def banned_rules(patience: int = 2) -> AddressRules:
    rules = AddressRules(LIMITS, patience)
    rules.request(101, 0.0, MINUTE_MS)
    for _ in range(patience - 1):
        assert rules.request(1, 0.0, MINUTE_MS) == Denial(429, 60)
    assert rules.request(1, 0.0, MINUTE_MS) == Denial(418, 120, MINUTE_MS + 120_000)
    return rules


def test_going_on_after_refusals_leads_to_a_ban_of_everything() -> None:
    rules = banned_rules()
    denial = rules.attempt(60.0, MINUTE_MS + 60_000)
    assert denial == Denial(418, 60, MINUTE_MS + 120_000)
    assert rules.request(1, 119.5, MINUTE_MS + 119_500) == Denial(418, 1, MINUTE_MS + 120_000)


def test_a_ban_ends() -> None:
    rules = banned_rules()
    assert rules.request(1, 120.0, MINUTE_MS + 120_000) is None
    assert rules.attempt(120.0, MINUTE_MS + 120_000) is None


def test_bans_grow_up_to_the_longest() -> None:
    rules = banned_rules()
    lengths = []
    now = 0.0
    for _ in range(4):
        for _ in range(3):
            denial = rules.request(1, now, MINUTE_MS + round(now * 1000))
        lengths.append(denial.retry_after_s if denial else 0)
    assert lengths == [240, 400, 400, 400]


def test_patience_returns_with_the_next_window() -> None:
    rules = AddressRules(LIMITS, patience=2)
    for minute in range(6):
        wall_ms = MINUTE_MS + minute * 60_000
        rules.request(101, minute * 60.0, wall_ms)
        denial = rules.request(1, minute * 60.0, wall_ms)
        assert denial is not None
        assert denial.status == 429


def test_addresses_are_judged_one_by_one() -> None:
    doors = Doorkeeper(LIMITS, patience=9)
    for _ in range(4):
        doors.address("127.0.0.1").attempt(0.0, MINUTE_MS)
    doors.address("127.0.0.2").request(30, 0.0, MINUTE_MS)
    assert doors.report(0.0, MINUTE_MS) == {
        "127.0.0.1": {"attempts_in_window": 4, "used_weight": 0, "banned_until": None},
        "127.0.0.2": {"attempts_in_window": 0, "used_weight": 30, "banned_until": None},
    }
    assert doors.report(60.0, MINUTE_MS + 60_000)["127.0.0.2"]["used_weight"] == 0


def test_addresses_seen_long_ago_are_forgotten() -> None:
    doors = Doorkeeper(LIMITS, patience=9)
    for number in range(1_200):
        doors.address(f"10.0.{number // 256}.{number % 256}")
        doors.address("127.0.0.1")
    assert len(doors.report(0.0, 0)) == 1_000
    assert "127.0.0.1" in doors.report(0.0, 0)


@pytest.mark.parametrize("attempts", [0, 1])
def test_even_a_limit_of_nothing_is_kept(attempts: int) -> None:
    rules = AddressRules(LIMITS.override({"connection_attempts": attempts}), patience=9)
    assert [rules.attempt(0.0, 0) is None for _ in range(3)] == [number < attempts for number in range(3)]


def test_whoever_goes_on_after_too_many_attempts_is_banned() -> None:
    rules = AddressRules(LIMITS, patience=2)
    for now in (0.0, 1.0, 2.0):
        assert rules.attempt(now, MINUTE_MS) is None
    assert [rules.attempt(now, MINUTE_MS) for now in (3.0, 4.0)] == [Denial(429, 8), Denial(429, 8)]
    assert rules.attempt(5.0, MINUTE_MS + 5_000) == Denial(418, 120, MINUTE_MS + 125_000)
    assert rules.request(1, 6.0, MINUTE_MS + 6_000) == Denial(418, 119, MINUTE_MS + 125_000)


def test_who_waits_between_refused_attempts_is_not_banned() -> None:
    rules = AddressRules(LIMITS.override({"connection_attempts": 0}), patience=2)
    for second in range(0, 100, 5):
        denial = rules.attempt(float(second), MINUTE_MS)
        assert denial is not None
        assert denial.status == 429


def test_the_status_of_too_many_attempts_can_be_another() -> None:
    rules = AddressRules(LIMITS.override({"connection_attempts": 0}), patience=2)
    assert rules.attempt(0.0, MINUTE_MS, 403) == Denial(403, 10)


def test_whoever_is_disconnected_again_and_again_is_banned() -> None:
    rules = AddressRules(LIMITS, patience=2)
    for now in (0.0, 1.0):
        rules.disconnected(now)
        assert rules.banned(now, MINUTE_MS) is None
    rules.disconnected(2.0)
    assert rules.attempt(2.0, MINUTE_MS) == Denial(418, 120, MINUTE_MS + 120_000)


def test_everybody_can_be_banned_and_let_in_again() -> None:
    doors = Doorkeeper(LIMITS, patience=9)
    known = doors.address("127.0.0.1")
    doors.ban_all(10.0, 30.0)
    assert known.request(1, 20.0, MINUTE_MS) == Denial(418, 20, MINUTE_MS + 20_000)
    assert doors.address("127.0.0.2").attempt(20.0, MINUTE_MS) == Denial(418, 20, MINUTE_MS + 20_000)
    assert doors.report(20.0, MINUTE_MS)["127.0.0.2"]["banned_until"] == MINUTE_MS + 20_000
    doors.lift_all()
    for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
        assert doors.address(address).attempt(21.0, MINUTE_MS) is None


def test_a_ban_of_everybody_ends_by_itself() -> None:
    doors = Doorkeeper(LIMITS, patience=9)
    doors.ban_all(10.0, 30.0)
    assert doors.address("127.0.0.1").attempt(40.0, MINUTE_MS) is None
