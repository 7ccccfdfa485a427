"""The control protocol answers with the exchange's own texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.events import Ack, Refusal
from bntui.sim.control import METHODS, Ending, Outcome, Session
from bntui.sim.ledger import Breach
from bntui.sim.switches import Switches
from bntui.venue.binance.codec import decode_spot
from bntui.venue.binance.limits import SPOT

LIMITS = SPOT.override({"streams_per_connection": 4, "invalid_stream_close_delay_s": 0.9})


def session(*streams: str, combined: bool = True) -> Session:
    return Session(LIMITS, combined, streams=dict.fromkeys(streams))


def handle(here: Session, method: str, params: object = None, request_id: object = 1) -> Outcome:
    request = {"method": method, "id": request_id} | ({} if params is None else {"params": params})
    return here.handle(json.dumps(request))


def read(outcome: Outcome) -> Any:
    return json.loads(outcome.reply)


# What works


def test_subscribing_joins_what_is_new() -> None:
    here = session("a@trade")
    outcome = handle(here, "SUBSCRIBE", ["b@trade", "a@trade", "b@trade"], 7)
    assert outcome.reply == '{"result":null,"id":7}'
    assert (outcome.joined, outcome.left, outcome.ending, outcome.breach) == (["b@trade"], (), None, None)
    assert list(here.streams) == ["a@trade", "b@trade"]


def test_unsubscribing_leaves_what_is_held_and_acks_the_rest() -> None:
    here = session("a@trade", "b@trade")
    outcome = handle(here, "UNSUBSCRIBE", ["never@trade", "a@trade", "a@trade"], 312)
    assert read(outcome) == {"result": None, "id": 312}
    assert outcome.left == ["a@trade"]
    assert list(here.streams) == ["b@trade"]


def test_a_list_names_everything_also_what_does_not_exist() -> None:
    here = session()
    handle(here, "SUBSCRIBE", ["nosuch@trade", "BTCUSDT@trade"])
    assert read(handle(here, "LIST_SUBSCRIPTIONS", None, 3)) == {
        "result": ["nosuch@trade", "BTCUSDT@trade"],
        "id": 3,
    }


def test_the_combined_property_is_read_and_set() -> None:
    here = session(combined=False)
    assert read(handle(here, "GET_PROPERTY", ["combined"], 2)) == {"result": False, "id": 2}
    assert read(handle(here, "SET_PROPERTY", ["combined", True], 5)) == {"result": None, "id": 5}
    assert here.combined
    assert read(handle(here, "GET_PROPERTY", ["combined"], 2))["result"] is True


@pytest.mark.parametrize(
    "request_id",
    [
        0,
        7,
        -1,
        2**63 - 1,
        -(2**63),
        "a",
        "0" * 36,
        "3f2b8a5e-9c1d-4e7f-8a6b-5c4d3e2f1a0b",
        "deadbeef",
        None,
    ],
)
def test_ids_of_every_kind_come_back_as_sent(request_id: object) -> None:
    reply = read(handle(session(), "LIST_SUBSCRIPTIONS", None, request_id))
    assert reply == {"result": [], "id": request_id}
    assert type(reply["id"]) is type(request_id)


# What does not


def error(outcome: Outcome) -> tuple[int, str, object]:
    reply = read(outcome)
    return reply["error"]["code"], reply["error"]["msg"], reply["id"]


@pytest.mark.parametrize("request_id", [1.5, True, [], {}, "", "x" * 37, "a b", "é", 2**63, -(2**63) - 1])
def test_other_ids_are_refused(request_id: object) -> None:
    message = "Invalid request: request ID must be an unsigned integer"
    assert error(handle(session(), "LIST_SUBSCRIPTIONS", None, request_id)) == (2, message, None)


def test_a_missing_id_is_refused() -> None:
    outcome = session().handle('{"method":"LIST_SUBSCRIPTIONS"}')
    assert error(outcome)[1] == "Invalid request: request ID must be an unsigned integer"


KNOWN = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"


@pytest.mark.parametrize(
    ("text", "code", "message", "request_id"),
    [
        ("", 3, "Invalid JSON: expected value at line 1 column 1", None),
        ("{", 3, "Invalid JSON: expected value at line 1 column 2", None),
        ('{"id":1,\n "method":}', 3, "Invalid JSON: expected value at line 2 column 11", None),
        # From Python 3.13 on only depths that no frame can hold are too deep to be read at all.
        pytest.param(
            *("[" * 100_000, 3, "Invalid JSON: expected value at line 1 column 1", None), id="too deep"
        ),
        ("9" * 4_050, 2, "Invalid request: missing field `method` at line 1 column 4050", None),
        ("[]", 2, "Invalid request: missing field `method` at line 1 column 2", None),
        ('{"id":3}', 2, "Invalid request: missing field `method` at line 1 column 8", 3),
        (
            '{"method":"FOO","id":3}',
            2,
            f"Invalid request: unknown variant `FOO`, expected one of {KNOWN} at line 1 column 15",
            3,
        ),
        (
            '{"method":["SUBSCRIBE"],"id":3}',
            2,
            f'Invalid request: unknown variant `["SUBSCRIBE"]`, expected one of {KNOWN} at line 1 column 23',
            3,
        ),
        (
            '{"method":"SUBSCRIBE","id":3}',
            2,
            "Invalid request: missing field `params` at line 1 column 29",
            3,
        ),
        (
            '{"method":"SUBSCRIBE","params":"a@trade","id":3}',
            2,
            "Invalid request: missing field `params` at line 1 column 48",
            3,
        ),
        (
            '{"method":"LIST_SUBSCRIPTIONS","params":["a"],"id":3}',
            2,
            "Invalid request: too many parameters",
            3,
        ),
        (
            '{"method":"GET_PROPERTY","params":["combined",1],"id":3}',
            2,
            "Invalid request: too many parameters",
            3,
        ),
        (
            '{"method":"SET_PROPERTY","params":["combined",true,1],"id":3}',
            2,
            "Invalid request: too many parameters",
            3,
        ),
        ('{"method":"GET_PROPERTY","params":["speed"],"id":3}', 0, "Unknown property", 3),
        (
            '{"method":"SET_PROPERTY","params":["combined",1],"id":3}',
            1,
            "Invalid value type: expected Boolean",
            3,
        ),
        (
            '{"method":"SET_PROPERTY","params":["combined"],"id":3}',
            1,
            "Invalid value type: expected Boolean",
            3,
        ),
        (
            '{"method":"SET_PROPERTY","params":[],"id":3}',
            2,
            "Invalid request: property name must be a string",
            3,
        ),
        (
            '{"method":"GET_PROPERTY","params":[5],"id":3}',
            2,
            "Invalid request: property name must be a string",
            3,
        ),
    ],
)
def test_errors_have_the_exchanges_codes_and_texts(
    text: str, code: int, message: str, request_id: object
) -> None:
    outcome = session().handle(text)
    assert error(outcome) == (code, message, request_id)
    assert outcome.ending is None
    assert outcome.breach is not None
    assert outcome.breach[0] is Breach.BAD_REQUEST


def test_errors_are_flat_where_the_document_is_followed() -> None:
    here = Session(LIMITS, True, Switches(nested_errors=False))
    assert read(handle(here, "GET_PROPERTY", ["x"], 9)) == {"code": 0, "msg": "Unknown property", "id": 9}
    assert read(here.handle("{")) == {"code": 3, "msg": "Invalid JSON: expected value at line 1 column 2"}


@pytest.mark.parametrize("bad", ["", "btcusdt", "@trade", "btc usdt@trade", "btcusdt@", 5, None, ["a@trade"]])
@pytest.mark.parametrize("method", ["SUBSCRIBE", "UNSUBSCRIBE"])
def test_a_malformed_name_is_refused_and_the_connection_closed_soon(method: str, bad: object) -> None:
    here = session()
    outcome = handle(here, method, ["a@trade", bad], 2)
    assert error(outcome) == (2, "Invalid request: invalid stream", 2)
    assert outcome.ending == Ending(1008, "Invalid request", 0.9)
    assert outcome.breach is not None
    assert outcome.breach[0] is Breach.MALFORMED_STREAM
    assert (outcome.joined, list(here.streams)) == ((), [])


def test_a_refused_name_is_repeated_where_that_is_switched_on() -> None:
    here = Session(LIMITS, True, Switches(named_errors=True))
    assert read(handle(here, "SUBSCRIBE", ["btc usdt"], 7)) == {
        "error": {"code": 2, "msg": "Invalid request: invalid stream"},
        "id": 7,
        "data": "btc usdt",
    }


def test_streams_of_nothing_are_refused_where_they_are_known() -> None:
    here = Session(LIMITS, True, knows={"a@trade"}.__contains__)
    assert handle(here, "SUBSCRIBE", ["a@trade"]).joined == ["a@trade"]
    outcome = handle(here, "SUBSCRIBE", ["nosuch@trade"], 2)
    assert error(outcome) == (2, "Invalid request: invalid stream", 2)
    assert outcome.ending == Ending(1008, "Invalid request", 0.9)


def test_one_stream_too_many_closes_the_connection_at_once() -> None:
    here = session("a@trade", "b@trade")
    assert handle(here, "SUBSCRIBE", ["c@trade", "d@trade", "a@trade"]).ending is None
    outcome = handle(here, "SUBSCRIBE", ["e@trade"], 19)
    assert error(outcome) == (4, "Too many subscriptions", 19)
    assert outcome.ending == Ending(1008, "Invalid request")
    assert outcome.breach == (Breach.TOO_MANY_STREAMS, "5 streams on one connection")
    assert len(here.streams) == 4


# Whatever comes


@given(st.one_of(st.text(), st.from_regex(r'\{"method":"[A-Z_]{0,20}","id":.{0,5}\}')))
def test_any_text_is_answered_and_the_client_can_read_the_answer(text: str) -> None:
    outcome = session().handle(text)
    assert isinstance(decode_spot(outcome.reply, 0, 0.0).said[0], Ack | Refusal)


@given(st.sampled_from(METHODS), st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=6))
def test_any_parameters_are_answered(method: str, params: object) -> None:
    outcome = handle(session(), method, params)
    assert isinstance(decode_spot(outcome.reply, 0, 0.0).said[0], Ack | Refusal)
