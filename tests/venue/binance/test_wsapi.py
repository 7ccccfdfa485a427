"""The WebSocket API: what is signed and how, and what its answers say."""

from __future__ import annotations

import orjson
import pytest

from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.binance.signing import hmac_signer, ws_api_text
from bntui.venue.binance.userevents import decode_spot_user
from bntui.venue.binance.wsapi import WS_API, request
from bntui.venue.user import ApiMethod, ApiReply, RefusalKind

KEY = Secret("public-part")
SIGN = hmac_signer(Secret("private-part"))
OWNER = AccountKey("main", Market.SPOT)


def reply(message: object) -> ApiReply:
    said = decode_spot_user(orjson.dumps(message), OWNER, 1)
    assert said.reply is not None, said.odd
    return said.reply


@pytest.mark.parametrize("method", [ApiMethod.SUBSCRIBE_SIGNED, ApiMethod.LOGON])
def test_what_needs_a_signature_carries_key_time_and_the_signature_of_both(method: ApiMethod) -> None:
    sent = orjson.loads(request(method, 7, KEY, SIGN, 1_700_000_000_123).reveal())
    signature = sent["params"].pop("signature")
    assert sent["id"] == 7
    assert sent["method"] == method
    assert sent["params"] == {"apiKey": "public-part", "recvWindow": 5000, "timestamp": 1_700_000_000_123}
    assert signature == SIGN(ws_api_text(sent["params"]))


@pytest.mark.parametrize(
    "method", [ApiMethod.SUBSCRIBE, ApiMethod.SUBSCRIPTIONS, ApiMethod.UNSUBSCRIBE, ApiMethod.TIME]
)
def test_what_needs_none_has_no_parameters_at_all(method: ApiMethod) -> None:
    sent = orjson.loads(request(method, 7, KEY, SIGN, 1).reveal())
    assert sent == {"id": 7, "method": method}


def test_a_request_never_shows_itself() -> None:
    assert "public-part" not in repr(request(ApiMethod.LOGON, 7, KEY, SIGN, 1))


def test_every_signature_is_of_its_own_time() -> None:
    first, second = (request(ApiMethod.LOGON, 7, KEY, SIGN, at) for at in (1, 2))
    assert first != second


def test_spots_streams_cost_weight() -> None:
    assert (WS_API.path, WS_API.weight) == ("/ws-api/v3", 2)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"subscriptionId": 0}, ApiReply(4, subscription=0)),
        ([{"subscriptionId": 0}, {"subscriptionId": 3}], ApiReply(4, subscriptions=(0, 3))),
        ([], ApiReply(4, subscriptions=())),
        ({"serverTime": 1_700_000_000_000}, ApiReply(4, server_ms=1_700_000_000_000)),
        ({}, ApiReply(4)),
    ],
)
def test_an_answer_tells_what_was_asked_for(result: object, expected: ApiReply) -> None:
    assert reply({"id": 4, "status": 200, "result": result, "rateLimits": []}) == expected


def test_a_refusal_tells_code_words_and_what_follows() -> None:
    error = {"code": -2035, "msg": "User Data Stream subscription already active."}
    refused = reply({"id": 4, "status": 400, "error": error}).refused
    assert refused is not None
    assert refused.kind is RefusalKind.SUBSCRIBED
    assert "already active. (-2035)" in refused.reason or "code -2035" in refused.reason


def test_a_key_that_stops_being_valid_is_told_to_nobodys_question() -> None:
    error = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}
    told = reply({"id": None, "status": 401, "error": error})
    assert told.request_id is None
    assert told.refused is not None
    assert told.refused.kind is RefusalKind.KEY


def test_a_ban_tells_how_long_it_lasts_by_the_exchanges_own_clock() -> None:
    data = {"serverTime": 1_659_142_907_531, "retryAfter": 1_659_146_400_000}
    error = {"code": -1003, "msg": "Way too much request weight used.", "data": data}
    refused = reply({"id": 4, "status": 418, "error": error}).refused
    assert refused is not None
    assert refused.kind is RefusalKind.PATIENCE
    assert refused.wait_s == 3_492.469


@pytest.mark.parametrize(
    "message",
    [
        {"id": 4},
        {"id": 4, "status": 200},
        {"id": 4, "status": "fine", "result": {}},
        {"id": 4, "status": 400, "error": {"code": "x", "msg": "y"}},
        {"id": 4, "status": 200, "result": [1]},
        {"id": 4, "status": 200, "result": {"subscriptionId": -1}},
    ],
)
def test_what_is_no_answer_is_odd(message: object) -> None:
    assert decode_spot_user(orjson.dumps(message), OWNER, 1).odd


def test_an_answer_with_an_id_of_somebody_else_answers_nothing_of_ours() -> None:
    assert reply({"id": "a-uuid", "status": 200, "result": {}}).request_id is None
