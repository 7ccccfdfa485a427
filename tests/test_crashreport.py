"""What is left of a crash: all that helps, no secret, and not without end."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from bntui import __version__, crashreport, log
from bntui.clock import ManualClock
from bntui.crashreport import REPORTS_KEPT, write

SECRET = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


def crash(words: str) -> Exception:
    """An error as it is caught."""
    try:
        raise ZeroDivisionError(words)
    except ZeroDivisionError as error:
        return error


def test_a_report_tells_version_command_traceback_and_the_logs_end(
    tmp_path: Path, restored_logging: None
) -> None:
    log.set_up(tmp_path / "engine.log")
    for number in range(crashreport.LOG_LINES + 5):
        logging.getLogger("x").warning("line %d of the log", number)
    path = write(crash("by zero"), tmp_path, ["engine", "BTCUSDT"], ManualClock())
    assert path.name.startswith("crash-20260101T000000Z-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = path.read_text()
    assert f"bntui {__version__} crashed" in told
    assert "bntui engine BTCUSDT" in told
    assert "ZeroDivisionError: by zero" in told
    assert "raise ZeroDivisionError(words)" in told
    assert "line 64 of the log" in told
    assert "line 4 of the log" not in told


def test_no_secret_and_nothing_that_steers_a_terminal_gets_in(tmp_path: Path, restored_logging: None) -> None:
    words = f"https://x/api?apiKey={SECRET}&signature={SECRET} \x1b[2J"
    private = f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----"
    told = write(crash(f"{words} {private}"), tmp_path, [f"--secret={SECRET}"], ManualClock()).read_text()
    assert SECRET not in told
    assert "\x1b" not in told
    assert "no log" in told


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    clock = ManualClock()
    written = []
    for _ in range(REPORTS_KEPT + 3):
        clock.advance(1.0)
        written.append(write(crash("again"), tmp_path, [], clock))
    assert sorted(tmp_path.iterdir()) == written[-REPORTS_KEPT:]


def test_an_endless_recursion_makes_a_bounded_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashreport, "LONGEST_CHARS", 2_000)
    told = write(crash("A" * 50_000), tmp_path, [], ManualClock()).read_text()
    assert len(told) < 4_000


def test_where_no_report_can_be_written_that_is_raised(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write(crash("x"), tmp_path / "nowhere", [], ManualClock())
