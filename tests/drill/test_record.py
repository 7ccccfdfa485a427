"""How something changed over time."""

from __future__ import annotations

from bntui.drill.history import KEPT, History
from bntui.drill.record import Record, Said
from bntui.model.states import Grade


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


def test_seconds_are_counted_from_the_scenario_s_own_zero() -> None:
    assert Record(zero=100.0).second(103.5) == 3.5


def test_a_verdict_says_its_suspect_where_it_has_one() -> None:
    assert str(Said(Grade.LIVE, "LIVE 1/1")) == "LIVE 1/1"
    assert str(Said(Grade.BLIND, "BLIND on 1", "Binance")) == "BLIND on 1 [suspect: Binance]"
