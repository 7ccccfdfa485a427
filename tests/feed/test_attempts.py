"""Attempts are counted over restarts and parallel programs, and also where the file cannot be."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
from pathlib import Path

import pytest

from bntui.clock import ManualClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit

LIMIT = AttemptLimit(3, 300_000)


def counter(path: Path, clock: ManualClock, limit: AttemptLimit = LIMIT) -> AttemptsFile:
    return AttemptsFile(path / "attempts.json", limit, clock)


def test_another_program_sees_the_attempts_of_the_first(tmp_path: Path) -> None:
    clock = ManualClock()
    first, second = counter(tmp_path, clock), counter(tmp_path, clock)
    assert [first.take(), second.take(), first.take()] == [None, None, None]
    clock.advance(10)
    assert second.take() == clock.wall_ms() + 290_000
    assert second.count() == 3


def test_attempts_fall_out_of_the_window(tmp_path: Path) -> None:
    clock = ManualClock()
    attempts = counter(tmp_path, clock)
    for _ in range(3):
        attempts.take()
    clock.advance(300)
    assert attempts.take() is None
    assert attempts.count() == 1


@pytest.mark.parametrize("junk", [b"", b"[1,", b'{"a":1}', b'["x"]', b"\xff\xfe"])
def test_a_broken_file_is_begun_anew(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "attempts.json").write_bytes(junk)
    attempts = counter(tmp_path, ManualClock())
    assert attempts.take() is None
    assert attempts.count() == 1


def test_where_no_file_can_be_this_process_still_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    attempts = counter(blocked, ManualClock())
    assert [attempts.take() for _ in range(3)] == [None, None, None]
    assert attempts.take() is not None
    assert sum("in this process only" in record.message for record in caplog.records) == 1


def test_on_a_full_disk_this_process_counts_its_own_beside_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    clock = ManualClock()
    assert counter(tmp_path, clock).take() is None
    attempts = counter(tmp_path, clock)
    with monkeypatch.context() as disk:
        disk.setattr(os, "pwrite", full)
        assert [attempts.take(), attempts.take(), attempts.count()] == [None, None, 3]
        assert attempts.take() is not None
    clock.advance(299)
    assert attempts.count() == 3
    clock.advance(1)
    assert attempts.take() is None
    assert counter(tmp_path, clock).count() == 1, "what could be written later is not written twice"


def test_attempts_that_could_not_be_kept_are_kept_when_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    attempts = counter(tmp_path, clock)
    with monkeypatch.context() as disk:
        disk.setattr(os, "pwrite", lambda *_: os.ftruncate(-1, 0))
        attempts.take()
    attempts.take()
    assert (attempts.count(), counter(tmp_path, clock).count()) == (2, 2)


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    counter(tmp_path, ManualClock()).take()
    assert (tmp_path / "attempts.json").stat().st_mode & 0o777 == 0o600


def _take_many(path: str, taken: multiprocessing.Queue[int]) -> None:
    attempts = AttemptsFile(Path(path), AttemptLimit(20, 10**9), ManualClock())
    taken.put(sum(attempts.take() is None for _ in range(20)))


def test_parallel_programs_never_take_more_than_the_limit_together(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    taken: multiprocessing.Queue[int] = context.Queue()
    path = str(tmp_path / "attempts.json")
    programs = [context.Process(target=_take_many, args=(path, taken)) for _ in range(3)]
    for program in programs:
        program.start()
    total = sum(taken.get(timeout=30) for _ in programs)
    for program in programs:
        program.join(30)
    assert total == 20


def test_a_program_that_was_stopped_with_the_lock_in_its_hand_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "attempts.json"
    path.write_text("[]")
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        attempts = AttemptsFile(path, AttemptLimit(2, 1_000), ManualClock())
        assert [attempts.take(), attempts.take()] == [None, None]
        assert attempts.take() is not None
        assert attempts.count() == 2
