"""One seam for time: the machine's clocks behind it, or one that stands still until told."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.clock import Clock, ManualClock, SystemClock


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock()])
def test_both_are_clocks(clock: Clock) -> None:
    assert isinstance(clock.monotonic(), float)
    assert isinstance(clock.wall_ms(), int)


def test_the_system_clock_reads_the_machine_s() -> None:
    before, now, after = time.time_ns() // 1_000_000, SystemClock().wall_ms(), time.time_ns() // 1_000_000
    assert before <= now <= after
    first, second = SystemClock().monotonic(), SystemClock().monotonic()
    assert first <= second


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(monotonic=5.0, wall_ms=1_000)
    assert (clock.monotonic(), clock.wall_ms()) == (5.0, 1_000)
    clock.advance(0.25)
    assert (clock.monotonic(), clock.wall_ms()) == (5.25, 1_250)


def test_only_the_wall_clock_of_a_machine_is_ever_set() -> None:
    clock = ManualClock(monotonic=5.0, wall_ms=1_000)
    clock.jump(-0.5)
    assert (clock.monotonic(), clock.wall_ms()) == (5.0, 500)


def test_a_manual_clock_begins_with_the_year_2026() -> None:
    assert time.gmtime(ManualClock().wall_ms() / 1000)[:6] == (2026, 1, 1, 0, 0, 0)


@given(st.lists(st.floats(min_value=0, max_value=86_400), max_size=20))
def test_a_manual_clock_never_goes_back(steps: list[float]) -> None:
    clock = ManualClock()
    for step in steps:
        before = (clock.monotonic(), clock.wall_ms())
        clock.advance(step)
        assert clock.monotonic() >= before[0]
        assert clock.wall_ms() >= before[1]
