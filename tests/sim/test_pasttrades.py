"""An account's last day is made of public trades, in which no other account took part."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bntui.clock import ManualClock
from bntui.sim.accountbuilding import spot_account
from bntui.sim.instruments import RARE_SYMBOL
from bntui.sim.market import Market
from bntui.sim.orders import OwnTrade, Status
from bntui.sim.pasttrades import DAY_US
from bntui.sim.script import Script
from bntui.sim.scripted import ScriptedAccount
from tests.sim.trading import futures, spot


def made(market: Market, number: int = 0, seed: int = 1, past: int = 80) -> ScriptedAccount:
    account = spot_account(market, number=number, seed=seed, script=Script(0, past))
    account.rest("account", {})
    return account


def trades(account: ScriptedAccount) -> list[OwnTrade]:
    return list(account.broker.records.trades)


@pytest.mark.parametrize("number", [0, 1, 5])
def test_each_trade_of_the_past_is_a_public_one(number: int) -> None:
    market = Market(ManualClock(), 12, 300.0, 1)
    own = trades(made(market, number))
    assert len(own) > 60
    now_us = market.moment_us
    for trade in own:
        desk = market.desk(trade.order.pair.symbol)
        assert desk is not None
        row = next(desk.log.from_id(trade.trade_id))
        assert row.trade_id == trade.trade_id
        assert (row.price, row.steps, row.time_us) == (trade.price, trade.steps, trade.time_us)
        assert trade.maker is (row.buyer_is_maker is trade.order.buys)
        assert now_us - DAY_US <= trade.time_us < now_us


def test_no_trade_has_two_of_these_accounts_in_it_even_where_there_are_few() -> None:
    market = Market(ManualClock(), ("BTCUSDT", RARE_SYMBOL), 300.0, 1)
    ids: list[set[int]] = []
    for number in range(4):
        script = Script(0, 80, (RARE_SYMBOL,))
        account = spot_account(market, number=number, seed=1, script=script)
        account.rest("account", {})
        ids.append({trade.trade_id for trade in trades(account)})
    assert all(len(one) > 5 for one in ids)
    assert sum(len(one) for one in ids) == len(set.union(*ids))


def test_ids_and_times_go_together() -> None:
    own = trades(made(Market(ManualClock(), 12, 300.0, 1)))
    for symbol in {trade.order.pair.symbol for trade in own}:
        mine = [trade for trade in own if trade.order.pair.symbol == symbol]
        assert all(early.trade_id < late.trade_id for early, late in pairwise(mine))
        assert all(early.time_us <= late.time_us for early, late in pairwise(mine))


def test_trades_of_all_symbols_are_in_the_order_of_their_times_also_where_some_are_rare() -> None:
    market = Market(ManualClock(), 12, 300.0, 1)
    account = spot_account(market, number=0, seed=1, script=Script(0, 80, ("BTCUSDT", RARE_SYMBOL)))
    account.rest("account", {})
    times = [trade.time_us for trade in trades(account)]
    assert len(times) > 30
    assert times == sorted(times)
    placed = [order.placed_us for order in account.broker.records.orders()]
    assert placed == sorted(placed)


def test_nothing_of_the_past_is_open_and_some_of_it_was_filled_in_part() -> None:
    account = made(Market(ManualClock(), 12, 300.0, 1))
    orders = list(account.broker.records.orders())
    assert {order.status for order in orders} == {Status.FILLED, Status.CANCELED}
    assert any(order.status is Status.CANCELED and order.filled for order in orders)
    assert all(order.placed_us <= order.updated_us for order in orders)
    placed = [order.placed_us for order in orders]
    assert placed == sorted(placed)


def test_the_past_does_not_depend_on_who_asks_first() -> None:
    alone = trades(made(Market(ManualClock(), 12, 300.0, 1), 1))
    market = Market(ManualClock(), 12, 300.0, 1)
    made(market, 0)
    beside = trades(made(market, 1))
    assert [trade.trade_id for trade in alone] == [trade.trade_id for trade in beside]


def test_a_script_may_have_no_past() -> None:
    assert trades(made(Market(ManualClock(), 12, 300.0, 1), past=0)) == []


def test_positions_of_the_past_have_paid_funding_at_its_hours() -> None:
    told = futures(0, past=80)
    rows = told.account.rest("income", {"incomeType": "FUNDING_FEE", "limit": "1000"})
    assert isinstance(rows, list)
    assert rows
    assert {row["time"] % (4 * 3_600_000) for row in rows} == {0}


def test_nothing_of_the_past_is_told_as_an_event() -> None:
    assert spot(0).events == []
