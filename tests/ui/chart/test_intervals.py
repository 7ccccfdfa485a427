from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.chart.intervals import DEFAULT, INTERVALS, Slots, length_ms
from bntui.venue.binance.names import INTERVALS as OF_THE_VENUE

YEAR_9999_MS = 253_370_764_800_000


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


def test_every_interval_of_the_venue_is_offered_the_shortest_first() -> None:
    assert tuple(OF_THE_VENUE) == INTERVALS
    assert [length_ms(word) for word in INTERVALS] == sorted(OF_THE_VENUE.values())
    assert DEFAULT in INTERVALS


@pytest.mark.parametrize("word", ["", "m", "0m", "-3m", "x", "1y", "99999999m", "１m", "1m "])
def test_a_word_that_is_no_interval_counts_as_a_minute(word: str) -> None:
    assert length_ms(word) == 60_000


@pytest.mark.parametrize("interval", INTERVALS)
def test_slots_follow_one_another_without_a_break(interval: str) -> None:
    known = ms(2024, 2, 1) if interval == "1M" else ms(2024, 2, 5)
    slots = Slots.of(interval, known)
    at = slots.at(known)
    assert slots.opens(at) == known
    for slot in range(at - 3, at + 4):
        assert slots.at(slots.opens(slot)) == slot
        assert slots.at(slots.opens(slot + 1) - 1) == slot


def test_weeks_begin_where_the_known_one_does() -> None:
    monday = ms(2025, 11, 17)
    slots = Slots.of("1w", monday)
    assert slots.at(ms(2025, 11, 23, 23, 59)) == slots.at(monday)
    assert slots.at(ms(2025, 11, 24)) == slots.at(monday) + 1


def test_months_follow_the_calendar() -> None:
    slots = Slots.of("1M", ms(2024, 1, 1))
    assert [slots.opens(slots.at(ms(2024, 1, 31)) + step) for step in (0, 1, 2)] == [
        ms(2024, 1, 1),
        ms(2024, 2, 1),
        ms(2024, 3, 1),
    ]


@given(
    st.sampled_from(INTERVALS),
    st.integers(-(10**18), 10**18),
    st.integers(-(10**18), 10**18),
)
def test_no_time_is_too_far_away(interval: str, known: int, asked: int) -> None:
    slots = Slots.of(interval, known)
    opened = slots.opens(slots.at(asked))
    if interval != "1M":
        assert 0 <= asked - opened < length_ms(interval)
    assert slots.opens(10**15) >= slots.opens(-(10**15))
    if interval == "1M":
        assert 0 <= opened <= YEAR_9999_MS
