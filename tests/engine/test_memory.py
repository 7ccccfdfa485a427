"""The collector leaves alone what was there before, and lets go of circles all the same."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from bntui.engine.memory import YOUNG_OBJECTS, tune_collector


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_there_is_left_alone() -> None:
    tune_collector()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == YOUNG_OBJECTS


def test_circles_that_come_later_are_still_found() -> None:
    tune_collector()
    knot = weakref.ref(Knot())
    kept = [Knot() for _ in range(2 * YOUNG_OBJECTS)]
    assert len(kept) == 2 * YOUNG_OBJECTS
    assert knot() is None
