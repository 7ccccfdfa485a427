"""What is left of a crash: one file for whoever is to mend it, without a secret in it."""

from __future__ import annotations

import os
import platform
import sys
import traceback
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bntui import __version__, log
from bntui.clock import Clock, SystemClock

REPORTS_KEPT = 5
"""The oldest ones go: a program that crashes at each start must not fill a disk."""

LOG_LINES = 60
"""Of the log's end that a report repeats, so that one file tells the story."""

LONGEST_CHARS = 250_000
"""Of a traceback: an endless recursion makes one of thousands of lines."""


def write(
    error: BaseException,
    folder: Path,
    words: Sequence[str] | None = None,
    clock: Clock | None = None,
) -> Path:
    """Write a report into a folder and return where it is. `words`: the command line, None: this process's.

    Raises OSError where it cannot be written.
    """
    at = datetime.fromtimestamp((clock or SystemClock()).wall_ms() / 1000, UTC)
    path = folder / f"crash-{at:%Y%m%dT%H%M%S}Z-{os.getpid()}.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(log.printable(log.mask(_told(error, at, sys.argv[1:] if words is None else words))))
    _forget_old(folder)
    return path


def _told(error: BaseException, at: datetime, words: Sequence[str]) -> str:
    trace = "".join(traceback.format_exception(error))
    if len(trace) > LONGEST_CHARS:
        trace = f"{trace[: LONGEST_CHARS // 2]}\n…\n{trace[-LONGEST_CHARS // 2 :]}"
    return "\n".join(
        (
            f"bntui {__version__} crashed, which is a bug in it.",
            f"at       {at:%Y-%m-%d %H:%M:%S} UTC, process {os.getpid()}",
            f"command  bntui {' '.join(words)}",
            f"python   {platform.python_version()}",
            f"system   {platform.platform()}",
            "",
            trace,
            f"The last lines of {log.active_file() or 'no log'}:",
            *_end_of_log(),
            "",
        )
    )


def _end_of_log() -> list[str]:
    path = log.active_file()
    if path is None:
        return []
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, LOG_LINES)]
    except OSError as error:
        return [f"(cannot be read: {error.strerror})"]


def _forget_old(folder: Path) -> None:
    with suppress(OSError):
        # Their names sort by time.
        for old in sorted(folder.glob("crash-*.txt"))[:-REPORTS_KEPT]:
            old.unlink()
