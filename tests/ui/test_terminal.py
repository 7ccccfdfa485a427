"""How the viewer ends in a real terminal: a pseudo-terminal, and a process of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bntui.ui.terminal import FadingFile

LEFT = b"\x1b[?1049l"
"""The alternate screen is left: what stood in the terminal before is back."""

MOUSE_ON, MOUSE_OFF = b"\x1b[?1003h", b"\x1b[?1003l"
"""All movements of the mouse are reported, or none (XTerm Control Sequences, any-event tracking)."""

STARTED = b"BTCUSDT"

START_S = 30.0
"""A loaded machine may take long to load everything."""


class Terminal:
    """A process with a terminal, 80 by 24: its controlling one, or one whose closing sends no HUP."""

    def __init__(self, closed: Path, controlling: bool) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.still_viewer", str(closed)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=(lambda: os.login_tty(slave)) if controlling else os.setsid,
            cwd=Path(__file__).parents[2],
        )
        os.close(slave)

    def read_until(self, wanted: bytes) -> bytes:
        """What the process writes, up to what is wanted."""
        got = b""
        deadline = time.monotonic() + START_S  # noqa: TID251 - a real process in real time
        while wanted not in got:
            assert time.monotonic() < deadline, got[-500:]  # noqa: TID251
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    got += os.read(self.master, 65_536)
                except OSError:
                    break
        return got

    def wait_until_stalled(self) -> None:
        """Without a reader the process comes to a halt: it uses no processor time any more."""
        used = -1.0
        while (now := _cpu_s(self.process.pid)) != used:
            used = now
            time.sleep(0.25)

    def end(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    return tmp_path / "closed"


@pytest.fixture
def terminal(closed: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal = Terminal(closed, controlling=getattr(request, "param", True))
    terminal.read_until(STARTED)
    yield terminal
    terminal.end()


def test_q_gives_the_terminal_back_at_once(terminal: Terminal, closed: Path) -> None:
    os.write(terminal.master, b"q")
    began = time.monotonic()  # noqa: TID251
    assert LEFT in terminal.read_until(LEFT)
    assert terminal.process.wait(30) == 0
    assert time.monotonic() - began < 10.0  # noqa: TID251
    assert closed.exists()
    os.close(terminal.master)


def test_the_mouse_is_left_to_the_terminal_and_taken_again(terminal: Terminal) -> None:
    for turned in (MOUSE_OFF, MOUSE_ON):
        os.write(terminal.master, b"%")
        assert turned in terminal.read_until(turned)
    os.write(terminal.master, b"q")
    assert terminal.process.wait(30) == 0
    os.close(terminal.master)


def test_term_gives_the_terminal_back(terminal: Terminal, closed: Path) -> None:
    terminal.process.send_signal(signal.SIGTERM)
    assert LEFT in terminal.read_until(LEFT)
    assert terminal.process.wait(30) == 128 + signal.SIGTERM
    assert closed.exists()
    os.close(terminal.master)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc whether the process stalls")
@pytest.mark.parametrize("terminal", [True, False], ids=["with HUP", "without HUP"], indirect=True)
def test_a_terminal_that_stalls_and_is_closed_leaves_no_process(terminal: Terminal, closed: Path) -> None:
    """Nobody reads: the queue of frames fills and the loop blocks in it; then the window is closed."""
    terminal.wait_until_stalled()
    os.close(terminal.master)
    assert terminal.process.wait(10) == 128 + signal.SIGHUP
    assert closed.exists()


def test_what_a_file_still_holds_when_its_reader_goes_fails_no_second_time() -> None:
    reader, writer = os.pipe()
    gone: list[bool] = []
    with os.fdopen(writer, "w") as file:
        fading = FadingFile(file, lambda: gone.append(True))
        os.close(reader)
        fading.write("x")
        fading.flush()
        assert gone == [True]
        fading.write("y")
        file.flush()
    assert gone == [True]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return float(fields[11]) + float(fields[12])
