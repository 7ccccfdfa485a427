"""Segments: whatever was written whole is read, however the writer ended; old ones go, the newest stays."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from bntui.blackbox.segments import READ_BYTES, SegmentFile, read_lines, segment_name, segments, tidy
from tests.blackbox.stage import names
from tests.model.build import T0_MS

LINES = [b'{"line":%d,"filling":"%s"}' % (number, b"x" * number) for number in range(50)]


def written(path: Path) -> list[int]:
    """The sizes of a segment after each of its lines."""
    file = SegmentFile(path)
    sizes = []
    for line in LINES:
        file.write(line + b"\n")
        sizes.append(file.size)
    file.abandon()
    return sizes


def test_a_segment_cut_off_anywhere_keeps_each_line_that_was_whole(tmp_path: Path) -> None:
    path, cut = tmp_path / "a", tmp_path / "b"
    sizes = written(path)
    packed = path.read_bytes()
    for size in range(0, len(packed), 7):
        cut.write_bytes(packed[:size])
        whole = sum(end <= size for end in sizes)
        assert list(read_lines(cut)) == LINES[:whole]


WRITES_UNTIL_KILLED = """
import sys
from pathlib import Path
from bntui.blackbox.segments import SegmentFile
file = SegmentFile(Path(sys.argv[1]))
for number in range(10**9):
    file.write(b'{"line":%d,"filling":"%s"}\\n' % (number, b"x" * (number % 1_000)))
    if number == 300:
        print("well under way", flush=True)
"""


def test_kill_9_in_the_middle_of_writing_leaves_every_earlier_line(tmp_path: Path) -> None:
    path = tmp_path / "a"
    command = [sys.executable, "-c", WRITES_UNTIL_KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    lines = list(read_lines(path))
    assert len(lines) > 300
    assert lines == [b'{"line":%d,"filling":"%s"}' % (n, b"x" * (n % 1_000)) for n in range(len(lines))]


def test_damage_costs_what_stands_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    sizes = written(path)
    packed = bytearray(path.read_bytes())
    packed[sizes[40] : sizes[40] + 8] = b"\xff" * 8
    path.write_bytes(packed)
    read = list(read_lines(path))
    assert read == LINES[: len(read)]
    assert sizes[40] - sizes[len(read)] <= READ_BYTES


def test_a_segment_is_a_plain_zstandard_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    file = SegmentFile(path)
    file.write(b"one\n")
    file.close()
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        assert reader.read() == b"one\n"


def test_what_is_no_segment_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("symbol,price\n")
    with pytest.raises(ValueError, match="no recording"):
        list(read_lines(path))


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(zstandard.compress(bytes(80 << 20)))
    with pytest.raises(ValueError, match="without an end"):
        list(read_lines(path))


def test_segments_are_for_their_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"
    SegmentFile(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        SegmentFile(path)


def make(folder: Path, began_ms: int, size: int) -> Path:
    path = folder / segment_name(began_ms, 1)
    path.write_bytes(bytes(size))
    return path


def test_segments_stand_in_the_order_of_time_and_strangers_are_left_alone(tmp_path: Path) -> None:
    later, earlier = make(tmp_path, T0_MS + 1, 1), make(tmp_path, T0_MS, 1)
    (tmp_path / "notes.txt").write_text("mine")
    assert [segment.path for segment in segments(tmp_path)] == [earlier, later]
    assert "20260101T000000Z" in earlier.name
    assert segments(tmp_path / "nowhere") == []
    tidy(tmp_path, 0, T0_MS + 1_000)
    assert sorted(os.listdir(tmp_path)) == sorted([later.name, "notes.txt"])


def test_the_oldest_go_while_all_together_are_too_large(tmp_path: Path) -> None:
    paths = [make(tmp_path, T0_MS + n, 100) for n in range(5)]
    tidy(tmp_path, 350, 0)
    assert names([segment.path for segment in segments(tmp_path)]) == names(paths[2:])


def test_segments_go_when_they_ended_before_what_is_kept(tmp_path: Path) -> None:
    paths = [make(tmp_path, T0_MS + n * 1_000, 1) for n in range(4)]
    # The second one ended when the third began, which is young enough to be kept.
    tidy(tmp_path, 1_000, T0_MS + 1_500)
    assert names([segment.path for segment in segments(tmp_path)]) == names(paths[1:])
