"""Single trades are found by id and by time, across the made-up past."""

from __future__ import annotations

from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.sim.bars import MINUTE_US
from bntui.sim.history import Painter, TradeRow
from bntui.sim.tradelog import TradeLog, aggregates
from tests.sim.rig import MINUTE, past


def live(number: int, first_id: int = 1_000_001, per_aggregate: int = 3) -> list[TradeRow]:
    """Trades since the start, some to an aggregate."""
    return [
        TradeRow(
            first_id + place,
            first_id - 400 + place // per_aggregate,
            MINUTE * MINUTE_US + 1_000 * place,
            100,
            place + 1,
            place % 2 == 0,
        )
        for place in range(number)
    ]


def filled(rows: list[TradeRow], keep: int = 1_000) -> TradeLog:
    log = TradeLog(keep, past())
    for row in rows:
        log.add(row)
    return log


@settings(max_examples=40)
@given(st.integers(-3_000, 60))
def test_from_an_id_on_every_trade_comes_once_and_in_order(shift: int) -> None:
    rows = live(50)
    start = 1_000_001 + shift
    found = list(filled(rows).from_id(start))
    assert [row.trade_id for row in found] == list(range(start, 1_000_051))
    assert [row.time_us for row in found] == sorted(row.time_us for row in found)


@settings(max_examples=40)
@given(st.integers(-3_000, 16))
def test_from_an_aggregate_on_every_trade_of_it_comes(shift: int) -> None:
    wanted = 1_000_001 - 400 + shift
    found = list(filled(live(50)).from_agg(wanted))
    assert found[0].agg_id == wanted
    assert [row.trade_id for row in found] == list(range(found[0].trade_id, 1_000_051))
    assert found[0].trade_id == (1_000_001 + shift if shift < 0 else 1_000_001 + 3 * shift)


@settings(max_examples=40)
@given(st.integers(-3 * 60 * 60, 0))
def test_from_a_time_on_every_trade_comes(seconds: int) -> None:
    log = filled(live(50))
    start_us = MINUTE * MINUTE_US + seconds * 1_000_000
    found = list(log.from_time(start_us))
    everything = list(log.from_id(found[0].trade_id - 30))
    assert found == [row for row in everything if row.time_us >= start_us]


def test_all_of_the_past_can_be_asked_for() -> None:
    first = next(filled([]).from_id(0))
    assert first == next(filled([]).from_id(first.trade_id))
    assert not list(filled([]).from_id(1_000_001))


def test_only_the_newest_trades_are_kept_and_whole_aggregates_at_that() -> None:
    rows = live(1_000)
    log = TradeLog(100)
    for row in rows:
        log.add(row)
    assert 100 <= len(log) <= 125
    found = list(log.from_id(0))
    assert found == rows[-len(found) :]
    assert rows[-len(found) - 1].agg_id != found[0].agg_id


def test_a_made_up_pause_takes_the_place_of_the_trades_before_it() -> None:
    log = filled(live(9))
    hour, low = divmod(MINUTE + 1, 60)
    piece = Painter(1, 5, 600.0, 10).after(hour, low, 60, 100, 1_000_009, 600)
    log.skip(piece)
    log.add(TradeRow(piece.last_id + 1, 1, 0, 1, 1, True))
    ids = [row.trade_id for row in log.from_id(1_000_010)]
    assert ids == list(range(1_000_010, piece.last_id + 2))
    gap = [row.trade_id for row in log.from_id(1_000_003)]
    assert gap == ids, "forgotten trades are left out, not made up"


def test_an_empty_pause_forgets_nothing() -> None:
    log = filled(live(9))
    log.skip(Painter(1, 5, 600.0, 10).after(MINUTE // 60, 5, 5, 100, 1_000_009, 600))
    assert len(log) == 9


def test_aggregates_are_the_trades_of_one_order_at_one_price() -> None:
    rows = list(aggregates(iter(live(7))))
    assert [(row.first_id, row.last_id, row.steps) for row in rows] == [
        (1_000_001, 1_000_003, 6),
        (1_000_004, 1_000_006, 15),
        (1_000_007, 1_000_007, 7),
    ]
    assert list(aggregates(iter(()))) == []
    assert next(islice(aggregates(iter(live(2))), 1)).agg_id == 999_601
