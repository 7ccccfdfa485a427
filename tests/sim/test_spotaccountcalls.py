"""Spot answers of an account by symbol, id and time, and refuses in its own codes."""

from __future__ import annotations

from typing import Any

import pytest

from bntui.sim.parameters import Refused
from tests.sim.trading import Told, spot

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def told() -> Told:
    one = spot(past=60)
    one.run(5)
    return one


def test_own_trades_are_told_by_symbol_in_the_order_of_their_ids(told: Told) -> None:
    rows = told.every("myTrades", "BTCUSDT")
    assert len(rows) > 5
    assert {row["symbol"] for row in rows} == {"BTCUSDT"}
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids))


def test_own_trades_are_told_from_an_id_on_or_of_an_order(told: Told) -> None:
    rows = told.every("myTrades", "BTCUSDT")
    later: Any = told.account.rest(
        "myTrades", {"symbol": "BTCUSDT", "fromId": str(rows[3]["id"]), "limit": "2"}
    )
    assert later == rows[3:5]
    order_id = rows[3]["orderId"]
    assert told.every("myTrades", "BTCUSDT", orderId=str(order_id)) == [
        row for row in rows if row["orderId"] == order_id
    ]


def test_own_trades_are_told_within_a_day(told: Told) -> None:
    rows = told.every("myTrades", "BTCUSDT")
    start, end = rows[1]["time"], rows[4]["time"]
    assert told.every("myTrades", "BTCUSDT", startTime=str(start), endTime=str(end)) == [
        row for row in rows if start <= row["time"] <= end
    ]


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("myTrades", {}, -1102),
        ("myTrades", {"symbol": "NOSUCH"}, -1121),
        ("myTrades", {"symbol": "BTCUSDT", "startTime": "1", "endTime": str(DAY_MS + 2)}, -1127),
        ("myTrades", {"symbol": "BTCUSDT", "fromId": "1", "startTime": "1"}, -1128),
        ("myTrades", {"symbol": "BTCUSDT", "limit": "1001"}, -1130),
        ("myTrades", {"symbol": "BTCUSDT", "nonsense": "1"}, -1104),
        ("allOrders", {}, -1102),
        ("allOrders", {"symbol": "BTCUSDT", "startTime": "1", "endTime": str(DAY_MS + 2)}, -1127),
        ("openOrders", {"symbol": "NOSUCH"}, -1121),
        ("order", {"symbol": "BTCUSDT"}, -1102),
        ("order", {"symbol": "BTCUSDT", "orderId": "1"}, -2013),
        ("account", {"omitZeroBalances": "perhaps"}, -1130),
        ("userTrades", {"symbol": "BTCUSDT"}, -1020),
    ],
)
def test_wrong_requests_are_refused(told: Told, call: str, given: dict[str, str], code: int) -> None:
    with pytest.raises(Refused) as refused:
        told.account.rest(call, given)
    assert refused.value.code == code


def test_open_orders_are_told_of_a_symbol_or_of_all(told: Told) -> None:
    rows: Any = told.account.rest("openOrders", {})
    assert rows
    assert {row["status"] for row in rows} <= {"NEW", "PARTIALLY_FILLED"}
    symbol = rows[0]["symbol"]
    assert told.account.rest("openOrders", {"symbol": symbol}) == [
        row for row in rows if row["symbol"] == symbol
    ]


def test_an_order_is_told_as_in_the_list_of_all(told: Told) -> None:
    rows = told.every("allOrders", "BTCUSDT")
    ids = [row["orderId"] for row in rows]
    assert ids == sorted(set(ids))
    asked = {"symbol": "BTCUSDT", "orderId": str(ids[2])}
    assert told.account.rest("order", asked) == rows[2]
    by_name = {"symbol": "BTCUSDT", "origClientOrderId": rows[2]["clientOrderId"]}
    assert told.account.rest("order", by_name) == rows[2]


def test_balances_of_nothing_can_be_left_out(told: Told) -> None:
    whole: Any = told.account.rest("account", {})
    short: Any = told.account.rest("account", {"omitZeroBalances": "true"})
    assert short["balances"] == [
        row for row in whole["balances"] if float(row["free"]) or float(row["locked"])
    ]
