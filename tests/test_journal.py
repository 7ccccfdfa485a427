"""What outlives the engine, on disks that take it and on disks that do not."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bntui import journal as journal_module
from bntui import journal_tables
from bntui.errors import StateFolderError
from bntui.journal import Journal, kept_fills, open_journal
from bntui.journal_tables import CLOSED_MEANWHILE, OUTAGES_AGE_DAYS
from bntui.model.delta import NumberedFill
from bntui.model.kept import OUTAGES_KEPT
from tests.model.account_samples import a_fill
from tests.model.build import T0_MS, outage

DAY_MS = 24 * 3_600 * 1_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@contextmanager
def opened(path: Path, now_ms: int = T0_MS, busy_s: float = 2.0) -> Iterator[Journal]:
    journal = open_journal(path, now_ms, busy_s)
    try:
        yield journal
    finally:
        assert journal.close()


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


# What is kept


def test_a_new_journal_is_empty_and_for_its_user_only(path: Path) -> None:
    with opened(path) as journal:
        assert journal.get("watchlist") is None
        assert journal.remembered.outages == []
        assert journal.next_outage_id == 1
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_the_user_changed_survives(path: Path) -> None:
    with opened(path) as journal:
        journal.put("watchlist", "BTCUSDT")
        journal.put("watchlist", "BTCUSDT 币安人生USDT")
        assert journal.get("watchlist") == "BTCUSDT 币安人生USDT"

    with opened(path) as journal:
        assert journal.get("watchlist") == "BTCUSDT 币安人生USDT"


def test_the_history_survives_line_by_line(path: Path) -> None:
    ended = outage(2, ended_ms=T0_MS + 4_500)
    with opened(path) as journal:
        journal.keep(outage(2))
        journal.keep(ended)
        journal.keep(outage(1, ended_ms=T0_MS + 1_000, cause="a'; DROP TABLE outages; --"))

    with opened(path) as journal:
        assert journal.remembered.outages == [
            outage(1, ended_ms=T0_MS + 1_000, cause="a'; DROP TABLE outages; --"),
            ended,
        ]
        assert journal.next_outage_id == 3


def test_an_outage_that_an_engine_did_not_outlive_lasts_until_somebody_looks_again(path: Path) -> None:
    with opened(path) as journal:
        journal.keep(outage(1, cause="closed: 1006"))

    with opened(path, now_ms=T0_MS + 90_000) as journal:
        (line,) = journal.remembered.outages
        assert (line.ended_ms, line.blind_s) == (T0_MS + 90_000, 90.0)
        assert line.cause == f"closed: 1006 ({CLOSED_MEANWHILE})"

    with opened(path, now_ms=T0_MS + 200_000) as journal:
        assert journal.remembered.outages == [line]


def test_a_clock_that_was_set_back_makes_no_negative_outage(path: Path) -> None:
    with opened(path) as journal:
        journal.keep(outage(1))

    with opened(path, now_ms=T0_MS - 5_000) as journal:
        assert (journal.remembered.outages[0].ended_ms, journal.remembered.outages[0].blind_s) == (T0_MS, 0.0)


# Bounds


def test_old_history_is_forgotten_when_the_file_is_opened(path: Path) -> None:
    with opened(path) as journal:
        journal.keep(outage(1, ended_ms=T0_MS))

    with opened(path, now_ms=T0_MS + OUTAGES_AGE_DAYS * DAY_MS) as journal:
        assert len(journal.remembered.outages) == 1
    with opened(path, now_ms=T0_MS + OUTAGES_AGE_DAYS * DAY_MS + 1) as journal:
        assert journal.remembered.outages == []


def test_too_much_history_is_forgotten_while_it_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_tables, "OUTAGES_MOST", 3)
    with opened(path) as journal:
        for number in range(1, 8):
            journal.keep(outage(number, ended_ms=T0_MS))

    assert rows(path, "SELECT id FROM outages ORDER BY id") == [(5,), (6,), (7,)]


def test_no_more_history_is_read_than_a_store_keeps(path: Path) -> None:
    with opened(path) as journal:
        for number in range(1, OUTAGES_KEPT + 11):
            journal.keep(outage(number, ended_ms=T0_MS))

    with opened(path) as journal:
        assert [line.id for line in journal.remembered.outages] == list(range(11, OUTAGES_KEPT + 11))
        assert journal.next_outage_id == OUTAGES_KEPT + 11


# Disks that do not take it


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def errors_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Counts failed writes as they happen."""
    failed = threading.Semaphore(0)
    written = Journal._written

    def watch(self: Journal, batch: Any, failing: bool) -> bool:
        done = written(self, batch, failing)
        if not done:
            failed.release()
        return done

    monkeypatch.setattr(Journal, "_written", watch)
    yield failed


def test_a_disk_that_takes_nothing_costs_the_engine_nothing_and_is_tried_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal_module, "RETRY_S", 0.01)
    with errors_of(monkeypatch) as failed, opened(path, busy_s=0.01) as journal:
        with locked(path):
            journal.put("watchlist", "BTCUSDT")
            for _ in range(3):
                assert failed.acquire(timeout=5)
            journal.put("watchlist", "ETHUSDT")
        assert journal.failures >= 3

    assert rows(path, "SELECT value FROM user_state") == [("ETHUSDT",)]
    said = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == 1
    assert "cannot be written" in said[0].getMessage()


def test_a_newer_value_wins_over_one_that_the_disk_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RETRY_S", 0.01)
    write = Journal._write

    def fail_once(self: Journal, batch: Any) -> None:
        monkeypatch.setattr(Journal, "_write", write)
        self.put("watchlist", "ETHUSDT")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Journal, "_write", fail_once)
    with errors_of(monkeypatch) as failed, opened(path) as journal:
        journal.put("watchlist", "BTCUSDT")
        assert failed.acquire(timeout=5)

    assert rows(path, "SELECT value FROM user_state") == [("ETHUSDT",)]


def test_closing_is_bounded_and_says_what_was_lost(path: Path) -> None:
    journal = open_journal(path, T0_MS, busy_s=0.01)
    with locked(path):
        journal.put("watchlist", "BTCUSDT")
        assert not journal.close(wait_s=5.0)
    assert journal.failures > 0


def test_a_writer_that_hangs_does_not_hold_up_the_end(path: Path) -> None:
    journal = open_journal(path, T0_MS, busy_s=1.0)
    with locked(path):
        journal.put("watchlist", "BTCUSDT")
        assert not journal.close(wait_s=0.01)
    assert journal.close(wait_s=5.0)


def test_what_waits_for_a_disk_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "PENDING_MOST", 2)
    with errors_of(monkeypatch) as failed, opened(path, busy_s=0.01) as journal, locked(path):
        journal.keep(outage(1, ended_ms=T0_MS))
        assert failed.acquire(timeout=5)
        before = journal.failures
        for number in range(2, 5):
            journal.keep(outage(number, ended_ms=T0_MS))
        assert journal.failures >= before + 2

    assert rows(path, "SELECT id FROM outages ORDER BY id") == [(3,), (4,)]


def test_a_value_that_no_disk_takes_is_dropped(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(path) as journal:
        journal.keep(outage(2**70))
    assert journal.failures == 1
    assert "cannot be kept" in caplog.text


def test_a_value_that_no_disk_takes_takes_no_other_with_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with errors_of(monkeypatch) as failed, opened(path, busy_s=0.01) as journal, locked(path):
        journal.keep(NumberedFill(1, a_fill(1)))
        assert failed.acquire(timeout=5)
        journal.keep(outage(2**70))
        journal.keep(NumberedFill(2, a_fill(2)))
    assert rows(path, "SELECT number FROM fills") == [(1,), (2,)]


def test_fills_can_be_read_while_an_engine_writes(path: Path) -> None:
    with opened(path) as journal:
        journal.keep(NumberedFill(1, a_fill(1, time_ms=T0_MS)))
    with opened(path) as journal:
        assert [number for number, _ in kept_fills(path, since_ms=T0_MS)] == [1]
        assert kept_fills(path, since_ms=T0_MS + 1) == []
        assert journal.next_fill_number == 2


def test_a_file_without_fills_is_said_in_words(path: Path) -> None:
    path.write_bytes(b"no database")
    with pytest.raises(StateFolderError, match="cannot be read"):
        kept_fills(path, 0)


def test_fills_wait_for_a_disk_when_other_values_have_to_go(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "PENDING_MOST", 2)
    with errors_of(monkeypatch) as failed, opened(path, busy_s=0.01) as journal, locked(path):
        for number in range(1, 5):
            journal.keep(NumberedFill(number, a_fill(number)))
        assert failed.acquire(timeout=5)
        for number in range(1, 5):
            journal.keep(outage(number, ended_ms=T0_MS))
        assert journal.failures >= 4

    assert rows(path, "SELECT number FROM fills") == [(1,), (2,), (3,), (4,)]


# Files that cannot be used are said in words


def test_a_damaged_file_is_said_in_words(path: Path) -> None:
    path.write_bytes(b"this is no database, and never was one" * 100)

    with pytest.raises(StateFolderError, match="is damaged") as caught:
        open_journal(path, T0_MS)
    assert "Move it away" in caught.value.hint


def test_damage_within_a_file_is_found_when_it_is_opened(path: Path) -> None:
    with opened(path) as journal:
        for number in range(1, 400):
            journal.keep(outage(number, ended_ms=T0_MS, cause="x" * 200))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8_000] = b"\xa5" * 8_000
    path.write_bytes(data)

    with pytest.raises(StateFolderError, match="is damaged"):
        open_journal(path, T0_MS)


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(StateFolderError, match="newer bntui"):
        open_journal(path, T0_MS)
    assert path.read_bytes() == before


def test_a_file_that_another_program_holds_is_said_in_words(path: Path) -> None:
    with opened(path):
        pass
    with locked(path), pytest.raises(StateFolderError, match=r"cannot be written \(database is locked\)"):
        open_journal(path, T0_MS, busy_s=0.01)


def test_a_folder_that_is_not_there_is_said_in_words(path: Path) -> None:
    with pytest.raises(StateFolderError, match="No such file"):
        open_journal(path.parent / "missing" / "journal.db", T0_MS)
    with pytest.raises(StateFolderError, match="Is a directory"):
        open_journal(path.parent, T0_MS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where nobody may")
def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StateFolderError, match="Permission denied"):
        open_journal(tmp_path / "journal.db", T0_MS)
    tmp_path.chmod(0o700)


def test_a_file_that_was_taken_away_is_not_begun_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with errors_of(monkeypatch) as failed:
        journal = open_journal(path, T0_MS)
        path.unlink()
        journal.put("watchlist", "BTCUSDT")
        assert failed.acquire(timeout=5)
        assert not journal.close()
    assert not path.exists()
