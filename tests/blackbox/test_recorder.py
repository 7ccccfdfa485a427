"""The recorder: once a second, at once when the verdict turns, and never a burden to anybody."""

from __future__ import annotations

from dataclasses import dataclass, field

from bntui.blackbox.recorder import EVERY_S, RETRY_S, SEGMENT_S, Recorder
from bntui.blackbox.records import FORMAT, Begun, Closed, Record, decode
from bntui.clock import ManualClock
from bntui.model.accounts import FILLS_A_PAGE
from bntui.model.delta import Delta, NumberedFill
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.store.store import Store
from bntui.wire.messages import Welcome
from tests.model.build import BTC, T0_MS, quote
from tests.support.accounts import fill


@dataclass
class Disk:
    """Takes everything, unless it is told to be full."""

    failure: str = ""
    segment_bytes: int = 0
    segment_full: bool = False
    full: bool = False
    segments: list[list[Record]] = field(default_factory=list)

    def begin(self, wall_ms: int, lines: bytes) -> bool:
        self.failure = ""
        self.segment_bytes = 0
        self.segments.append([])
        return self.add(lines)

    def add(self, lines: bytes) -> bool:
        if self.full:
            self.failure = "No space left on device"
            return True
        self.segment_bytes += len(lines)
        self.segments[-1] += [decode(line) for line in lines.splitlines()]
        return True

    @property
    def deltas(self) -> list[Delta]:
        return [record for part in self.segments for record in part if isinstance(record, Delta)]


class Scene:
    def __init__(self) -> None:
        self.clock = ManualClock(wall_ms=T0_MS)
        self.store = Store("e1", T0_MS)
        self.disk = Disk()
        self.recorder = Recorder(self.store, self.disk, self.clock, Welcome("1.0", "e1", 1, T0_MS, "demo"))

    def pass_(self, seconds: float) -> None:
        for _ in range(round(seconds * 4)):
            self.clock.advance(0.25)
            self.recorder.look()

    def judge(self, grade: Grade, sentence: str) -> None:
        self.store.set_verdict(VerdictView(grade, sentence, self.clock.monotonic()))


def test_a_segment_begins_with_what_it_is_of_and_with_everything() -> None:
    scene = Scene()
    scene.store.set_watchlist([BTC])
    scene.recorder.look()
    ((begun, everything),) = scene.disk.segments
    assert begun == Begun(FORMAT, "1.0", "e1", 1, T0_MS, "demo", T0_MS, False)
    assert isinstance(everything, Delta)
    assert everything.full
    assert everything.watchlist == [BTC]


def test_prices_are_kept_once_a_second_however_often_they_change() -> None:
    scene = Scene()
    scene.store.set_watchlist([BTC])
    scene.recorder.look()
    for n in range(40):
        scene.store.apply([quote(update_id=n + 1, bid=str(n))])
        scene.pass_(0.25)
    rows = [delta.rows for delta in scene.disk.deltas[1:]]
    assert len(rows) == 10 / EVERY_S
    assert [row.bid for (row,) in rows] == ["3", "7", "11", "15", "19", "23", "27", "31", "35", "39"]


def test_a_turn_of_the_verdict_is_kept_at_once() -> None:
    scene = Scene()
    scene.judge(Grade.LIVE, "LIVE 3/3 streams")
    scene.recorder.look()
    scene.pass_(0.25)
    scene.judge(Grade.BLIND, "BLIND on 1 of 3 streams")
    scene.pass_(0.25)
    kept = [(delta.wall_ms - T0_MS, delta.verdict) for delta in scene.disk.deltas]
    assert [ms for ms, _ in kept] == [0, 500]
    assert kept[-1][1] == scene.store.verdict


def test_a_new_segment_follows_without_a_hole() -> None:
    scene = Scene()
    scene.recorder.look()
    scene.pass_(SEGMENT_S)
    first, second = scene.disk.segments
    assert isinstance(second[0], Begun)
    assert second[0].follows
    last, full = first[-1], second[1]
    assert isinstance(last, Delta)
    assert isinstance(full, Delta)
    assert full.full
    assert full.wall_ms == last.wall_ms, "nothing can have changed between them"


def test_a_large_segment_is_ended_before_its_time() -> None:
    scene = Scene()
    scene.recorder.look()
    scene.disk.segment_full = True
    scene.pass_(1)
    assert len(scene.disk.segments) == 2


def test_ends_of_connections_are_kept_in_the_words_of_the_other_side() -> None:
    scene = Scene()
    scene.recorder.look()
    scene.recorder.closed("stream.example:9443", 1008, "too slow", False)
    scene.pass_(1)
    kept = [record for record in scene.disk.segments[0] if isinstance(record, Closed)]
    assert kept == [Closed(T0_MS, "stream.example:9443", 1008, "too slow", False)]


def test_every_fill_is_kept_however_many_come_at_once() -> None:
    scene = Scene()
    scene.recorder.look()
    count = 2 * FILLS_A_PAGE + 1
    scene.store.accounts.add_fills(NumberedFill(n + 1, fill(n + 1)) for n in range(count))
    scene.pass_(1)
    numbers = [told.number for delta in scene.disk.deltas if delta.accounts for told in delta.accounts.fills]
    assert numbers == list(range(1, count + 1))


def test_a_full_disk_is_said_once_and_tried_again_later() -> None:
    scene = Scene()
    scene.recorder.look()
    scene.disk.full = True
    scene.pass_(RETRY_S * 3)
    bad = [notice.text for notice in scene.store.notices]
    assert bad == [
        "The black box records nothing: No space left on device. All else goes on; it tries again every 60 s."
    ]
    assert "stopped" in repr(scene.recorder)
    assert len(scene.disk.segments) == 3, "one try a minute"
    scene.disk.full = False
    scene.pass_(RETRY_S + 1)
    assert [notice.text for notice in scene.store.notices][1:] == ["The black box records again."]
    assert not scene.recorder.stopped
    again = scene.disk.segments[-1]
    assert isinstance(again[0], Begun)
    assert not again[0].follows
    assert isinstance(again[1], Delta)
    assert again[1].full
