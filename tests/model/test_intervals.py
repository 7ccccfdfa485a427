"""Candles follow one another by the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.intervals import next_open, previous_open
from bntui.sim.bars import interval_end, interval_start
from bntui.venue.binance.names import INTERVALS


def month(year: int, number: int) -> int:
    return int(datetime(year, number, 1, tzinfo=UTC).timestamp()) * 1000


def test_months_have_the_lengths_of_the_calendar() -> None:
    assert next_open("1M", month(2024, 2)) == month(2024, 3)
    assert previous_open("1M", month(2024, 3)) == month(2024, 2)
    assert next_open("1M", month(2025, 12)) == month(2026, 1)
    assert previous_open("1M", month(2026, 1)) == month(2025, 12)


@given(st.sampled_from(list(INTERVALS)), st.integers(0, 4_000_000_000_000))
def test_every_interval_of_the_exchange_leads_there_and_back(interval: str, moment_ms: int) -> None:
    open_ms = interval_start(interval, moment_ms)
    assert next_open(interval, open_ms) == interval_end(interval, open_ms)
    assert previous_open(interval, next_open(interval, open_ms)) == open_ms


@pytest.mark.parametrize("interval", ["", "m", "0m", "1x", "-1m", "1.5m", "²m"])
def test_what_is_no_interval_is_refused(interval: str) -> None:
    with pytest.raises(ValueError, match="no candle interval"):
        next_open(interval, 0)
