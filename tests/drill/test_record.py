"""What was seen of a drill."""

from __future__ import annotations

from bntui.drill.record import Record, Said
from bntui.model.states import Grade


def test_seconds_are_counted_from_the_scenario_s_own_zero() -> None:
    assert Record(zero=100.0).second(103.5) == 3.5


def test_a_verdict_says_its_suspect_where_it_has_one() -> None:
    assert str(Said(Grade.LIVE, "LIVE 1/1 streams")) == "LIVE 1/1 streams"
    assert str(Said(Grade.BLIND, "BLIND on 1", "Binance")) == "BLIND on 1 [suspect: Binance]"
