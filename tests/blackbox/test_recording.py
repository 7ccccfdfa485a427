"""What is recorded is found again: its span, its turns, and what cannot be played is said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.blackbox.recorder import SEGMENT_S
from bntui.blackbox.recording import open_recording, span_words
from bntui.blackbox.records import FORMAT, Begun, encode
from bntui.blackbox.segments import SegmentFile, segment_name, segments
from bntui.errors import UsageError
from bntui.model.delta import Delta
from bntui.model.states import Grade
from tests.blackbox.stage import Stage, recorded
from tests.model.build import T0_MS


def long_story(stage: Stage) -> None:
    """Three segments: an incident in the first, none in the second, two in the third."""
    stage.incident()
    stage.run(2 * SEGMENT_S)
    stage.incident()
    stage.incident()


def test_a_recording_says_from_when_to_when_it_is(tmp_path: Path) -> None:
    recording = open_recording([recorded(tmp_path)])
    assert (recording.began_ms, recording.ended_ms) == (T0_MS, T0_MS + 25_000)
    assert span_words(recording) == "2026-01-01 00:00:00 to 00:00:25 UTC"


def test_turns_are_where_the_grade_changed_not_where_the_sentence_did(tmp_path: Path) -> None:
    turns = list(open_recording([recorded(tmp_path)]).turns())
    assert [(turn.wall_ms - T0_MS, turn.grade, turn.worse) for turn in turns] == [
        (0, Grade.LIVE, False),
        (10_000, Grade.BLIND, True),
        (15_000, Grade.LIVE, False),
    ]
    assert turns[1].sentence == "BLIND on 3 of 3 streams for 0s"


def test_incidents_are_found_in_both_directions_across_segments(tmp_path: Path) -> None:
    recording = open_recording([recorded(tmp_path, long_story)])
    assert len(recording.segments) == 3
    third_ms = T0_MS + 25_000 + 600_000 + 10_000
    at: int | None = recording.began_ms
    found = []
    while at is not None and (turn := recording.next_incident(at)):
        found.append(at := turn.wall_ms)
    assert found == [T0_MS + 10_000, third_ms, third_ms + 25_000]
    back = []
    at = recording.ended_ms
    while turn := recording.incident_before(at):
        back.append(at := turn.wall_ms)
    assert back == found[::-1]


def test_a_verdict_that_got_worse_as_a_segment_began_is_found(tmp_path: Path) -> None:
    def story(stage: Stage) -> None:
        stage.say(Grade.LIVE, "LIVE")
        stage.run(SEGMENT_S)
        stage.say(Grade.BLIND, "BLIND")
        stage.run(1)

    recording = open_recording([recorded(tmp_path, story)])
    turn = recording.incident_before(recording.ended_ms)
    assert turn is not None
    assert turn == recording.next_incident(T0_MS)
    assert turn.wall_ms == T0_MS + round(SEGMENT_S * 1000)


def test_files_may_be_named_one_by_one_and_anew(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "a", long_story)
    paths = [segment.path for segment in segments(folder)]
    assert open_recording(paths[1:2]).segments == tuple(segments(folder))[1:2]
    mine = tmp_path / "the night of the outage"
    mine.write_bytes(paths[0].read_bytes())
    assert open_recording([mine]).began_ms == T0_MS


def test_a_segment_that_was_deleted_meanwhile_is_passed_by(tmp_path: Path) -> None:
    recording = open_recording([recorded(tmp_path, long_story)])
    recording.segments[0].path.unlink()
    first = next(iter(recording.records(0)))
    assert isinstance(first, Begun)
    assert first.wall_ms == recording.segments[1].began_ms


def test_a_segment_cut_off_before_its_first_answer_is_left_out(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    (folder / segment_name(T0_MS + 60_000, 2)).write_bytes(b"")
    assert len(open_recording([folder]).segments) == 1


def test_a_file_that_was_cut_off_at_its_beginning_is_told_as_that(tmp_path: Path) -> None:
    (whole,) = segments(recorded(tmp_path / "a"))
    cut = tmp_path / "cut"
    cut.write_bytes(whole.path.read_bytes()[:20])
    with pytest.raises(UsageError, match="cut off before its first record"):
        open_recording([cut])


def broken_line(line: bytes) -> bytes:
    return line.replace(b'"rows":[', b'"rows":[7,')


def test_what_follows_on_a_record_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    begun = Begun(FORMAT, "1.0", "e1", 1, T0_MS, "demo", T0_MS, False)
    deltas = [encode(Delta("e1", n, n == 1, float(n), T0_MS + n * 1_000)) for n in range(1, 5)]
    file = SegmentFile(tmp_path / segment_name(T0_MS, 1))
    file.write(encode(begun) + deltas[0] + deltas[1] + broken_line(deltas[2]) + deltas[3])
    file.close()
    records = list(open_recording([tmp_path]).records(0))
    assert [record.wall_ms - T0_MS for record in records] == [0, 1_000, 2_000]


def test_a_recording_of_another_form_is_refused_and_says_by_which_bntui(tmp_path: Path) -> None:
    file = SegmentFile(tmp_path / segment_name(T0_MS, 1))
    file.write(encode(Begun(99, "7.0", "e1", 1, T0_MS, "demo", T0_MS, False)))
    file.write(encode(Delta("e1", 1, True, 1.0, T0_MS)))
    file.close()
    recording = open_recording([tmp_path])
    for told in (recording.records, recording.turns):
        with pytest.raises(UsageError, match=r"recorded by bntui 7\.0"):
            list(told(0))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "There is no"),
        (lambda path: path.mkdir(), "Nothing is recorded"),
        (lambda path: path.write_text("hello"), "no recording"),
        (lambda path: path.write_bytes(b""), "cut off before"),
    ],
    ids=["nothing there", "empty folder", "a text", "an empty file"],
)
def test_what_cannot_be_played_is_said(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "a"
    assert callable(make)
    make(path)
    with pytest.raises(UsageError, match=words):
        open_recording([path])
