"""The table of faults: each has a name, says what it does, and does it to those who are meant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import pytest

from bntui.sim.faults import FAULTS, Fault, read_fault, table
from bntui.sim.faultwords import BadFault, Word
from bntui.sim.hub import Message
from bntui.sim.troubles import Troubles


class Dummy:
    """A connection that notes what is done to it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.path = f"/{'public' if number == 1 else 'market'}/stream?streams="
        self.done: list[object] = []
        self.whys: list[object] = []

    def abort(self) -> None:
        self.done.append("abort")

    def end(self, code: int, reason: str) -> None:
        self.done.append((code, reason))

    def end_life(self) -> None:
        self.done.append("end of life")

    def freeze(self, why: object, frozen: bool) -> None:
        self.done.append(("frozen", frozen))
        self.whys.append(why)

    def mute(self, why: object, muted: bool) -> None:
        self.done.append(("muted", muted))
        self.whys.append(why)

    def announce_shutdown(self, after_s: float) -> None:
        self.done.append(after_s)

    def forget(self, names: Iterable[str]) -> None:
        self.done.append(("forget", *names))

    def overhear(self, names: Iterable[str], hears: bool) -> None:
        self.done.append((hears, *names))

    def terminate(self) -> None:
        self.done.append("terminate")

    def inject(self, text: str, *, event: bool = False, binary: bool = False) -> None:
        self.done.append((len(text), event, binary))

    def flood(self, pings: int) -> None:
        self.done.append(pings)


class Place:
    """An exchange of two connections that notes what is done to it."""

    def __init__(self) -> None:
        self.connections = [Dummy(1), Dummy(2)]
        self.done: list[object] = []

    def victims(self) -> Sequence[Dummy]:
        return self.connections

    def ban(self, seconds: float | None) -> None:
        self.done.append(("ban", seconds))

    def lift_bans(self) -> None:
        self.done.append("lift")

    def shift_clock(self, seconds: float) -> None:
        if seconds == 13:
            raise ValueError("not thirteen")
        self.done.append(seconds)

    def answer_visitors(self) -> None:
        self.done.append("answer")

    def expire_listen_keys(self) -> None:
        self.done.append("expire")

    def deliver(self, stream: str, message: Message) -> None:
        self.done.append(stream)


def began(**words: object) -> tuple[Troubles, Place]:
    """A fault, just begun."""
    place = Place()
    troubles = Troubles(place)
    troubles.begin(words, now=0.0, wall_ms=0)
    return troubles, place


def done_to(**words: object) -> list[list[object]]:
    """What is done to each connection."""
    return [victim.done for victim in began(**words)[1].connections]


def test_there_is_a_row_for_every_name_and_each_says_what_it_does() -> None:
    assert set(FAULTS) == set(Fault)
    assert all(kind.does.endswith(".") for kind in FAULTS.values())


def test_the_table_can_be_read() -> None:
    shown = json.loads(json.dumps(table()))
    assert list(shown) == [str(fault) for fault in FAULTS]
    assert shown["handshake_status"] == {
        "does": "Handshakes are refused with a status, such as 403, 418, 429, 451 or 503.",
        "words": {
            "status": "a whole number from 400 to 599; needed",
            "retry_after": "a whole number from 0 to 86400",
            "count": "a whole number from 1 to 10000",
            "for": "a number from 0.001 to 86400",
        },
    }
    assert shown["huge_frame"]["words"]["size"].endswith("; otherwise 5000000")


@pytest.mark.parametrize("fault", [fault for fault, kind in FAULTS.items() if kind.lasts])
def test_whatever_lasts_can_be_given_a_time(fault: Fault) -> None:
    assert "for" in {word.name for word in FAULTS[fault].words}


def example(word: Word) -> object:
    """Something that a word takes."""
    examples: dict[str, object] = {
        "streams": ["btcusdt@depth@trade"],
        "text": "x",
        "status": 503,
        "seconds": 1,
        "path": "/x",
    }
    return examples[word.name]


def test_a_path_that_is_down_takes_only_its_own_connections_with_it() -> None:
    troubles, place = began(fault="path_down", path="/market")
    assert [victim.done for victim in place.connections] == [[], ["abort"]]
    assert troubles.hit(Fault.PATH_DOWN, path="/market/ws") is not None
    assert troubles.hit(Fault.PATH_DOWN, path="/public/ws") is None


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_begins_with_the_words_that_it_needs_and_ends(fault: Fault) -> None:
    needed = {word.name: example(word) for word in FAULTS[fault].words if word.default is ...}
    troubles, _ = began(fault=str(fault), **needed)
    assert len(running(troubles)) == FAULTS[fault].lasts
    troubles.end()
    assert running(troubles) == []


def running(troubles: Troubles) -> list[object]:
    """The faults that last, as the report shows them."""
    shown = troubles.report(0.0)["running"]
    assert isinstance(shown, list)
    return shown


def test_connections_can_be_harmed_all_or_some() -> None:
    assert done_to(fault="abort") == [["abort"], ["abort"]]
    assert done_to(fault="abort", connections=[2]) == [[], ["abort"]]
    assert done_to(fault="close", connections=[1], code=1012, reason="restart") == [[(1012, "restart")], []]
    assert done_to(fault="close") == [[(1001, "")], [(1001, "")]]
    assert done_to(fault="end_life", connections=[2]) == [[], ["end of life"]]
    assert done_to(fault="half_open", connections=[1]) == [[("frozen", True)], []]
    assert done_to(fault="shutdown", after=2.5) == [[2.5], [2.5]]
    assert done_to(fault="forget_stream", streams=["a@trade"], connections=[1]) == [
        [("forget", "a@trade")],
        [],
    ]
    assert done_to(fault="ping_flood", count=7, connections=[1]) == [[7], []]
    assert done_to(fault="inject", text="abc", frame="binary") == [[(3, False, True)]] * 2
    assert done_to(fault="huge_frame", size=1_000) == [[(1_000, True, False)]] * 2
    assert done_to(fault="deep_frame", depth=5, connections=[]) == [[], []]


def test_a_stall_of_some_connections_is_theirs_alone_and_ends_with_it() -> None:
    troubles, place = began(fault="stall_all", connections=[2])
    assert not troubles.hits_streams
    troubles.end()
    assert [victim.done for victim in place.connections] == [
        [],
        [("muted", True), ("muted", False)],
    ]
    assert began(fault="stall_all")[0].hits_streams


def test_the_end_of_a_fault_spares_connections_that_are_gone() -> None:
    troubles, place = began(fault="half_open")
    gone = place.connections.pop(0)
    troubles.end()
    assert gone.done == [("frozen", True)]
    assert place.connections[0].done == [("frozen", True), ("frozen", False)]


@pytest.mark.parametrize("words", [{"fault": "half_open"}, {"fault": "stall_all", "connections": [1]}])
def test_two_faults_of_one_kind_end_each_for_itself(words: dict[str, object]) -> None:
    place = Place()
    troubles = Troubles(place)
    for _ in range(2):
        troubles.begin(words, now=0.0, wall_ms=0)
    troubles.end()
    first, second, *ends = place.connections[0].whys
    assert first is not second
    assert ends == [first, second]


def test_the_end_of_unasked_data_reaches_connections_that_opened_since() -> None:
    troubles, place = began(fault="unasked", streams=["a@trade"])
    place.connections.append(Dummy(3))
    troubles.end()
    assert place.connections[2].done == [(False, "a@trade")]


def test_bans_clocks_and_held_handshakes_are_set_right_at_the_end() -> None:
    for words, done in (
        ({"fault": "ban", "for": 5}, [("ban", 5), "lift"]),
        ({"fault": "ban"}, [("ban", None), "lift"]),
        ({"fault": "clock_jump", "seconds": -5}, [-5, 5]),
        ({"fault": "hang_handshake"}, ["answer"]),
    ):
        troubles, place = began(**words)
        troubles.end()
        assert place.done == done


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({}, "fault is missing; one of stall_all, "),
        ({"fault": 5}, "there is no fault 5; there are stall_all, "),
        ({"fault": "explode"}, "there is no fault explode; there are stall_all, .*, clear$"),
        ({"fault": "stall_stream"}, "streams is missing"),
        (
            {"fault": "stall_all", "streams": ["a@trade"]},
            "no such word here: streams; there are: connections",
        ),
        ({"fault": "clear", "faults": ["explode"]}, "faults must be a list of names of faults"),
        ({"fault": "clock_jump", "seconds": 13}, "not thirteen"),
    ],
)
def test_wrong_words_are_refused_and_change_nothing(words: dict[str, object], complaint: str) -> None:
    place = Place()
    troubles = Troubles(place)
    with pytest.raises(BadFault, match=complaint):
        troubles.begin(words, now=0.0, wall_ms=0)
    assert troubles.report(0.0) == {"running": [], "begun": []}
    assert [place.done, *(victim.done for victim in place.connections)] == [[], [], []]


def test_words_can_be_checked_before_anything_is_done() -> None:
    fault, words = read_fault({"fault": "close", "code": 1008})
    assert (fault, words.whole("code")) == (Fault.CLOSE, 1008)
    with pytest.raises(BadFault):
        read_fault({"fault": "close", "code": 1})
