"""An order meets the book as its kind and time in force have it, and every trade of it is a public one."""

from __future__ import annotations

import pytest

from bntui.sim.broker import MOST_ACCOUNTS, Numbers, crosses, reached
from bntui.sim.history import TradeRow
from bntui.sim.orders import OrderType, Status
from tests.sim.trading import Stall


class Tape:
    """Every public trade."""

    def __init__(self, stall: Stall) -> None:
        self.rows: list[TradeRow] = []
        stall.desk.trade_watchers.append(self)

    def traded(self, row: TradeRow) -> None:
        self.rows.append(row)


def test_a_market_order_takes_from_the_book_in_public_trades() -> None:
    stall = Stall()
    tape = Tape(stall)
    order = stall.place(True, 6, type=OrderType.MARKET, parts=(1, 2))
    assert stall.story(order)[0] == ("NEW", "NEW")
    assert stall.story(order)[-1] == ("TRADE", "FILLED")
    assert [(trade.trade_id, trade.price, trade.steps) for trade in stall.records.trades] == [
        (row.trade_id, row.price, row.steps) for row in tape.rows
    ]
    assert sum(row.steps for row in tape.rows) == 6
    assert not any(trade.maker for trade in stall.records.trades)


def test_a_limit_order_rests_in_the_book_and_is_filled_as_the_maker() -> None:
    stall = Stall()
    bid, there = stall.bid, stall.desk.best()[0][1]
    order = stall.place(True, 6, bid)
    assert stall.desk.best()[0] == (bid, there + 6)
    stall.broker.hit(order, 2)
    stall.broker.hit(order, 100)
    assert stall.story(order) == [
        ("NEW", "NEW"),
        ("TRADE", "PARTIALLY_FILLED"),
        ("TRADE", "FILLED"),
    ]
    assert [trade.steps for trade in stall.records.trades] == [2, 4]
    assert all(trade.maker and trade.price == bid for trade in stall.records.trades)
    assert stall.desk.best()[0] == (bid, there)


def test_nobody_hits_an_order_while_another_price_is_better() -> None:
    stall = Stall()
    order = stall.place(True, 6, stall.bid - 10)
    stall.broker.hit(order, 6)
    assert order.filled == 0


def test_a_limit_order_takes_what_it_can_and_rests_with_the_rest() -> None:
    stall = Stall()
    ask, there = stall.desk.best()[1]
    order = stall.place(True, there + 5, ask)
    assert order.filled == there
    assert order.open
    assert stall.desk.best()[0] == (ask, 5)


def test_what_is_cancelled_leaves_the_book() -> None:
    stall = Stall()
    before = stall.desk.best()
    order = stall.place(False, 6, stall.ask)
    stall.broker.cancel(order)
    stall.broker.cancel(order)
    assert stall.story(order) == [("NEW", "NEW"), ("CANCELED", "CANCELED")]
    assert stall.desk.best() == before


def test_a_fill_that_comes_before_the_cancel_is_booked_first() -> None:
    stall = Stall()
    order = stall.place(True, 6, stall.bid)
    stall.market.take(stall.pair.symbol, False, (6,), stall.bid)
    stall.broker.cancel(order)
    assert stall.story(order) == [("NEW", "NEW"), ("TRADE", "FILLED")]


@pytest.mark.parametrize(
    ("in_force", "reason"),
    [("IOC", "UNFILLED_IOC_QUANTITY_EXPIRED"), ("FOK", "UNFILLED_FOK_ORDER_EXPIRED")],
)
def test_what_would_rest_expires_where_it_may_not(in_force: str, reason: str) -> None:
    stall = Stall()
    order = stall.place(True, 6, stall.bid, time_in_force=in_force)
    assert stall.story(order) == [("NEW", "NEW"), ("EXPIRED", "EXPIRED")]
    assert [event.get("eR") for event in stall.events if event.get("x") == "EXPIRED"] == [reason]


def test_an_ioc_order_is_filled_as_far_as_it_goes() -> None:
    stall = Stall()
    ask, there = stall.desk.best()[1]
    order = stall.place(True, there + 5, ask, time_in_force="IOC")
    assert (order.filled, order.status) == (there, Status.EXPIRED)


def test_a_fok_order_is_filled_whole_or_not_at_all() -> None:
    stall = Stall()
    ask, there = stall.desk.best()[1]
    assert stall.place(True, there + 5, ask, time_in_force="FOK").filled == 0
    assert stall.place(True, there, ask, time_in_force="FOK").status is Status.FILLED


def test_an_order_that_must_not_take_is_refused_where_it_would() -> None:
    stall = Stall()
    order = stall.place(True, 1, stall.ask, type=OrderType.LIMIT_MAKER)
    assert stall.story(order) == [("REJECTED", "REJECTED")]
    assert [event["r"] for event in stall.events if event["e"] == "executionReport"] == [
        "WOULD_MATCH_IMMEDIATELY"
    ]


def test_a_post_only_order_expires_where_it_would_take() -> None:
    stall = Stall()
    order = stall.place(True, 1, stall.ask, time_in_force="GTX")
    assert stall.story(order) == [("NEW", "NEW"), ("EXPIRED", "EXPIRED")]


def test_an_account_never_trades_with_itself() -> None:
    stall = Stall()
    resting = (
        stall.place(True, 6, stall.bid + 1) if stall.ask - stall.bid > 1 else stall.place(True, 6, stall.bid)
    )
    stall.place(False, 3, type=OrderType.MARKET)
    assert resting.status is Status.CANCELED
    assert len({trade.order.order_id for trade in stall.records.trades}) == 1


def test_a_stop_waits_outside_the_book_until_its_price_is_reached() -> None:
    stall = Stall()
    before, last = stall.desk.best(), stall.desk.timeline.open.close
    order = stall.place(False, 2, last - 60, type=OrderType.STOP_LOSS_LIMIT, stop=last - 50)
    assert stall.desk.best() == before
    stall.broker.trigger()
    assert stall.story(order) == [("NEW", "NEW")]
    while stall.desk.timeline.open.close > last - 50:
        stall.market.take(stall.pair.symbol, False, (stall.desk.best()[0][1],))
    stall.broker.trigger()
    assert stall.story(order)[:2] == [("NEW", "NEW"), ("NEW", "NEW")]
    working = [event["w"] for event in stall.events if event.get("x") == "NEW"]
    assert working == [False, True]


def test_ids_grow_and_no_two_accounts_share_one() -> None:
    numbers = [Numbers(7, number) for number in range(MOST_ACCOUNTS)]
    ids = [[one.next_id() for _ in range(50)] for one in numbers]
    assert all(row == sorted(set(row)) for row in ids)
    assert len({number for row in ids for number in row}) == 50 * MOST_ACCOUNTS
    names = {one.name() for one in numbers for _ in range(50)}
    assert len(names) == 50 * MOST_ACCOUNTS
    assert all(len(name) <= 36 for name in names)
    with pytest.raises(ValueError, match="there is no account"):
        Numbers(7, MOST_ACCOUNTS)


def test_a_price_crosses_where_it_would_be_filled_at_once() -> None:
    stall = Stall()
    assert crosses(stall.desk, True, stall.ask)
    assert not crosses(stall.desk, True, stall.ask - 1)
    assert crosses(stall.desk, False, stall.bid)
    assert not crosses(stall.desk, False, stall.bid + 1)


def test_a_stop_is_reached_from_its_own_side() -> None:
    stall = Stall()
    last = stall.desk.timeline.open.close
    assert reached(stall.desk, True, last)
    assert not reached(stall.desk, True, last + 1)
    assert reached(stall.desk, False, last)
    assert not reached(stall.desk, False, last - 1)
