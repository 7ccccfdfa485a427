"""What `tail` printed of the trades: nothing missing, twice or out of order goes unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.drill.ledger import MOST_HOLES, TradeLedger


def printed(*trades: int) -> TradeLedger:
    ledger = TradeLedger()
    for trade_id in trades:
        ledger.trade(trade_id, refilled=False)
    return ledger


def test_trades_one_after_the_other_are_complete() -> None:
    ledger = printed(5, 6, 7)
    assert (ledger.printed, ledger.missing, ledger.repeated, ledger.disordered, ledger.untold) == (
        3,
        0,
        0,
        0,
        0,
    )


def test_a_hole_is_missing_and_untold() -> None:
    ledger = printed(5, 9)
    assert (ledger.missing, ledger.untold) == (3, 3)


def test_a_gap_line_tells_the_hole_that_follows_it() -> None:
    ledger = printed(5)
    ledger.gap(6, 8)
    ledger.trade(9, refilled=False)
    assert (ledger.missing, ledger.untold) == (3, 0)


def test_a_gap_line_about_other_ids_tells_nothing() -> None:
    ledger = printed(5)
    ledger.gap(6, 7)
    ledger.trade(9, refilled=False)
    assert ledger.untold == 3


def test_a_refilled_trade_closes_its_place_in_the_hole() -> None:
    ledger = printed(5)
    ledger.gap(6, 8)
    ledger.trade(9, refilled=False)
    ledger.trade(7, refilled=True)
    assert (ledger.missing, ledger.refilled, ledger.disordered) == (2, 1, 0)
    ledger.trade(6, refilled=True)
    ledger.trade(8, refilled=True)
    assert ledger.missing == 0
    ledger.trade(8, refilled=True)
    assert ledger.repeated == 1


def test_a_streamed_trade_that_comes_late_is_out_of_order() -> None:
    assert printed(5, 7, 6).disordered == 1


def test_a_trade_that_comes_again_is_a_repetition() -> None:
    assert printed(5, 6, 6, 5).repeated == 2


def test_what_another_engine_prints_follows_on_nothing() -> None:
    ledger = printed(5, 6)
    ledger.restart()
    ledger.trade(40, refilled=False)
    ledger.trade(41, refilled=False)
    assert (ledger.missing, ledger.untold, ledger.repeated) == (0, 0, 0)


def test_holes_beyond_those_that_are_followed_are_counted() -> None:
    ledger = printed(*range(0, 4 * MOST_HOLES, 2))
    assert ledger.missing == 2 * MOST_HOLES - 1


@given(st.lists(st.integers(0, 60), min_size=1))
def test_whatever_is_printed_is_either_new_or_a_repetition(ids: list[int]) -> None:
    ledger = printed(*ids)
    assert ledger.first_id is not None
    assert ledger.last_id is not None
    among = {each for each in ids if each > ids[0]} | {ids[0]}
    assert ledger.last_id == max(ids)
    assert ledger.missing == max(ids) - ids[0] + 1 - len(among)
    assert ledger.printed == len(ids)
