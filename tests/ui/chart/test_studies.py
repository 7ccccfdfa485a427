from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.panels import CandleView
from bntui.ui.chart.series import Series
from bntui.ui.chart.studies import EMA_LONG, EMA_SHORT, Ema, Studies, Vwap, day_of, sessions
from tests.support.candles import BEGIN_MS, MINUTE_MS, candle, flat, walk

DAY_MS = 86_400_000


def series_of(views: list[CandleView]) -> Series:
    series = Series()
    series.take("1m", {view.open_ms: view for view in views}, [])
    return series


def closes(*prices: int) -> Series:
    return series_of(
        [
            candle(BEGIN_MS + at * MINUTE_MS, str(price), str(price), str(price), str(price))
            for at, price in enumerate(prices)
        ]
    )


def test_an_average_begins_with_the_plain_one_of_its_first_candles() -> None:
    ema = Ema(3)
    ema.take(closes(1, 2, 6, 7), 0)
    assert list(ema.values.values()) == pytest.approx([3, 5])


def test_an_average_begins_anew_behind_a_hole() -> None:
    views = walk(12, skip=(5,))
    ema = Ema(3)
    series = series_of(views)
    ema.take(series, 0)
    assert series.first is not None
    assert [slot - series.first for slot in ema.values] == [2, 3, 4, 8, 9, 10, 11]


def test_the_weighted_average_is_money_over_quantity_since_the_day_began() -> None:
    midnight = BEGIN_MS // DAY_MS * DAY_MS + DAY_MS
    views = [
        candle(midnight - MINUTE_MS, volume="5", quote_volume="500"),
        candle(midnight, volume="2", quote_volume="20"),
        candle(midnight + MINUTE_MS, volume="1", quote_volume="40"),
    ]
    vwap = Vwap(day_of)
    series = series_of(views)
    vwap.take(series, 0)
    assert series.last is not None
    assert list(vwap.values.values()) == pytest.approx([100, 10, 20])
    assert vwap.since[series.last] == series.last - 1


def test_the_weighted_average_counts_from_behind_a_hole() -> None:
    vwap = Vwap(day_of)
    series = series_of(walk(10, skip=(4,)))
    vwap.take(series, 0)
    assert series.first is not None
    assert series.last is not None
    assert vwap.since[series.last] - series.first == 5


def test_of_contracts_the_weighted_average_is_what_they_are_worth_by_their_coins() -> None:
    vwap = Vwap(day_of, 100.0)
    # 20 contracts of 100 USD for 0.02 + 0.025 BTC.
    views = [
        candle(BEGIN_MS, volume="10", quote_volume="0.02"),
        candle(BEGIN_MS + MINUTE_MS, volume="10", quote_volume="0.025"),
    ]
    vwap.take(series_of(views), 0)
    assert list(vwap.values.values()) == pytest.approx([50_000, 44_444.444])


def test_where_nothing_was_traded_yet_there_is_no_weighted_average() -> None:
    vwap = Vwap(day_of)
    vwap.take(series_of([flat(BEGIN_MS, "5"), flat(BEGIN_MS + MINUTE_MS, "5")]), 0)
    assert vwap.values == {}


def test_sessions_are_days_and_for_long_candles_years() -> None:
    assert sessions(MINUTE_MS)(0) != sessions(MINUTE_MS)(DAY_MS)
    assert sessions(DAY_MS)(0) == sessions(DAY_MS)(100 * DAY_MS)
    assert sessions(DAY_MS)(0) != sessions(DAY_MS)(400 * DAY_MS)


@given(st.lists(st.sampled_from(["tick", "next", "older", "forget", "hole"]), max_size=12))
def test_following_gives_what_reckoning_anew_gives(steps: list[str]) -> None:
    whole = walk(90)
    shown = {view.open_ms: view for view in whole[30:60]}
    series, studies = Series(), Studies.of(MINUTE_MS)
    for step in ["", *steps]:
        newest = max(shown)
        match step:
            case "tick":
                shown[newest] = replace(shown[newest], close=shown[newest].high)
            case "next":
                shown[newest + MINUTE_MS] = replace(whole[5], open_ms=newest + MINUTE_MS)
            case "older":
                older = min(shown) - MINUTE_MS
                shown[older] = replace(whole[9], open_ms=older)
                shown = dict(sorted(shown.items()))
            case "forget":
                del shown[min(shown)]
            case "hole":
                del shown[sorted(shown)[len(shown) // 2]]
        stale_from = series.take("1m", shown, [])
        if stale_from is not None:
            studies.take(series, stale_from)
        anew = Studies.of(MINUTE_MS)
        anew.take(series_of(list(shown.values())), -(10**12))
        for kept, fresh in (
            (studies.short.values, anew.short.values),
            (studies.long.values, anew.long.values),
            (studies.vwap.values, anew.vwap.values),
        ):
            assert list(kept) == list(fresh)
            assert list(kept.values()) == pytest.approx(list(fresh.values()))
        assert studies.vwap.since == anew.vwap.since


def test_there_is_a_short_average_and_a_long_one() -> None:
    studies = Studies.of(MINUTE_MS)
    assert (studies.short.length, studies.long.length) == (EMA_SHORT, EMA_LONG)
    assert EMA_SHORT < EMA_LONG
