from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bntui.model.accounts import Accounts
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.model.states import UserStreamState
from bntui.ui.chart.scene import OwnFill
from bntui.ui.panels import own
from bntui.ui.panels.own import OwnMarks, OwnOrders, resting
from tests.model.account_samples import FUTURES, MAIN, a_fill, an_order
from tests.support.accounts import stream
from tests.support.market import key_of

BTC = key_of("BTCUSDT")


def accounts(**told: Any) -> Accounts:
    found = Accounts()
    found.apply(AccountsDelta(**{"streams": [stream(MAIN)], **told}))
    return found


def test_what_rests_in_the_book_has_a_side_a_price_and_what_is_left() -> None:
    assert resting(an_order(1, qty="0.3", filled_qty="0.1")) == ("bid", Decimal("59000.00"), Decimal("0.2"))
    sold = resting(an_order(1, side="SELL"))
    assert sold is not None
    assert sold[0] == "ask"


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "FILLED"},
        {"status": "CANCELED"},
        {"price": "0"},
        {"price": "x"},
        {"filled_qty": "0.01000"},
        {"filled_qty": ""},
        {"stop_price": "58000"},
        {"conditional": True},
        {"side": "?"},
    ],
)
def test_what_is_not_in_the_book_is_not_marked(changes: dict[str, Any]) -> None:
    assert resting(an_order(1, **changes)) is None


def test_orders_of_one_level_are_added_up() -> None:
    orders = OwnOrders(
        (("bid", Decimal("100.10"), Decimal("0.1")), ("bid", Decimal("100.1"), Decimal("0.25")))
    )
    assert orders.on_levels(None) == {("bid", Decimal("100.1")): Decimal("0.35")}


def test_in_a_grouped_book_asks_go_up_to_their_level_and_bids_down() -> None:
    one = Decimal(1)
    orders = OwnOrders((("bid", Decimal("100.37"), one), ("ask", Decimal("100.52"), one)))
    assert set(orders.on_levels(Decimal("0.50"))) == {("bid", Decimal(100)), ("ask", Decimal(101))}
    exact = OwnOrders((("bid", Decimal("100.50"), one), ("ask", Decimal("100.50"), one)))
    assert {price for _, price in exact.on_levels(Decimal("0.5"))} == {Decimal("100.5")}


def test_only_the_open_symbol_of_its_market_is_marked() -> None:
    of = accounts(
        orders=[an_order(1), an_order(2, symbol="ETHUSDT"), an_order(3, owner=FUTURES)],
        fills=[
            NumberedFill(1, a_fill(1, time_ms=9)),
            NumberedFill(2, a_fill(2, symbol="ETHUSDT")),
            NumberedFill(3, a_fill(3, owner=FUTURES)),
            NumberedFill(4, a_fill(4, time_ms=5, side="SELL", recovered=True)),
        ],
    )
    marks = OwnMarks()
    marks.take(of, BTC, False)
    assert len(marks.orders.resting) == 1
    assert marks.fills == (OwnFill(5, False), OwnFill(9, True))


def test_marks_are_read_anew_only_when_something_changed() -> None:
    marks = OwnMarks()
    marks.take(accounts(), BTC, False)
    told = accounts(orders=[an_order(1)])
    marks.take(told, BTC, False)
    assert not marks.orders.resting
    marks.take(told, BTC, True)
    assert marks.orders.resting
    marks.take(told, key_of("ETHUSDT"), False)
    assert not marks.orders.resting


def test_orders_of_an_account_that_cannot_be_heard_are_doubtful() -> None:
    down = stream(MAIN, state=UserStreamState.DOWN)
    marks = OwnMarks()
    marks.take(accounts(orders=[an_order(1)], streams=[down]), BTC, True)
    assert not marks.orders.good


def test_no_more_than_the_newest_fills_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "FILLS_SHOWN", 3)
    marks = OwnMarks()
    marks.take(accounts(fills=[NumberedFill(n, a_fill(n, time_ms=n)) for n in range(1, 9)]), BTC, True)
    assert [fill.time_ms for fill in marks.fills] == [6, 7, 8]
