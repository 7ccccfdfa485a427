"""Faults last as long as they are to, hit as often as they are to, and are remembered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.faults import FAULTS, Fault
from bntui.sim.faultwords import BadFault
from bntui.sim.hub import Message
from bntui.sim.troubles import Troubles
from tests.sim.test_faults import Place, example

SAID = {"a@trade": ("a1", "a2", "a3", "a4"), "b@trade": ("b1", "b2", "b3", "b4")}


class Scene:
    """Troubles, and a clock for them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.delivered: list[str] = []
        self.troubles = Troubles(self.Ground(self.delivered))

    class Ground(Place):
        """An exchange that notes what was held and is delivered."""

        def __init__(self, delivered: list[str]) -> None:
            super().__init__()
            self._delivered = delivered

        def deliver(self, stream: str, message: Message) -> None:
            self._delivered.append(message.render(False))

    def begin(self, fault: str, **words: object) -> None:
        """Switch a fault on."""
        self.troubles.begin({"fault": fault} | words, self.now, 1_000)

    def sent(self, stream: str = "a@trade") -> list[str]:
        """What becomes of four messages of a stream."""
        return [
            one.render(False) for text in SAID[stream] for one in self.troubles.pass_on(stream, message(text))
        ]

    def at(self, now: float) -> None:
        """Let time pass."""
        self.now = now
        self.troubles.expire(now)

    @property
    def running(self) -> Sequence[object]:
        """The faults that last."""
        shown = self.troubles.report(self.now)["running"]
        assert isinstance(shown, list)
        return shown


def message(text: str) -> Message:
    """A message that says one word."""
    return Message(lambda micro: text)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_stalled_streams_are_silent_until_the_stall_ends(scene: Scene) -> None:
    scene.begin("stall_stream", streams=["a@trade"], **{"for": 5})
    assert scene.troubles.hits_streams
    assert (scene.sent(), len(scene.sent("b@trade"))) == ([], 4)
    scene.at(4.9)
    assert scene.sent() == []
    scene.at(5)
    assert len(scene.sent()) == 4
    assert not scene.troubles.hits_streams


def test_everything_can_be_stalled(scene: Scene) -> None:
    scene.begin("stall_all")
    assert scene.sent() == scene.sent("b@trade") == []


@pytest.mark.parametrize("fault", ["drop", "drop_trade"])
def test_so_many_messages_of_each_stream_are_lost(scene: Scene, fault: str) -> None:
    scene.begin(fault, streams=["a@trade", "b@trade"], count=3)
    assert (scene.sent(), scene.running) == (
        ["a4"],
        [{"fault": fault, "streams": ["a@trade", "b@trade"], "count": 3, "left": 3}],
    )
    assert (scene.sent("b@trade"), scene.running) == (["b4"], [])
    assert scene.sent() == list(SAID["a@trade"])


def test_one_is_lost_where_no_number_is_said_and_all_within_a_time(scene: Scene) -> None:
    scene.begin("drop", streams=["a@trade"])
    assert scene.sent() == ["a2", "a3", "a4"]
    scene.begin("drop", streams=["a@trade"], **{"for": 1})
    assert scene.sent() == []
    scene.at(1)
    assert len(scene.sent()) == 4


def test_messages_come_twice(scene: Scene) -> None:
    scene.begin("duplicate", streams=["a@trade"], count=2)
    assert scene.sent() == ["a1", "a1", "a2", "a2", "a3", "a4"]


def test_messages_change_places(scene: Scene) -> None:
    scene.begin("out_of_order", streams=["a@trade"], count=2)
    assert scene.sent() == ["a2", "a1", "a4", "a3"]
    assert scene.running == []
    scene.begin("out_of_order", streams=["a@trade"])
    assert scene.sent() == ["a2", "a1", "a3", "a4"]


def test_what_is_held_is_sent_when_the_fault_ends(scene: Scene) -> None:
    scene.begin("out_of_order", streams=["a@trade"], **{"for": 5})
    first, *_ = SAID["a@trade"]
    assert scene.troubles.pass_on("a@trade", message(first)) == ()
    scene.at(6)
    assert scene.delivered == [first]


def test_faults_of_one_stream_work_together(scene: Scene) -> None:
    scene.begin("drop", streams=["a@trade"])
    scene.begin("duplicate", streams=["a@trade"])
    assert scene.sent() == ["a2", "a2", "a3", "a4"]


def test_frames_are_broken_so_often_and_on_those_connections(scene: Scene) -> None:
    hits = [scene.troubles.hits_frames]
    scene.begin("binary", count=2, connections=[7])
    hits.append(scene.troubles.hits_frames)
    assert scene.troubles.mangled(b"{}", 1) is None
    assert scene.troubles.mangled(b"{}", 7) == scene.troubles.mangled(b"{}", 7) == b"\x82\x02{}"
    assert scene.troubles.mangled(b"{}", 7) is None
    hits.append(scene.troubles.hits_frames)
    assert hits == [False, True, False]


def test_a_fault_hits_so_often(scene: Scene) -> None:
    scene.begin("handshake_status", status=503, count=2)
    hits = [scene.troubles.hit(Fault.HANDSHAKE_STATUS) for _ in range(3)]
    assert [hit is not None for hit in hits] == [True, True, False]
    scene.begin("no_ack")
    assert all(scene.troubles.hit(Fault.NO_ACK, 5) is not None for _ in range(100))


def test_the_newest_of_several_hits_and_then_the_one_before_it(scene: Scene) -> None:
    scene.begin("rest_status", status=503)
    scene.begin("rest_status", status=429, count=1)
    statuses = [scene.troubles.hit(Fault.REST_STATUS, path="/api/v3/time") for _ in range(2)]
    assert [words and words.whole("status") for words in statuses] == [429, 503]


def test_a_path_narrows_what_is_hit(scene: Scene) -> None:
    scene.begin("rest_down", path="/api/v3/depth")
    assert scene.troubles.hit(Fault.REST_DOWN, path="/api/v3/depth") is not None
    assert scene.troubles.hit(Fault.REST_DOWN, path="/api/v3/time") is None


def test_all_faults_can_be_ended_or_those_of_a_name(scene: Scene) -> None:
    scene.begin("no_ack")
    scene.begin("stall_all")
    scene.begin("no_pings", connections=[3])
    scene.begin("clear", faults=["stall_all"])
    assert [scene.troubles.on(fault) for fault in (Fault.NO_ACK, Fault.STALL_ALL)] == [True, False]
    assert [scene.troubles.on(Fault.NO_PINGS, number) for number in (3, 4)] == [True, False]
    scene.begin("clear")
    assert scene.running == []
    assert repr(scene.troubles) == "<Troubles none>"


def test_what_lasts_and_what_was_begun_is_reported(scene: Scene) -> None:
    scene.begin("stall_stream", streams=["b@x", "a@x"], **{"for": 10})
    scene.begin("drop", streams=["a@x", "b@x"], count=4)
    scene.begin("abort", connections=[])
    scene.at(2.5)
    assert scene.running == [
        {"fault": "stall_stream", "streams": ["b@x", "a@x"], "for": 10, "ends_in": 7.5},
        {"fault": "drop", "streams": ["a@x", "b@x"], "count": 4, "left": 8},
    ]
    assert scene.troubles.report(2.5)["begun"] == [
        {"time": 1_000, "fault": "stall_stream", "streams": ["b@x", "a@x"], "for": 10},
        {"time": 1_000, "fault": "drop", "streams": ["a@x", "b@x"], "count": 4},
        {"time": 1_000, "fault": "abort", "connections": []},
    ]
    assert repr(scene.troubles) == "<Troubles stall_stream, drop>"


def test_only_the_newest_beginnings_are_remembered(scene: Scene) -> None:
    for number in range(300):
        scene.begin("shutdown", after=number)
    begun = scene.troubles.report(0.0)["begun"]
    assert isinstance(begun, list)
    assert [begun[0]["after"], begun[-1]["after"], len(begun)] == [100, 299, 200]


def test_streams_that_nobody_asked_for_are_known_to_connections_that_open(scene: Scene) -> None:
    scene.begin("unasked", streams=["a@trade"], connections=[2])
    scene.begin("unasked", streams=["b@trade"])
    assert scene.troubles.streams(Fault.UNASKED, 1) == ["b@trade"]
    assert scene.troubles.streams(Fault.UNASKED, 2) == ["a@trade", "b@trade"]


def test_so_many_faults_at_once_are_enough(scene: Scene) -> None:
    for _ in range(200):
        scene.begin("no_ack")
    with pytest.raises(BadFault, match="200 faults last already; clear some"):
        scene.begin("no_ack")
    scene.begin("abort")
    scene.begin("clear")
    scene.begin("no_ack")


def test_long_texts_are_cut_where_they_are_shown(scene: Scene) -> None:
    scene.begin("rest_garbage", body="x" * 100_000)
    assert scene.running == [{"fault": "rest_garbage", "body": "x" * 200}]
    words = scene.troubles.hit(Fault.REST_GARBAGE)
    assert words is not None
    assert len(words.text("body")) == 100_000


LASTING = [fault for fault, kind in FAULTS.items() if kind.lasts]


@given(
    st.lists(st.tuples(st.sampled_from(LASTING), st.booleans(), st.integers(1, 5)), max_size=12), st.data()
)
def test_whatever_went_wrong_all_is_well_after_it(
    begun: list[tuple[Fault, bool, int]], data: st.DataObject
) -> None:
    scene = Scene()
    for fault, timed, count in begun:
        needed = {word.name: example(word) for word in FAULTS[fault].words if word.default is ...}
        if "streams" in needed:
            needed["streams"] = [data.draw(st.sampled_from(["a@trade@depth", "b@trade@depth"]))]
        if timed:
            needed["for"] = count
        elif "count" in {word.name for word in FAULTS[fault].words}:
            needed["count"] = count
        scene.begin(fault, **needed)
        scene.troubles.pass_on("a@trade@depth", message("x"))
        scene.troubles.hit(fault, 1)
        scene.troubles.mangled(b"{}", 1)
    scene.at(6)
    scene.troubles.end()
    assert scene.running == []
    assert not (scene.troubles.hits_streams)
    assert not (scene.troubles.hits_frames)
    assert not any(scene.troubles.on(fault, 1) for fault in Fault)
    assert scene.sent() == list(SAID["a@trade"])
