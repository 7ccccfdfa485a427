"""What the futures say of an account has every field of the documents, in their types, on both markets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bntui.sim import futuresuserpayloads as payloads
from bntui.sim.futuresuserpayloads import Conditional, Wallet
from bntui.sim.instruments import E8, Pair
from bntui.sim.orders import Execution, Order, OrderType, OwnTrade, Status
from bntui.sim.positions import Position
from tests.sim.floors import COIN, PERPETUAL
from tests.sim.trading import words

NOW_US = 1_767_225_600_123_000
COMMON = words("s c S o f q p ap sp x X i l z L T t b a m R wt ot ps cp pP rp V pm er")
USDM_ONLY, COINM_ONLY = words("si ss gtd"), words("ma")
NUMBERS = words("i T t")
each_pair = pytest.mark.parametrize("pair", [PERPETUAL, COIN])


def order(pair: Pair) -> Order:
    one = Order(
        pair,
        77,
        "mine",
        False,
        OrderType.LIMIT,
        "GTC",
        91_250 * E8 // pair.tick_e8,
        5,
        NOW_US,
        updated_us=NOW_US,
    )
    one.filled, one.status = 2, Status.PARTIALLY_FILLED
    one.paid = Decimal("0.0021917") if pair is COIN else Decimal("182.5")
    return one


def trade(pair: Pair, fee: str = "0.05") -> OwnTrade:
    one = order(pair)
    return OwnTrade(
        one, 4711, NOW_US, one.price, 2, True, one.paid, Decimal(fee), "BTC", realized=Decimal("-1.50")
    )


def told(event: dict[str, object]) -> Any:
    return event["o"]


@each_pair
def test_a_report_of_a_trade_has_every_field_of_its_market(pair: Pair) -> None:
    done = trade(pair)
    event = payloads.order_update(done.order, Execution.TRADE, NOW_US, "SgsR", trade=done)
    one = told(event)
    assert set(event) == words("e E T i o" if pair is COIN else "e E T o")
    assert set(one) == COMMON | words("N n") | (COINM_ONLY if pair is COIN else USDM_ONLY)
    assert {name for name, value in one.items() if type(value) is bool} == words("m R cp pP")
    assert {name for name, value in one.items() if type(value) is int} == NUMBERS | (
        set() if pair is COIN else USDM_ONLY
    )
    assert (one["t"], one["rp"], one["n"], one["N"], one["er"]) == (4711, "-1.5", "0.05", "BTC", "0")


def test_where_there_was_no_fee_none_is_named() -> None:
    done = trade(PERPETUAL, "0")
    one = told(payloads.order_update(done.order, Execution.TRADE, NOW_US, "SgsR", trade=done))
    assert not {"N", "n"} & set(one)


def test_what_is_not_traded_has_no_trade() -> None:
    one = told(payloads.order_update(order(PERPETUAL), Execution.NEW, NOW_US, "SgsR"))
    assert (one["t"], one["l"], one["L"], one["m"], one["rp"]) == (0, "0", "0", False, "0")
    assert not {"N", "n"} & set(one)


@pytest.mark.parametrize(
    ("reason", "usdm", "coinm"),
    [
        ("UNFILLED_IOC_QUANTITY_EXPIRED", "2", "2"),
        ("INSUFFICIENT_LIQUIDITY", "9", "9"),
        ("UNFILLED_FOK_ORDER_EXPIRED", "0", "10"),
        ("POST_ONLY", "0", "11"),
        ("", "0", "0"),
    ],
)
def test_why_an_order_expired_is_told_by_number(reason: str, usdm: str, coinm: str) -> None:
    found = [
        told(payloads.order_update(order(pair), Execution.EXPIRED, NOW_US, "SgsR", expired=reason))["er"]
        for pair in (PERPETUAL, COIN)
    ]
    assert found == [usdm, coinm]


def test_a_triggered_order_says_what_it_was_placed_as() -> None:
    one = order(PERPETUAL)
    one.type, one.born = OrderType.MARKET, OrderType.STOP_MARKET
    event = told(payloads.order_update(one, Execution.NEW, NOW_US, "SgsR"))
    assert (event["o"], event["ot"]) == ("MARKET", "STOP_MARKET")


def test_the_mean_price_is_that_of_the_market() -> None:
    assert payloads.mean_price(order(PERPETUAL)) == Decimal("182.5") / (2 * Decimal(PERPETUAL.step_e8) / E8)
    assert abs(payloads.mean_price(order(COIN)) - Decimal(200) / Decimal("0.0021917")) < Decimal("0.0001")


def test_the_short_report_names_the_trade() -> None:
    event = payloads.trade_lite(trade(PERPETUAL), NOW_US)
    assert set(event) == words("e E T s q p m c S L l t i")
    assert (event["t"], event["i"], event["S"]) == (4711, 77, "SELL")


@pytest.mark.parametrize("coin", [False, True])
def test_an_account_update_has_every_field_of_its_market(coin: bool) -> None:
    pair = COIN if coin else PERPETUAL
    position = Position(pair)
    position.trade(False, 91_250 * E8 // pair.tick_e8, 5)
    event: Any = payloads.account_update(
        "ORDER",
        [Wallet("BTC", Decimal("1.5"), Decimal(0))],
        [(position, Decimal(91_250))],
        NOW_US,
        "SgsR",
        coin_margined=coin,
    )
    assert set(event) == words("e E T i a" if coin else "e E T a")
    assert set(event["a"]) == words("m B P")
    assert event["a"]["B"] == [{"a": "BTC", "wb": "1.50000000", "cw": "1.50000000", "bc": "0"}]
    (row,) = event["a"]["P"]
    assert set(row) == words("s pa ep bep cr up mt iw ps")
    assert (row["pa"][0], row["mt"], row["ps"]) == ("-", "cross", "BOTH")


def test_funding_names_its_symbol() -> None:
    wallet = Wallet("USDT", Decimal(1), Decimal("-0.5"))
    event: Any = payloads.account_update(
        "FUNDING_FEE", [wallet], [], NOW_US, "SgsR", coin_margined=False, symbol="BTCUSDT"
    )
    assert (event["a"]["S"], event["a"]["P"], event["a"]["B"][0]["bc"]) == ("BTCUSDT", [], "-0.5")


@pytest.mark.parametrize("coin", [False, True])
def test_a_margin_call_has_every_field(coin: bool) -> None:
    pair = COIN if coin else PERPETUAL
    position = Position(pair)
    position.trade(True, 91_250 * E8 // pair.tick_e8, 5)
    event: Any = payloads.margin_call(
        Decimal(3), {pair.symbol: (position, Decimal(91_000))}, NOW_US, "SgsR", coin_margined=coin
    )
    assert set(event) == words("e E cw p i" if coin else "e E cw p")
    (row,) = event["p"]
    assert set(row) == words("s ps pa mt iw mp up mm")
    assert row["up"].startswith("-")


def test_a_change_of_leverage_is_told() -> None:
    event = payloads.leverage_update(PERPETUAL, 15, NOW_US)
    assert event["ac"] == {"s": "BTCUSDT", "l": 15}


def test_an_order_that_waits_tells_its_trigger_and_later_what_came_of_it() -> None:
    one = Conditional(PERPETUAL, 5, "mine", True, 5, 91_000 * E8 // PERPETUAL.tick_e8, True, "NEW")
    waiting = payloads.algo_update(one, NOW_US)
    assert set(told(waiting)) == words(
        "caid aid at o s S ps f q X ai ap aq act tp p V wt pm cp pP R tt gtd rm"
    )
    assert (told(waiting)["tp"], told(waiting)["ai"], told(waiting)["X"]) == ("91000", "", "NEW")
    came = Conditional(
        PERPETUAL, 5, "mine", True, 5, 1, True, "FINISHED", order=order(PERPETUAL), triggered_us=NOW_US
    )
    finished = told(payloads.algo_update(came, NOW_US))
    assert (finished["ai"], finished["act"], finished["tt"]) == ("77", "LIMIT", NOW_US // 1000)
