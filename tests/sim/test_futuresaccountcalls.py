"""The futures answer of an account by symbol, pair, id and time, and refuse in their own codes."""

from __future__ import annotations

from typing import Any

import pytest

from bntui.sim.parameters import Refused
from tests.sim.trading import Told, futures

WEEK_MS = 7 * 86_400_000


@pytest.fixture(scope="module")
def usdm() -> Told:
    one = futures(4.0, past=60)
    one.run(5)
    return one


@pytest.fixture(scope="module")
def coinm() -> Told:
    one = futures(4.0, coin=True, past=60)
    one.run(5)
    return one


def test_trades_are_told_by_symbol_id_and_order(usdm: Told) -> None:
    rows = usdm.every("userTrades", "BTCUSDT")
    ids = [row["id"] for row in rows]
    assert len(ids) > 3
    assert ids == sorted(set(ids))
    assert usdm.every("userTrades", "BTCUSDT", fromId=str(ids[2])) == rows[2:]
    order_id = rows[2]["orderId"]
    assert usdm.every("userTrades", "BTCUSDT", orderId=str(order_id)) == [
        row for row in rows if row["orderId"] == order_id
    ]


def test_coin_margined_trades_are_told_by_pair_too(coinm: Told) -> None:
    rows: Any = coinm.account.rest("userTrades", {"pair": "BTCUSD", "limit": "1000"})
    assert {row["pair"] for row in rows} == {"BTCUSD"}
    assert coinm.every("userTrades", "BTCUSD_PERP") == [row for row in rows if row["symbol"] == "BTCUSD_PERP"]
    few: Any = coinm.account.rest("userTrades", {"symbol": "BTCUSD_PERP"})
    assert len(few) <= 50


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("userTrades", {}, -1102),
        ("userTrades", {"symbol": "NOSUCH"}, -1121),
        ("userTrades", {"symbol": "BTCUSD_PERP"}, -1121),
        ("userTrades", {"symbol": "BTCUSDT", "pair": "BTCUSD"}, -1104),
        ("userTrades", {"symbol": "BTCUSDT", "fromId": "1", "startTime": "1"}, -1128),
        ("userTrades", {"symbol": "BTCUSDT", "startTime": "1", "endTime": str(WEEK_MS + 2)}, -1127),
        ("allOrders", {}, -1102),
        ("allOrders", {"symbol": "BTCUSDT", "startTime": "1", "endTime": str(WEEK_MS + 2)}, -1127),
        ("order", {"symbol": "BTCUSDT", "orderId": "1"}, -2013),
        ("income", {"limit": "1001"}, -1130),
        ("positionRisk", {"symbol": "NOSUCH"}, -1121),
        ("balance", {"asset": "USDT"}, -1101),
        ("myTrades", {"symbol": "BTCUSDT"}, -1020),
    ],
)
def test_wrong_requests_are_refused(usdm: Told, call: str, given: dict[str, str], code: int) -> None:
    with pytest.raises(Refused) as refused:
        usdm.account.rest(call, given)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("userTrades", {}, -1102),
        ("userTrades", {"pair": "BTCUSD", "symbol": "BTCUSD_PERP"}, -1128),
        ("userTrades", {"pair": "BTCUSD", "fromId": "1"}, -1128),
        ("userTrades", {"pair": "NOSUCH"}, -1121),
        ("allOrders", {"pair": "BTCUSD", "orderId": "1"}, -1128),
        ("positionRisk", {"pair": "BTCUSD", "marginAsset": "BTC"}, -1128),
    ],
)
def test_wrong_requests_by_pair_are_refused(coinm: Told, call: str, given: dict[str, str], code: int) -> None:
    with pytest.raises(Refused) as refused:
        coinm.account.rest(call, given)
    assert refused.value.code == code


def test_income_names_every_symbol_that_was_traded(usdm: Told) -> None:
    rows: Any = usdm.account.rest("income", {"incomeType": "COMMISSION", "limit": "1000"})
    traded = {trade.order.pair.symbol for trade in usdm.account.broker.records.trades}
    assert {row["symbol"] for row in rows} == traded
    times = [row["time"] for row in rows]
    assert times == sorted(times)


def test_income_is_told_by_symbol_time_and_page(usdm: Told) -> None:
    rows: Any = usdm.account.rest("income", {"limit": "1000"})
    first: Any = usdm.account.rest("income", {"limit": "10"})
    second: Any = usdm.account.rest("income", {"limit": "10", "page": "2"})
    assert first + second == rows[:20]
    start, end = rows[5]["time"], rows[9]["time"]
    within: Any = usdm.account.rest("income", {"startTime": str(start), "endTime": str(end)})
    assert within == [row for row in rows if start <= row["time"] <= end]
    some: Any = usdm.account.rest("income", {"symbol": "BTCUSDT", "limit": "1000"})
    assert some == [row for row in rows if row["symbol"] == "BTCUSDT"]
    assert usdm.account.rest("income", {"incomeType": "INSURANCE_CLEAR"}) == []


def test_positions_are_told_where_there_is_one_or_an_open_order(usdm: Told, coinm: Told) -> None:
    rows: Any = usdm.account.rest("positionRisk", {})
    orders: Any = usdm.account.rest("openOrders", {})
    waiting = {row["symbol"] for row in orders}
    assert all(float(row["positionAmt"]) or row["symbol"] in waiting for row in rows)
    every: Any = coinm.account.rest("positionRisk", {})
    assert len(every) == 12
    assert any(not float(row["positionAmt"]) for row in every)
    some: Any = coinm.account.rest("positionRisk", {"pair": "BTCUSD"})
    assert {row["symbol"].partition("_")[0] for row in some} == {"BTCUSD"}
    by_asset: Any = coinm.account.rest("positionRisk", {"marginAsset": "BTC"})
    assert by_asset == some


def test_an_order_is_told_as_in_the_list_of_all(usdm: Told) -> None:
    rows = usdm.every("allOrders", "BTCUSDT")
    asked = {"symbol": "BTCUSDT", "orderId": str(rows[1]["orderId"])}
    assert usdm.account.rest("order", asked) == rows[1]


def test_orders_that_were_not_filled_are_forgotten_first() -> None:
    told = futures(0.0, past=60)
    filled = [row["orderId"] for row in told.every("allOrders", "BTCUSDT")]
    broker = told.account.broker
    pair = next(pair for pair in broker.market.pairs if pair.symbol == "BTCUSDT")
    cancelled, waiting = (
        broker.place(pair, True, 5, broker.desk(pair).best()[0][0] - 9_000) for _ in range(2)
    )
    broker.cancel(cancelled)

    def known() -> list[int]:
        return [row["orderId"] for row in told.every("allOrders", "BTCUSDT")]

    assert known() == [*filled, cancelled.order_id, waiting.order_id]
    told.advance(3 * 86_400.0 + 60)
    assert known() == [*filled, waiting.order_id]
    told.advance(90 * 86_400.0)
    assert known() == [waiting.order_id]
