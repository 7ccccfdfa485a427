from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.widgets.columns import MARGIN, WIDE, Cell, Column, arranged, lay_out


def cell(_row: str, _width: int, _now: float) -> Cell:
    return "", ""


def column(name: str, width: int, rank: int = 0, widest: int = 0) -> Column[str]:
    return Column(name, name, width, cell, rank=rank, widest=widest)


def placed(columns: list[Column[str]], width: int) -> dict[str, tuple[int, int]]:
    return {slot.column.id: (slot.x, slot.width) for slot in lay_out(columns, width)}


def test_columns_stand_in_their_order_with_a_gap() -> None:
    assert placed([column("a", 5), column("b", 3)], 20) == {"a": (MARGIN, 5), "b": (MARGIN + 6, 3)}


def test_wide_terminals_get_wider_gaps() -> None:
    assert placed([column("a", 5), column("b", 3)], WIDE)["b"] == (MARGIN + 7, 3)


def test_the_highest_rank_is_dropped_first() -> None:
    columns = [column("a", 5), column("b", 5, rank=2), column("c", 5, rank=1)]
    assert set(placed(columns, 19)) == {"a", "b", "c"}
    assert set(placed(columns, 18)) == {"a", "c"}
    assert set(placed(columns, 12)) == {"a"}


def test_columns_of_one_rank_come_and_go_together() -> None:
    columns = [column("a", 5), column("bid", 5, rank=1), column("ask", 5, rank=1)]
    assert set(placed(columns, 18)) == {"a"}


def test_a_rank_that_does_not_fit_leaves_its_room_to_those_behind_it() -> None:
    columns = [column("a", 5), column("b", 30, rank=1), column("c", 2, rank=2)]
    assert set(placed(columns, 20)) == {"a", "c"}


def test_spare_room_goes_to_columns_that_grow() -> None:
    columns = [column("a", 5, widest=8), column("b", 5), column("c", 5, widest=50)]
    assert {name: width for name, (_, width) in placed(columns, 40).items()} == {"a": 8, "b": 5, "c": 23}


def test_rank_0_stays_however_narrow() -> None:
    assert set(placed([column("a", 5), column("b", 5)], 4)) == {"a", "b"}


def test_the_column_at_the_edge_gets_what_is_left() -> None:
    assert placed([column("a", 5), column("b", 10)], 14) == {"a": (MARGIN, 5), "b": (MARGIN + 6, 6)}


def test_no_columns_no_slots() -> None:
    assert lay_out([], 80) == ()


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4), st.integers(0, 60)), min_size=1, max_size=12),
    st.integers(3, 250),
)
def test_columns_never_overlap_and_only_rank_0_may_be_cut(
    shapes: list[tuple[int, int, int]], width: int
) -> None:
    columns = [column(str(n), size, rank, widest) for n, (size, rank, widest) in enumerate(shapes)]
    slots = lay_out(columns, width)
    for one, other in pairwise(slots):
        assert one.end < other.x
        assert int(one.column.id) < int(other.column.id)
    for slot in slots:
        assert slot.width >= slot.column.width or slot.end == width - MARGIN
        assert slot.width <= max(slot.column.width, slot.column.widest)
    assert {c.id for c in columns if not c.rank} <= {slot.column.id for slot in slots}
    if slots and any(slot.column.rank for slot in slots):
        assert slots[-1].end <= width


def test_wanted_columns_stand_in_the_wanted_order_behind_the_one_that_names_the_row() -> None:
    columns = [column(name, 3) for name in "abcd"]
    assert [one.id for one in arranged(columns, ("d", "b"))] == ["a", "d", "b"]
    assert [one.id for one in arranged(columns, ("d", "a"))] == ["d", "a"]
    assert [one.id for one in arranged(columns, ("x", "c", "c"))] == ["a", "c"]
    assert arranged(columns, ()) == tuple(columns)
