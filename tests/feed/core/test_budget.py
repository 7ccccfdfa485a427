"""Budgets are never exceeded, and say truthfully when there is room again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.budget import AttemptLimit, SlidingBudget, TokenBucket, WeightBudget

STEPS = st.lists(st.floats(0, 3, allow_nan=False), max_size=80)


@given(STEPS, st.integers(1, 6), st.floats(0.1, 5))
def test_a_sliding_budget_never_lets_more_through_than_its_limit_in_any_window(
    steps: list[float], limit: int, window_s: float
) -> None:
    budget, now, taken = SlidingBudget(limit, window_s), 0.0, []
    for step in steps:
        now += step
        if budget.take(now):
            taken.append(now)
    for last in taken:
        assert sum(1 for at in taken if at <= last < at + window_s) <= limit


@given(STEPS, st.integers(1, 6))
def test_free_at_is_the_first_moment_at_which_take_succeeds(steps: list[float], limit: int) -> None:
    budget, now = SlidingBudget(limit, 1.0), 0.0
    for step in steps:
        now += step
        budget.take(now)
    free_at = budget.free_at(now)
    assert budget.used(now) < limit or free_at > now
    assert budget.take(free_at)


def test_noted_events_count_though_nobody_asked() -> None:
    budget = SlidingBudget(2, 1.0)
    budget.note(0.0)
    budget.note(0.1)
    budget.note(0.2)
    assert not budget.take(0.3)
    assert budget.free_at(0.3) == 1.1


def test_events_of_a_shorter_time_are_counted_apart() -> None:
    budget = SlidingBudget(5, 1.25)
    for at in (0.0, 0.2, 1.0):
        budget.note(at)
    assert (budget.used(1.1), budget.recent(1.1, 1.0)) == (3, 2)


def test_a_lower_limit_may_be_asked_about() -> None:
    budget = SlidingBudget(5, 1.0)
    budget.note(0.0)
    budget.note(0.5)
    assert budget.free_at(0.6, limit=2) == 1.0
    assert budget.free_at(0.6, limit=0) == float("inf")


@given(STEPS)
def test_a_token_bucket_gives_its_rate_and_its_burst_and_no_more(steps: list[float]) -> None:
    bucket, now, taken = TokenBucket(1.0, 4.0), 0.0, 0
    for step in steps:
        now += step
        taken += bucket.take(now)
        assert taken <= 4 + now + 1e-6


def test_an_empty_bucket_says_when_the_next_token_comes() -> None:
    bucket = TokenBucket(2.0, 1.0)
    assert bucket.take(10.0)
    assert not bucket.take(10.0)
    assert bucket.free_at(10.0) == 10.5
    assert bucket.take(10.5)


def test_attempts_older_than_the_window_do_not_count() -> None:
    limit = AttemptLimit(2, 300_000)
    assert limit.free_at_ms([0, 100], 299_999) == 300_000
    assert limit.free_at_ms([0, 100], 300_000) == 300_000
    assert limit.free_at_ms([0, 100, 200], 250_000) == 300_100


def test_attempts_of_a_clock_that_ran_ahead_count_as_of_now() -> None:
    limit = AttemptLimit(1, 300_000)
    assert limit.recent([10**13], 1_000_000) == [1_000_000]


def weight() -> WeightBudget:
    return WeightBudget(6000, 60.0, 0.2, 0.5)


def test_bntui_takes_at_most_its_own_share_of_the_weight() -> None:
    budget = weight()
    assert sum(budget.take(20, 60_000, optional=False) for _ in range(100)) == 60
    assert budget.take(20, 120_000, optional=False), "a new clock minute is a new window"


def test_optional_requests_stop_when_the_ip_has_used_half() -> None:
    budget = weight()
    budget.header(2_990, 60_000)
    assert not budget.take(20, 60_001, optional=True)
    assert budget.take(20, 60_001, optional=False)


def test_the_header_only_raises_the_count() -> None:
    budget = weight()
    budget.take(500, 60_000, optional=False)
    budget.header(20, 60_001)
    assert budget.used == 500


def test_a_block_lasts_until_the_exchange_said_also_over_the_minute() -> None:
    budget = weight()
    budget.block(200_000, "too much")
    assert not budget.take(1, 199_999, optional=False)
    assert budget.free_at_ms(199_999) == 200_000
    assert budget.take(1, 200_000, optional=False)
    assert budget.block_reason == ""


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 250), st.booleans()), max_size=80))
def test_the_share_holds_in_every_clock_minute(requests: list[tuple[int, int, bool]]) -> None:
    budget, now_ms, by_minute = weight(), 0, dict[int, int]()
    for step_ms, cost, optional in requests:
        now_ms += step_ms
        if budget.take(cost, now_ms, optional=optional):
            by_minute[now_ms // 60_000] = by_minute.get(now_ms // 60_000, 0) + cost
    assert all(used <= 1200 for used in by_minute.values())
