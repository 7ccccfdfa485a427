from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.chart.window import USUAL, ZOOMS, Window

WINDOWS = st.builds(Window, st.integers(0, len(ZOOMS) - 1), st.none() | st.integers(0, 5_000))


def test_bodies_have_a_middle_and_zooms_go_from_far_to_near() -> None:
    assert all(zoom.width % 2 and zoom.width <= zoom.pitch for zoom in ZOOMS)
    sizes = [zoom.pitch / zoom.merged for zoom in ZOOMS]
    assert sizes == sorted(sizes)
    assert ZOOMS[USUAL].merged == 1


@given(WINDOWS, st.integers(1, 300), st.integers(0, 5_000))
def test_what_is_visible_fits(window: Window, cells: int, newest: int) -> None:
    zoom = window.zoom
    places = window.places(cells)
    assert places == len(window.groups(cells, newest))
    assert (places - 1) * zoom.pitch + zoom.width <= max(cells, zoom.width)
    assert places * zoom.pitch + zoom.width > cells or cells < zoom.width
    first, last = window.slots(cells, newest)
    assert last - first + 1 == places * zoom.merged
    assert first <= (newest if window.end is None else window.end) <= last


@given(WINDOWS, st.integers(1, 300), st.integers(0, 5_000), st.integers(0, 40))
def test_merged_candles_are_the_same_ones_however_the_view_moves(
    window: Window, cells: int, newest: int, later: int
) -> None:
    merged = window.zoom.merged
    for at in (newest, newest + later):
        assert window.slots(cells, at)[0] % merged == 0


@given(WINDOWS, st.integers(1, 300), st.integers(0, 5_000), st.integers(0, 5_000), st.integers(-500, 500))
def test_panning_stays_between_the_oldest_and_the_newest(
    window: Window, cells: int, one: int, other: int, groups: int
) -> None:
    oldest, newest = min(one, other), max(one, other)
    moved = window.panned(groups, cells, oldest, newest)
    first, last = moved.slots(cells, newest)
    assert last >= min(oldest, newest)
    assert moved.end is None or moved.end < newest
    if newest - oldest > last - first + moved.zoom.merged:
        assert first >= oldest - moved.zoom.merged


def test_who_comes_back_to_the_newest_follows_it() -> None:
    away = Window().panned(-3, 60, 0, 1_000)
    assert away.end == 997
    assert not away.follows
    assert away.panned(3, 60, 0, 1_000).follows
    assert away.slots(60, 2_000) == away.slots(60, 1_000), "new candles do not move it"


def test_a_view_larger_than_what_is_known_does_not_move() -> None:
    assert Window().panned(-1, 60, 990, 1_000).follows


@given(WINDOWS, st.integers(1, 300), st.integers(0, 5_000), st.integers(0, 5_000))
def test_what_is_asked_for_comes_into_view(window: Window, cells: int, slot: int, later: int) -> None:
    newest = slot + later
    first, last = window.showing(slot, cells, newest).slots(cells, newest)
    assert first <= slot <= last


@pytest.mark.parametrize(("steps", "level"), [(-99, 0), (99, len(ZOOMS) - 1), (1, USUAL + 1)])
def test_zooming_ends_at_the_ends(steps: int, level: int) -> None:
    assert Window().zoomed(steps).zoom_level == level


def test_without_room_nothing_is_visible() -> None:
    assert list(Window().groups(0, 10)) == []
