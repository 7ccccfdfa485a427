"""The store keeps alerts by id, bounded, and what lasts longest."""

from __future__ import annotations

import pytest

from bntui.store import alerts as module
from bntui.store.alerts import AlertTable
from tests.support.alerts import BEGAN_MS, an_alert


def test_an_alert_takes_the_place_of_what_was_known_of_it() -> None:
    table = AlertTable(lambda: 3)
    table.keep(an_alert(1))
    table.keep(an_alert(1, note="known"))
    assert list(table) == [an_alert(1, note="known")]
    assert table.changed_since(2) == [an_alert(1, note="known")]
    assert table.changed_since(3) == []


def test_too_many_go_lowest_first_those_that_last_never_before_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ALERTS_KEPT", 3)
    table = AlertTable(lambda: 1)
    table.keep(an_alert(1))
    for number in range(2, 7):
        table.keep(an_alert(number, ended_ms=BEGAN_MS))
    assert [alert.id for alert in table] == [1, 5, 6]
    assert repr(table) == "<AlertTable 3 alerts, 1 last>"
