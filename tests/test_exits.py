"""Whatever ends the program: a sentence on stderr, the right code, never a traceback."""

from __future__ import annotations

import errno
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bntui import crashreport, exits
from bntui.errors import BntuiError, ConnectError, RestError, StateFolderError, UsageError
from tests.architecture import ROOT


@pytest.fixture(autouse=True)
def nothing_is_logged_yet(restored_logging: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that crashes before it has a log."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 3),
        (StateFolderError("x"), 3),
        (ConnectError("x"), 4),
        (RestError("x"), 1),
        (BntuiError("x"), 1),
        (OSError(errno.ENOSPC, "full"), 3),
        (ExceptionGroup("tasks", [ExceptionGroup("inner", [ConnectError("x")])]), 4),
        (KeyboardInterrupt(), 130),
        (BaseExceptionGroup("tasks", [ValueError("x"), KeyboardInterrupt()]), 130),
        (ValueError("x"), 70),
        (OSError(errno.EIO, "x"), 70),
        (BrokenPipeError(errno.EPIPE, "of a socket"), 70),
        (ExceptionGroup("tasks", [ConnectError("x"), ValueError("x")]), 70),
    ],
)
def test_what_happened_decides_the_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exits.explain(error) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_failure_is_said_with_its_hint(capsys: pytest.CaptureFixture[str]) -> None:
    exits.explain(UsageError("It is wrong.", "Do it right."))
    assert capsys.readouterr().err == "bntui: It is wrong.\n  Do it right.\n"


def test_failures_of_several_tasks_are_each_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    exits.explain(ExceptionGroup("tasks", [ConnectError("a"), ConnectError("b"), ConnectError("a")]))
    assert capsys.readouterr().err == "bntui: a\nbntui: b\n"


def test_a_full_disk_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    exits.explain(OSError(errno.ENOSPC, "No space left on device"))
    assert capsys.readouterr().err == "bntui: The disk is full.\n  Make room and start again.\n"


def test_an_interrupt_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    exits.explain(KeyboardInterrupt())
    assert capsys.readouterr() == ("", "")


def test_a_crash_outside_a_command_is_logged_and_reported_too(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exits.explain(ValueError("early")) == 70
    folder = home / "state" / "default"
    assert "ValueError: early" in (folder / "bntui.log").read_text()
    (report,) = folder.glob("crash-*.txt")
    assert f"the details are in {report}" in capsys.readouterr().err
    assert "ValueError: early" in report.read_text()


def test_where_no_report_can_be_written_the_log_has_the_details(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(crashreport, "write", full)
    exits.explain(ValueError("early"))
    log_file = home / "state" / "default" / "bntui.log"
    assert f"the details are in {log_file}" in capsys.readouterr().err


def test_a_crash_without_a_usable_folder_is_still_said(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "state").write_text("a file")
    assert exits.explain(ValueError("x")) == 70
    said = capsys.readouterr().err
    assert "ValueError: x" in said
    assert "could not be logged" in said


def test_neither_screen_nor_log_shows_a_secret_of_a_crash(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exits.explain(ValueError("GET https://x/?timestamp=1&signature=c0ffee"))
    assert "c0ffee" not in capsys.readouterr().err
    assert "c0ffee" not in (home / "state" / "default" / "bntui.log").read_text()


def test_a_crash_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    exits.explain(ValueError("a \x07 b \x9b2J"))
    said = capsys.readouterr().err
    assert "\x07" not in said
    assert "\x9b" not in said
    assert "a \\x07 b" in said


WRITER = """
import sys
from types import SimpleNamespace
from bntui import cli
from bntui.commands import start

def run_tail(settings, symbols, options):
    try:
        while True:
            sys.stdout.write("x" * 100 + "\\n")
            sys.stdout.flush()
    finally:
        sys.stdout.write("a last word that waits in the buffer")

start.load_compose = lambda: SimpleNamespace(run_tail=run_tail)
sys.exit(cli.main(["tail"]))
"""


@pytest.mark.parametrize("buffering", [(), ("-u",)])
def test_a_reader_that_leaves_ends_the_program_quietly(buffering: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, *buffering, "-c", WRITER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"x" * 100 + b"\n"
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=30) == exits.PIPE_CLOSED
    assert said == b""
