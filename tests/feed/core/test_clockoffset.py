"""The exchange's time, from the best of the last measurements, however our own wall clock is set."""

from __future__ import annotations

import pytest

from bntui.feed.core.clockoffset import DRIFT, PARTED_MS, SAMPLES, ClockOffset

WALL_MS = 1_767_225_600_000


def measure(
    clock: ClockOffset, at: float, *, ahead_ms: float = 0.0, trip_s: float = 0.1, late_s: float = 0.0
) -> None:
    """One answer that came at this time, from an exchange that is ahead; `late_s`: how much longer the way
    back took than the way there."""
    middle = at - trip_s / 2
    server_ms = WALL_MS + (middle - late_s / 2) * 1000 + ahead_ms
    clock.measured(at - trip_s, at, WALL_MS + at * 1000, server_ms)


def test_before_anything_was_measured_our_own_clock_counts() -> None:
    clock = ClockOffset()
    assert clock.offset_ms(5.0, WALL_MS) is None
    assert clock.server_ms(5.0, WALL_MS) == WALL_MS
    assert not clock.known(5.0, WALL_MS)


def test_the_measurement_with_the_shortest_round_trip_counts() -> None:
    clock = ClockOffset()
    measure(clock, 10.0, ahead_ms=500, trip_s=0.4, late_s=0.3)
    measure(clock, 11.0, ahead_ms=500, trip_s=0.02)
    measure(clock, 12.0, ahead_ms=500, trip_s=0.6, late_s=-0.5)
    assert clock.offset_ms(12.0, WALL_MS + 12_000) == pytest.approx(500, abs=1)


def test_an_old_measurement_gives_way_once_clocks_may_have_drifted_further_than_a_new_one_is_off() -> None:
    clock = ClockOffset()
    measure(clock, 0.02, trip_s=0.02)
    hours_later = 3_600.0
    measure(clock, hours_later, ahead_ms=hours_later * DRIFT * 500, trip_s=0.2)
    assert clock.offset_ms(hours_later, WALL_MS + hours_later * 1000) == pytest.approx(180, abs=1)


def test_measurements_that_cannot_both_be_right_are_of_two_clocks_and_the_newest_counts() -> None:
    clock = ClockOffset()
    measure(clock, 10.0, trip_s=0.01)
    measure(clock, 11.0, ahead_ms=3_000, trip_s=0.5)
    assert clock.offset_ms(11.0, WALL_MS + 11_000) == pytest.approx(3_000, abs=1)


@pytest.mark.parametrize("set_by_ms", [-3_600_000, -2_000, 2_000, 86_400_000])
def test_a_signature_after_the_wall_clock_was_set_carries_the_right_time(set_by_ms: int) -> None:
    clock = ClockOffset()
    measure(clock, 10.0, ahead_ms=70)
    assert clock.server_ms(20.0, WALL_MS + 20_000 + set_by_ms) == pytest.approx(WALL_MS + 20_070, abs=1)
    assert clock.offset_ms(20.0, WALL_MS + 20_000 + set_by_ms) == pytest.approx(70 - set_by_ms, abs=1)


@pytest.mark.parametrize("parted_ms", [-PARTED_MS - 1, PARTED_MS + 1])
def test_after_our_clocks_parted_it_is_not_known_until_it_is_measured_again(parted_ms: float) -> None:
    clock = ClockOffset()
    measure(clock, 10.0)
    assert clock.known(900.0, WALL_MS + 900_000)
    assert not clock.known(900.0, WALL_MS + 900_000 + parted_ms)


def test_only_the_newest_measurements_are_kept() -> None:
    clock = ClockOffset()
    measure(clock, 1.0, trip_s=0.001)
    for number in range(SAMPLES):
        measure(clock, 2.0 + number, ahead_ms=20, trip_s=0.1)
    assert clock.offset_ms(9.0, WALL_MS + 9_000) == pytest.approx(20, abs=1)
    clock.forget()
    assert clock.offset_ms(9.0, WALL_MS + 9_000) is None
    assert repr(clock) == "<ClockOffset of 0 samples>"
