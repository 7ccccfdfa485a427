from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.ordering import HOLD_S, SteadyOrder, sort_rows

VALUES = {"a": 3, "b": 1, "c": 2}


def test_rows_without_a_value_come_last_in_either_direction() -> None:
    values = VALUES | {"d": None}
    assert sort_rows("dabc", values.__getitem__, descending=False) == ["b", "c", "a", "d"]
    assert sort_rows("dabc", values.__getitem__, descending=True) == ["a", "c", "b", "d"]


def test_equal_values_keep_their_order() -> None:
    assert sort_rows("cab", lambda _key: 1, descending=False) == ["c", "a", "b"]
    assert sort_rows("cab", lambda _key: 1, descending=True) == ["c", "a", "b"]


def test_values_that_change_move_no_row_before_the_hold_is_over() -> None:
    values = dict(VALUES)
    order: SteadyOrder[str] = SteadyOrder()
    assert order.order("abc", values.__getitem__, False, now=0.0) == ["b", "c", "a"]
    values["a"] = 0
    assert order.order("abc", values.__getitem__, False, now=HOLD_S - 0.01) == ["b", "c", "a"]
    assert order.order("abc", values.__getitem__, False, now=HOLD_S) == ["a", "b", "c"]


def test_a_moving_cursor_holds_the_rows() -> None:
    order: SteadyOrder[str] = SteadyOrder()
    order.order("abc", VALUES.__getitem__, False, now=0.0)
    order.touch(5.0)
    assert not order.due(5.0 + HOLD_S - 0.01)
    assert order.due(5.0 + HOLD_S)


def test_who_asks_gets_sorted_rows_at_once() -> None:
    order: SteadyOrder[str] = SteadyOrder()
    order.order("abc", VALUES.__getitem__, False, now=0.0)
    order.touch(0.1)
    order.resort()
    assert order.order("abc", VALUES.__getitem__, True, now=0.2) == ["a", "c", "b"]


def test_between_sorts_new_rows_come_last_and_gone_ones_go() -> None:
    order: SteadyOrder[str] = SteadyOrder()
    order.order("abc", VALUES.__getitem__, False, now=0.0)
    assert order.order("xac", (VALUES | {"x": 0}).__getitem__, False, now=1.0) == ["c", "a", "x"]


def test_without_a_value_the_lists_own_order_holds() -> None:
    order: SteadyOrder[str] = SteadyOrder()
    assert order.order("cab", None, True, now=0.0) == ["c", "a", "b"]


@given(st.lists(st.tuples(st.sets(st.integers(0, 9)), st.floats(0, 10)), max_size=8))
def test_no_row_is_lost_or_doubled(steps: list[tuple[set[int], float]]) -> None:
    order: SteadyOrder[int] = SteadyOrder()
    now = 0.0
    for keys, wait in steps:
        now += wait
        shown = order.order(sorted(keys), lambda key: -key if key % 3 else None, False, now)
        assert sorted(shown) == sorted(keys)
