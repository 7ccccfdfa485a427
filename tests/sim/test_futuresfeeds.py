"""What only the futures send: batches, marks, liquidations, and arrays with both families in them."""

from __future__ import annotations

from bntui.sim.bars import MINUTE_US
from bntui.sim.book import Book
from bntui.sim.desk import Desk
from bntui.sim.dialect import FUTURES_TEXTS, SECOND_US
from bntui.sim.feeds import DepthFeed
from bntui.sim.futuresfeeds import (
    AggregateFeed,
    AllMarkPricesFeed,
    AllQuotesFeed,
    AllTickersFeed,
    ContinuousKlineFeed,
    IndexPriceFeed,
    LiquidationFeed,
    MarkPriceFeed,
)
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.pricing import Pricing
from bntui.sim.timeline import Timeline
from bntui.sim.tradelog import AggRow, TradeLog
from tests.sim.floors import COIN, DELIVERY, PERPETUAL
from tests.sim.rig import MINUTE, Ear, audience

START_US = MINUTE * MINUTE_US
PRICING = Pricing(lambda pair: 91_000.0)


def desk(pair: Pair = PERPETUAL) -> Desk:
    here = Desk(pair, Book(7, 60), Timeline(MINUTE, 910_000, 100), TradeLog(1_000), FUTURES_TEXTS)
    here.set_level(here.book.bids, 909_999, 5)
    here.set_level(here.book.asks, -910_001, 5)
    return here


def at(seconds: float) -> int:
    return START_US + round(seconds * SECOND_US)


def trade(here: Desk, seconds: float, steps: int = 2) -> TradeRow:
    last_id = here.timeline.open.last_id
    row = TradeRow(last_id + 1, last_id, at(seconds), 910_000, steps, False)
    here.trade(row)
    return row


def part(agg_id: int, trade_id: int, seconds: float) -> AggRow:
    return AggRow(agg_id, trade_id, trade_id, at(seconds), 910_000, 3, True)


def test_ids_of_a_book_have_holes_and_each_change_names_the_one_before() -> None:
    here, ear = desk(), Ear()
    feed = DepthFeed(here, audience(ear, "d"), SECOND_US // 10)
    here.book_watchers.append(feed)
    before = here.book.update_id
    for turn in range(1, 30):
        here.set_level(here.book.bids, 909_000 + turn, turn)
        here.set_level(here.book.asks, -911_000 - turn, turn)
        feed.fire(at(turn / 10))
    last, holes = before, 0
    for diff in ear.payloads("d"):
        assert diff["pu"] == last < diff["U"] <= diff["u"]
        holes += diff["U"] > last + 1
        last = diff["u"]
    assert last == here.book.update_id
    assert holes > 20


def test_what_is_traded_within_a_tenth_of_a_second_is_one_aggregate_and_comes_after_it() -> None:
    ear = Ear()
    feed = AggregateFeed(desk(), audience(ear, "a"))
    assert feed.due(at(0.03), 0) == at(0.1)
    for row in (part(1, 11, 0.01), part(1, 12, 0.05), part(2, 13, 0.06), part(3, 14, 0.11)):
        feed.aggregated(row)
    feed.fire(at(0.11))
    assert [(agg["a"], agg["f"], agg["l"], agg["q"]) for agg in ear.payloads("a")] == [
        (1, 11, 12, "0.006"),
        (2, 13, 13, "0.003"),
    ]
    feed.fire(at(0.2))
    assert [agg["a"] for agg in ear.payloads("a")] == [1, 2, 3]


def test_mark_prices_come_at_whole_seconds_whether_they_changed_or_not() -> None:
    ear = Ear()
    fast, slow = (MarkPriceFeed(PERPETUAL, audience(ear, "m"), speed, PRICING) for speed in ("1s", ""))
    assert (fast.due(at(0.4), 0), slow.due(at(0.4), 0) % (3 * SECOND_US)) == (at(1), 0)
    fast.fire(at(1))
    fast.fire(at(2))
    assert [mark["E"] for mark in ear.payloads("m")] == [at(1) // 1000, at(2) // 1000]


def test_all_mark_prices_come_in_a_frame_for_each_family() -> None:
    ear = Ear()
    AllMarkPricesFeed([COIN, PERPETUAL, DELIVERY], audience(ear, "m"), "1s", PRICING).fire(at(1))
    frames = ear.payloads("m")
    assert [[(row["s"], row["st"]) for row in frame] for frame in frames] == [
        [("BTCUSDT", 1), ("BTCUSDT_260327", 1)],
        [("BTCUSD_PERP", 2)],
    ]
    assert (frames[0][1]["T"], frames[0][1]["r"]) == (0, "0.00000000")


def test_index_prices_are_those_of_the_pair() -> None:
    ear = Ear()
    IndexPriceFeed(COIN, audience(ear, "i"), PRICING).fire(at(3))
    assert [(index["s"], index["p"]) for index in ear.payloads("i")] == [("BTCUSD", "91000.00000000")]


def test_of_a_second_s_liquidations_only_the_largest_is_told() -> None:
    one, other, ear = desk(), desk(COIN), Ear()
    feed = LiquidationFeed(lambda: (one, other), audience(ear, "f"), START_US)
    one.liquidations += [trade(one, 0.2, 5), trade(one, 0.4, 9), trade(one, 0.6, 3)]
    other.liquidations.append(trade(other, 0.5, 4))
    feed.fire(at(1))
    feed.fire(at(2))
    orders = [payload["o"] for payload in ear.payloads("f")]
    assert [(order["s"], order["q"], order["st"]) for order in orders] == [
        ("BTCUSDT", "0.009", 1),
        ("BTCUSD_PERP", "4", 2),
    ]


def test_the_candle_of_a_line_counts_updates_of_the_book() -> None:
    here, ear = desk(), Ear()
    feed = ContinuousKlineFeed(here, audience(ear, "k"), "1s", START_US, SECOND_US // 4)
    first = here.book.update_id
    trade(here, 0.1)
    feed.traded(trade(here, 0.2))
    here.set_level(here.book.bids, 909_990, 1)
    feed.fire(at(0.25))
    feed.fire(at(1.1))
    ids = [(candle["k"]["f"], candle["k"]["L"], candle["k"]["x"]) for candle in ear.payloads("k")]
    last = here.book.update_id
    assert ids == [(first, last, False), (first, last, True), (last, last, False)]
    assert feed.period_us == SECOND_US // 4


def test_all_tickers_hold_what_was_traded_in_both_families() -> None:
    one, other, still, ear = desk(), desk(COIN), desk(DELIVERY), Ear()
    full, mini = (
        AllTickersFeed(lambda: (one, other, still), audience(ear, name), mini=name == "mini")
        for name in ("full", "mini")
    )
    full.fire(at(1))
    trade(one, 1.1)
    trade(other, 1.2)
    for feed in (full, mini):
        feed.fire(at(2))
        feed.fire(at(3))
    for name, event in (("full", "24hrTicker"), ("mini", "24hrMiniTicker")):
        (frame,) = ear.payloads(name)
        assert [(row["e"], row["s"], row["st"]) for row in frame] == [
            (event, "BTCUSDT", 1),
            (event, "BTCUSD_PERP", 2),
        ]


def test_all_quotes_come_one_by_one_where_they_changed() -> None:
    one, other, ear = desk(), desk(COIN), Ear()
    feed = AllQuotesFeed(lambda: (one, other), audience(ear, "q"))
    feed.fire(at(5))
    other.quote_changed()
    feed.fire(at(10))
    assert [quote["s"] for quote in ear.payloads("q")] == ["BTCUSDT", "BTCUSD_PERP", "BTCUSD_PERP"]
