"""What Spot says of an account has every field of the documents, in their types."""

from __future__ import annotations

from decimal import Decimal

from bntui.sim import userpayloads
from bntui.sim.instruments import Pair
from bntui.sim.orders import Execution, Order, OrderType, OwnTrade, Status
from tests.sim.trading import words

PAIR = Pair("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000)
NOW_US = 1_767_225_600_123_000

REPORT = words("e E s c S o f q p P F g C x X r i l z L n N T t I w m M O Z Y Q V")
ORDER_ROW = words(
    """symbol orderId orderListId clientOrderId price origQty executedQty cummulativeQuoteQty status
    timeInForce type side stopPrice icebergQty time updateTime isWorking workingTime origQuoteOrderQty
    selfTradePreventionMode"""
)
TRADE_ROW = words(
    """symbol id orderId orderListId price qty quoteQty commission commissionAsset time isBuyer isMaker
    isBestMatch"""
)
NUMBERS = words("E g i T t I O W")


def order() -> Order:
    return Order(
        PAIR,
        77,
        "mine",
        True,
        OrderType.LIMIT,
        "GTC",
        9_125_012,
        500,
        NOW_US,
        updated_us=NOW_US,
        working_us=NOW_US,
    )


def traded(one: Order) -> OwnTrade:
    one.filled, one.status, one.paid = 200, Status.PARTIALLY_FILLED, Decimal("182.50024")
    return OwnTrade(one, 4711, NOW_US, 9_125_012, 200, True, Decimal("182.50024"), Decimal("0.000002"), "BTC")


def test_a_report_of_a_trade_has_every_field_in_its_type() -> None:
    one = order()
    event = userpayloads.execution_report(one, Execution.TRADE, NOW_US, 9, trade=traded(one))
    assert set(event) == REPORT | {"W"}
    assert {name for name, value in event.items() if type(value) is int} == NUMBERS
    assert {name for name, value in event.items() if type(value) is bool} == {"w", "m", "M"}
    assert (event["l"], event["z"], event["L"]) == ("0.00200000", "0.00200000", "91250.12000000")
    assert (event["n"], event["N"], event["t"], event["C"]) == ("0.00000200", "BTC", 4711, "")
    assert (event["Z"], event["Y"]) == ("182.50024000", "182.50024000")


def test_a_report_without_a_trade_names_no_fee_and_no_trade() -> None:
    event = userpayloads.execution_report(order(), Execution.NEW, NOW_US, 9)
    assert (event["n"], event["N"], event["t"], event["l"]) == ("0", None, -1, "0.00000000")


def test_what_is_cancelled_keeps_its_name_beside_that_of_the_request() -> None:
    one = order()
    one.status = Status.CANCELED
    event = userpayloads.execution_report(one, Execution.CANCELED, NOW_US, 9, cancel_id="request")
    assert (event["c"], event["C"], event["w"]) == ("request", "mine", False)


def test_fields_that_are_there_at_times_are_there_only_then() -> None:
    one = order()
    one.working_us, one.stop = 0, 9_000_000
    waiting = userpayloads.execution_report(one, Execution.NEW, NOW_US, 9)
    assert not {"W", "eR"} & set(waiting)
    assert (waiting["w"], waiting["P"]) == (False, "90000.00000000")
    expired = userpayloads.execution_report(one, Execution.EXPIRED, NOW_US, 9, expired="EXCHANGE_CANCELED")
    assert expired["eR"] == "EXCHANGE_CANCELED"


def test_balances_are_told_of_the_assets_that_changed() -> None:
    event = userpayloads.account_position({"BTC": (Decimal(1), Decimal("0.5"))}, NOW_US)
    assert event == {
        "e": "outboundAccountPosition",
        "E": 1_767_225_600_123,
        "u": 1_767_225_600_123,
        "B": [{"a": "BTC", "f": "1.00000000", "l": "0.50000000"}],
    }


def test_a_deposit_tells_the_change_alone() -> None:
    event = userpayloads.balance_update("USDT", Decimal("-100.5"), NOW_US)
    assert (event["a"], event["d"], event["T"]) == ("USDT", "-100.50000000", 1_767_225_600_123)


def test_rows_of_rest_have_every_field() -> None:
    one = order()
    trade = traded(one)
    row, fill = userpayloads.order_row(one), userpayloads.trade_row(trade)
    assert set(row) == ORDER_ROW
    assert set(fill) == TRADE_ROW
    assert (row["orderId"], row["executedQty"], row["isWorking"]) == (77, "0.00200000", True)
    assert (fill["id"], fill["isBuyer"], fill["isMaker"]) == (4711, True, True)


def test_an_order_that_waits_for_its_price_does_not_work() -> None:
    one = order()
    one.working_us = 0
    row = userpayloads.order_row(one)
    assert (row["isWorking"], row["workingTime"]) == (False, -1)


def test_an_account_names_its_fees_and_balances() -> None:
    row = userpayloads.account([("BTC", Decimal(1), Decimal(0))], Decimal("0.001"), NOW_US, 5)
    assert row["balances"] == [{"asset": "BTC", "free": "1.00000000", "locked": "0.00000000"}]
    assert (row["makerCommission"], row["accountType"], row["uid"]) == (10, "SPOT", 5)
