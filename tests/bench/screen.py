"""The whole program on a terminal of its own: viewer and engine as a user runs them, on the bench's data."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.stage import CLOCK, PROC, ROOT, Failed, Load, cpu_s, rss_mb, said, source, together_mb

SIZE = (160, 56)
"""Columns and lines: the titles, 50 rows and the bars."""

START_S = 30.0
END_S = 10.0
_SYNC_ASKED, _SYNC_KNOWN = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Textual asks whether the terminal knows synchronized output, and this one does."""

_SYNC = b"\x1b[?2026h"
"""Each frame begins with it then."""


class Pty:
    """A terminal that is read all the time, and what came when."""

    def __init__(self, words: list[str], environ: Mapping[str, str], size: tuple[int, int] = SIZE) -> None:
        self._master, slave = pty.openpty()
        columns, lines = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=environ, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.bytes = self.frames = 0
        self._tail = bytearray()
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:
                return
            if not data:
                return
            if _SYNC_ASKED in data:
                os.write(self._master, _SYNC_KNOWN)
            with self._came:
                self.bytes += len(data)
                self.frames += data.count(_SYNC)
                self._tail += data
                del self._tail[: -(1 << 18)]
                self._came.notify_all()

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def forget(self) -> None:
        """Look only at what comes from now on."""
        with self._came:
            self._tail.clear()

    def until(self, pattern: bytes, within_s: float) -> float:
        """The time at which what was written matches. Raises Failed."""
        wanted = re.compile(pattern)
        ends = CLOCK.monotonic() + within_s
        with self._came:
            while not wanted.search(self._tail):
                if not self._came.wait(max(0.0, ends - CLOCK.monotonic())):
                    raise Failed(f"never shown: {pattern!r}; last: {bytes(self._tail[-300:])!r}")
            return CLOCK.monotonic()

    def end(self) -> None:
        """Hang up, and see the program gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self._master)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found: list[int] = []
    for task in (PROC / str(pid) / "task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def plain_library(folder: Path) -> Path:
    """A folder that hides the fast sockets from who has it on his path."""
    (folder / "aiofastnet.py").write_text('raise ImportError("left out by the bench")\n')
    return folder


@dataclass(frozen=True, slots=True)
class Spent:
    """What a program took while it was looked at."""

    viewer_percent: float
    """Of one core."""
    engine_percent: float
    kb_per_s: float
    """To the terminal."""
    frames_per_s: float
    mb: float
    """Memory of both together; what they share counts once."""
    added_mb: float
    """What each of them holds, added up: what they share counts twice."""
    key_ms: tuple[float, ...] = ()
    """From each key to its painted answer."""

    @property
    def percent(self) -> float:
        """Viewer and engine together."""
        return self.viewer_percent + self.engine_percent


@dataclass(slots=True)
class Program:
    """A viewer with its engine, live on the source."""

    terminal: Pty
    engine: int
    sender: subprocess.Popen[str]
    words: list[str]
    """How bntui is told of the source."""
    environ: Mapping[str, str]

    def go(self) -> None:
        """Let the measured run begin."""
        said(self.sender)
        assert self.sender.stdin is not None
        self.sender.stdin.write("go\n")
        self.sender.stdin.flush()

    @contextmanager
    def books_kept(self, symbols: Sequence[str]) -> Iterator[None]:
        """Another client has the engine keep the books of these symbols."""
        words = [sys.executable, "-m", "bntui", "tail", *symbols, "--kinds", "book", *self.words]
        with subprocess.Popen(words, cwd=ROOT, env=self.environ, stdout=subprocess.DEVNULL) as client:
            try:
                yield
                if client.poll() is not None:
                    raise Failed("the client that read the books has ended")
            finally:
                client.kill()

    def spent(self, seconds: float, press: tuple[bytes, bytes] | None = None) -> Spent:
        """Look for so long; meanwhile press a key twice a second, whose answer is known by a pattern."""
        viewer, engine = self.terminal.process.pid, self.engine
        before = cpu_s(viewer), cpu_s(engine), self.terminal.bytes, self.terminal.frames
        began, key_ms = CLOCK.monotonic(), list[float]()
        while (now := CLOCK.monotonic()) < began + seconds:
            if press is None:
                select.select([], [], [], began + seconds - now)
            else:
                self.terminal.forget()
                pressed = CLOCK.monotonic()
                self.terminal.press(press[0])
                key_ms.append((self.terminal.until(press[1], START_S) - pressed) * 1000)
                select.select([], [], [], KEY_EVERY_S)
        took = CLOCK.monotonic() - began
        after = cpu_s(viewer), cpu_s(engine), self.terminal.bytes, self.terminal.frames
        spent = [b - a for a, b in zip(before, after, strict=True)]
        return Spent(
            viewer_percent=spent[0] / took * 100,
            engine_percent=spent[1] / took * 100,
            kb_per_s=spent[2] / took / 1000,
            frames_per_s=spent[3] / took,
            mb=together_mb(viewer, engine),
            added_mb=rss_mb(viewer) + rss_mb(engine),
            key_ms=tuple(key_ms),
        )


KEY_EVERY_S = 0.21
"""Between two keys: no multiple of a frame, so that they fall on all its moments."""


@contextmanager
def program(
    load: Load, *, fast: bool = True, words: tuple[str, ...] = (), size: tuple[int, int] = SIZE
) -> Iterator[Program]:
    """bntui on the source, watching all its symbols, and live."""
    with TemporaryDirectory(prefix="bntui-bench-") as name, source(load, None) as sender:
        folder = Path(name)
        urls = said(sender)
        environ = {
            **os.environ,
            "BNTUI_STATE_DIR": str(folder / "state"),
            "BNTUI_CONFIG_DIR": str(folder / "config"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        if not fast:
            environ["PYTHONPATH"] = str(plain_library(folder))
        where = ["--rest-url", urls["rest"], "--stream-url", urls["streams"]]
        command = [sys.executable, "-m", "bntui", *load.names]
        terminal = Pty([*command, *where, *words], environ, size)
        try:
            terminal.until(rb"LIVE", START_S + load.symbols / 20)
            (engine,) = children(terminal.process.pid)
            yield Program(terminal, engine, sender, where, environ)
        finally:
            terminal.end()
