"""Candles add up, and begin where the exchange's do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.bars import OpenBar, empty_bar, interval_end, interval_start, join
from bntui.venue.binance.names import INTERVALS

trades = st.lists(st.tuples(st.integers(1, 99), st.integers(1, 9), st.booleans()), max_size=20)
moments = st.integers(1_600_000_000_000, 1_900_000_000_000)
HOURS_8 = 8 * 3_600_000


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@given(trades, trades)
def test_two_bars_joined_are_the_bar_of_all_their_trades(
    earlier: list[tuple[int, int, bool]], later: list[tuple[int, int, bool]]
) -> None:
    first, both = OpenBar(empty_bar(50, 10)), OpenBar(empty_bar(50, 10))
    for number, trade in enumerate(earlier, 11):
        first.add(number, *trade)
        both.add(number, *trade)
    second = OpenBar(empty_bar(first.close, first.last_id))
    for number, trade in enumerate(later, 11 + len(earlier)):
        second.add(number, *trade)
        both.add(number, *trade)
    assert join(first.bar(), second.bar()) == both.bar()


def test_a_bar_counts_every_trade() -> None:
    bar = OpenBar(empty_bar(7, 3))
    for number, (price, steps, buys) in enumerate([(10, 2, True), (12, 1, False), (9, 5, True)], 4):
        bar.add(number, price, steps, buys)
    assert bar.bar() == (10, 12, 9, 9, 8, 77, 3, 7, 65, 6)
    assert bar.bar().first_id == 4


def test_an_empty_bar_stands_at_the_price_before_and_has_no_first_trade() -> None:
    bar = empty_bar(7, 3)
    assert bar[:5] == (7, 7, 7, 7, 0)
    assert (bar.first_id, bar.last_id) == (-1, 3)


@given(st.sampled_from(sorted(INTERVALS)), moments, st.sampled_from([0, HOURS_8, -3_600_000]))
def test_every_moment_lies_in_one_candle(interval: str, moment: int, offset: int) -> None:
    start = interval_start(interval, moment, offset)
    end = interval_end(interval, start, offset)
    assert start <= moment < end
    assert interval_start(interval, end - 1, offset) == start
    assert interval_start(interval, end, offset) == end


@pytest.mark.parametrize(
    ("interval", "moment", "start", "end"),
    [
        ("1m", "2026-02-28T23:59:59", "2026-02-28T23:59:00", "2026-03-01T00:00:00"),
        ("1h", "2026-02-28T23:59:59", "2026-02-28T23:00:00", "2026-03-01T00:00:00"),
        ("1w", "2026-03-01T12:00:00", "2026-02-23T00:00:00", "2026-03-02T00:00:00"),
        ("1M", "2026-12-31T12:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("1M", "2028-02-10T12:00:00", "2028-02-01T00:00:00", "2028-03-01T00:00:00"),
    ],
)
def test_intervals_begin_at_utc_boundaries(interval: str, moment: str, start: str, end: str) -> None:
    assert interval_start(interval, ms(moment)) == ms(start)
    assert interval_end(interval, ms(start)) == ms(end)


def test_other_zones_move_the_boundaries() -> None:
    assert interval_start("1d", ms("2026-03-01T17:00:00"), HOURS_8) == ms("2026-03-01T16:00:00")
    assert interval_start("1M", ms("2026-02-28T17:00:00"), HOURS_8) == ms("2026-02-28T16:00:00")
    assert interval_end("1M", ms("2026-02-28T16:00:00"), HOURS_8) == ms("2026-03-31T16:00:00")
