"""Requests to the WebSocket API, read: ids, parameters as texts, and what is signed of them."""

from __future__ import annotations

import json

import pytest

from bntui.sim.parameters import Refused
from bntui.sim.wsrequests import Request, only, read, signed_text


def request(text: str = "", **said: object) -> Request:
    """A request, read."""
    return read(text or json.dumps({"method": "ping"} | said), tells_limits=True)


def test_parameters_are_texts_as_they_were_sent() -> None:
    params = '{"a":1,"b":"x","c":true,"d":["A","B"],"e":5000.10,"f":null}'
    read_ = request(f'{{"id":1,"method":"m","params":{params}}}')
    assert read_.given == {"a": "1", "b": "x", "c": "true", "d": '["A","B"]', "e": "5000.10"}


def test_what_is_signed_is_sorted_by_name_and_unencoded() -> None:
    # web-socket-api.md, SIGNED request example (HMAC).
    given = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.01000000",
        "price": "52000.00",
        "recvWindow": "100",
        "timestamp": "1645423376532",
        "apiKey": "key",
        "signature": "left out",
    }
    assert signed_text(given) == (
        "apiKey=key&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT"
        "&timeInForce=GTC&timestamp=1645423376532&type=LIMIT"
    )


def test_whether_limits_are_told_is_signed_and_is_no_parameter_of_the_method() -> None:
    asked = request(id=1, params={"returnRateLimits": False, "a": "€"})
    assert (asked.given, asked.tells_limits) == ({"a": "€"}, False)
    assert asked.signed == "a=€&returnRateLimits=false"
    assert request(id=1).tells_limits


@pytest.mark.parametrize("number", [0, -(2**63), 2**63 - 1, "a-B_9", None])
def test_ids_are_whole_numbers_words_or_nothing(number: object) -> None:
    assert request(id=number).id == number


@pytest.mark.parametrize("number", [2**63, True, "", "a b", "x" * 37, [1], {}])
def test_other_ids_are_refused(number: object) -> None:
    with pytest.raises(Refused, match="'id'"):
        request(id=number)


@pytest.mark.parametrize("text", ["", "x", "1", "[]", "[" * 100_000, "NaN"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Invalid JSON Request"):
        read(text, tells_limits=True)


def test_what_a_method_does_not_take_is_refused() -> None:
    only({"a": "1"}, {"a"})
    with pytest.raises(Refused, match=r"read '1' parameter\(s\) but was sent '2'"):
        only({"a": "1", "b": "2"}, {"a"})
