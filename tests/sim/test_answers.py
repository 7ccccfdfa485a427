"""REST bodies agree with the streams, and have the exchange's fields in its order."""

from __future__ import annotations

import json
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.clock import ManualClock
from bntui.sim import answers
from bntui.sim.bars import join
from bntui.sim.desk import Desk
from bntui.sim.hub import Hub
from bntui.sim.instruments import RARE_SYMBOL
from bntui.sim.market import Market
from bntui.sim.tradelog import TradeLog
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.names import INTERVALS
from tests.sim.rig import PAIR, Ear, listen, run


def lively(symbol: str = "BTCUSDT", seconds: float = 90) -> tuple[Desk, int]:
    """A desk that has traded for a while, and the time."""
    clock, hub = ManualClock(), Hub()
    clock.advance(17.3)
    market = Market(clock, 10, 300.0, 1)
    listen(market, hub, Ear(), f"{symbol.lower()}@trade")
    run(market, clock, seconds)
    desk = market.desk(symbol)
    assert desk is not None
    return desk, market.now_us()


LIVELY, NOW_US = lively()
RARE, RARE_NOW_US = lively(RARE_SYMBOL)
NOW_MS = NOW_US // 1000


def test_a_book_is_as_deep_as_asked() -> None:
    body = json.loads(answers.depth(LIVELY, 7))
    assert list(body) == ["lastUpdateId", "bids", "asks"]
    assert (len(body["bids"]), len(body["asks"])) == (7, 7)
    assert body["lastUpdateId"] == LIVELY.book.update_id
    assert float(body["bids"][0][0]) < float(body["asks"][0][0])
    whole = json.loads(answers.depth(LIVELY, 5_000))
    assert len(whole["bids"]) == len(LIVELY.book.bids) < 5_000


def test_the_newest_trades_reach_back_into_the_past() -> None:
    rows = json.loads(answers.trades(LIVELY.pair, answers.newest_trades(LIVELY, 1_000)))
    ids = [row["id"] for row in rows]
    assert ids == list(range(LIVELY.timeline.open.last_id - 999, LIVELY.timeline.open.last_id + 1))
    assert list(rows[0]) == ["id", "price", "qty", "quoteQty", "time", "isBuyerMaker", "isBestMatch"]


def test_aggregates_cover_the_trades() -> None:
    text = answers.agg_trades(LIVELY.pair, answers.newest_aggregates(LIVELY, 200), 200)
    rows = json.loads(text)
    assert "".join(rows[0]) == "apqflTmM"
    assert rows[-1]["l"] == LIVELY.timeline.open.last_id
    assert len(rows) == 200
    assert all(later["f"] == earlier["l"] + 1 for earlier, later in pairwise(rows))
    assert all(later["a"] == earlier["a"] + 1 for earlier, later in pairwise(rows))


def test_trades_between_two_moments() -> None:
    first_us, last_us = NOW_US - 30_000_000, NOW_US - 10_000_000
    rows = list(answers.trades_between(LIVELY, first_us, last_us, NOW_US))
    assert rows
    assert all(first_us <= row.time_us <= last_us for row in rows)
    open_ended = next(answers.trades_between(LIVELY, first_us, None, NOW_US))
    assert open_ended == rows[0]
    hour_before = next(answers.trades_between(LIVELY, None, last_us, NOW_US))
    assert hour_before.time_us >= last_us - 3_600_000_000


def test_both_ends_of_a_time_belong_to_it_to_the_microsecond() -> None:
    row = answers.newest_trades(LIVELY, 5)[0]
    exactly = list(answers.trades_between(LIVELY, row.time_us, row.time_us, NOW_US))
    assert row in exactly
    assert row not in answers.trades_between(LIVELY, row.time_us + 1, NOW_US, NOW_US)
    assert row not in answers.trades_between(LIVELY, row.time_us - 10, row.time_us - 1, NOW_US)


def test_times_can_be_in_microseconds() -> None:
    rows = answers.newest_trades(LIVELY, 3)
    assert [row["time"] for row in json.loads(answers.trades(LIVELY.pair, rows, micro=True))] == [
        row.time_us for row in rows
    ]
    aggregates = json.loads(answers.agg_trades(LIVELY.pair, iter(rows), 3, micro=True))
    assert aggregates[0]["T"] == rows[0].time_us
    (candle,) = answers.candles_of(LIVELY, "1m", NOW_US, 1)
    ((opened, *_, closed, _, _, _, _, _),) = json.loads(answers.klines(LIVELY.pair, [candle], micro=True))
    assert (opened, closed) == (candle[0] * 1000, candle[1] * 1000 - 1)
    for mini in (False, True):
        ticker = json.loads(answers.ticker(LIVELY, NOW_US, mini=mini, micro=True))
        assert (ticker["closeTime"], ticker["openTime"] % 60_000_000) == (NOW_US, 0)
    average = json.loads(answers.average_price(LIVELY, micro=True))
    assert average["closeTime"] == LIVELY.last_trade_us
    reference = json.loads(answers.reference_price(LIVELY, micro=True))
    assert reference["timestamp"] == LIVELY.timeline.minute * 60_000_000


@settings(max_examples=20)
@given(st.sampled_from(sorted(set(INTERVALS) - {"1s"})), st.integers(1, 40))
def test_larger_candles_are_the_smaller_ones_joined(interval: str, limit: int) -> None:
    for start, end, bar in answers.candles_of(LIVELY, interval, NOW_US, min(limit, 3)):
        known_from = max(start, LIVELY.timeline.first_minute * 60_000)
        if (end - known_from) // 60_000 > 400:
            continue
        minutes = LIVELY.timeline.minutes(known_from // 60_000, end // 60_000)
        joined = minutes[0][1]
        for _, minute in minutes[1:]:
            joined = join(joined, minute)
        assert bar == joined or not bar.trades


def starts(candles: list[answers.Candle]) -> list[int]:
    return [start for start, _, _ in candles]


def test_the_last_candles_come_first_asked_and_end_with_the_running_one() -> None:
    candles = answers.candles_of(LIVELY, "1m", NOW_US, 500)
    assert starts(candles) == [NOW_MS // 60_000 * 60_000 - 60_000 * back for back in range(499, -1, -1)]
    assert candles[-1][2] == LIVELY.timeline.open.bar()


def test_candles_between_two_moments() -> None:
    base = NOW_MS // 60_000 * 60_000 - 3_600_000
    assert starts(answers.candles_of(LIVELY, "1m", NOW_US, 3, base)) == [base, base + 60_000, base + 120_000]
    assert starts(answers.candles_of(LIVELY, "1m", NOW_US, 3, base + 1)) == [
        base + 60_000,
        base + 120_000,
        base + 180_000,
    ]
    assert starts(answers.candles_of(LIVELY, "1m", NOW_US, 9, base, base + 60_000)) == [base, base + 60_000]
    assert starts(answers.candles_of(LIVELY, "1m", NOW_US, 2, None, base)) == [base - 60_000, base]
    assert answers.candles_of(LIVELY, "1m", NOW_US, 9, NOW_MS + 60_000) == []
    assert answers.candles_of(LIVELY, "1h", NOW_US, 9, base, base - 1) == []


def test_nothing_is_known_of_the_time_before_the_listing() -> None:
    first = LIVELY.timeline.first_minute * 60_000
    assert starts(answers.candles_of(LIVELY, "1h", NOW_US, 2, 0)) == [first, first + 3_600_000]
    assert len(answers.candles_of(LIVELY, "1d", NOW_US, 1_000)) in range(90, 93)


def test_candles_of_a_second_add_up_to_the_minute() -> None:
    for desk, now_us in ((LIVELY, NOW_US), (RARE, RARE_NOW_US)):
        for back in (1, 2, 200):
            minute = now_us // 60_000_000 - back
            seconds = answers.candles_of(desk, "1s", now_us, 60, minute * 60_000)
            joined = seconds[0][2]
            for _, _, bar in seconds[1:]:
                joined = join(joined, bar)
            whole = desk.timeline.span(minute, minute + 1)
            assert joined == whole or (joined.trades == whole.trades == 0 and joined.close == whole.close)
            assert len(seconds) == 60


def test_seconds_whose_trades_are_forgotten_are_left_out() -> None:
    desk, now_us = lively(seconds=20)
    rows = list(desk.log.from_id(desk.timeline.open.last_id - desk.trades + 1))
    kept = rows[30:]
    desk.log = TradeLog(len(rows))
    assert answers.candles_of(desk, "1s", now_us, 60) == []
    for row in kept:
        desk.log.add(row)
    candles = answers.candles_of(desk, "1s", now_us, 60)
    assert candles
    assert candles[0][0] > kept[0].time_us // 1000
    assert sum(bar.trades for _, _, bar in candles) < len(kept)


def test_candles_have_twelve_columns() -> None:
    rows = json.loads(answers.klines(LIVELY.pair, answers.candles_of(LIVELY, "1m", NOW_US, 2)))
    assert [len(row) for row in rows] == [12, 12]
    assert rows[0][6] == rows[1][0] - 1
    assert [type(cell) for cell in rows[0]] == [int, str, str, str, str, str, int, str, int, str, str, str]


def test_statistics_full_and_mini() -> None:
    full: dict[str, Any] = json.loads(answers.ticker(LIVELY, NOW_US, mini=False))
    mini: dict[str, Any] = json.loads(answers.ticker(LIVELY, NOW_US, mini=True))
    assert list(full) == [
        *("symbol", "priceChange", "priceChangePercent", "weightedAvgPrice", "prevClosePrice"),
        *("lastPrice", "lastQty", "bidPrice", "bidQty", "askPrice", "askQty", "openPrice", "highPrice"),
        *("lowPrice", "volume", "quoteVolume", "openTime", "closeTime", "firstId", "lastId", "count"),
    ]
    assert list(mini) == [
        *("symbol", "openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume"),
        *("openTime", "closeTime", "firstId", "lastId", "count"),
    ]
    assert {name: full[name] for name in mini} == mini
    assert full["lastId"] - full["firstId"] + 1 == full["count"]
    rows = answers.candles_of(LIVELY, "1m", NOW_US, 1_440)
    assert sum(bar.trades for _, _, bar in rows) == full["count"]
    assert LIVELY.pair.quantity(sum(bar.volume for _, _, bar in rows)) == full["volume"]


def test_a_symbol_is_listed_with_its_tick_and_step() -> None:
    row = json.loads(answers.listed(PAIR, permission_sets=True))
    filters = {one["filterType"]: one for one in row["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert (row["baseAsset"], row["quoteAsset"], row["status"]) == ("BTC", "USDT", "TRADING")
    assert row["permissionSets"] == [["SPOT"]]
    assert json.loads(answers.listed(PAIR, permission_sets=False))["permissionSets"] == []


@pytest.mark.parametrize(("window_s", "interval", "number"), [(60, "MINUTE", 1), (10, "SECOND", 10)])
def test_exchange_info_names_the_limits(window_s: float, interval: str, number: int) -> None:
    limits = SPOT.override({"request_weight_window_s": window_s, "request_weight": 77})
    body = json.loads(answers.exchange_info([answers.listed(PAIR, permission_sets=True)], limits, 5))
    assert list(body) == ["timezone", "serverTime", "rateLimits", "exchangeFilters", "symbols"]
    assert body["rateLimits"][0] == {
        "rateLimitType": "REQUEST_WEIGHT",
        "interval": interval,
        "intervalNum": number,
        "limit": 77,
    }
    assert body["symbols"][0]["symbol"] == "BTCUSDT"


def test_aggregates_of_a_desk_without_trades() -> None:
    empty = Desk(PAIR, LIVELY.book, LIVELY.timeline, TradeLog(10))
    assert list(islice(answers.newest_aggregates(empty, 5), 1)) == []
