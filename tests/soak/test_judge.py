"""A figure that grows is told from one that only moves."""

from __future__ import annotations

import pytest

from tests.soak.judge import Line, line, lines, rendered, with_history
from tests.soak.measure import Reading

MINUTE_OF_LOOKS = 12


def of_memory(*megabytes: float) -> Line:
    return line("engine", "MB", megabytes)


def test_what_grows_beyond_its_tolerance_is_not_flat() -> None:
    assert not of_memory(50, 60, 70, 80, 90).flat
    assert not line("engine", "descriptors", [10, 10, 12, 14, 14]).flat


@pytest.mark.parametrize("last", [40.0, 60.0, 68.0])
def test_what_falls_or_grows_within_its_tolerance_is_flat(last: float) -> None:
    assert of_memory(20, 60, 60, 60, last).flat


def test_memory_may_grow_by_a_tenth_where_that_is_more() -> None:
    assert of_memory(200, 200, 200, 200, 219).flat
    assert not of_memory(200, 200, 200, 200, 221).flat


def test_the_first_fifth_is_warming_up_and_single_peaks_count_for_nothing() -> None:
    found = of_memory(1, 1, 50, 50, 999, 50, 50, 999, 50, 51, 50, 50, 50, 999, 50)
    assert (found.before, found.after, found.most) == (50, 50, 999)
    assert found.flat


def test_too_few_looks_are_no_judgement() -> None:
    with pytest.raises(ValueError, match="too few"):
        of_memory(50, 50, 50, 50)


def test_a_share_of_a_core_is_made_of_two_looks() -> None:
    looks = [Reading(5.0 * n, 50_000_000, 0.5 * n, 9, 4, 2) for n in range(MINUTE_OF_LOOKS)]
    found = {one.what: one for one in lines("engine", looks)}
    assert found["CPU %"].after == pytest.approx(10)
    assert found["MB"].after == pytest.approx(50)
    assert [found[what].after for what in ("descriptors", "sockets", "threads")] == [9, 4, 2]


def test_the_exchange_may_grow_by_the_trades_that_it_remembers() -> None:
    grown = line("sim", "MB", [70, 77, 83, 90, 96])
    assert not grown.flat
    assert with_history([grown], trades_per_s=1_000, seconds=600)[0].flat
    assert not with_history([grown], trades_per_s=1, seconds=600)[0].flat
    assert with_history([grown], trades_per_s=1_000, seconds=6_000)[0].explained == 0
    descriptors = line("sim", "descriptors", [10, 10, 12, 14, 14])
    assert not with_history([descriptors], trades_per_s=1_000, seconds=600)[0].flat


def test_the_table_names_what_grew() -> None:
    table = rendered([of_memory(50, 50, 50, 50, 50), of_memory(50, 60, 70, 80, 90)]).splitlines()
    assert [row.split()[-1] for row in table[1:]] == ["flat", "GREW"]
