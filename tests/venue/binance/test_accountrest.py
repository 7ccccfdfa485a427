"""What Spot is asked about an account, and how its answers read."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.access import UserMethod
from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate
from bntui.model.markets import Market
from bntui.venue.base import Access
from bntui.venue.binance.account_limits import ACCOUNT_ROWS
from bntui.venue.binance.accountrest import SPOT_USER, US_USER
from bntui.venue.user import Ask, AskKind, Page
from tests.venue.binance import user_samples as samples

OWNER = AccountKey("main", Market.SPOT)
NOW_MS = 1_700_000_000_000


def read(ask: Ask, answer: object) -> Page:
    return SPOT_USER.read(ask, orjson.dumps(answer), OWNER, NOW_MS)


@pytest.mark.parametrize(
    ("ask", "path", "weight", "params"),
    [
        (Ask(AskKind.BALANCES), "/api/v3/account", 20, {"omitZeroBalances": "true"}),
        (Ask(AskKind.OPEN_ORDERS), "/api/v3/openOrders", 80, {}),
        (
            Ask(AskKind.FILLS, "BTCUSDT", from_id=5),
            "/api/v3/myTrades",
            20,
            {"symbol": "BTCUSDT", "fromId": "5", "limit": "1000"},
        ),
        (
            Ask(AskKind.FILLS, "BTCUSDT", from_ms=1, to_ms=2),
            "/api/v3/myTrades",
            20,
            {"symbol": "BTCUSDT", "startTime": "1", "endTime": "2", "limit": "1000"},
        ),
        (
            Ask(AskKind.ORDERS, "BTCUSDT", from_ms=1),
            "/api/v3/allOrders",
            20,
            {"symbol": "BTCUSDT", "startTime": "1", "limit": "1000"},
        ),
    ],
)
def test_each_question_has_its_call_and_weight_and_is_signed(
    ask: Ask, path: str, weight: int, params: dict[str, str]
) -> None:
    call = SPOT_USER.call(ask)
    assert (call.path, call.weight, dict(call.params)) == (path, weight, params)
    assert (call.method, call.access) == ("GET", Access.SIGNED)


@pytest.mark.parametrize(
    "ask",
    [
        Ask(AskKind.POSITIONS),
        Ask(AskKind.TRADED_SYMBOLS),
        Ask(AskKind.FILLS),
        Ask(AskKind.FILLS, "BTCUSDT", from_id=1, from_ms=1),
    ],
)
def test_what_spot_cannot_be_asked_is_refused_here(ask: Ask) -> None:
    with pytest.raises(ValueError, match="asked"):
        SPOT_USER.call(ask)


def test_fills_read_digit_for_digit_and_are_marked_as_recovered() -> None:
    page = read(Ask(AskKind.FILLS, "BNBBTC"), [samples.MY_TRADE])
    assert page.rows == (
        Fill(
            OWNER, "BNBBTC", 28457, 100234, "", "BUY", "", "4.00000100", "12.00000000", "48.000012",
            "10.10000000", "BNB", False, None, 1499865549590, NOW_MS, True,
        ),
    )  # fmt: skip
    assert (page.full, page.last_ms) == (False, 1499865549590)


def test_fills_come_in_the_order_of_their_ids_and_a_full_page_says_so() -> None:
    rows = [{**samples.MY_TRADE, "id": number} for number in range(ACCOUNT_ROWS, 0, -1)]
    page = read(Ask(AskKind.FILLS, "BNBBTC"), rows)
    assert [row.id for row in page.rows if isinstance(row, Fill)] == list(range(1, ACCOUNT_ROWS + 1))
    assert page.full


@pytest.mark.parametrize("kind", [AskKind.OPEN_ORDERS, AskKind.ORDERS])
def test_orders_read_digit_for_digit(kind: AskKind) -> None:
    assert read(Ask(kind, "LTCBTC"), [samples.SPOT_ORDER]).rows == (
        OrderUpdate(
            OWNER, "LTCBTC", 7, "mine", "BUY", "", "STOP_LOSS_LIMIT", "GTC", "0.1", "0.2", "1.0", "0.5",
            "0.05",
            "PARTIALLY_FILLED", "", "", False, 1499827319559, 1499827319999, NOW_MS, True,
        ),
    )  # fmt: skip


def test_what_an_old_order_came_to_is_not_known() -> None:
    (order,) = read(Ask(AskKind.OPEN_ORDERS), [{**samples.SPOT_ORDER, "cummulativeQuoteQty": "-1.0"}]).rows
    assert isinstance(order, OrderUpdate)
    assert order.filled_quote == ""


def test_balances_read_digit_for_digit() -> None:
    answer = {
        "updateTime": 123456789,
        "balances": [{"asset": "BTC", "free": "4723846.89208129", "locked": "0.1"}],
    }
    assert read(Ask(AskKind.BALANCES), answer).rows == (
        Balance(OWNER, "BTC", "4723846.89208129", "0.1", None, 123456789, NOW_MS),
    )


@pytest.mark.parametrize("kind", [AskKind.BALANCES, AskKind.OPEN_ORDERS, AskKind.FILLS, AskKind.ORDERS])
@pytest.mark.parametrize("answer", [None, 7, "text", [1], [{}], {}, {"balances": 1, "updateTime": 1}])
def test_what_is_no_answer_is_refused_in_words(kind: AskKind, answer: object) -> None:
    with pytest.raises(ValueError, match=" "):
        read(Ask(kind, "BTCUSDT"), answer)


def test_spot_has_subscriptions_and_binance_us_has_listen_keys() -> None:
    assert SPOT_USER.methods == (UserMethod.SIGNATURE, UserMethod.LOGON)
    assert US_USER.methods == (UserMethod.LISTEN_KEY,)
