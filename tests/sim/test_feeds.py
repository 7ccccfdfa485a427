"""What is sent by the clock: books chain, candles close once, statistics come when they changed."""

from __future__ import annotations

from random import Random

import pytest

from bntui.sim.bars import MINUTE_US
from bntui.sim.desk import Desk
from bntui.sim.dialect import SECOND_US
from bntui.sim.feeds import (
    ArrayFeed,
    AverageFeed,
    BlockTradeFeed,
    DepthFeed,
    KlineFeed,
    PartialDepthFeed,
    TickerFeed,
    WindowFeed,
)
from bntui.sim.history import TradeRow
from tests.sim.rig import MINUTE, Ear, audience, desk

START_US = MINUTE * MINUTE_US
FAST_US = SECOND_US // 10


def trade(here: Desk, at_s: float, price: int = 1_000, steps: int = 2) -> None:
    last_id = here.timeline.open.last_id
    here.trade(TradeRow(last_id + 1, last_id, START_US + round(at_s * SECOND_US), price, steps, False))


def at(seconds: float) -> int:
    return START_US + round(seconds * SECOND_US)


def with_book(here: Desk) -> Desk:
    for place in range(30):
        here.set_level(here.book.bids, 1_000 - place, 1 + place)
        here.set_level(here.book.asks, -(1_001 + place), 1 + place)
    return here


# Books


def test_diffs_chain_without_a_gap_and_carry_what_changed() -> None:
    here, ear = with_book(desk()), Ear()
    feed = DepthFeed(here, audience(ear, "d"), FAST_US)
    here.book_watchers.append(feed)
    first = here.book.update_id + 1
    here.set_level(here.book.bids, 1_000, 9)
    here.set_level(here.book.bids, 999, 0)
    feed.fire(at(0.1))
    here.set_level(here.book.asks, -1_001, 0)
    here.set_level(here.book.asks, -1_001, 4)
    feed.fire(at(0.2))
    diffs = ear.payloads("d")
    assert [(diff["U"], diff["u"]) for diff in diffs] == [(first, first + 1), (first + 2, first + 3)]
    assert diffs[0]["b"] == [["10.00000000", "0.00009000"], ["9.99000000", "0.00000000"]]
    assert (diffs[0]["a"], diffs[1]["b"]) == ([], [])
    assert diffs[1]["a"] == [["10.01000000", "0.00004000"]]
    assert diffs[0]["E"] == at(0.1) // 1000


def test_a_book_that_does_not_change_is_silent() -> None:
    ear = Ear()
    here = with_book(desk())
    feed = DepthFeed(here, audience(ear), SECOND_US)
    feed.fire(at(1))
    assert ear.texts == []
    assert feed.period_us == SECOND_US


def test_a_partial_book_is_whole_and_comes_when_the_book_changed() -> None:
    here, ear = with_book(desk()), Ear()
    feed = PartialDepthFeed(here, audience(ear, "p"), 5, FAST_US)
    feed.fire(at(0.1))
    feed.fire(at(0.2))
    here.set_level(here.book.bids, 1_000, 77)
    feed.fire(at(0.3))
    first, second = ear.payloads("p")
    assert len(first["bids"]) == len(first["asks"]) == 5
    assert second["lastUpdateId"] == first["lastUpdateId"] + 1
    assert second["bids"][0] == ["10.00000000", "0.00077000"]


def test_an_empty_book_is_not_sent() -> None:
    ear = Ear()
    PartialDepthFeed(desk(), audience(ear), 5, SECOND_US).fire(at(1))
    assert ear.texts == []


# Candles


def candles(ear: Ear) -> list[tuple[int, int, bool, str]]:
    return [
        (
            (payload["k"]["t"] - START_US // 1000) // 1000,
            payload["k"]["n"],
            payload["k"]["x"],
            payload["k"]["c"],
        )
        for payload in ear.payloads("k")
    ]


def kline(here: Desk, ear: Ear, interval: str = "1m", now_s: float = 0) -> KlineFeed:
    feed = KlineFeed(here, audience(ear, "k"), interval, "", at(now_s))
    here.trade_watchers.append(feed)
    return feed


def test_a_candle_is_sent_when_it_changed_and_its_end_exactly_once() -> None:
    here, ear = desk(), Ear()
    feed = kline(here, ear)
    feed.fire(at(2))
    feed.fire(at(4))
    trade(here, 5, 1_010)
    feed.fire(at(6))
    feed.fire(at(60))
    feed.fire(at(62))
    feed.fire(at(64))
    assert candles(ear) == [
        (0, 0, False, "10.00000000"),
        (0, 1, False, "10.10000000"),
        (0, 1, True, "10.10000000"),
        (60, 0, False, "10.10000000"),
    ]


def test_a_trade_of_the_next_minute_ends_the_candle_first() -> None:
    here, ear = desk(), Ear()
    feed = kline(here, ear)
    trade(here, 59.9, 1_001)
    trade(here, 60.1, 1_002)
    feed.fire(at(60.2))
    assert candles(ear) == [(0, 1, True, "10.01000000"), (60, 1, False, "10.02000000")]


def test_every_candle_of_a_long_pause_ends_once() -> None:
    here, ear = desk(), Ear()
    kline(here, ear).fire(at(200))
    assert [(start, closed) for start, _, closed, _ in candles(ear)] == [
        (0, True),
        (60, True),
        (120, True),
        (180, False),
    ]


def test_a_candle_fires_at_its_end_besides_its_pace() -> None:
    here = desk()
    feed = kline(here, Ear())
    assert (feed.due(at(57), at(59)), feed.due(at(59), at(61))) == (at(59), at(60))
    assert (feed.period_us, kline(here, Ear(), "1s").period_us) == (2 * SECOND_US, SECOND_US)


@pytest.mark.parametrize("interval", ["1m", "5m", "1h", "1d"])
def test_a_candle_knows_what_was_traded_before_somebody_listened(interval: str) -> None:
    here, ear = desk(), Ear()
    trade(here, 1, 1_005)
    trade(here, 61, 1_006)
    feed = kline(here, ear, interval, 62)
    trade(here, 63, 1_007)
    feed.fire(at(64))
    last = ear.payloads("k")[-1]["k"]
    assert (last["n"], last["L"], last["h"]) == (2 if interval == "1m" else 3, 103, "10.07000000")
    assert last["f"] == 104 - last["n"]


def test_a_candle_of_one_second_knows_its_own_second() -> None:
    here, ear = desk(), Ear()
    trade(here, 1.9, 1_005)
    trade(here, 2.1, 1_006)
    feed = kline(here, ear, "1s", 2.2)
    feed.fire(at(2.5))
    assert candles(ear) == [(2, 1, False, "10.06000000")]


def test_candles_of_another_zone_begin_at_its_midnight() -> None:
    ear = Ear()
    feed = KlineFeed(desk(), audience(ear, "k"), "1d", "+08:00", START_US)
    feed.fire(START_US)
    assert (ear.payloads("k")[0]["k"]["t"] + 8 * 3_600_000) % 86_400_000 == 0


# Statistics


def test_statistics_come_when_something_in_them_changed() -> None:
    here, ear = with_book(desk()), Ear()
    feed = TickerFeed(here, audience(ear, "t"))
    feed.fire(at(1))
    feed.fire(at(2))
    here.set_level(here.book.bids, 1_000, 77)
    here.quote_changed()
    feed.fire(at(3))
    trade(here, 3.5, 1_001)
    feed.fire(at(4))
    feed.fire(at(5))
    first, second, third = ear.payloads("t")
    assert (second["B"], third["c"], third["n"], third["L"]) == ("0.00077000", "10.01000000", 1, 101)
    assert (first["n"], first["F"], first["L"]) == (0, -1, -1)


@pytest.mark.parametrize(("window", "kind"), [("", "24hrMiniTicker"), ("1h", "1hTicker"), ("1d", "1dTicker")])
def test_windows_come_with_each_trade_and_when_a_trade_leaves(window: str, kind: str) -> None:
    here, ear = desk(), Ear()
    feed = WindowFeed(here, audience(ear, "w"), window)
    for second in (1, 2):
        feed.fire(at(second))
    trade(here, 2.5)
    for second in (3, 4):
        feed.fire(at(second))
    here.quote_changed()
    feed.fire(at(5))
    leaves = {"1h": 3_660, "": 86_400, "1d": 86_460}[window]
    feed.fire(at(leaves - 1))
    feed.fire(at(leaves))
    assert [payload["v"] for payload in ear.payloads("w")] == ["0.00000000", "0.00002000", "0.00000000"]
    assert {payload["e"] for payload in ear.payloads("w")} == {kind}


@pytest.mark.parametrize(("window", "hours"), [("1h", 1), ("4h", 4), ("1d", 24)])
def test_a_window_begins_with_a_minute_and_is_never_shorter_than_its_name(window: str, hours: int) -> None:
    here, ear = desk(), Ear()
    feed = WindowFeed(here, audience(ear, "w"), window)
    for second in (0, 59):
        trade(here, second + 0.5)
        feed.fire(at(second + 0.999))
    for payload in ear.payloads("w"):
        assert payload["O"] % 60_000 == 0
        assert 0 <= payload["C"] - payload["O"] - hours * 3_600_000 < 60_000
    assert len(ear.payloads("w")) == 2


def test_arrays_carry_only_who_traded() -> None:
    here, ear, awake = desk(), Ear(), list[Desk]()
    trade(here, 0.2)
    feed = ArrayFeed(lambda: awake, audience(ear, "!miniTicker@arr"), "")
    awake.append(here)
    feed.fire(at(1))
    feed.fire(at(2))
    assert ear.texts == [], "it traded before, and not since"
    for traded_at in (2.5, 3.5):
        trade(here, traded_at)
        feed.fire(at(traded_at + 0.5))
    feed.fire(at(5))
    arrays = ear.payloads("!miniTicker@arr")
    assert [[row["s"] for row in rows] for rows in arrays] == [["BTCUSDT"], ["BTCUSDT"]]


def test_an_array_knows_from_its_beginning_who_had_traded() -> None:
    here, ear = desk(), Ear()
    trade(here, 0.2)
    feed = ArrayFeed(lambda: [here], audience(ear, "!miniTicker@arr"), "")
    trade(here, 0.5)
    feed.fire(at(1))
    assert len(ear.texts) == 1


def test_the_average_comes_every_second() -> None:
    here, ear = desk(), Ear()
    feed = AverageFeed(here, audience(ear, "a"), reference=False)
    feed.fire(at(1))
    trade(here, 1.5, 1_000, 1)
    trade(here, 1.6, 1_004, 3)
    feed.fire(at(2))
    feed.fire(at(3))
    assert [payload["w"] for payload in ear.payloads("a")] == ["10.00000000", "10.03000000", "10.03000000"]
    assert ear.payloads("a")[1]["T"] == at(1.6) // 1000


def test_a_reference_price_stands_for_a_minute_and_is_null_without_trades() -> None:
    here, ear = desk(), Ear()
    feed = AverageFeed(here, audience(ear, "r"), reference=True)
    feed.fire(at(1))
    trade(here, 2, 1_004)
    for second in (3, 61, 62, 121):
        feed.fire(at(second))
    assert [payload["r"] for payload in ear.payloads("r")] == [None, "10.04000000"]


def test_block_trades_are_large_and_rare() -> None:
    here, ear = with_book(desk()), Ear()
    feed = BlockTradeFeed(here, audience(ear, "b"), Random(3))
    now_us = START_US
    while len(ear.texts) < 20:
        feed.fire(now_us)
        now_us = feed.due(now_us, now_us + SECOND_US)
    payloads = ear.payloads("b")
    assert [payload["t"] for payload in payloads] == list(range(1, 21))
    assert 200 < (now_us - START_US) / 1e6 / 20 < 2_000
    assert float(payloads[0]["q"]) > 30 * 0.00001


def test_block_trades_are_kept_and_numbered_on_after_the_stream_was_closed() -> None:
    here, ear = with_book(desk()), Ear()
    for block_id in (1, 2):
        feed, now_us = BlockTradeFeed(here, audience(ear, "b"), Random(3)), START_US
        while len(here.blocks) < block_id:
            feed.fire(now_us)
            now_us = feed.due(now_us, now_us + SECOND_US)
    assert [row.trade_id for row in here.blocks] == [payload["t"] for payload in ear.payloads("b")] == [1, 2]
