"""Rows of the futures' REST have every field of the documents, and figures that follow from one another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bntui.sim import futuresuserrows as rows
from bntui.sim.futureskeeper import FuturesKeeper
from tests.sim.trading import Told, futures, words

ORDER = words(
    """orderId clientOrderId symbol side positionSide type origType price stopPrice origQty executedQty
    avgPrice status timeInForce reduceOnly closePosition time updateTime workingType priceProtect priceMatch
    selfTradePreventionMode"""
)
TRADE = words(
    "symbol id orderId side positionSide price qty realizedPnl commission commissionAsset buyer maker time"
)
INCOME = words("symbol incomeType income asset time info tranId tradeId")
BALANCE = words("accountAlias asset balance crossWalletBalance crossUnPnl availableBalance updateTime")
POSITION = words(
    """symbol positionSide positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice
    isolatedMargin isolatedWallet updateTime"""
)
MORE_OF_POSITIONS = words(
    """notional marginAsset initialMargin maintMargin positionInitialMargin openOrderInitialMargin adl
    bidNotional askNotional"""
)
MORE_OF_COIN_POSITIONS = words("leverage maxQty marginType isAutoAddMargin notionalValue")


@pytest.fixture(scope="module", params=[False, True], ids=["usdm", "coinm"])
def told(request: pytest.FixtureRequest) -> Told:
    one = futures(4.0, coin=request.param)
    one.run(10)
    return one


def keeper(told: Told) -> FuturesKeeper:
    purse = told.account.purse
    assert isinstance(purse, FuturesKeeper)
    return purse


def moment(told: Told) -> int:
    return told.account.broker.market.moment_us


def test_orders_and_trades_have_every_field(told: Told) -> None:
    coin = keeper(told).coin_margined
    order = rows.order_row(told.account.broker.records.closed[-1])
    trade = rows.trade_row(told.account.broker.records.trades[-1])
    assert set(order) == ORDER | (words("pair cumBase") if coin else words("cumQuote goodTillDate"))
    assert set(trade) == TRADE | (words("pair marginAsset baseQty") if coin else words("quoteQty"))
    assert {name for name, value in order.items() if type(value) is bool} == words(
        "reduceOnly closePosition priceProtect"
    )
    assert {name for name, value in trade.items() if type(value) is int} == words("id orderId time")


def test_income_has_every_field(told: Told) -> None:
    row = rows.income_row(keeper(told).income[-1])
    assert set(row) == INCOME
    assert type(row["tranId"]) is int


def test_balances_have_every_field_and_add_up(told: Told) -> None:
    for asset in keeper(told).wallets:
        row: Any = rows.balance_row(keeper(told), asset, moment(told))
        more = words(
            "withdrawAvailable" if keeper(told).coin_margined else "maxWithdrawAmount marginAvailable"
        )
        assert set(row) == BALANCE | more
        assert Decimal(row["availableBalance"]) <= Decimal(row["balance"]) + Decimal(row["crossUnPnl"])


def test_positions_have_every_field_and_figures_that_agree(told: Told) -> None:
    coin = keeper(told).coin_margined
    held = list(keeper(told).held())
    assert held
    for position in held:
        row: Any = rows.position_row(keeper(told), position, moment(told))
        assert set(row) == POSITION | (MORE_OF_COIN_POSITIONS if coin else MORE_OF_POSITIONS)
        long, mark, entry = position.steps > 0, Decimal(row["markPrice"]), Decimal(row["entryPrice"])
        profit = Decimal(row["unRealizedProfit"])
        assert row["positionAmt"].startswith("-") is not long
        if abs(mark - entry) > entry / 100_000:
            assert (profit > 0) is ((mark > entry) is long)
        liquidation = Decimal(row["liquidationPrice"])
        assert liquidation < mark if long else liquidation == 0 or liquidation > mark
        if not coin:
            assert 1 <= row["adl"] <= 5
            taken = Decimal(row["positionInitialMargin"]) * position.leverage
            assert abs(taken - abs(Decimal(row["notional"]))) < Decimal("0.001")


def test_an_account_sums_its_wallets_and_positions(told: Told) -> None:
    answer: Any = rows.account(keeper(told), moment(told))
    for asset in answer["assets"]:
        assert Decimal(asset["marginBalance"]) == Decimal(asset["walletBalance"]) + Decimal(
            asset["unrealizedProfit"]
        )
    profits = sum(Decimal(position["unrealizedProfit"]) for position in answer["positions"])
    assert profits == sum(Decimal(asset["unrealizedProfit"]) for asset in answer["assets"])
    if not keeper(told).coin_margined:
        assert answer["totalWalletBalance"] == answer["assets"][0]["walletBalance"]
        assert {"totalMaintMargin", "totalInitialMargin", "availableBalance"} <= set(answer)


def test_an_account_without_wallets_is_told_all_the_same() -> None:
    empty = FuturesKeeper.__new__(FuturesKeeper)
    empty.wallets, empty.positions, empty.updated_us, empty.coin_margined = {}, {}, 0, False
    answer = rows.account(empty, 1)
    assert answer["assets"] == []
    assert answer["totalUnrealizedProfit"] == "0.00000000"
