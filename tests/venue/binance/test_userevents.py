"""Spot's user events, digit for digit; and whatever comes in, nothing raises."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate
from bntui.model.markets import Market
from bntui.venue.binance.futures_userevents import decode_coinm_user, decode_usdm_user
from bntui.venue.binance.userevents import SPOT_EVENTS, decode_spot_user
from bntui.venue.user import BalanceMoved, OtherUserEvent, StreamEnded, UserSaid
from tests.venue.binance import user_samples as samples

OWNER = AccountKey("main", Market.SPOT)
NOW_MS = 1_700_000_000_000
DECODERS = (decode_spot_user, decode_usdm_user, decode_coinm_user)


def wrapped(event: object) -> UserSaid:
    """As the WebSocket API brings it."""
    return decode_spot_user(orjson.dumps({"subscriptionId": 3, "event": event}), OWNER, NOW_MS)


def order_of(**changed: Any) -> OrderUpdate:
    (update,) = wrapped({**samples.EXECUTION, **changed}).events
    assert isinstance(update, OrderUpdate)
    return update


# Orders and fills


def test_an_execution_report_tells_an_order_digit_for_digit() -> None:
    said = wrapped(samples.EXECUTION)
    assert (said.name, said.subscription, said.odd) == ("executionReport", 3, "")
    assert said.events == (
        OrderUpdate(
            OWNER, "ETHBTC", 4293153, "mUvoqJxFIILMdfAW5iGSOW", "BUY", "", "LIMIT", "GTC", "0.10264410", "",
            "1.00000000", "0.00000000", "0.00000000", "NEW", "NEW", "", False, 1499405658650, 1499405658657,
            NOW_MS, False,
        ),
    )  # fmt: skip


def test_a_trade_tells_order_and_fill_digit_for_digit() -> None:
    update, fill = wrapped(samples.TRADE).events
    assert isinstance(update, OrderUpdate)
    assert (update.status, update.filled_qty, update.filled_quote) == (
        "PARTIALLY_FILLED",
        "0.70000000",
        "0.07185080",
    )
    assert fill == Fill(
        OWNER, "ETHBTC", 90071992547409931, 4293153, "mUvoqJxFIILMdfAW5iGSOW", "BUY", "", "0.10264400",
        "0.30000000", "0.03079320", "0.00010000", "BNB", True, None, 1499405658999, NOW_MS, False,
    )  # fmt: skip


def test_a_cancelled_order_keeps_the_id_that_it_was_placed_with() -> None:
    assert order_of(x="CANCELED", X="CANCELED", C="first", c="the cancel").client_order_id == "first"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"r": "INSUFFICIENT_BALANCES"}, "INSUFFICIENT_BALANCES"),
        ({"eR": "UNFILLED_IOC_QUANTITY_EXPIRED"}, "UNFILLED_IOC_QUANTITY_EXPIRED"),
    ],
)
def test_why_an_order_was_rejected_or_has_expired_is_the_exchanges_word(
    fields: dict[str, str], reason: str
) -> None:
    assert order_of(**fields).reason == reason


def test_a_stop_price_of_zero_is_none_and_an_order_without_a_time_has_none() -> None:
    assert order_of(P="0.10000000").stop_price == "0.10000000"
    assert order_of(O=-1).placed_ms is None


# Balances


def test_balances_are_told_digit_for_digit_as_of_their_change() -> None:
    assert wrapped(samples.ACCOUNT_POSITION).events == (
        Balance(OWNER, "ETH", "10000.000000", "0.000001", None, 1564034571073, NOW_MS),
        Balance(OWNER, "币安人生", "1", "0", None, 1564034571073, NOW_MS),
    )


@pytest.mark.parametrize("name", ["balanceUpdate", "externalLockUpdate"])
def test_a_change_by_payment_or_lock_says_that_the_balance_moved(name: str) -> None:
    (moved,) = wrapped({**samples.BALANCE_UPDATE, "e": name}).events
    assert moved == BalanceMoved(OWNER, "BTC", "-100.00000001", 1573200697068)


# The end, and the rest


@pytest.mark.parametrize("name", ["eventStreamTerminated", "listenKeyExpired", "serverShutdown"])
def test_the_end_of_a_stream_is_told_with_its_reason(name: str) -> None:
    assert wrapped({"e": name, "E": 5, "listenKey": "secret"}).events == (StreamEnded(name, 5),)


def test_a_shutdown_is_told_in_each_of_its_shapes() -> None:
    event = {"e": "serverShutdown", "E": 5}
    for frame in (event, {"event": event}, {"stream": "!serverShutdown", "data": event}):
        assert decode_spot_user(orjson.dumps(frame), OWNER, 1).events == (StreamEnded("serverShutdown", 5),)


def test_an_event_that_nobody_knows_proves_that_the_stream_flows() -> None:
    said = wrapped({"e": "listStatus", "E": 7, "s": "BTCUSDT"})
    assert (said.name, said.events) == ("listStatus", (OtherUserEvent("listStatus", 7),))


def test_where_a_listen_key_names_the_stream_events_come_bare() -> None:
    said = decode_spot_user(orjson.dumps(samples.BALANCE_UPDATE), OWNER, NOW_MS)
    assert (said.name, said.subscription) == ("balanceUpdate", None)


# What is no event


@pytest.mark.parametrize(
    "fields",
    [{"q": 1.5}, {"q": "1e5"}, {"i": "7"}, {"T": "now"}, {"s": ""}, {"C": None}, {"x": "TRADE", "m": "yes"}],
)
def test_a_field_of_another_kind_spoils_the_event_and_is_not_quoted(fields: dict[str, object]) -> None:
    said = wrapped({**samples.TRADE, **fields})
    assert said.odd
    assert not said.events
    assert "90071992547409931" not in said.odd


@pytest.mark.parametrize("name", sorted(SPOT_EVENTS))
def test_an_event_without_its_fields_is_odd(name: str) -> None:
    assert wrapped({"e": name}).odd.startswith("the frame lacks the field")


@given(st.binary(max_size=300))
def test_no_frame_raises(frame: bytes) -> None:
    for decode in DECODERS:
        assert decode(frame, OWNER, 1).odd


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(
        [samples.TRADE, samples.ACCOUNT_POSITION, samples.FUTURES_TRADE, samples.ACCOUNT_UPDATE, samples.ALGO]
    ),
    st.data(),
)
def test_no_event_with_one_odd_field_raises(event: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(event)))
    frame = orjson.dumps({**event, name: data.draw(JSON)}, option=orjson.OPT_NON_STR_KEYS)
    for decode in DECODERS:
        decode(frame, OWNER, 1)
