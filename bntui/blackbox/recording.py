"""Reads recordings: which there are, from when to when, and where in them the verdict turned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bntui.blackbox.records import FORMAT, Begun, Record, decode
from bntui.blackbox.segments import SUFFIX, Segment, read_lines, segments
from bntui.errors import ProtocolError, UsageError
from bntui.model.delta import Delta
from bntui.model.incident import moment
from bntui.model.states import Grade

_HEAD = re.compile(
    rb'\{"t":"Delta","m":\{"epoch":"[^"]*","seq":[0-9]+,"full":(?:true|false),"now":[-0-9.eE+]+,'
    rb'"wall_ms":(?P<ms>[0-9]+),'
)
_VERDICT = re.compile(rb'"verdict":\{"grade":"(?P<grade>[a-z]+)"')
"""Found without reading a line whole, which takes fifty times as long. Quotes in texts are escaped, so that
no text of the exchange looks like this."""

WORSE = {Grade.LIVE: 0, Grade.DEGRADED: 1, Grade.BLIND: 2}

_BEGUN = b'{"t":"Begun"'
"""How the first line of a segment begins, in every form."""

HINT = "`bntui replay` without a name plays what the profile's engine keeps; see `bntui replay -h`."


class Turn(NamedTuple):
    """The verdict changed its grade."""

    wall_ms: int
    grade: Grade
    sentence: str
    worse: bool
    """… to a worse one."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Some segments, oldest first, of one engine or of several after one another."""

    segments: tuple[Segment, ...]
    began_ms: int
    ended_ms: int

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """The lines from the beginning of a segment on, each with the number of its segment.

        A segment that has been deleted since is passed by: an engine may be recording.
        """
        for number in range(start, len(self.segments)):
            try:
                for line in read_lines(self.segments[number].path):
                    yield number, line
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                raise _unreadable(self.segments[number].path, error) from None

    def records(self, start: int) -> Iterator[Record]:
        """The records from the beginning of a segment on. What of a damaged segment cannot be read is left
        out. Raises UsageError for one of another bntui."""
        damaged = -1
        for number, line in self.lines(start):
            if number == damaged:
                continue
            try:
                record = decode(line)
            except ProtocolError as error:
                _refuse_foreign(line, self.segments[number].path, error)
                damaged = number
                continue
            if isinstance(record, Begun):
                _require_format(record, self.segments[number].path)
            yield record

    def segment_at(self, wall_ms: int) -> int:
        """The number of the segment that holds a time: the last that began by then, else the first."""
        return max((n for n, each in enumerate(self.segments) if each.began_ms <= wall_ms), default=0)

    def turns(self, start: int = 0, stop: int | None = None) -> Iterator[Turn]:
        """How the verdict's grade changed, from the beginning of a segment on; the first grade is a turn.
        Raises UsageError for a segment of another bntui, of which nothing is known."""
        grade: Grade | None = None
        for number, line in self.lines(start):
            if stop is not None and number >= stop:
                return
            if line.startswith(_BEGUN):
                _begun_of(line, self.segments[number].path)
            found, head = _VERDICT.search(line), _HEAD.match(line)
            if found is None or head is None or found["grade"].decode() == grade:
                continue
            try:
                record = decode(line)
            except ProtocolError:
                continue
            if isinstance(record, Delta) and record.verdict is not None:
                before, grade = grade, record.verdict.grade
                worse = before is not None and WORSE[grade] > WORSE[before]
                yield Turn(record.wall_ms, grade, record.verdict.sentence, worse)

    def next_incident(self, wall_ms: int) -> Turn | None:
        """The first turn to the worse behind a time; None: there is none."""
        turns = self.turns(max(0, self.segment_at(wall_ms) - 1))
        return next((turn for turn in turns if turn.worse and turn.wall_ms > wall_ms), None)

    def incident_before(self, wall_ms: int) -> Turn | None:
        """The last turn to the worse before a time; None: there is none."""
        stop = self.segment_at(wall_ms) + 1
        while stop > 0:
            # One more in front: how a segment begins is told by how the one before ended.
            turns = self.turns(max(0, stop - 2), stop)
            found = [turn for turn in turns if turn.worse and turn.wall_ms < wall_ms]
            if found:
                return found[-1]
            stop -= 1
        return None


def open_recording(paths: Sequence[Path]) -> Recording:
    """What lies in some folders and files. Raises UsageError where there is nothing that can be played."""
    found: list[Segment] = []
    for path in paths:
        found += _segments_of(path)
    if not found:
        raise UsageError(f"Nothing is recorded in {', '.join(map(str, paths))}.", HINT)
    ordered = sorted(dict.fromkeys(found))
    playable = [segment for segment in ordered if _first_ms(segment) is not None]
    if not playable:
        raise UsageError(f"Nothing in {', '.join(map(str, paths))} can be played: all is cut off.", HINT)
    began_ms = _first_ms(playable[0])
    ended_ms = _last_ms(playable[-1])
    return Recording(tuple(playable), began_ms or playable[0].began_ms, ended_ms)


def span_words(recording: Recording) -> str:
    """From when to when, for people: `2026-01-01 03:00:00 to 04:10:11 UTC`."""
    begin = moment(recording.began_ms, "%Y-%m-%d %H:%M:%S")
    same = moment(recording.began_ms, "%Y-%m-%d") == moment(recording.ended_ms, "%Y-%m-%d")
    return f"{begin} to {moment(recording.ended_ms, '%H:%M:%S' if same else '%Y-%m-%d %H:%M:%S')} UTC"


def _segments_of(path: Path) -> list[Segment]:
    try:
        if path.is_dir():
            return segments(path)
        if not path.exists():
            raise UsageError(f"There is no {path}.", HINT)
    except OSError as error:
        raise _unreadable(path, error) from None
    named = [segment for segment in segments(path.parent) if segment.path.name == path.name]
    if named:
        return named
    # A file that was given another name says itself when it began.
    began = _begun(path)
    return [Segment(began.wall_ms, 0, path)]


def _begun(path: Path) -> Begun:
    try:
        line = next(read_lines(path), b"")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not line:
        raise UsageError(f"{path} was cut off before its first record.", "Nothing of it can be played.")
    return _begun_of(line, path)


def _begun_of(line: bytes, path: Path) -> Begun:
    """What a segment's first line says. Raises UsageError for one of another bntui, or of nobody's."""
    try:
        record = decode(line)
    except ProtocolError as error:
        _refuse_foreign(line, path, error)
        raise UsageError(f"{path} is no recording of bntui.", f"Recordings are called …{SUFFIX}.") from None
    if not isinstance(record, Begun):
        raise UsageError(f"{path} is no recording of bntui.", f"Recordings are called …{SUFFIX}.")
    _require_format(record, path)
    return record


def _require_format(begun: Begun, path: Path) -> None:
    if begun.format != FORMAT:
        raise UsageError(
            f"{path} was recorded by bntui {begun.version} in form {begun.format}; this one knows {FORMAT}.",
            f"Play it with bntui {begun.version}.",
        )


def _refuse_foreign(line: bytes, path: Path, error: ProtocolError) -> None:
    """A beginning that cannot be read is no damage: another bntui wrote it."""
    if line.startswith(_BEGUN):
        raise UsageError(
            f"{path} was recorded by another bntui: {error}.", "Play it with that one."
        ) from None


def _unreadable(path: Path, error: Exception) -> UsageError:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return UsageError(f"{path} cannot be read: {why}.", HINT)


def _first_ms(segment: Segment) -> int | None:
    """The time of the first answer; None where the segment was cut off before it."""
    return next(_times(segment), None)


def _last_ms(segment: Segment) -> int:
    return max(_times(segment), default=segment.began_ms)


def _times(segment: Segment) -> Iterator[int]:
    try:
        for line in read_lines(segment.path):
            head = _HEAD.match(line)
            if head is not None:
                yield int(head["ms"])
    except (OSError, ValueError) as error:
        raise _unreadable(segment.path, error) from None
