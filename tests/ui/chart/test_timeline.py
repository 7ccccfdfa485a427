from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.chart.intervals import INTERVALS, Slots
from bntui.ui.chart.timeline import APART, LOCAL_ZONE, UTC_ZONE, Zone, moment_text, ticks

NOON_MS = int(datetime(2025, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)


def opens(interval: str, count: int, begin_ms: int = NOON_MS) -> list[int]:
    slots = Slots.of(interval)
    first = slots.at(begin_ms)
    return [slots.opens(first + place) for place in range(count)]


def texts(interval: str, count: int, pitch: int = 2, zone: Zone = UTC_ZONE) -> list[str]:
    return [tick.text for tick in ticks(opens(interval, count), pitch, zone, interval == "1s")]


@pytest.mark.parametrize(
    ("interval", "count", "first"),
    [
        ("1s", 60, ["12:00:10", "12:00:20", "12:00:30"]),
        ("1m", 30, ["12:05", "12:10", "12:15"]),
        ("1h", 30, ["18:00", "23 Nov", "06:00"]),
        ("1d", 60, ["25 Nov", "Dec", "5 Dec", "10 Dec", "15 Dec", "20 Dec", "25 Dec", "2026"]),
        ("1w", 60, ["Dec", "2026", "Feb"]),
        ("1M", 60, ["2026", "Apr", "Jul", "2027", "Apr"]),
    ],
)
def test_times_are_round(interval: str, count: int, first: list[str]) -> None:
    assert texts(interval, count)[: len(first)] == first


def test_a_zone_counts_its_own_days() -> None:
    berlin = Zone(ZoneInfo("Europe/Berlin"))
    assert "23 Nov" in texts("1h", 30, zone=berlin)
    at = {tick.text: tick.place for tick in ticks(opens("1h", 30), 2, berlin, False)}
    assert at["23 Nov"] == 11, "an hour before midnight UTC"
    assert berlin.name(NOON_MS) == "CET"
    assert UTC_ZONE.name(NOON_MS) == "UTC"
    assert LOCAL_ZONE.name(NOON_MS)


@given(
    st.sampled_from(INTERVALS),
    st.integers(0, 400),
    st.sampled_from([1, 2, 4, 8]),
    st.integers(0, 4_000_000_000_000),
)
def test_times_never_touch_and_are_never_cut_off(interval: str, count: int, pitch: int, begin: int) -> None:
    found = ticks(opens(interval, count, begin), pitch, UTC_ZONE, interval == "1s")
    places = [(tick.place * pitch - len(tick.text) // 2, len(tick.text)) for tick in found]
    assert all(left >= 0 and left + width <= count * pitch for left, width in places)
    assert all(left + width + APART <= after for (left, width), (after, _) in pairwise(places))


def test_a_candle_alone_has_no_axis() -> None:
    assert ticks([NOON_MS], 2, UTC_ZONE, False) == ()


@pytest.mark.parametrize(
    ("length_s", "text"),
    [(1, "2025-11-22 12:00:00"), (60, "2025-11-22 12:00"), (86_400, "2025-11-22")],
)
def test_a_moment_is_told_as_exactly_as_its_candle_asks_for(length_s: float, text: str) -> None:
    assert moment_text(NOON_MS, UTC_ZONE, length_s) == text


def test_no_time_is_too_far_away() -> None:
    assert moment_text(10**18, UTC_ZONE, 60) == "1970-01-01 00:00"
    assert moment_text(-(10**18), LOCAL_ZONE, 60) == "1970-01-01 00:00"
