"""What is asked after a gap and on a routine, and what is said at the end."""

from __future__ import annotations

import pytest

from bntui.feed.core.ledger import LITE_WAIT_S, MOVE_WAIT_S
from bntui.model.account import GONE
from bntui.model.markets import Market
from bntui.model.states import RecoveryState
from bntui.venue.user import AskKind, BalanceMoved
from tests.feed.core.accountworld import DAY_MS, Program, order, world


def settled(market: Market = Market.SPOT) -> Program:
    """A program whose first comparison is over."""
    program = world(market)
    program.begin()
    program.finish()
    program.wait(10)
    program.asked.clear()
    return program


def kinds(program: Program) -> list[str]:
    """What was asked, in order."""
    return [f"{ask.kind} {ask.symbol}".strip() for ask in program.asked]


def test_a_first_look_takes_what_there_is_and_says_since_when() -> None:
    program = world()
    program.watched = ("BTCUSDT",)
    program.begin()
    assert program.state() is RecoveryState.RUNNING
    program.finish()
    assert kinds(program) == ["balances", "open orders", "fills BTCUSDT", "fills BTCUSDT"]
    view = program.says[-1].view
    assert (view.state, view.missing, view.recovered) == (RecoveryState.COMPLETE, "", 0)
    assert "24 h before the start" in view.checked
    assert view.from_ms == program.exchange.time_ms - DAY_MS


def test_a_fill_in_a_gap_is_recovered_once_and_marked() -> None:
    program = settled()
    program.exchange.trade("BTCUSDT", "BUY", 1)
    program.wait(10)
    program.begin()
    program.finish()
    assert [(each.symbol, each.recovered) for each in program.told] == [("BTCUSDT", True)]
    assert (program.state(), program.says[-1].view.recovered) == (RecoveryState.COMPLETE, 1)


def test_a_gap_on_a_symbol_that_nobody_knew_is_found_by_what_changed() -> None:
    program = settled()
    program.exchange.trade("ETHBTC", "BUY", 1)
    program.exchange.orders.clear()
    program.wait(10)
    program.begin()
    program.finish()
    assert [each.symbol for each in program.told] == ["ETHBTC"]
    assert program.state() is RecoveryState.COMPLETE


@pytest.mark.parametrize("market", [Market.SPOT, Market.USDM])
def test_a_routine_look_asks_for_no_trades_where_nothing_changed(market: Market) -> None:
    program = settled(market)
    program.hear(program.exchange.trade("BTCUSDT", "BUY", 1))
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    looked = ["balances", "positions"] if market is Market.USDM else ["balances"]
    assert kinds(program) == [*looked, "open orders"]
    assert program.state() is RecoveryState.COMPLETE
    assert program.says[-1].view.routine


def test_a_routine_look_that_finds_a_loss_says_that_it_is_none_any_more() -> None:
    program = settled()
    program.exchange.trade("BTCUSDT", "BUY", 1)
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    assert [each.recovered for each in program.told] == [True]
    assert (program.state(), program.says[-1].view.routine) == (RecoveryState.COMPLETE, False)


def test_what_nothing_explains_is_said_until_the_user_does() -> None:
    program = settled()
    program.exchange.amounts["USDT"] += 7
    program.exchange.changed_at_ms += 1
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE
    assert program.says[-1].view.missing.startswith("USDT +7: changed without a fill")
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE, "it does not heal by being looked at"
    progress = program.recovery.dismiss(program.now, program.exchange.time_ms)
    program.unanswered = progress.ask
    program.finish()
    assert program.state() is RecoveryState.COMPLETE


def test_the_search_for_what_nothing_explains_ends() -> None:
    program = settled()
    program.exchange.amounts["USDT"] += 7
    program.exchange.changed_at_ms += 1
    asked = []
    for _ in range(6):
        program.asked.clear()
        program.wait(600)
        program.begin(routine=True)
        program.finish()
        asked.append(sum(ask.kind is AskKind.FILLS for ask in program.asked))
    assert asked[0] > 0
    assert asked[-1] == 0, asked


def test_a_payment_that_the_stream_told_explains_itself() -> None:
    program = settled()
    exchange = program.exchange
    exchange.amounts["USDT"] += 7
    exchange.changed_at_ms = exchange.time_ms
    program.wait(1)
    program.hear([BalanceMoved(exchange.owner, "USDT", "7", exchange.changed_at_ms)])
    program.wait(MOVE_WAIT_S)
    assert kinds(program) == ["balances"], "its balance did not come"
    program.finish()
    assert program.state() is RecoveryState.COMPLETE


def test_a_fill_that_was_announced_and_never_reported_is_asked_for() -> None:
    program = settled(Market.USDM)
    lite, *_ = program.exchange.trade("BTCUSDT", "BUY", 1)
    program.hear([lite])
    assert program.told == []
    program.wait(LITE_WAIT_S)
    assert program.state() is RecoveryState.RUNNING
    program.finish()
    assert [(each.symbol, each.recovered) for each in program.told] == [("BTCUSDT", True)]
    assert program.state() is RecoveryState.COMPLETE


def test_an_announced_fill_that_nobody_knows_is_missing_until_it_is_found() -> None:
    program = settled(Market.USDM)
    lite, *_ = program.exchange.trade("BTCUSDT", "BUY", 1)
    program.exchange.behind_ms = 3_600_000
    program.exchange.amounts.clear()
    program.hear([lite])
    program.wait(LITE_WAIT_S)
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE
    assert "trades of BTCUSDT: REST does not know" in program.says[-1].view.missing
    program.exchange.behind_ms = 0
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    assert len(program.told) == 1


def test_what_cannot_be_asked_now_is_carried_on_with_where_it_stopped() -> None:
    program = settled()
    program.exchange.trade("BTCUSDT", "BUY", 1)
    program.wait(10)
    program.begin()
    program.answer()
    program.fail(again_s=30.0)
    assert program.state() is RecoveryState.INCOMPLETE
    assert "open orders: not asked yet (no answer)" in program.says[-1].view.missing
    deadline = program.recovery.deadline()
    assert deadline is not None
    assert deadline >= program.now + 30
    program.asked.clear()
    program.finish()
    assert kinds(program)[0] == "open orders"
    assert program.state() is RecoveryState.COMPLETE
    assert len(program.told) == 1


def test_what_is_refused_is_missing_and_asked_for_by_the_next_look() -> None:
    program = settled()
    program.exchange.trade("BTCUSDT", "BUY", 1)
    program.exchange.refuses = frozenset({AskKind.FILLS})
    program.wait(10)
    program.begin()
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE
    assert "trades of BTCUSDT" in program.says[-1].view.missing
    assert "refused" in program.says[-1].view.missing
    program.exchange.refuses = frozenset()
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    assert len(program.told) == 1
    assert program.state() is RecoveryState.COMPLETE


def test_a_delisted_symbol_of_the_watchlist_has_nothing_that_could_be_missing() -> None:
    program = world()
    program.watched = ("LUNAUSDT", "BTCUSDT")
    program.exchange.unlisted = "LUNAUSDT"
    program.begin()
    program.finish()
    assert {"fills LUNAUSDT", "fills BTCUSDT"} <= set(kinds(program))
    assert program.state() is RecoveryState.COMPLETE


def test_of_a_traded_symbol_that_was_delisted_since_nobody_knows_the_fills() -> None:
    program = settled()
    program.exchange.trade("BTCUSDT", "BUY", 1)
    program.exchange.unlisted = "BTCUSDT"
    program.wait(10)
    program.begin()
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE
    assert "trades of BTCUSDT: no such symbol" in program.says[-1].view.missing


def test_a_run_that_ends_before_its_first_look_has_leaves_no_memory_and_no_doubt() -> None:
    program = world()
    program.begin()
    program.keep()
    program.start()
    program.begin()
    program.finish()
    assert program.state() is RecoveryState.COMPLETE


def test_a_gap_before_balances_were_known_leaves_a_doubt_on_spot() -> None:
    program = world()
    program.begin()
    program.begin()
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE
    assert "balances were not known before a gap" in program.says[-1].view.missing


def test_a_new_gap_starts_anew_and_an_answer_from_before_it_counts_for_the_ledger_alone() -> None:
    program = settled()
    program.begin()
    first = program.unanswered
    progress = program.recovery.begin(program.now, program.exchange.time_ms)
    assert progress.ask is None, "one question at a time"
    program.asked.clear()
    program.answer()
    assert program.unanswered == first, "it is asked again for the new gap"
    program.finish()
    assert program.state() is RecoveryState.COMPLETE


def test_an_order_that_ended_in_a_gap_is_told_as_it_ended() -> None:
    program = settled()
    owner = program.exchange.owner
    mine, lost = order(owner, "BTCUSDT", 5, program.exchange.time_ms), order(owner, "BTCUSDT", 6, 1_000)
    program.hear([mine, lost])
    program.exchange.orders[5] = order(owner, "BTCUSDT", 5, program.exchange.time_ms + 5, "CANCELED")
    program.wait(10)
    program.begin()
    program.finish()
    assert [(each.order_id, each.status) for each in program.orders[2:]] == [(5, "CANCELED"), (6, GONE)]
    assert program.state() is RecoveryState.COMPLETE


def test_futures_find_traded_symbols_by_themselves() -> None:
    program = settled(Market.USDM)
    program.exchange.trade("ETHUSDT", "BUY", 1)
    program.exchange.trade("ETHUSDT", "SELL", 2)
    program.exchange.orders.clear()
    program.wait(10)
    program.begin()
    program.finish()
    assert [each.symbol for each in program.told] == ["ETHUSDT", "ETHUSDT"]
    assert "traded symbols" in kinds(program)


def test_a_restart_finds_what_happened_while_it_was_off() -> None:
    program = settled()
    program.hear(program.exchange.trade("BTCUSDT", "BUY", 1))
    program.keep()
    program.exchange.trade("ETHUSDT", "BUY", 2)
    program.wait(3_600)
    program.start()
    program.begin()
    program.finish()
    assert [(each.symbol, each.recovered) for each in program.told] == [("BTCUSDT", False), ("ETHUSDT", True)]
    assert program.state() is RecoveryState.COMPLETE


def test_an_answer_to_nothing_that_was_asked_changes_nothing() -> None:
    program = settled()
    page = program.exchange.answer(program.recovery_ask())
    progress = program.recovery.answered(program.recovery_ask(), page, program.now, program.exchange.time_ms)
    assert progress == ([], None)
    assert repr(program.recovery) == "<Recovery of main.spot: idle, whole>"


def test_the_symbols_list_being_unknown_is_no_proof() -> None:
    program = settled()
    program.hear(program.exchange.trade("BTCUSDT", "BUY", 1))
    program.pairs = {}
    program.wait(600)
    program.begin(routine=True)
    program.finish()
    assert program.state() is RecoveryState.INCOMPLETE
    assert "cannot be compared" in program.says[-1].view.missing
