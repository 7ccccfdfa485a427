"""Clears up after a drill that was killed: a process beside it, tied by a pipe, as a demo's exchange is.

A drill stops processes and makes throw-away folders. Killed, it can undo neither: a stopped engine would stay
for ever. This module is also the program that runs in that process; it needs nothing but Python.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

END_WAIT_S = 2.0
"""The process gets so long to end after its pipe closed."""

ENGINE_ENDS_S = 6.0
"""An engine that has lost its viewers ends within this time; what it wrote until then goes too."""

HOLD, RELEASE, FOLDER = "hold", "release", "folder"
"""The words of the pipe, one a line, each with a process or a folder."""


class Caretaker:
    """Knows what must not outlive this process. Bounded by the drills that run at once."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Caretaker:
        """Start the process."""
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def hold(self, pid: int) -> None:
        """This process is stopped: without us nobody would let it go on, so it is to be killed then."""
        self._tell(HOLD, str(pid))

    def release(self, pid: int) -> None:
        """This process can take care of itself again."""
        self._tell(RELEASE, str(pid))

    def folder(self, folder: Path) -> None:
        """This folder is to be removed, if it is still there then."""
        self._tell(FOLDER, str(folder.absolute()))

    def _tell(self, word: str, what: str) -> None:
        pipe = self._child.stdin if self._child is not None else None
        if pipe is not None:
            # Without the process the drill goes on: it only could not be killed without a trace.
            with suppress(OSError):
                pipe.write(f"{word} {what}\n".encode())
                pipe.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the pipe, and see the process gone."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            with suppress(OSError):
                child.stdin.close()
        try:
            child.wait(END_WAIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def listen(lines: Iterable[bytes]) -> tuple[set[int], set[Path]]:
    """What is left when the pipe closes: processes that are stopped, and folders."""
    held: set[int] = set()
    folders: set[Path] = set()
    for line in lines:
        word, _, what = line.decode(errors="replace").rstrip("\n").partition(" ")
        if word == FOLDER:
            folders.add(Path(what))
        elif what.isdecimal():
            (held.add if word == HOLD else held.discard)(int(what))
    return held, folders


def clear_up(held: Iterable[int], folders: Iterable[Path], patience_s: float) -> None:
    """Kill the processes and remove the folders, also what their engines write before they have ended."""
    for pid in held:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    for pause_s in (0.0, patience_s):
        folders = [folder for folder in folders if folder.exists()]
        if not folders:
            return
        time.sleep(pause_s)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def main(pipe: IO[bytes]) -> None:
    """Wait until the other side is gone, however it went."""
    clear_up(*listen(pipe), ENGINE_ENDS_S)


if __name__ == "__main__":
    main(sys.stdin.buffer)
