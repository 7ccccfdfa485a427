"""Every fault has a name, reads its words strictly, and does one thing."""

from __future__ import annotations

import pytest

from bntui.sim.faults import FAULTS, BadFault, Faults, HttpFault, apply_fault


class Dummy:
    def __init__(self, number: int) -> None:
        self.number = number
        self.done: list[object] = []

    def abort(self) -> None:
        self.done.append("abort")

    def end(self, code: int, reason: str) -> None:
        self.done.append((code, reason))

    def freeze(self, frozen: bool) -> None:
        self.done.append(frozen)

    def announce_shutdown(self, after_s: float) -> None:
        self.done.append(after_s)


def switched(**words: object) -> Faults:
    faults = Faults()
    apply_fault(words, faults, [])
    return faults


def done_to(chosen: object = None, **words: object) -> list[list[object]]:
    victims = [Dummy(1), Dummy(2)]
    apply_fault(words if chosen is None else words | {"connections": chosen}, Faults(), victims)
    return [victim.done for victim in victims]


def test_stalled_streams_are_silent() -> None:
    faults = switched(fault="stall_stream", streams=["a@trade"])
    assert (faults.copies("a@trade"), faults.copies("b@trade"), faults.touches_streams) == (0, 1, True)
    apply_fault({"fault": "stall_stream", "streams": ["b@trade"]}, faults, [])
    assert (faults.copies("a@trade"), faults.copies("b@trade")) == (0, 0)


def test_everything_can_be_stalled() -> None:
    assert switched(fault="stall_all").copies("a@trade") == 0


def test_single_messages_are_lost_or_repeated() -> None:
    faults = switched(fault="drop_diff", streams=["a@depth"], count=2)
    assert [faults.copies("a@depth") for _ in range(3)] == [0, 0, 1]
    assert not faults.touches_streams
    faults = switched(fault="duplicate", streams=["a@trade"])
    assert [faults.copies("a@trade") for _ in range(2)] == [2, 1]


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ({"fault": "no_data"}, "no_data", True),
        ({"fault": "refuse"}, "refuse", True),
        ({"fault": "no_ack"}, "no_ack", True),
        ({"fault": "delay_ack", "seconds": 3}, "ack_delay_s", 3.0),
        (
            {"fault": "handshake_status", "status": 503, "retry_after": 30},
            "handshake",
            HttpFault(503, 30),
        ),
        ({"fault": "handshake_status", "status": 451}, "handshake", HttpFault(451)),
        ({"fault": "rest_status", "status": 418, "retry_after": 0}, "rest", HttpFault(418, 0)),
    ],
)
def test_switches(words: dict[str, object], field: str, value: object) -> None:
    faults = switched(**words)
    assert getattr(faults, field) == value
    apply_fault({"fault": "clear"}, faults, [])
    assert vars(faults) == vars(Faults())


def test_connections_can_be_harmed_all_or_some() -> None:
    assert done_to(fault="abort") == [["abort"], ["abort"]]
    assert done_to([2], fault="abort") == [[], ["abort"]]
    assert done_to([1], fault="close", code=1012, reason="restart") == [[(1012, "restart")], []]
    assert done_to(fault="close") == [[(1001, "")], [(1001, "")]]
    assert done_to([1], fault="half_open") == [[True], []]
    assert done_to(fault="shutdown", after=2.5) == [[2.5], [2.5]]
    assert done_to(fault="clear") == [[False], [False]]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({}, "fault is missing"),
        ({"fault": 5}, "fault must be a text"),
        ({"fault": "explode"}, "there is no fault explode"),
        ({"fault": "stall_stream"}, "streams is missing"),
        ({"fault": "stall_stream", "streams": []}, "streams must be a list"),
        ({"fault": "stall_stream", "streams": "a@trade"}, "streams must be a list"),
        ({"fault": "stall_all", "streams": ["a@trade"]}, "no such word here: streams"),
        ({"fault": "drop_diff", "streams": ["a"], "count": 0}, "count must be a number"),
        ({"fault": "delay_ack", "seconds": True}, "seconds must be a number"),
        ({"fault": "delay_ack", "seconds": float("nan")}, "seconds must be a number"),
        ({"fault": "close", "code": 1006}, "1006 cannot be sent"),
        ({"fault": "close", "code": 1016}, "1016 cannot be sent"),
        ({"fault": "close", "reason": "x" * 124}, "reason must be a text"),
        ({"fault": "close", "connections": 5}, "connections must be a list"),
        ({"fault": "handshake_status", "status": 101}, "status must be a number"),
        ({"fault": "rest_status", "status": 500, "retry_after": "soon"}, "retry_after must be a number"),
    ],
)
def test_wrong_words_are_refused_and_change_nothing(words: dict[str, object], complaint: str) -> None:
    faults, victim = Faults(), Dummy(1)
    with pytest.raises(BadFault, match=complaint):
        apply_fault(words, faults, [victim])
    assert vars(faults) == vars(Faults())
    assert victim.done == []


def test_what_is_wrong_can_be_read() -> None:
    faults = switched(fault="rest_status", status=429, retry_after=7)
    apply_fault({"fault": "stall_stream", "streams": ["b@x", "a@x"]}, faults, [])
    assert faults.as_json() == {"stalled": ["a@x", "b@x"], "rest": {"status": 429, "retry_after": 7}}
    assert Faults().as_json() == {}


def test_the_table_holds_the_agreed_faults() -> None:
    assert set(FAULTS) == {
        *("stall_stream", "stall_all", "abort", "close", "refuse", "handshake_status", "no_ack"),
        *("delay_ack", "no_data", "half_open", "shutdown", "rest_status", "drop_diff", "duplicate", "clear"),
    }
