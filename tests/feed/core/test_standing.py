"""How things stand: an older state never takes the place of a newer one, and a copy is no news."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from bntui.feed.core.standing import CLOSED_KEPT, ROWS_KEPT, Standing, number
from bntui.model.account import GONE, AccountKey, OrderUpdate
from bntui.model.markets import Market
from tests.feed.core.accountworld import balance, order, position

OWNER = AccountKey("main", Market.SPOT)
NEW = order(OWNER, "BTCUSDT", 7, 1_000)
PART = order(OWNER, "BTCUSDT", 7, 1_010, "PARTIALLY_FILLED", "40")
MORE = order(OWNER, "BTCUSDT", 7, 1_010, "PARTIALLY_FILLED", "60")
DONE = order(OWNER, "BTCUSDT", 7, 1_020, "FILLED", "100")


@pytest.mark.parametrize("arrival", list(permutations([NEW, PART, MORE, DONE])))
def test_in_whatever_order_states_of_an_order_arrive_it_never_goes_back(
    arrival: tuple[OrderUpdate, ...],
) -> None:
    standing = Standing()
    told = [new for each in (*arrival, *arrival) for new in standing.order(each, 1.0)]
    assert told == sorted(told, key=lambda each: int(each.filled_qty))
    assert told[-1].status == "FILLED"
    assert len(told) == len(set(told))
    assert standing.open_orders() == []


def test_rest_tells_nothing_new_of_an_order_that_the_stream_has_told() -> None:
    standing = Standing()
    standing.order(PART, 1.0)
    assert standing.order(replace(PART, execution="", time_ms=1_500, recovered=True), 2.0) == []


def test_states_of_one_millisecond_are_told_apart_and_their_copies_are_no_news() -> None:
    standing = Standing()
    waits, fires = replace(NEW, status="TRIGGERING"), replace(NEW, status="TRIGGERED")
    assert [standing.order(each, 1.0) for each in (NEW, waits, fires)] == [[NEW], [waits], [fires]]
    assert [standing.order(each, 1.0) for each in (NEW, waits, fires)] == [[], [], []]


def test_an_amended_price_is_news_though_nothing_is_filled() -> None:
    standing = Standing()
    standing.order(NEW, 1.0)
    amended = replace(NEW, price="9.00", time_ms=1_005)
    assert standing.order(amended, 2.0) == [amended]


def test_when_an_order_was_placed_is_not_forgotten() -> None:
    standing = Standing()
    standing.order(replace(NEW, placed_ms=900), 1.0)
    assert standing.order(PART, 2.0)[0].placed_ms == 900


def test_an_open_order_that_is_not_in_the_list_of_open_ones_has_vanished() -> None:
    standing = Standing()
    other = order(OWNER, "BTCUSDT", 8, 1_000)
    standing.order(NEW, 1.0)
    standing.order(other, 1.0)
    standing.order(replace(NEW, order_id=9, conditional=True), 1.0)
    assert standing.vanished([other], asked_at=2.0) == [NEW]
    assert standing.vanished([other], asked_at=0.5) == [], "it was placed after the list was asked for"


def test_an_order_whose_end_nobody_knows_is_gone() -> None:
    standing = Standing()
    standing.order(PART, 1.0)
    (gone,) = standing.gone(PART, 2.0)
    assert (gone.status, gone.filled_qty, gone.open) == (GONE, "40", False)
    assert standing.gone(PART, 3.0) == []
    assert standing.filled(PART) == "40"


def test_closed_orders_are_bounded_and_the_oldest_go() -> None:
    standing = Standing()
    for each in range(CLOSED_KEPT + 1):
        standing.order(replace(DONE, order_id=each), 1.0)
    assert standing.order(replace(DONE, order_id=1), 2.0) == []
    assert standing.order(replace(DONE, order_id=0), 2.0) != []


def test_a_balance_is_news_when_it_changed_and_is_not_older() -> None:
    standing = Standing()
    first, later = balance(OWNER, "BTC", "1", 1_000), balance(OWNER, "BTC", "2", 1_010)
    assert standing.balance(later, 1.0) == [later]
    assert standing.balance(first, 2.0) == [], "it is older"
    assert standing.balance(replace(later, time_ms=1_020), 3.0) == [], "it says the same"
    assert standing.balance(replace(first, time_ms=1_015), 4.0) == [], "it is older than what said the same"
    back = replace(first, time_ms=1_030)
    assert standing.balance(back, 5.0) == [back], "what was once is news when it is so again"


def test_two_balances_of_one_millisecond_and_their_copies() -> None:
    standing = Standing()
    first, second = balance(OWNER, "BTC", "1", 1_000), balance(OWNER, "BTC", "2", 1_000)
    told = [standing.balance(each, 1.0) for each in (first, second, first, second)]
    assert told == [[first], [second], [], []]


def test_an_asset_that_a_whole_answer_leaves_out_is_spent() -> None:
    standing = Standing()
    for asset in ("BTC", "ETH"):
        standing.balance(balance(OWNER, asset, "1", 1_000), 1.0)
    news = standing.all_balances([balance(OWNER, "BTC", "1", 1_100)], 3.0, asked_at=2.0)
    assert [(each.asset, each.free, each.locked) for each in news] == [("ETH", "0", "0")]
    assert standing.assets() == {"BTC"}
    standing.balance(balance(OWNER, "ETH", "3", 1_200), 4.0)
    assert standing.all_balances([], 5.0, asked_at=3.5) != [], "BTC is spent as well"
    assert standing.assets() == {"ETH"}, "it came after the question"


def test_a_position_that_a_whole_answer_leaves_out_is_closed() -> None:
    standing = Standing()
    standing.position(position(OWNER, "BTCUSDT", "5", 1_000), 1.0)
    (closed,) = standing.all_positions([], 3.0, asked_at=2.0)
    assert (closed.qty, closed.symbol) == ("0", "BTCUSDT")
    assert standing.positions() == []
    assert standing.all_positions([], 4.0, asked_at=3.5) == []


def test_a_margin_call_stays_until_a_later_state_says_nothing_of_it() -> None:
    standing = Standing()
    held = position(OWNER, "BTCUSDT", "5", 1_000)
    standing.position(held, 1.0)
    (warned,) = standing.margin_call([("BTCUSDT", "BOTH"), ("ETHUSDT", "BOTH")], 1_100, 2.0)
    assert warned.margin_call_ms == 1_100
    assert standing.margin_call([("BTCUSDT", "BOTH")], 1_100, 2.0) == [], "a copy"
    assert standing.position(held, 3.0) == [], "a copy of what was before"
    (after,) = standing.position(replace(held, time_ms=1_200), 4.0)
    assert after.margin_call_ms is None


def test_rows_are_bounded() -> None:
    standing = Standing()
    for each in range(ROWS_KEPT + 5):
        standing.balance(balance(OWNER, f"A{each}", "1", 1_000), 1.0)
    assert len(standing.assets()) == ROWS_KEPT
    assert repr(standing) == f"<Standing 0 open orders, {ROWS_KEPT} assets, 0 positions>"


@pytest.mark.parametrize("text", [None, "", "NaN", "Infinity", "x"])
def test_what_is_no_number_counts_as_zero(text: str | None) -> None:
    assert number(text) == 0
