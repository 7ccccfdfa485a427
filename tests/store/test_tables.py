"""A table answers «what changed since?» as if it had kept every version."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.store.tables import ChangeTable


def test_changes_come_in_the_order_in_which_they_happened() -> None:
    table: ChangeTable[str, int] = ChangeTable()
    table.set("a", 1, 1)
    table.set("b", 2, 2)
    table.set("a", 3, 3)

    assert table.changed_since(0) == [2, 3]
    assert table.changed_since(2) == [3]
    assert table.changed_since(3) == []


def test_what_was_removed_is_told_until_it_comes_back() -> None:
    table: ChangeTable[str, int] = ChangeTable()
    table.set("a", 1, 1)

    assert table.remove("a", 2)
    assert (table.changed_since(0), table.gone_since(1), table.gone_since(2)) == ([], ["a"], [])

    table.set("a", 4, 3)
    assert (table.changed_since(2), table.gone_since(1)) == ([4], [])


def test_removing_what_is_not_there_is_no_change() -> None:
    table: ChangeTable[str, int] = ChangeTable()

    assert not table.remove("a", 1)
    assert table.gone_since(0) == []


def test_forgotten_removals_are_said() -> None:
    table: ChangeTable[int, int] = ChangeTable(tombstones=2)
    for key in range(4):
        table.set(key, key, 1)
    for key in range(3):
        table.remove(key, 10 + key)

    assert table.gone_since(0) == [1, 2]
    assert table.forgotten == 10


def test_dropping_leaves_no_trace() -> None:
    table: ChangeTable[str, int] = ChangeTable()
    table.set("a", 1, 1)
    table.drop("a")
    table.drop("never there")

    assert (len(table), table.changed_since(0), table.gone_since(0)) == (0, [], [])


steps = st.lists(st.tuples(st.sampled_from(["set", "remove"]), st.integers(0, 4), st.booleans()), max_size=60)


@given(steps, st.integers(1, 6), st.data())
def test_a_viewer_that_applies_the_changes_has_the_table(
    script: list[tuple[str, int, bool]], tombstones: int, data: st.DataObject
) -> None:
    table: ChangeTable[int, tuple[int, int]] = ChangeTable(tombstones)
    versions: list[dict[int, tuple[int, int]]] = [{}]
    revision = 1
    for value, (what, key, answered) in enumerate(script):
        if what == "set":
            table.set(key, (key, value), revision)
        else:
            table.remove(key, revision)
        if answered:
            versions.append(dict(table.values))
            revision += 1

    since = data.draw(st.integers(0, len(versions) - 1))
    if since < table.forgotten:
        return
    mirror = dict(versions[since])
    for gone in table.gone_since(since):
        mirror.pop(gone, None)
    mirror.update((key, (key, value)) for key, value in table.changed_since(since))

    assert mirror == table.values
