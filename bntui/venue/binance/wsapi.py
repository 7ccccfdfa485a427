"""The WebSocket API as far as user streams need it: texts of requests, and what the answers say.

Source: web-socket-api.md (read 2026-07-21). Answers may come behind events that they began: they are told
by their id, never by their order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from bntui.secret import Secret
from bntui.venue.binance.account_limits import RECV_WINDOW_MS, WS_API_SESSION_WEIGHT
from bntui.venue.binance.payloads import Payload
from bntui.venue.binance.signing import ws_api_text
from bntui.venue.binance.userrefusals import judge
from bntui.venue.binance.values import entries, epoch_ms, identifier, items
from bntui.venue.user import SIGNED_METHODS, ApiMethod, ApiReply, Refused, WsApi

PATH = "/ws-api/v3"
"""Where Spot's WebSocket API is."""

_GRANTED = 200


def request(
    method: ApiMethod, request_id: int, api_key: Secret, sign: Callable[[str], str], server_ms: int
) -> Secret:
    """The text of a request, signed where the method wants that, at this time of the exchange's clock."""
    message: dict[str, object] = {"id": request_id, "method": method.value}
    if method in SIGNED_METHODS:
        params: dict[str, str | int] = {
            "apiKey": api_key.reveal(),
            "recvWindow": RECV_WINDOW_MS,
            "timestamp": server_ms,
        }
        message["params"] = {**params, "signature": sign(ws_api_text(params))}
    # Where nothing is signed there are no parameters at all: userDataStream.subscribe refuses any (-1104).
    return Secret(orjson.dumps(message).decode())


def read_reply(message: Payload) -> ApiReply:
    """What an answer says. Raises KeyError and ValueError for what is none."""
    request_id = message["id"]
    number = request_id if type(request_id) is int else None
    status = identifier(message["status"])
    error = message.get("error")
    if status != _GRANTED or error is not None:
        return ApiReply(number, refused=_refusal(status, entries(error)))
    return _granted(number, message["result"])


def _refusal(status: int, error: Payload) -> Refused:
    code = error["code"]
    words = error["msg"]
    if type(code) is not int or type(words) is not str:
        raise ValueError("an answer refuses without code or words")
    return judge(status, code, words, _wait_s(error.get("data")))


def _wait_s(data: Any) -> float:
    """How long it asks to be left alone: both times are of the exchange's own clock, in epoch ms."""
    if type(data) is not dict or "retryAfter" not in data or "serverTime" not in data:
        return 0.0
    return max(0.0, (epoch_ms(data["retryAfter"]) - epoch_ms(data["serverTime"])) / 1000)


def _granted(number: int | None, result: Any) -> ApiReply:
    if type(result) is list:
        numbers = tuple(identifier(entries(row)["subscriptionId"]) for row in items(result))
        return ApiReply(number, subscriptions=numbers)
    told = entries(result)
    subscription, server_ms = told.get("subscriptionId"), told.get("serverTime")
    return ApiReply(
        number,
        subscription=None if subscription is None else identifier(subscription),
        server_ms=None if server_ms is None else epoch_ms(server_ms),
    )


WS_API = WsApi(PATH, request, WS_API_SESSION_WEIGHT)
"""How Spot's user streams are had since 2025-08-12."""
