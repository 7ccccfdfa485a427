"""Two connections that carry the same streams make one flow without repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bntui.feed.core.merge import Merge
from bntui.model.derivatives import IndexPrice, Liquidation, MarkPrice
from bntui.model.events import (
    AggTrade,
    Candle,
    DepthDiff,
    MarketEvent,
    MiniTicker,
    PartialDepth,
    Quote,
    RpiDepth,
    Trade,
)
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.status import Gap

BTC = SymbolKey(Market.SPOT, "BTCUSDT")


def quote(n: int) -> Quote:
    return Quote(BTC, "1", "1", "2", "1", n, None, n, 0.0)


def agg(n: int) -> AggTrade:
    return AggTrade(BTC, n, n, n, "1", "1", Side.BUY, n, n, n, 0.0)


def diff(n: int) -> DepthDiff:
    return DepthDiff(BTC, n, n, None, (), (), n, n, 0.0)


def partial(n: int) -> PartialDepth:
    return PartialDepth(BTC, n, (), (), None, n, 0.0)


def candle(n: int, open_ms: int = 0, closed: bool = False) -> Candle:
    return Candle(
        BTC, "1m", "", open_ms, open_ms + 59_999, "1", "1", "1", "1", "1", "1", "1", "1", 1, 1, 1,
        closed, n, n, 0.0,
    )  # fmt: skip


def trade(n: int) -> Trade:
    return Trade(BTC, n, "1", "1", Side.BUY, n, n, n, 0.0)


def rpi(n: int) -> RpiDepth:
    return RpiDepth(BTC, n, n, n - 1, (), (), n, n, 0.0)


def mark(n: int) -> MarkPrice:
    return MarkPrice(BTC, "1", None, None, None, None, None, n, n, 0.0)


def index(n: int) -> IndexPrice:
    return IndexPrice(BTC, "1", n, n, 0.0)


def liquidation(n: int) -> Liquidation:
    return Liquidation(BTC, Side.SELL, "1", "1", "1", "1", "1", "FILLED", 0, n, n, 0.0)


@pytest.mark.parametrize("make", [quote, diff, partial, candle, rpi, mark, index, liquidation])
def test_repeats_and_steps_back_are_dropped(make: Callable[[int], MarketEvent]) -> None:
    merge, out = Merge(2.0), list[object]()
    events = [make(n) for n in (1, 2, 2, 1, 3)]
    for event in events:
        out += merge.take("s", [event], 0.0)
    assert out == [events[0], events[1], events[4]]


def test_a_candle_is_closed_once_and_nothing_of_it_follows() -> None:
    merge = Merge(2.0)
    assert merge.take("k", [candle(1, 0, closed=True)], 0.0)
    assert not merge.take("k", [candle(2, 0, closed=True)], 0.0)
    assert not merge.take("k", [candle(3, 0)], 0.0)
    assert merge.take("k", [candle(4, 60_000)], 0.0)


def test_trades_are_sequenced_by_symbol() -> None:
    merge = Merge(2.0)
    merge.take("t", [trade(1)], 0.0)
    assert merge.take("t", [trade(3)], 0.0) == ()
    assert [getattr(e, "trade_id", "gap") for e in merge.due(2.0)] == ["gap", 3]


def test_an_id_that_was_spent_without_a_trade_leaves_no_hole_and_is_not_told() -> None:
    merge = Merge(2.0)
    spent = replace(trade(2), price="0", qty="0", spent=True)
    assert merge.take("t", [trade(1)], 0.0) == (trade(1),)
    assert merge.take("t", [spent], 0.0) == []
    assert merge.take("t", [trade(3)], 0.0) == (trade(3),)


def test_an_id_that_was_spent_behind_a_hole_is_not_told_either() -> None:
    merge = Merge(2.0)
    merge.take("t", [trade(1)], 0.0)
    merge.take("t", [replace(trade(3), price="0", qty="0", spent=True)], 0.0)
    merge.take("t", [trade(4)], 0.0)
    assert [getattr(e, "trade_id", "gap") for e in merge.due(2.0)] == ["gap", 4]


def test_a_hole_after_a_lost_connection_names_it() -> None:
    merge = Merge(2.0)
    merge.take("t", [trade(1)], 0.0)
    merge.interrupted(["t"], "connection lost: x")
    merge.take("t", [trade(3)], 0.0)
    assert getattr(merge.due(2.0)[0], "cause", "") == "connection lost: x"


def test_what_has_no_order_passes() -> None:
    mini = MiniTicker(BTC, "1", "1", "1", "1", "1", "1", 5, 5, 0.0)
    merge = Merge(2.0)
    assert merge.take("m", [mini], 0.0) == [mini]
    assert merge.take("arr", [mini, mini], 0.0) == [mini, mini]


def test_a_forgotten_stream_begins_anew() -> None:
    merge = Merge(2.0)
    merge.take("q", [quote(100)], 0.0)
    merge.forget("q")
    assert merge.take("q", [quote(5)], 0.0)


def test_candles_that_never_closed_are_a_hole() -> None:
    merge = Merge(2.0)
    merge.take("k", [candle(1, 0)], 0.0)
    told = merge.take("k", [candle(2, 180_000)], 1.0)
    assert isinstance(told[0], Gap)
    assert (told[0].from_id, told[0].to_id, told[0].interval) == (0, 120_000, "1m")
    assert merge.take_holes() == [told[0]]
    assert merge.take_holes() == []


def test_a_candle_that_follows_a_closed_one_is_no_hole() -> None:
    merge = Merge(2.0)
    merge.take("k", [candle(1, 0, closed=True)], 0.0)
    assert len(merge.take("k", [candle(2, 60_000)], 1.0)) == 1


def test_aggregated_trades_wait_behind_a_hole_like_single_ones_and_apart_from_them() -> None:
    merge = Merge(2.0)
    merge.take("a", [agg(1)], 0.0)
    merge.take("t", [trade(7)], 0.0)
    assert merge.take("a", [agg(2)], 0.0)
    assert merge.take("a", [agg(5)], 0.0) == ()
    assert not merge.take("a", [agg(2)], 0.0)
    gap, told = merge.due(2.0)
    assert isinstance(gap, Gap)
    assert (gap.from_id, gap.to_id, gap.aggregated) == (3, 4, True)
    assert told == agg(5)
    assert merge.take_holes() == [gap]


def test_candles_that_a_lost_connection_kept_away_name_it() -> None:
    merge = Merge(2.0)
    merge.take("k", [candle(1, 0)], 0.0)
    merge.interrupted(["k", "never seen"], "connection lost: x")
    merge.interrupted(["k"], "connection lost: y")
    told = merge.take("k", [candle(2, 180_000)], 1.0)
    assert getattr(told[0], "cause", "") == "connection lost: x"
    told = merge.take("k", [candle(3, 360_000)], 2.0)
    assert getattr(told[0], "cause", "") == "candles missing on the stream"


def test_a_lost_connection_that_cost_no_candle_explains_none() -> None:
    merge = Merge(2.0)
    merge.take("k", [candle(1, 0)], 0.0)
    merge.interrupted(["k"], "connection lost: x")
    assert len(merge.take("k", [candle(2, 0)], 1.0)) == 1
    told = merge.take("k", [candle(3, 180_000)], 2.0)
    assert getattr(told[0], "cause", "") == "candles missing on the stream"


def test_missing_months_are_named_by_the_calendar() -> None:
    january, march, april = (int(datetime(2024, m, 1, tzinfo=UTC).timestamp()) * 1000 for m in (1, 3, 4))
    merge = Merge(2.0)
    merge.take("k", [replace(candle(1, january, closed=True), interval="1M", close_ms=1)], 0.0)
    months = [replace(candle(2, april), interval="1M", close_ms=april + 1)]
    told = merge.take("k", months, 1.0)
    assert isinstance(told[0], Gap)
    assert told[0].to_id == march
