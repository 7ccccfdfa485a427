"""Noise is a function of its integers, the same in every process."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.noise import mix, text_number, unit


def test_noise_never_changes() -> None:
    assert (mix(1, 2, 3), text_number("BTCUSDT")) == (7702586659592502839, 7469749661349312404)


def test_order_and_length_matter() -> None:
    assert len({mix(1, 2), mix(2, 1), mix(1), mix(1, 2, 0)}) == 4


@given(st.lists(st.integers(0, 1 << 70)))
def test_units_lie_between_zero_and_one(numbers: list[int]) -> None:
    assert 0 <= unit(*numbers) < 1


def test_units_fill_the_range_evenly() -> None:
    values = [unit(7, number) for number in range(4_000)]
    assert abs(sum(values) / len(values) - 0.5) < 0.02
    assert sum(value < 0.1 for value in values) in range(320, 480)
