"""Full jitter, a cap, and no reset but on request."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.backoff import Backoff


@given(st.integers(0, 2**31), st.integers(1, 200))
def test_the_nth_wait_lies_between_zero_and_the_doubled_base_under_the_cap(seed: int, failures: int) -> None:
    backoff = Backoff(0.5, 60.0, random.Random(seed).uniform)
    for n in range(failures):
        assert 0 <= backoff.next_delay_s() <= min(60.0, 0.5 * 2**n)


def test_jitter_survives_the_cap() -> None:
    backoff = Backoff(0.5, 60.0, random.Random(1).uniform)
    waits = [backoff.next_delay_s() for _ in range(40)][20:]
    assert max(waits) - min(waits) > 20


def test_a_wait_that_the_server_asked_for_is_kept() -> None:
    backoff = Backoff(0.5, 60.0, random.Random(1).uniform)
    assert all(backoff.next_delay_s(10.0) >= 10.0 for _ in range(20))


def test_reset_forgets_the_failures() -> None:
    backoff = Backoff(0.5, 60.0, lambda low, high: high)
    assert [backoff.next_delay_s() for _ in range(3)] == [0.5, 1.0, 2.0]
    backoff.reset()
    assert backoff.next_delay_s() == 0.5
