from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.chart.plot import SPIKE, volume_top
from bntui.ui.chart.series import Bar


def bars(*volumes: float) -> list[Bar]:
    return [Bar(0, 1, 1, 1, 1, volume, 0, 1, True) for volume in volumes]


@given(st.lists(st.floats(0, 1e15), max_size=60))
def test_the_volume_panel_always_has_a_top(volumes: list[float]) -> None:
    top = volume_top(bars(*volumes))
    assert top > 0
    assert top < max([*volumes, 1.0]) * 1.6


def test_usual_volumes_fit_and_fill_the_panel() -> None:
    dice = random.Random(3)
    volumes = [dice.uniform(10, 100) for _ in range(200)]
    top = volume_top(bars(*volumes))
    assert max(volumes) <= top <= 1.5 * max(volumes)


def test_a_lonely_spike_does_not_flatten_the_others() -> None:
    usual = [100.0] * 99
    assert volume_top(bars(*usual, 1e9)) <= SPIKE * 100.0


@pytest.mark.parametrize("volumes", [(), (0.0,)])
def test_without_volume_the_panel_has_a_top_all_the_same(volumes: tuple[float, ...]) -> None:
    assert volume_top(bars(*volumes)) == 1.0
