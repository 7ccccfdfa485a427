"""The writer bounds what it keeps and what waits, and says in words why nothing is written."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bntui.blackbox import writer as module
from bntui.blackbox.segments import SegmentFile, read_lines, segments
from bntui.blackbox.writer import SEGMENT_BYTES, TOO_SLOW, Bounds, Writer
from tests.model.build import T0_MS

ROOMY = Bounds(1 << 30, 1e9)


def lines_in(folder: Path) -> list[list[bytes]]:
    return [list(read_lines(segment.path)) for segment in segments(folder)]


def test_lines_go_into_the_segment_that_was_begun_last(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "box"
    writer = Writer(folder, ROOMY)
    writer.begin(T0_MS, b"one\n")
    writer.add(b"two\nthree\n")
    writer.begin(T0_MS + 1, b"four\n")
    assert writer.close()
    assert lines_in(folder) == [[b"one", b"two", b"three"], [b"four"]]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_second_run_in_the_same_millisecond_takes_another_name(tmp_path: Path) -> None:
    for line in (b"one\n", b"two\n"):
        writer = Writer(tmp_path, ROOMY)
        writer.begin(T0_MS, line)
        assert writer.close()
    assert lines_in(tmp_path) == [[b"one"], [b"two"]]


def test_the_oldest_segments_go(tmp_path: Path) -> None:
    writer = Writer(tmp_path, Bounds(1, 1e9))
    for n in range(5):
        writer.begin(T0_MS + n, b"%d\n" % n)
    assert writer.close()
    assert lines_in(tmp_path) == [[b"4"]]


@pytest.mark.parametrize("most_bytes", [100_000, 1_000_000])
def test_at_no_moment_is_more_on_the_disk_than_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    bounds, sizes, write = Bounds(most_bytes, 1e9), list[int](), SegmentFile.write

    def weighed(self: SegmentFile, lines: bytes) -> None:
        write(self, lines)
        sizes.append(sum(segment.path.stat().st_size for segment in segments(tmp_path)))

    monkeypatch.setattr(SegmentFile, "write", weighed)
    writer, chance = Writer(tmp_path, bounds), random.Random(1)
    record = chance.randbytes(bounds.full_segment // 3).hex().encode() + b"\n"
    for n in range(40):
        writer.begin(T0_MS + n, record)
        writer.add(record)
        writer.add(record)
    assert writer.close()
    assert most_bytes // 2 < max(sizes) <= most_bytes, "and what there is room for is kept"


def test_a_segment_is_full_at_its_part_of_the_bound(tmp_path: Path) -> None:
    assert Bounds(1 << 30, 1.0).full_segment == SEGMENT_BYTES
    writer = Writer(tmp_path, Bounds(80_000, 1e9))
    assert not writer.segment_full
    writer.begin(T0_MS, random.Random(1).randbytes(10_000).hex().encode() + b"\n")
    assert writer.close()
    assert writer.segment_full


def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on no segment takes anything; returns what ends that."""

    def refuse(self: SegmentFile, lines: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with_room = SegmentFile.write
    monkeypatch.setattr(SegmentFile, "write", refuse)
    return lambda: monkeypatch.setattr(SegmentFile, "write", with_room)


def test_a_full_disk_is_said_and_another_segment_tries_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_again = full_disk(monkeypatch)
    writer = Writer(tmp_path, ROOMY)
    writer.begin(T0_MS, b"one\n")
    writer.add(b"lost\n")
    assert writer.close()
    assert writer.failure == "No space left on device"
    room_again()
    writer = Writer(tmp_path, ROOMY)
    writer.begin(T0_MS, b"two\n")
    assert writer.close()
    assert writer.failure == ""
    assert [b"two"] in lines_in(tmp_path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = Writer(tmp_path / "file" / "box", ROOMY)
    writer.begin(T0_MS, b"one\n")
    assert writer.close()
    assert writer.failure == "Not a directory"


def test_what_a_hanging_disk_does_not_take_is_bounded_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PENDING_MOST_BYTES", 10)
    writer = Writer(tmp_path, ROOMY)
    assert not writer.begin(T0_MS, b"longer than ten\n")
    assert writer.failure == TOO_SLOW
    assert writer.close()
    assert lines_in(tmp_path) == []
