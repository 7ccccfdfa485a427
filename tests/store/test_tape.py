"""The tape: in the exchange's order, holes said and filled in their place, sums exact, everything bounded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bntui.model.markets import Side
from bntui.model.panels import FLOW_MINUTES, TAPE_ROWS, MinuteFlow, TapeRow
from bntui.model.status import Gap
from bntui.store.tape import HOLES_KEPT, MINUTE_MS, SKIPS_KEPT, Tape
from tests.model.build import BTC, T0_MS, agg_trade, trade


def gap(from_id: int, to_id: int, *, repaired: bool = False, cause: str = "connection lost") -> Gap:
    return Gap(BTC, from_id, to_id, cause, repaired, T0_MS, 10.0)


def told(tape: Tape) -> list[str]:
    """Each row in short: `price`, or `?n` for a hole of n trades, `!n` for one that was filled."""
    return [row.price or f"{'!' if row.refilled else '?'}{row.trades}" for row in tape.rows()]


def flow(tape: Tape, minute: int = 0) -> MinuteFlow:
    return next(each for each in tape.flows() if each.open_ms == T0_MS + minute * MINUTE_MS)


def test_a_taker_order_is_one_row_with_the_number_of_its_trades() -> None:
    tape = Tape(1)
    tape.trade(agg_trade(last_id=2, price="100.10", agg_id=900, side=Side.SELL, qty="0.5"), 1)
    (row,) = tape.rows()
    assert (row.price, row.qty, row.side, row.trades, row.time_ms) == ("100.10", "0.5", "sell", 2, T0_MS)


def test_missing_trades_are_a_line_with_their_count_and_come_back_in_their_place() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=10, price="10"), 1)
    tape.gap(gap(11, 13), 1)
    tape.trade(trade(trade_id=14, price="14"), 1)
    assert told(tape) == ["10", "?3", "14"]
    assert tape.rows()[1].cause == "connection lost"
    for trade_id in (11, 12, 13):
        tape.trade(trade(trade_id=trade_id, price=str(trade_id), refilled=True), 2)
    tape.gap(gap(11, 13, repaired=True), 2)
    assert told(tape) == ["10", "!3", "11", "12", "13", "14"]
    ids = [row.id for row in tape.rows()]
    assert ids == sorted(set(ids))


def test_a_hole_that_is_filled_in_part_says_what_is_still_missing() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=10, price="10"), 1)
    tape.gap(gap(11, 20), 1)
    tape.gap(gap(11, 15, repaired=True), 2)
    assert told(tape) == ["10", "?5"]
    tape.gap(gap(16, 20, repaired=True), 2)
    assert told(tape) == ["10", "!10"]


def test_a_trade_that_is_told_twice_counts_once() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=10), 1)
    tape.trade(trade(trade_id=10, refilled=True), 1)
    assert len(tape.rows()) == 1
    assert flow(tape).buy_qty == "0.5"


def test_ids_that_begin_anew_begin_the_tape_anew() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=1_000), 1)
    tape.gap(gap(1_001, 6, cause="the exchange began its trade ids anew"), 5)
    tape.trade(trade(trade_id=7, price="7"), 5)
    assert told(tape) == ["?0", "7"]
    assert tape.begun_at == 5


def test_ids_that_jump_out_of_all_bounds_begin_the_tape_anew_too() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=1), 1)
    tape.gap(gap(2, 2**63 - 2), 5)
    tape.trade(trade(trade_id=2**63 - 1, price="7"), 5)
    assert told(tape) == ["?0", "7"]
    assert all(row.id < 2**63 for row in tape.rows())


def test_an_id_without_a_trade_is_no_row() -> None:
    tape = Tape(1)
    tape.trade(replace(trade(trade_id=1, price="0", qty="0"), spent=True), 1)
    assert tape.rows() == []
    assert tape.flows() == []


# Minutes


@given(st.lists(st.tuples(st.decimals(0, 10**9, places=8), st.sampled_from(Side)), max_size=30))
def test_what_was_bought_and_sold_is_summed_without_rounding(deals: list[tuple[Decimal, Side]]) -> None:
    tape = Tape(1)
    for n, (qty, side) in enumerate(deals):
        tape.trade(trade(trade_id=n, qty=f"{qty:f}", side=side), 1)
    for side in Side:
        exact = sum((int(qty.scaleb(8)) for qty, taker in deals if taker is side), 0)
        minutes = tape.flows()
        shown = Decimal(getattr(minutes[0], f"{side}_qty")) if minutes else Decimal()
        assert int(shown.scaleb(8)) == exact


def test_the_minute_in_which_the_tape_began_is_not_complete_the_next_one_is() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=1, time_ms=T0_MS + 1), 1)
    tape.trade(trade(trade_id=2, time_ms=T0_MS + MINUTE_MS), 1)
    assert not flow(tape, 0).complete
    assert flow(tape, 1).complete


def test_minutes_with_a_hole_are_not_complete_until_it_is_filled() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=1, time_ms=T0_MS), 1)
    for minute in (1, 2):
        tape.trade(trade(trade_id=minute + 1, time_ms=T0_MS + minute * MINUTE_MS), 1)
    tape.gap(gap(4, 9), 1)
    assert not flow(tape, 2).complete
    tape.trade(trade(trade_id=10, time_ms=T0_MS + 4 * MINUTE_MS), 1)
    tape.trade(trade(trade_id=11, time_ms=T0_MS + 5 * MINUTE_MS), 1)
    assert [each.complete for each in tape.flows()] == [False, True, False, False, True]
    tape.trade(trade(trade_id=4, time_ms=T0_MS + 3 * MINUTE_MS, refilled=True), 2)
    assert not flow(tape, 3).complete
    tape.gap(gap(4, 9, repaired=True), 3)
    assert [each.complete for each in tape.flows()] == [False, True, True, True, True, True]
    assert {each.open_ms for each in tape.flows()[2:5]} <= {f.open_ms for f in told_since(tape, 2)}


def told_since(tape: Tape, since: int) -> list[MinuteFlow]:
    delta = tape.delta(since)
    assert delta is not None
    return delta.flows


def test_the_running_minute_is_in_doubt_while_the_stream_does_not_flow() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=1, time_ms=T0_MS), 1)
    tape.trade(trade(trade_id=2, time_ms=T0_MS + MINUTE_MS), 1)
    tape.flowing(False, 2)
    assert [each.complete for each in told_since(tape, 1)] == [False]
    tape.flowing(True, 3)
    assert [each.complete for each in told_since(tape, 2)] == [True]


# What a viewer lacks


def test_a_viewer_gets_what_changed_and_in_order() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=10, price="10"), 1)
    tape.gap(gap(11, 12), 1)
    tape.trade(trade(trade_id=13, price="13"), 1)
    assert tape.delta(1) is None
    tape.trade(trade(trade_id=14, price="14"), 2)
    tape.trade(trade(trade_id=11, price="11", refilled=True), 2)
    delta = tape.delta(1)
    assert delta is not None
    assert [row.price for row in delta.rows] == ["11", "14"]


def test_rows_are_bounded_and_a_viewer_is_told_how_many_passed_it_by() -> None:
    tape = Tape(1)
    for n in range(TAPE_ROWS):
        tape.trade(trade(trade_id=n), 1)
    for n in range(TAPE_ROWS, 2 * TAPE_ROWS + 7):
        tape.trade(trade(trade_id=n), 2)
    assert len(tape.rows()) == TAPE_ROWS
    delta = tape.delta(1)
    assert delta is not None
    assert (len(delta.rows), delta.skipped) == (TAPE_ROWS, 7)
    fresh = tape.delta(-1)
    assert fresh is not None
    assert fresh.skipped == 0


def test_a_refilled_row_older_than_all_that_are_kept_is_left_out() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=0), 1)
    tape.gap(gap(1, 5), 1)
    for n in range(6, TAPE_ROWS + 10):
        tape.trade(trade(trade_id=n), 1)
    before = tape.rows()
    tape.trade(trade(trade_id=1, refilled=True), 2)
    assert tape.rows() == before


def test_minutes_holes_and_skips_are_bounded() -> None:
    tape = Tape(1)
    for n in range(max(FLOW_MINUTES, HOLES_KEPT, SKIPS_KEPT) + 10):
        tape.trade(trade(trade_id=3 * n, time_ms=T0_MS + n * MINUTE_MS), n)
        tape.gap(gap(3 * n + 1, 3 * n + 2), n)
    assert len(tape.flows()) == FLOW_MINUTES
    assert f"{HOLES_KEPT} holes" in repr(tape)
    assert not any(each.complete for each in tape.flows())


def test_a_row_is_what_the_exchange_printed() -> None:
    tape = Tape(1)
    tape.trade(trade(trade_id=5, price="0.00000001", qty="1000000.00"), 1)
    assert tape.rows() == [TapeRow(1, T0_MS, "0.00000001", "1000000.00", "buy", 1)]
