"""Trades come out once and in id order; a hole that stays is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.sequence import (
    BY_AGG_ID,
    LATE_UPDATES,
    MOST_WAITING,
    REPEATS_OF_A_REWIND,
    REWIND_AFTER_S,
    UNEXPLAINED,
    EachOnce,
    NewestOnly,
    TradeSequence,
)
from bntui.model.events import AggTrade, Trade
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.status import Gap

BTC = SymbolKey(Market.SPOT, "BTCUSDT")


def trade(trade_id: int, time_ms: int | None = None) -> Trade:
    at_ms = trade_id if time_ms is None else time_ms
    return Trade(BTC, trade_id, "1.0", "2.0", Side.BUY, at_ms, at_ms, at_ms, 0.0)


def ids(events: object) -> list[int | tuple[int, int]]:
    assert isinstance(events, list | tuple)
    return [e.trade_id if isinstance(e, Trade) else (e.from_id, e.to_id) for e in events]


@given(st.permutations(list(range(100, 130))), st.lists(st.integers(0, 29), max_size=30))
def test_any_order_and_any_duplicates_come_out_once_and_in_order(
    order: list[int], repeats: list[int]
) -> None:
    sequence = TradeSequence(2.0)
    out = ids(sequence.offer(trade(99), 0.0))
    for index, trade_id in enumerate(order):
        out += ids(sequence.offer(trade(trade_id), 0.1))
        if index < len(repeats):
            out += ids(sequence.offer(trade(order[min(repeats[index], index)]), 0.1))
    assert out == list(range(99, 130))


def test_trades_behind_a_hole_wait_two_seconds_then_the_hole_is_said() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1), 0.0)
    assert ids(sequence.offer(trade(4), 1.0)) == []
    assert ids(sequence.offer(trade(5), 2.0)) == []
    assert ids(sequence.due(2.9)) == []
    assert ids(sequence.due(3.0)) == [(2, 3), 4, 5]
    assert ids(sequence.offer(trade(6), 3.1)) == [6]


def test_a_hole_that_closes_in_time_is_not_said() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1), 0.0)
    sequence.offer(trade(3), 0.0)
    assert ids(sequence.offer(trade(2), 1.9)) == [2, 3]
    assert not sequence.waits


def test_a_second_hole_waits_its_own_time() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1), 0.0)
    sequence.offer(trade(3), 0.0)
    sequence.offer(trade(6), 1.0)
    assert ids(sequence.due(2.0)) == [(2, 2), 3]
    assert ids(sequence.due(3.9)) == []
    assert ids(sequence.due(4.0)) == [(4, 5), 6]


def test_the_cause_of_a_hole_is_the_lost_connection_when_there_was_one() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1), 0.0)
    sequence.interrupted("connection lost: 1006")
    sequence.offer(trade(5), 10.0)
    (gap, _) = sequence.due(12.0)
    assert isinstance(gap, Gap)
    assert gap.cause == "connection lost: 1006"
    sequence.offer(trade(9), 13.0)
    (gap, _) = sequence.due(15.0)
    assert isinstance(gap, Gap)
    assert gap.cause == UNEXPLAINED


def test_of_several_causes_the_first_one_stays() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1), 0.0)
    sequence.interrupted("connection lost: 1006")
    sequence.interrupted("connection lost: connection refused")
    sequence.offer(trade(5), 10.0)
    (gap, _) = sequence.due(12.0)
    assert isinstance(gap, Gap)
    assert gap.cause == "connection lost: 1006"


def test_ids_that_begin_anew_with_newer_times_are_a_new_sequence() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1000, 50), 0.0)
    out = sequence.offer(trade(7, 51), 0.1)
    assert ids(out)[1:] == [7]
    assert isinstance(out[0], Gap)
    assert "anew" in out[0].cause
    assert ids(sequence.offer(trade(8, 52), 0.2)) == [8]


def test_a_tape_that_is_rewound_is_found_out_though_its_times_go_back_too() -> None:
    sequence = TradeSequence(2.0)
    for trade_id in range(1, 1000):
        sequence.offer(trade(trade_id), 0.0)
    out: list[object] = []
    for trade_id in range(1, 200):
        out += sequence.offer(trade(trade_id), 1.0 + trade_id * 0.1)
    assert len(out) > 100
    assert not sequence.waits


def test_late_duplicates_of_another_connection_are_no_new_sequence() -> None:
    sequence = TradeSequence(2.0)
    for trade_id in range(1, 500):
        sequence.offer(trade(trade_id), trade_id * 0.1)
        if trade_id > 100:
            assert ids(sequence.offer(trade(trade_id - 100), trade_id * 0.1)) == []


def agg_trade(agg_id: int) -> AggTrade:
    return AggTrade(
        BTC, agg_id, 10 * agg_id, 10 * agg_id + 9, "1", "2", Side.BUY, agg_id, agg_id, agg_id, 0.0
    )


def test_aggregated_trades_are_counted_by_their_own_ids_and_their_holes_say_so() -> None:
    sequence = TradeSequence(2.0, BY_AGG_ID)
    first, later = agg_trade(1), agg_trade(4)
    assert list(sequence.offer(first, 0.0)) == [first]
    assert list(sequence.offer(later, 0.0)) == []
    gap, told = sequence.due(2.0)
    assert isinstance(gap, Gap)
    assert (gap.from_id, gap.to_id, gap.aggregated) == (2, 3, True)
    assert told is later


def test_what_waits_is_bounded() -> None:
    sequence = TradeSequence(2.0)
    sequence.offer(trade(1), 0.0)
    out: list[object] = []
    for trade_id in range(3, MOST_WAITING + 4):
        out += sequence.offer(trade(trade_id), 0.0)
    assert len(out) == MOST_WAITING + 2
    assert not sequence.waits


@given(st.lists(st.integers(0, 50), max_size=60))
def test_quotes_never_go_backwards(updates: list[int]) -> None:
    newest = NewestOnly()
    accepted = [u for u in updates if newest.accept(u, 0.0)]
    assert accepted == sorted(set(accepted))


def test_quotes_that_began_anew_are_taken_after_a_while() -> None:
    newest = NewestOnly()
    assert newest.accept(10**9, 0.0)
    taken = [newest.accept(n, 1 + n * REWIND_AFTER_S / REPEATS_OF_A_REWIND) for n in range(30)]
    assert not any(taken[: REPEATS_OF_A_REWIND - 1])
    assert all(taken[REPEATS_OF_A_REWIND + 1 :])


@given(st.permutations(list(range(20))), st.lists(st.integers(0, 19), max_size=30))
def test_updates_of_a_book_come_through_once_in_any_order_behind_the_first(
    order: list[int], repeats: list[int]
) -> None:
    once = EachOnce()
    assert once.accept(0, 0.0)
    accepted = [n for n in (*order, *repeats) if once.accept(n + 1, 0.0)]
    assert accepted == order


def test_an_update_that_is_very_late_is_none_any_more() -> None:
    once = EachOnce()
    for number in range(LATE_UPDATES + 10):
        once.accept(2 * number, 0.0)
    assert once.accept(2 * LATE_UPDATES - 1, 0.0)
    assert not once.accept(3, 0.0)


def test_updates_that_began_anew_are_taken_after_a_while_and_once() -> None:
    once = EachOnce()
    assert once.accept(10**9, 0.0)
    taken = [once.accept(n, 1 + n * REWIND_AFTER_S / REPEATS_OF_A_REWIND) for n in range(30)]
    assert not any(taken[: REPEATS_OF_A_REWIND - 1])
    assert all(taken[REPEATS_OF_A_REWIND + 1 :])
    assert not once.accept(29, 9.0)
