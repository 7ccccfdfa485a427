"""Plays a recording into a mirror, and is the clock of what is drawn: every age is of the recorded time.

Sans-I/O but for the files: somebody calls `advance` with the seconds that have passed for the user.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from bntui.blackbox.recording import Recording, span_words
from bntui.blackbox.records import Begun, Closed, Record
from bntui.model.delta import Delta
from bntui.model.incident import moment
from bntui.model.panels import (
    NOT_RECORDED,
    BookStatus,
    BookView,
    CandlesDelta,
    Focus,
    PanelsDelta,
    TapeDelta,
    TapeRow,
)
from bntui.model.states import BookState, StreamState
from bntui.wire.messages import Welcome
from bntui.wire.mirror import Mirror

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)

GAP_S = 3.0
"""Where nothing was recorded for longer, playing goes on behind it, and says so."""

GAP_SHOWN_S = 5.0

NEAR_S = 0.001
"""Recorded times are in milliseconds: what is due within less is due."""

MOST_AT_ONCE = 200
"""Records taken in by one `advance`; beyond it the replay is slower than it was asked to be."""

CLOSINGS_KEPT = 1_000

NOT_KEPT = "the black box keeps best prices, no books, trades or candles"

_FLOWING = frozenset({StreamState.LIVE, StreamState.QUIET})


class Player:
    """Where the replay is, and how fast it goes."""

    def __init__(self, recording: Recording, mirror: Mirror, speed: float = 1.0) -> None:
        """Stand at the beginning, running."""
        self.recording = recording
        self.mirror = mirror
        self.speed = speed
        self.paused = False
        self._gap: tuple[float, float] | None = None
        """How many seconds were passed over last, and when, in seconds played."""
        self._run_s = 0.0
        """Seconds played since the start: the viewer's monotonic clock. It never goes back."""
        self._turn = 0
        """Counts up with each jump: the mirror must not take what follows for what went on."""
        self._records: Iterator[Record] = iter(())
        self._current: Delta | None = None
        self._current_at = 0.0
        self._next: Delta | None = None
        self._begun: Begun | None = None
        """The engine of the segment that the next record is of."""
        self._told: Begun | None = None
        self._fresh = False
        """The next answer is the first of its segment, and tells everything; without it the others of the
        segment mean nothing."""
        self._focus: Focus | None = None
        self.closings: list[Closed] = []
        """Ends of connections up to where it is, since the last jump; the oldest beyond CLOSINGS_KEPT
        are gone."""
        mirror.begin(0.0)
        self.seek(recording.began_ms)

    # The clock of what is drawn

    def monotonic(self) -> float:
        """Seconds played."""
        return self._run_s

    def wall_ms(self) -> int:
        """The recorded time."""
        if self._current is None:
            return self.recording.began_ms
        return self._current.wall_ms + round((self._run_s - self._current_at) * 1000)

    # Playing

    @property
    def gap_s(self) -> float:
        """How long nothing had been recorded before the place where it is; 0: there was no gap lately."""
        if self._gap is None or self._run_s - self._gap[1] > GAP_SHOWN_S:
            return 0.0
        return max(0.0, self._gap[0])

    @property
    def ended(self) -> bool:
        """Whether there is nothing behind where it is."""
        return self._next is None

    def advance(self, seconds: float) -> None:
        """So much time has passed for the user."""
        if self.paused or self.ended:
            return
        until = self._run_s + seconds * self.speed
        for _ in range(MOST_AT_ONCE):
            due_s = self._due_s()
            if due_s == inf:
                return
            if due_s > until + NEAR_S:
                self._run_s = max(self._run_s, until)
                return
            self._run_s = max(self._run_s, due_s)
            self._take_next()

    def step(self) -> None:
        """Stand still at the next record."""
        self.paused = True
        if self._next is not None:
            self._run_s = max(self._run_s, self._due_s())
            self._take_next()

    def pause(self) -> None:
        """Stand still, or go on."""
        self.paused = not self.paused

    def faster(self) -> None:
        """The next higher speed."""
        self.speed = next((speed for speed in SPEEDS if speed > self.speed), self.speed)

    def slower(self) -> None:
        """The next lower speed."""
        self.speed = next((speed for speed in reversed(SPEEDS) if speed < self.speed), self.speed)

    def seek(self, wall_ms: int) -> None:
        """Stand at what was shown at a time, within the recording."""
        wall_ms = min(max(wall_ms, self.recording.began_ms), self.recording.ended_ms)
        self._rewind(self.recording.segment_at(wall_ms))
        while self._next is not None and (self._current is None or self._next.wall_ms <= wall_ms):
            self._take_next()
        self._gap = None
        if self._current is not None and self._passed_s() is not None:
            self._run_s += max(0, wall_ms - self._current.wall_ms) / 1000

    def _rewind(self, segment: int) -> None:
        """Stand before the first record of a segment; nothing of before is known any longer."""
        self._turn += 1
        self._records = self.recording.records(segment)
        self._current, self._begun, self._told, self._fresh = None, None, None, False
        self.closings.clear()
        self._read_next()

    def leap(self, seconds: float) -> None:
        """Go so far on, or back."""
        self.seek(self.wall_ms() + round(seconds * 1000))

    @property
    def moment(self) -> str:
        """Where it is, for people."""
        return moment(self.wall_ms(), "%Y-%m-%d %H:%M:%S UTC")

    @property
    def span(self) -> str:
        """From when to when something is recorded, for people."""
        return span_words(self.recording)

    def focus(self, focus: Focus | None) -> None:
        """Another symbol is open: say what is not kept of it."""
        self._focus = focus
        self._show_focus()

    def _due_s(self) -> float:
        """When the next record is to be taken, in seconds played."""
        if self._next is None:
            return inf
        passed_s = self._passed_s()
        return self._run_s if passed_s is None else self._current_at + passed_s

    def _passed_s(self) -> float | None:
        """Seconds from this record to the next; None where nothing was recorded between them."""
        here, there = self._current, self._next
        if here is None or there is None or there.epoch != here.epoch:
            return None
        passed_s = there.now - here.now
        return passed_s if 0 <= passed_s <= GAP_S else None

    def _take_next(self) -> None:
        here, there, begun = self._current, self._next, self._begun
        if there is None:
            return
        passed_s = self._passed_s()
        if here is not None and passed_s is None:
            self._gap = (there.wall_ms - here.wall_ms) / 1000, self._run_s
        goes_on = self._fresh and passed_s is not None and begun is not None and begun.follows
        self._current, self._current_at = there, self._run_s
        if begun is not None and begun is not self._told:
            self._told = begun
            self.mirror.welcome(
                Welcome(begun.version, begun.epoch, begun.pid, begun.started_ms, begun.environment)
            )
        if not goes_on:
            self.mirror.apply(self._as_now(there), self._run_s)
            if there.full:
                self._show_focus()
        self._fresh = False
        self._read_next()

    def _as_now(self, delta: Delta) -> Delta:
        """An answer as the mirror may take it: of this jump, without ages that were not told anew."""
        streams = [
            replace(stream, data_at=None) if stream.state in _FLOWING else stream for stream in delta.streams
        ]
        return replace(delta, epoch=self._epoch(delta.epoch), streams=streams)

    def _epoch(self, epoch: str) -> str:
        return f"{epoch}#{self._turn}"

    def _read_next(self) -> None:
        self._next = None
        for record in self._records:
            if isinstance(record, Begun):
                self._begun, self._fresh = record, True
            elif isinstance(record, Closed):
                self.closings.append(record)
                del self.closings[:-CLOSINGS_KEPT]
            elif record.full or not self._fresh:
                self._next = record
                return

    def _show_focus(self) -> None:
        focus, current = self._focus, self._current
        if focus is None or current is None:
            return
        status = BookStatus(
            focus.market,
            focus.symbol,
            BookState.UNTRUSTED,
            NOT_KEPT,
            current.now,
            0,
            focus.partial,
            None,
        )
        panels = PanelsDelta(
            focus.market,
            focus.symbol,
            True,
            BookView(status, focus.step, [], [], None, None, 0, [], []),
            TapeDelta([TapeRow(1, current.wall_ms, "", "", "", NOT_RECORDED, cause=NOT_KEPT)], []),
            CandlesDelta(focus.interval, [], [], True, False, NOT_KEPT),
        )
        empty = Delta(
            self._epoch(current.epoch), current.seq, False, current.now, current.wall_ms, panels=panels
        )
        self.mirror.apply(empty, self._current_at)

    def __repr__(self) -> str:
        how = "paused" if self.paused else f"{self.speed:g}×"
        return f"<Player {self.wall_ms()} {how}>"
