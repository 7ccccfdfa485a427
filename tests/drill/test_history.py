"""How something changed over time."""

from __future__ import annotations

from bntui.drill.history import KEPT, History


def history(*changes: tuple[float, str]) -> History[str]:
    found: History[str] = History()
    for at, value in changes:
        found.note(at, value)
    return found


def test_a_value_holds_until_the_next() -> None:
    seen = history((1.0, "a"), (2.0, "b"), (5.0, "c"))
    assert seen.between(3.0, 4.0) == [(3.0, "b")]
    assert seen.between(1.5, 5.0) == [(1.5, "a"), (2.0, "b"), (5.0, "c")]
    assert seen.between(0.0, 1.0) == [(1.0, "a")]
    assert seen.between(0.0, 0.5) == []


def test_the_same_again_is_no_change() -> None:
    assert history((1.0, "a"), (2.0, "a")).all() == [(1.0, "a")]


def test_the_oldest_changes_go_first() -> None:
    seen: History[int] = History()
    for number in range(KEPT + 2):
        seen.note(float(number), number)
    assert len(seen) == KEPT
    assert seen.all()[0] == (2.0, 2)
