"""Every change of a symbol goes through its desk, and every view of it agrees."""

from __future__ import annotations

from bntui.sim.bars import MINUTE_US
from bntui.sim.book import BookSide
from bntui.sim.history import TradeRow
from bntui.sim.tradelog import AggRow
from tests.sim.rig import MINUTE, Ear, audience, desk

NOW_US = MINUTE * MINUTE_US + 5_000_000


class Watcher:
    def __init__(self) -> None:
        self.levels: list[int] = []
        self.rows: list[TradeRow] = []

    def level_changed(self, side: BookSide, key: int) -> None:
        self.levels.append(key)

    def traded(self, row: TradeRow) -> None:
        self.rows.append(row)


def row(trade_id: int = 101, price: int = 1_005, time_us: int = NOW_US) -> TradeRow:
    return TradeRow(trade_id, 9, time_us, price, 4, False)


def test_each_change_of_a_level_has_an_id_of_its_own() -> None:
    here, watcher = desk(), Watcher()
    here.book_watchers.append(watcher)
    here.set_level(here.book.bids, 1_000, 5)
    here.set_level(here.book.asks, -1_001, 6)
    here.set_level(here.book.bids, 1_000, 0)
    assert here.book.update_id == 7 + 3
    assert watcher.levels == [1_000, -1_001, 1_000]
    assert here.best() == ((0, 0), (1_001, 6))


def test_a_quote_carries_the_id_of_the_change() -> None:
    here, ear = desk(), Ear()
    here.quote_changed()
    here.quote_stream = audience(ear, "btcusdt@bookTicker")
    here.set_level(here.book.bids, 1_000, 5)
    here.set_level(here.book.asks, -1_001, 6)
    here.quote_changed()
    assert ear.payloads("btcusdt@bookTicker") == [
        {
            "u": 9,
            "s": "BTCUSDT",
            "b": "10.00000000",
            "B": "0.00005000",
            "a": "10.01000000",
            "A": "0.00006000",
        }
    ]
    assert here.quotes == 2


def test_a_trade_reaches_bar_log_watchers_and_stream() -> None:
    here, ear, watcher = desk(), Ear(), Watcher()
    here.trade_stream = audience(ear)
    here.trade_watchers.append(watcher)
    here.trade(row())
    assert here.timeline.open.bar()[:7] == (1_005, 1_005, 1_005, 1_005, 4, 4_020, 1)
    assert list(here.log.from_id(0)) == watcher.rows == [row()]
    assert [payload["t"] for payload in ear.payloads("btcusdt@trade")] == [101]
    assert (here.trades, here.last_steps, here.last_trade_us) == (1, 4, NOW_US)


def test_a_trade_of_a_new_minute_closes_the_one_before() -> None:
    here = desk()
    here.trade(row())
    here.trade(row(102, 1_007, NOW_US + 3 * MINUTE_US))
    assert here.timeline.minute == MINUTE + 3
    assert [here.timeline.span(MINUTE + place, MINUTE + place + 1).trades for place in range(4)] == [
        1,
        0,
        0,
        1,
    ]


def test_aggregates_are_told_to_those_who_follow_them() -> None:
    here, ear = desk(), Ear()
    rows = [AggRow(5, 101, 102, NOW_US, 1_000, 3, True), AggRow(6, 103, 103, NOW_US, 999, 1, True)]
    here.aggregated(rows)
    here.agg_stream = audience(ear, "btcusdt@aggTrade")
    here.aggregated(rows)
    assert [(payload["a"], payload["p"]) for payload in ear.payloads("btcusdt@aggTrade")] == [
        (5, "10.00000000"),
        (6, "9.99000000"),
    ]


def test_windows_are_kept_and_follow_the_time() -> None:
    here = desk()
    window = here.window(2)
    assert here.window(2) is window
    here.trade(row())
    here.roll(NOW_US + MINUTE_US)
    assert window.bar().trades == 1
    here.roll(NOW_US + 2 * MINUTE_US)
    assert window.bar().trades == 0


def test_a_desk_says_where_it_is() -> None:
    assert repr(desk()) == "<Desk BTCUSDT <Book 7 None/None> 0 trades>"
