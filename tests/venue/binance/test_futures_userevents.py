"""The futures' user events, digit for digit."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position
from bntui.model.markets import Market
from bntui.venue.binance.futures_userevents import (
    EVENT_NAMES,
    decode_coinm_user,
    decode_usdm_user,
    expiry_reason,
    product,
    worth_in_base,
)
from bntui.venue.user import MarginCall, OtherUserEvent, StreamEnded, TradeLite, UserEvent
from tests.venue.binance import user_samples as samples

OWNER = AccountKey("main", Market.USDM)
NOW_MS = 1_700_000_000_000


def told(event: object) -> tuple[UserEvent, ...]:
    said = decode_usdm_user(orjson.dumps(event), OWNER, NOW_MS)
    assert said.odd == ""
    return said.events


def test_an_order_is_told_digit_for_digit() -> None:
    assert told(samples.ORDER_TRADE) == (
        OrderUpdate(
            OWNER, "BTCUSDT", 8886774, "TEST", "SELL", "LONG", "TRAILING_STOP_MARKET", "GTC", "0", "7103.04",
            "0.001", "0", "", "NEW", "NEW", "", True, 1568879465650, 1568879465650, NOW_MS, False,
        ),
    )  # fmt: skip


def test_a_trade_is_a_fill_too_with_what_it_came_to_and_what_it_realised() -> None:
    _, fill = told(samples.FUTURES_TRADE)
    assert fill == Fill(
        OWNER, "BTCUSDT", 4211223344, 8886774, "TEST", "SELL", "LONG", "7476.89", "0.003", "22.43067",
        "-0.00134584", "USDT", True, "-1.25000000", 1568879465650, NOW_MS, False,
    )  # fmt: skip


def test_a_fill_without_a_fee_has_none() -> None:
    order = {name: value for name, value in samples.FUTURES_TRADE["o"].items() if name not in ("n", "N")}
    _, fill = told({**samples.FUTURES_TRADE, "o": order})
    assert isinstance(fill, Fill)
    assert (fill.fee, fill.fee_asset) == ("0", "")


def test_contracts_of_coinm_are_told_without_their_worth() -> None:
    event: dict[str, Any] = {**samples.FUTURES_TRADE, "i": "SfsR"}
    order = {**event["o"], "s": "BTCUSD_PERP", "l": "5", "z": "5", "q": "5", "ma": "BTC", "N": "BTC"}
    said = decode_coinm_user(orjson.dumps({**event, "o": order}), OWNER, NOW_MS)
    fill = said.events[1]
    assert isinstance(fill, Fill)
    assert (fill.symbol, fill.qty, fill.quote_qty) == ("BTCUSD_PERP", "5", "")


def test_contracts_are_worth_so_many_dollars_at_that_price() -> None:
    assert worth_in_base("9638.1", "10", "100") == "0.10375489"
    assert worth_in_base("0", "10", "100") == ""


def test_price_times_quantity_loses_no_digit() -> None:
    assert product("0.1", "0.2") == "0.02"
    assert product("99999999.99999999", "99999999.99999999") == "9999999999999998.0000000000000001"


@pytest.mark.parametrize(
    ("told_reason", "words"),
    [("0", ""), (None, ""), ("8", "expired after its stop was triggered"), ("77", "expiry reason 77")],
)
def test_reasons_of_expiry_are_numbers_and_become_words(told_reason: str | None, words: str) -> None:
    assert expiry_reason(told_reason) == words


def test_balances_and_positions_are_told_digit_for_digit() -> None:
    assert told(samples.ACCOUNT_UPDATE) == (
        Balance(OWNER, "USDT", None, None, "122624.12345678", 1564745798938, NOW_MS),
        Position(
            OWNER, "BTCUSDT", "SHORT", "-20", "6563.66500", "6563.6", "2850.21200", "isolated", "", None,
            None,
            "13200.70726908", 1564745798938, NOW_MS,
        ),
    )  # fmt: skip


def test_an_update_of_balances_alone_has_no_positions() -> None:
    account = {"m": "FUNDING_FEE", "B": samples.ACCOUNT_UPDATE["a"]["B"]}
    assert len(told({**samples.ACCOUNT_UPDATE, "a": account})) == 1


def test_a_margin_call_names_the_positions() -> None:
    assert told(samples.MARGIN_CALL) == (MarginCall(OWNER, (("ETHUSDT", "LONG"),), 1587727187525),)


def test_a_fill_in_short_announces_the_full_one() -> None:
    assert told(samples.TRADE_LITE) == (
        TradeLite(OWNER, "BTCUSDT", 109100866, 8886774, 1721895408214, NOW_MS),
    )


@pytest.mark.parametrize("name", ["ALGO_UPDATE", "ALGO_ORDER_UPDATE"])
def test_a_conditional_order_is_told_by_its_own_service(name: str) -> None:
    (order,) = told({**samples.ALGO, "e": name})
    assert order == OrderUpdate(
        OWNER, "BNBUSDT", 2148719, "Q5xaq5EGKgXXa0fD7fs0Ip", "SELL", "BOTH", "TAKE_PROFIT", "GTC", "750",
        "750",
        "0.01", "0.00000", "", "CANCELED", "CANCELED", "Reduce Only reject", False, None, 1750515742297,
        NOW_MS,
        False, conditional=True,
    )  # fmt: skip


def test_the_end_of_the_key_is_told_without_the_key() -> None:
    (ended,) = told({"e": "listenKeyExpired", "E": 5, "listenKey": "secret"})
    assert ended == StreamEnded("listenKeyExpired", 5)


@pytest.mark.parametrize("name", ["ACCOUNT_CONFIG_UPDATE", "STRATEGY_UPDATE", "GRID_UPDATE", "SOMETHING_NEW"])
def test_what_changes_nothing_shown_still_proves_that_the_stream_flows(name: str) -> None:
    assert told({"e": name, "E": 9}) == (OtherUserEvent(name, 9),)


def test_the_end_of_the_key_and_both_spellings_of_conditional_orders_are_asked_for() -> None:
    assert {"listenKeyExpired", "ALGO_UPDATE", "ALGO_ORDER_UPDATE", "TRADE_LITE"} <= set(EVENT_NAMES)
