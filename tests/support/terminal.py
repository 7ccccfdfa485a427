"""bntui on a terminal of its own: what it writes there, what is typed, and how it leaves it."""

from __future__ import annotations

import asyncio
import codecs
import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pyte

TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, '-m', 'bntui', *sys.argv[1:]])"
)
"""Makes stdin the terminal that controls the process, as a shell's is."""

_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P].*?(?:\x07|\x1b\\)|[ -/]*[0-~])", re.DOTALL)
"""Escape sequences: CSI, OSC and DCS, and the short ones."""


class Terminal:
    """A terminal, and the program on it."""

    def __init__(
        self, master: int, slave: int, process: asyncio.subprocess.Process, width: int, height: int
    ) -> None:
        """Read what is written from now on."""
        self.process = process
        self.written = ""
        """Everything, with its escape sequences."""
        self._master = master
        self._slave = slave
        self._came = asyncio.Event()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)
        self._drawn = 0
        self.before = self.modes()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        self.written += self._decoder.decode(os.read(self._master, 1 << 16))
        self._came.set()

    @property
    def text(self) -> str:
        """What was written, without escape sequences: in the order of writing, not of the screen."""
        return _CONTROL.sub("", self.written)

    @property
    def screen(self) -> str:
        """What is on the screen now: only what changes is written, so that no word need come whole."""
        self._draw()
        return "\n".join(self._screen.display)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """The same with colours and all, row by row."""
        self._draw()
        columns = range(self._screen.columns)
        return [[self._screen.buffer[y][x] for x in columns] for y in range(self._screen.lines)]

    def _draw(self) -> None:
        self._stream.feed(self.written[self._drawn :])
        self._drawn = len(self.written)

    def modes(self) -> list[object]:
        """How the terminal is set: echo, line editing and the like."""
        return list(termios.tcgetattr(self._slave))

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size; the program is told by a signal."""
        self._screen.resize(height, width)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def stall(self) -> None:
        """Read no more: what is written fills the terminal's buffer, and then the writer waits."""
        asyncio.get_running_loop().remove_reader(self._master)

    def resume(self) -> None:
        """Read again."""
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does. May be called again."""
        if self._master >= 0:
            self.stall()
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1

    async def until(self, holds: Callable[[], object], within_s: float) -> None:
        """Wait for something to be written. AssertionError, with what is on the screen: it never was."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            raise AssertionError(f"not within {within_s} s:\n{self.screen}") from None

    async def ended(self, within_s: float) -> int:
        """The exit code of the program, which must end by itself."""
        async with asyncio.timeout(within_s):
            return await self.process.wait()

    def restored(self) -> bool:
        """Whether the terminal was left as it was found: main screen, cursor shown, modes as before."""
        return (
            self.written.rfind("\x1b[?1049l") > self.written.rfind("\x1b[?1049h")
            and self.written.rfind("\x1b[?25h") > self.written.rfind("\x1b[?25l")
            and self.modes() == self.before
        )


@asynccontextmanager
async def terminal(
    *words: str, width: int = 120, height: int = 40, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Terminal]:
    """`bntui WORDS…` on a terminal of this size, in the environment given or the test's own.

    What still runs in the end is killed.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TAKE_TERMINAL, *words),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
    )
    opened = Terminal(master, slave, process, width, height)
    try:
        yield opened
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        opened.hang_up()


def running(mark: str) -> list[str]:
    """The command lines of all processes that name something."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        if mark in command:
            found.append(command)
    return found
