"""A futures account's wallet changes by profit made final, fees, funding and transfers, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bntui.sim.amounts import worth
from bntui.sim.futureskeeper import MAKER_FEE, TAKER_FEE
from bntui.sim.history import TradeRow
from bntui.sim.instruments import E8, Pair
from bntui.sim.orders import Execution, Order, OrderType, Status
from tests.sim.floors import COIN, PERPETUAL
from tests.sim.trading import Pocket

MARK = 50_000 * E8
HOUR_MS = 3_600_000


def order(pocket: Pocket, buys: bool, steps: int, dollars: int = 50_000, number: int = 1) -> Order:
    pair = pocket.pair
    return Order(
        pair,
        number,
        f"name-{number}",
        buys,
        OrderType.LIMIT,
        "GTC",
        dollars * E8 // pair.tick_e8,
        steps,
        1_000_000,
    )


def fill(pocket: Pocket, buys: bool, steps: int, dollars: int = 50_000, *, maker: bool = False) -> None:
    one = order(pocket, buys, steps, dollars)
    one.filled, one.status = steps, Status.FILLED
    one.paid = worth(pocket.pair, one.price, steps)
    number = len(pocket.records.trades) + 1
    row = TradeRow(number, number, 1_000_000, one.price, steps, buys is maker)
    pocket.keeper.traded(one, row, maker=maker, now_us=1_000_000)


def usdm(wallet: str = "10000") -> Pocket:
    return Pocket(PERPETUAL, MARK, wallet)


def tenth(pair: Pair) -> int:
    """Steps of a tenth of the base asset."""
    return E8 // 10 // pair.step_e8


@pytest.mark.parametrize(("maker", "rate"), [(True, MAKER_FEE), (False, TAKER_FEE)])
def test_a_trade_costs_its_fee(maker: bool, rate: Decimal) -> None:
    pocket = usdm()
    fill(pocket, True, tenth(PERPETUAL), maker=maker)
    assert pocket.keeper.wallets["USDT"] == 10_000 - 5_000 * rate
    assert [one.type for one in pocket.keeper.income] == ["COMMISSION"]


def test_the_short_report_comes_first_then_the_account_then_the_whole_one() -> None:
    pocket = usdm()
    fill(pocket, True, tenth(PERPETUAL))
    assert [event["e"] for event in pocket.events] == ["TRADE_LITE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"]
    coin = Pocket(COIN, MARK, "1")
    fill(coin, True, 5)
    assert [event["e"] for event in coin.events] == ["ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"]


def test_profit_made_final_goes_into_the_wallet() -> None:
    pocket = usdm()
    fill(pocket, True, tenth(PERPETUAL), 50_000)
    fill(pocket, False, tenth(PERPETUAL), 51_000)
    fees = sum(trade.fee for trade in pocket.records.trades)
    assert pocket.keeper.wallets["USDT"] == 10_000 + 100 - fees
    assert [(one.type, one.trade_id) for one in pocket.keeper.income] == [
        ("COMMISSION", 1),
        ("REALIZED_PNL", 2),
        ("COMMISSION", 2),
    ]
    assert pocket.of("ORDER_TRADE_UPDATE")[-1]["o"]["rp"] == "100"
    assert pocket.of("ACCOUNT_UPDATE")[-1]["a"]["P"][0]["pa"] == "0"


def test_an_order_that_was_not_filled_changes_no_account() -> None:
    pocket = usdm()
    one = order(pocket, True, 5)
    pocket.keeper.placed(one, 1)
    one.status = Status.CANCELED
    pocket.keeper.ended(one, Execution.CANCELED, "", 1)
    assert [event["e"] for event in pocket.events] == ["ORDER_TRADE_UPDATE"] * 2


def test_coin_margined_accounts_tell_of_all_their_positions() -> None:
    pocket = Pocket(COIN, MARK, "1")
    fill(pocket, True, 5)
    assert [row["s"] for row in pocket.of("ACCOUNT_UPDATE")[0]["a"]["P"]] == ["BTCUSD_PERP"]
    assert pocket.of("ACCOUNT_UPDATE")[0]["i"] == "SgsR"


def test_longs_pay_funding_when_the_rate_is_positive_and_shorts_get_it() -> None:
    for buys, change in ((True, "-0.5"), (False, "0.5")):
        pocket = usdm()
        fill(pocket, buys, tenth(PERPETUAL))
        before = pocket.keeper.wallets["USDT"]
        pocket.next_funding_ms = 16 * HOUR_MS
        pocket.keeper.due(8 * HOUR_MS * 1000)
        assert pocket.keeper.wallets["USDT"] - before == Decimal(change)
        event = pocket.of("ACCOUNT_UPDATE")[-1]["a"]
        assert (event["m"], event["B"][0]["bc"], event["P"], event["S"]) == (
            "FUNDING_FEE",
            change,
            [],
            "BTCUSDT",
        )
        pocket.keeper.due(8 * HOUR_MS * 1000 + 5_000_000)
        assert len([one for one in pocket.keeper.income if one.type == "FUNDING_FEE"]) == 1


def test_who_opens_after_the_funding_hour_pays_at_the_next() -> None:
    pocket = usdm()
    pocket.keeper.due(1)
    pocket.next_funding_ms = 16 * HOUR_MS
    fill(pocket, True, tenth(PERPETUAL))
    pocket.keeper.due(9 * HOUR_MS * 1000)
    assert not [one for one in pocket.keeper.income if one.type == "FUNDING_FEE"]


def test_margin_is_taken_by_positions_and_open_orders() -> None:
    pocket = usdm("2000")
    fill(pocket, True, tenth(PERPETUAL))
    keeper = pocket.keeper
    wallet = keeper.wallets["USDT"]
    assert keeper.available("USDT", 1) == wallet - 5_000 / Decimal(20)
    one = order(pocket, True, tenth(PERPETUAL), number=2)
    pocket.records.open[one.order_id] = one
    assert keeper.available("USDT", 1) == wallet - 2 * 5_000 / Decimal(20)
    keeper.set_leverage(PERPETUAL, 10, 1)
    assert keeper.available("USDT", 1) == wallet - 2 * 5_000 / Decimal(10)


def test_what_needs_more_margin_than_there_is_is_refused_and_closing_never() -> None:
    pocket = usdm("260")
    fill(pocket, True, tenth(PERPETUAL))
    price = order(pocket, True, 1).price
    assert pocket.keeper.refusal(order(pocket, True, tenth(PERPETUAL)), price) == "MARGIN_NOT_SUFFICIEN"
    assert pocket.keeper.refusal(order(pocket, False, tenth(PERPETUAL)), price) == ""
    assert not pocket.keeper.refused(order(pocket, True, 1), "any", 1)
    assert not [event for event in pocket.events if event.get("o", {}).get("x") == "NEW"]


def test_what_may_only_reduce_is_refused_where_it_would_do_more() -> None:
    pocket = usdm()
    one = order(pocket, False, 5)
    one.reduce_only = True
    assert pocket.keeper.refusal(one, one.price) == "REDUCE_ONLY_REJECT"
    fill(pocket, True, 4)
    assert pocket.keeper.refusal(one, one.price) == "REDUCE_ONLY_REJECT"
    fill(pocket, True, 1)
    assert pocket.keeper.refusal(one, one.price) == ""


def test_the_exchange_warns_once_until_the_margin_is_calm_again() -> None:
    pocket = usdm("300")
    fill(pocket, True, tenth(PERPETUAL))
    pocket.keeper.squeeze(1)
    assert len(pocket.of("MARGIN_CALL")) == 1
    assert pocket.of("ACCOUNT_UPDATE")[-1]["a"]["m"] == "ADJUSTMENT"
    pocket.keeper.due(2_000_000)
    assert len(pocket.of("MARGIN_CALL")) == 1
    pocket.keeper.deposit("USDT", Decimal(100), 3_000_000)
    pocket.keeper.due(4_000_000)
    pocket.keeper.squeeze(5_000_000)
    assert len(pocket.of("MARGIN_CALL")) == 2


def test_profits_do_not_save_from_a_squeeze() -> None:
    pocket = usdm("300")
    fill(pocket, True, tenth(PERPETUAL))
    pocket.mark_e8 = 2 * MARK
    pocket.keeper.squeeze(1)
    assert pocket.keeper.wallets["USDT"] < 0
    assert pocket.of("MARGIN_CALL")


def test_what_has_lost_its_margin_is_exhausted() -> None:
    pocket = usdm("300")
    fill(pocket, True, tenth(PERPETUAL))
    pocket.keeper.squeeze(1)
    assert pocket.keeper.exhausted == set()
    pocket.mark_e8 = MARK * 99 // 100
    pocket.keeper.due(2_000_000)
    assert pocket.keeper.exhausted == {"USDT"}


def test_without_a_position_there_is_nothing_to_squeeze() -> None:
    with pytest.raises(ValueError, match="without a position"):
        usdm().keeper.squeeze(1)


def test_no_more_is_paid_out_than_there_is() -> None:
    pocket = usdm("5")
    with pytest.raises(ValueError, match="cannot be paid out"):
        pocket.keeper.deposit("USDT", Decimal(-6), 1)
    pocket.keeper.deposit("USDT", Decimal(2), 1)
    assert pocket.of("ACCOUNT_UPDATE")[0]["a"]["m"] == "DEPOSIT"
    assert [(one.type, one.amount) for one in pocket.keeper.income] == [("TRANSFER", Decimal(2))]


def test_one_leans_against_what_is_held() -> None:
    pocket = usdm("1000")
    assert pocket.keeper.leaning(PERPETUAL) == 0.5
    fill(pocket, True, tenth(PERPETUAL))
    assert pocket.keeper.leaning(PERPETUAL) == 0
    assert pocket.keeper.most(PERPETUAL, False, order(pocket, True, 1).price) >= tenth(PERPETUAL)
