"""Orders of accounts wait in the order in which they came, and a level holds at least what waits there."""

from __future__ import annotations

import pytest

from bntui.sim.history import TradeRow
from bntui.sim.resting import Resting, Waiting
from tests.sim.rig import desk


def ignored(row: TradeRow) -> None:
    """Nobody asks."""


def test_the_first_to_come_is_filled_first() -> None:
    waiting = Waiting()
    early, late = Resting(100, 5, ignored), Resting(100, 7, ignored)
    waiting.add(early)
    waiting.add(late)
    assert waiting.first(100) is early
    assert waiting.steps[100] == 12
    waiting.fill(early, 5)
    assert waiting.first(100) is late
    assert waiting.steps[100] == 7


def test_nothing_is_kept_of_a_level_where_nobody_waits() -> None:
    waiting = Waiting()
    order = Resting(-100, 5, ignored)
    waiting.add(order)
    assert waiting.remove(order)
    assert not waiting.remove(order)
    assert waiting.first(-100) is None
    assert not waiting.steps
    assert len(waiting) == 0


@pytest.mark.parametrize("steps", [0, 6])
def test_no_order_gives_more_than_it_has(steps: int) -> None:
    waiting = Waiting()
    order = Resting(100, 5, ignored)
    waiting.add(order)
    with pytest.raises(ValueError, match="cannot be taken"):
        waiting.fill(order, steps)


def test_a_level_never_shows_less_than_what_waits_there() -> None:
    here = desk()
    here.set_level(here.book.bids, 100, 3)
    order = Resting(100, 5, ignored)
    here.lay(order)
    assert here.book.bids.steps[100] == 8
    here.set_level(here.book.bids, 100, 0)
    assert here.book.bids.steps[100] == 5


def test_a_withdrawn_order_leaves_what_others_have() -> None:
    here = desk()
    here.set_level(here.book.bids, 99, 3)
    here.set_level(here.book.bids, 100, 3)
    order = Resting(100, 5, ignored)
    here.lay(order)
    assert here.withdraw(order)
    assert not here.withdraw(order)
    assert here.book.bids.steps == {99: 3, 100: 3}


def test_the_last_level_of_a_side_stays() -> None:
    here = desk()
    order = Resting(-100, 5, ignored)
    here.lay(order)
    here.withdraw(order)
    assert here.best()[1] == (100, 1)
