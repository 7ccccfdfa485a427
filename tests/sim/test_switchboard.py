"""Streams of every kind are connected, fired at their pace, and taken off again."""

from __future__ import annotations

from random import Random

import pytest

from bntui.sim.bars import MINUTE_US
from bntui.sim.history import TradeRow
from bntui.sim.switchboard import Schedule, Switchboard
from bntui.venue.base import StreamSpec
from bntui.venue.binance.streams import parse_spot
from tests.sim.rig import MINUTE, Ear, audience, desk

START_US = MINUTE * MINUTE_US
NAMES = [
    "btcusdt@trade",
    "btcusdt@aggTrade",
    "btcusdt@blockTrade",
    "btcusdt@bookTicker",
    "btcusdt@depth",
    "btcusdt@depth@100ms",
    "btcusdt@depth5",
    "btcusdt@depth20@100ms",
    "btcusdt@kline_1s",
    "btcusdt@kline_1M@+08:00",
    "btcusdt@ticker",
    "btcusdt@miniTicker",
    "btcusdt@ticker_4h",
    "btcusdt@avgPrice",
    "btcusdt@referencePrice",
]


class Bell:
    def __init__(self, period_us: int) -> None:
        self.period_us = period_us
        self.rung: list[int] = []

    def fire(self, now_us: int) -> None:
        self.rung.append(now_us)

    def due(self, now_us: int, regular_us: int) -> int:
        return regular_us


def test_feeds_keep_their_pace_and_each_its_phase() -> None:
    schedule, bells = Schedule(), {f"s{number}": Bell(1_000_000) for number in range(8)}
    for name, bell in bells.items():
        schedule.add(name, bell, START_US)
    for tick in range(1, 151):
        schedule.run(START_US + tick * 20_000)
    assert all(len(bell.rung) == 3 for bell in bells.values())
    assert len({bell.rung[0] for bell in bells.values()}) > 4


def test_a_feed_that_was_missed_fires_once_and_goes_on() -> None:
    schedule, bell = Schedule(), Bell(1_000_000)
    schedule.add("s", bell, START_US)
    schedule.run(START_US + 50_000_000)
    schedule.run(START_US + 50_400_000)
    schedule.run(START_US + 51_000_000)
    assert len(bell.rung) == 2


def test_a_feed_that_was_taken_off_is_silent_and_may_come_back() -> None:
    schedule, first, second = Schedule(), Bell(1_000), Bell(1_000)
    schedule.add("s", first, START_US)
    assert schedule.remove("s") is first
    assert schedule.remove("s") is None
    schedule.add("s", second, START_US)
    schedule.run(START_US + 1_000)
    assert (len(first.rung), len(second.rung)) == (0, 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_stream_of_a_symbol_flows_and_stops(name: str) -> None:
    here, ear, board = desk(), Ear(), Switchboard(Random(1))
    stream, spec = audience(ear, name), parse_spot(name)

    def live(second: int) -> None:
        here.set_level(here.book.bids, 900, second)
        here.set_level(here.book.asks, -1_100, second)
        here.quote_changed()
        row = TradeRow(100 + second, second, START_US + second * 1_000_000, 1_000 + second, second, True)
        here.trade(row)
        here.aggregated([])
        board.schedule.run(START_US + second * 1_000_000)

    board.open(here, spec, stream, START_US)
    for second in range(1, 6):
        live(second)
    if name not in ("btcusdt@aggTrade", "btcusdt@blockTrade"):
        assert ear.texts
    heard = len(ear.texts)
    board.close(here, spec, stream)
    for second in range(6, 12):
        live(second)
    assert len(ear.texts) == heard
    assert not here.book_watchers
    assert not here.trade_watchers
    assert here.trade_stream is here.agg_stream is here.quote_stream is None


def test_a_stream_of_all_symbols_is_not_opened_on_a_desk() -> None:
    board, stream = Switchboard(Random(1)), audience(Ear(), "!miniTicker@arr")
    spec = parse_spot("!miniTicker@arr")
    with pytest.raises(ValueError, match="not the stream of one symbol"):
        board.open(desk(), spec, stream, START_US)
    here = desk()
    board.open_all(lambda: [here], spec, stream, START_US)
    here.trade(TradeRow(101, 101, START_US + 1_000, 1_001, 5, False))
    board.schedule.run(START_US + 2_000_000)
    assert stream.sent == 1
    board.close(None, spec, stream)
    board.schedule.run(START_US + 9_000_000)
    assert stream.sent == 1


def test_closing_what_was_never_opened_is_harmless() -> None:
    Switchboard(Random(1)).close(None, StreamSpec(parse_spot("a@ticker").kind), audience(Ear(), "a@ticker"))


@pytest.mark.parametrize("jump_us", [-5_000_000, 5_000_000])
def test_a_schedule_that_starts_again_keeps_its_pace_after_a_jump(jump_us: int) -> None:
    schedule, bell = Schedule(), Bell(1_000_000)
    schedule.add("s", bell, START_US)
    schedule.run(START_US + 1_000_000)
    now_us = START_US + 1_000_000 + jump_us
    schedule.restart(now_us)
    for tick in range(1, 201):
        schedule.run(now_us + tick * 20_000)
    assert len(bell.rung) == 5
