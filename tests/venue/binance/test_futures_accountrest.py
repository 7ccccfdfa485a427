"""What the futures are asked about an account, and how their answers read."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.access import UserMethod
from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position
from bntui.model.markets import Market
from bntui.venue.binance.futures_accountrest import COINM_USER, USDM_USER
from bntui.venue.user import Ask, AskKind, Page, UserVenue
from tests.venue.binance import user_samples as samples

OWNER = AccountKey("main", Market.USDM)
NOW_MS = 1_700_000_000_000


def read(ask: Ask, answer: object, user: UserVenue = USDM_USER) -> Page:
    return user.read(ask, orjson.dumps(answer), OWNER, NOW_MS)


@pytest.mark.parametrize(
    ("ask", "usdm", "coinm"),
    [
        (Ask(AskKind.BALANCES), ("/fapi/v3/balance", 5), ("/dapi/v1/balance", 1)),
        (Ask(AskKind.POSITIONS), ("/fapi/v3/positionRisk", 5), ("/dapi/v1/positionRisk", 1)),
        (Ask(AskKind.OPEN_ORDERS), ("/fapi/v1/openOrders", 40), ("/dapi/v1/openOrders", 40)),
        (Ask(AskKind.FILLS, "X", from_id=1), ("/fapi/v1/userTrades", 5), ("/dapi/v1/userTrades", 20)),
        (Ask(AskKind.ORDERS, "X", from_ms=1), ("/fapi/v1/allOrders", 5), ("/dapi/v1/allOrders", 20)),
        (Ask(AskKind.TRADED_SYMBOLS, from_ms=1), ("/fapi/v1/income", 30), ("/dapi/v1/income", 20)),
    ],
)
def test_each_question_has_its_call_and_weight(
    ask: Ask, usdm: tuple[str, int], coinm: tuple[str, int]
) -> None:
    for user, expected in ((USDM_USER, usdm), (COINM_USER, coinm)):
        call = user.call(ask)
        assert (call.path, call.weight) == expected


def test_commissions_name_the_traded_symbols_each_once() -> None:
    ask = Ask(AskKind.TRADED_SYMBOLS, from_ms=1, to_ms=9)
    assert ("incomeType", "COMMISSION") in USDM_USER.call(ask).params
    rows = [{"symbol": symbol, "time": at} for symbol, at in (("BTCUSDT", 3), ("ETHUSDT", 4), ("BTCUSDT", 5))]
    page = read(ask, rows)
    assert (page.symbols, page.full, page.last_ms) == (("BTCUSDT", "ETHUSDT"), False, 5)


def test_fills_read_digit_for_digit_with_what_they_came_to() -> None:
    assert read(Ask(AskKind.FILLS, "BTCUSDT"), [samples.USER_TRADE]).rows == (
        Fill(
            OWNER, "BTCUSDT", 698759, 25851813, "", "SELL", "SHORT", "7819.01", "0.002", "15.63802",
            "-0.07819010", "USDT", True, "-0.91539999", 1569514978020, NOW_MS, True,
        ),
    )  # fmt: skip


def test_fills_of_coinm_are_worth_what_the_answer_says() -> None:
    row = {**samples.USER_TRADE, "symbol": "BTCUSD_PERP", "qty": "1", "baseQty": "0.01278934"}
    (fill,) = read(Ask(AskKind.FILLS, "BTCUSD_PERP"), [row], COINM_USER).rows
    assert isinstance(fill, Fill)
    assert fill.quote_qty == "0.01278934"


def test_orders_read_with_their_flags() -> None:
    row = {
        **samples.SPOT_ORDER, "symbol": "BTCUSDT", "cumQuote": "7.5", "positionSide": "LONG",
        "reduceOnly": True,
    }  # fmt: skip
    del row["cummulativeQuoteQty"]
    (order,) = read(Ask(AskKind.OPEN_ORDERS), [row]).rows
    assert isinstance(order, OrderUpdate)
    assert (order.filled_quote, order.position_side, order.reduce_only) == ("7.5", "LONG", True)
    del row["cumQuote"]
    (order,) = read(Ask(AskKind.OPEN_ORDERS), [row]).rows
    assert isinstance(order, OrderUpdate)
    assert order.filled_quote == ""


def test_positions_read_digit_for_digit() -> None:
    assert read(Ask(AskKind.POSITIONS), [samples.POSITION_RISK]).rows == (
        Position(
            OWNER, "ADAUSDT", "BOTH", "-30", "0.385", "0.385077", "-0.76427700", "cross", "USDT", None,
            "0.41047590", "0", 1720736417660, NOW_MS,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "margin_type"),
    [({"isolatedWallet": "12.5"}, "isolated"), ({"marginType": "isolated"}, "isolated"), ({}, "cross")],
)
def test_an_isolated_position_is_told_by_word_or_by_its_wallet(
    fields: dict[str, str], margin_type: str
) -> None:
    (position,) = read(Ask(AskKind.POSITIONS), [{**samples.POSITION_RISK, **fields}]).rows
    assert isinstance(position, Position)
    assert position.margin_type == margin_type


def test_balances_have_a_wallet_and_what_can_be_spent() -> None:
    row = {"asset": "USDT", "balance": "122607.35137903", "availableBalance": "23.72", "updateTime": 5}
    assert read(Ask(AskKind.BALANCES), [row]).rows == (
        Balance(OWNER, "USDT", "23.72", None, "122607.35137903", 5, NOW_MS),
    )


@pytest.mark.parametrize("kind", list(AskKind))
@pytest.mark.parametrize("answer", [None, 7, "text", [1], [{}], {"code": 1}])
def test_what_is_no_answer_is_refused_in_words(kind: AskKind, answer: object) -> None:
    with pytest.raises(ValueError, match=" "):
        read(Ask(kind, "BTCUSDT"), answer)


def test_futures_have_listen_keys() -> None:
    assert USDM_USER.methods == COINM_USER.methods == (UserMethod.LISTEN_KEY,)
    assert USDM_USER.worth is None
    assert COINM_USER.worth is not None
