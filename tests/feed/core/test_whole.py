"""The health of the whole program is the worst that any of its markets says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.feed.core.whole import whole_health
from bntui.model.judged import HealthView, empty_health
from bntui.model.markets import Market

WELL = HealthView(10.0, 5.0, True, "", 1, 2, 30.0, 400.0, None, 3, 50.0)


def test_one_market_is_the_whole() -> None:
    assert whole_health({Market.USDM: WELL}) is WELL


def test_counts_add_up_and_the_worst_of_the_rest_is_shown() -> None:
    other = HealthView(-40.0, 2.0, True, "", 10, 20, 5.0, 6.0, None, 7, 60.0)
    assert whole_health({Market.SPOT: WELL, Market.USDM: other}) == HealthView(
        -40.0, 5.0, True, "", 11, 22, 35.0, 406.0, None, 10, 60.0
    )


def test_a_failure_of_rest_names_its_market() -> None:
    failed = replace(WELL, rest_ok=False, rest_reason="time: no answer in time.")
    whole = whole_health({Market.SPOT: WELL, Market.USDM: failed, Market.COINM: failed})
    assert not whole.rest_ok
    assert whole.rest_reason == "usdm: time: no answer in time.; coinm: time: no answer in time."


@pytest.mark.parametrize(
    ("one", "other", "whole"),
    [
        (None, None, None),
        (None, False, False),
        (False, True, True),
        (True, None, True),
        (False, False, False),
    ],
)
def test_one_host_that_can_be_reached_proves_the_network(
    one: bool | None, other: bool | None, whole: bool | None
) -> None:
    parts = {
        Market.SPOT: replace(WELL, second_endpoint_ok=one),
        Market.USDM: replace(WELL, second_endpoint_ok=other),
    }
    assert whole_health(parts).second_endpoint_ok is whole


def test_a_market_that_knows_nothing_yet_takes_nothing_away() -> None:
    whole = whole_health({Market.SPOT: empty_health(), Market.USDM: WELL})
    assert (whole.clock_offset_ms, whole.rest_at) == (WELL.clock_offset_ms, WELL.rest_at)
