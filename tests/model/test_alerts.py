"""An alert is open while it lasts and nobody has said that he knows."""

from __future__ import annotations

import pytest

from bntui.model.alerts import surplus
from tests.support.alerts import BEGAN_MS, an_alert


@pytest.mark.parametrize(
    ("changes", "lasts", "is_open"),
    [
        ({}, True, True),
        ({"acknowledged_ms": BEGAN_MS}, True, False),
        ({"ended_ms": BEGAN_MS}, False, False),
    ],
)
def test_what_lasts_is_open_until_it_is_acknowledged(
    changes: dict[str, int], lasts: bool, is_open: bool
) -> None:
    alert = an_alert(**changes)
    assert (alert.lasts, alert.open) == (lasts, is_open)


def test_of_too_many_those_that_are_over_go_first() -> None:
    alerts = {n: an_alert(n, ended_ms=None if n in (1, 2, 5) else BEGAN_MS) for n in range(1, 6)}
    assert surplus(alerts, 5) == []
    assert surplus(alerts, 3) == [3, 4]
    assert surplus(alerts, 1) == [3, 4, 1, 2]
