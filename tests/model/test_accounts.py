"""Accounts as a viewer holds them."""

from __future__ import annotations

from dataclasses import replace

from bntui.model.accounts import FILLS_KEPT, Accounts
from bntui.model.delta import AccountsDelta, NumberedFill
from tests.model.account_samples import a_balance, a_fill, a_position, an_order


def told(*numbers: int) -> AccountsDelta:
    fills = [NumberedFill(number, a_fill(number)) for number in numbers]
    return AccountsDelta(fills=fills, newest_fill=max(numbers))


def test_fills_come_in_the_order_of_their_numbers_and_none_twice() -> None:
    accounts = Accounts()
    accounts.apply(told(1, 2))
    accounts.apply(told(2, 3))
    assert list(accounts.fills) == [1, 2, 3]
    assert accounts.last_fill == accounts.newest_fill == 3


def test_that_more_fills_are_on_their_way_can_be_seen() -> None:
    accounts = Accounts()
    accounts.apply(AccountsDelta(fills=[NumberedFill(1, a_fill(1))], newest_fill=700))
    assert accounts.last_fill < accounts.newest_fill


def test_the_oldest_fills_go_first() -> None:
    accounts = Accounts()
    accounts.apply(told(*range(1, FILLS_KEPT + 3)))
    assert (len(accounts.fills), next(iter(accounts.fills))) == (FILLS_KEPT, 3)


def test_an_order_takes_the_place_of_what_was_known_of_it() -> None:
    accounts = Accounts()
    accounts.apply(AccountsDelta(orders=[an_order(1), an_order(2)]))
    accounts.apply(AccountsDelta(orders=[an_order(1, status="FILLED")]))
    assert [(order.order_id, order.status) for order in accounts.orders.values()] == [
        (2, "NEW"),
        (1, "FILLED"),
    ]


def test_an_order_that_is_kept_no_longer_goes() -> None:
    accounts = Accounts()
    accounts.apply(AccountsDelta(orders=[an_order(1), an_order(2)]))
    accounts.apply(AccountsDelta(orders=[an_order(3)], orders_gone=[an_order(2).identity]))
    assert [order.order_id for order in accounts.orders.values()] == [1, 3]


def test_balances_and_positions_are_the_last_that_were_told() -> None:
    accounts = Accounts()
    accounts.apply(AccountsDelta(balances=[a_balance("BTC")], positions=[a_position("BTCUSDT")]))
    accounts.apply(
        AccountsDelta(balances=[a_balance("BTC", free="2")], positions=[a_position("BTCUSDT", qty="0")])
    )
    assert [balance.free for balance in accounts.balances.values()] == ["2"]
    assert list(accounts.positions.values()) == [replace(a_position("BTCUSDT"), qty="0")]
