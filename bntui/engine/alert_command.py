"""The user's own program, run for an alert: its words as a list, never through a shell.

The facts of the alert stand in the environment as `BNTUI_ALERT_…`, and in arguments where `{text}` and
the like are written. Whatever the exchange prints is one argument, or part of one, and nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bntui.model.text import one_line

log = logging.getLogger(__name__)

TIME_LIMIT_S = 30.0
"""A program that takes longer is ended, with all that it has started."""

AT_ONCE = 2
"""Programs that run at the same time."""

WAITING_MOST = 32
"""Calls that wait for their turn; beyond it the oldest is dropped, and its alert says so."""

OUTPUT_BYTES = 4_000
"""Of what a program prints so much goes to the log."""

DONE = "command done"

_FACT = re.compile(r"\{([a-z]+)\}")


class Call(NamedTuple):
    """One program to run, for one alert."""

    alert: int
    command: tuple[str, ...]
    facts: Mapping[str, str]


def arguments(command: Sequence[str], facts: Mapping[str, str]) -> list[str]:
    """The words of a command with the facts in place of their names; what names no fact stays as it is.

    The program's own name is taken as it is written.
    """
    program, *others = command
    return [
        program,
        *(_FACT.sub(lambda found: facts.get(found[1], found[0]), word).replace("\0", "") for word in others),
    ]


def variables(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts as environment variables."""
    return {f"BNTUI_ALERT_{name.upper()}": text.replace("\0", "") for name, text in facts.items()}


class Commands:
    """Runs calls in order, so many at once."""

    def __init__(
        self,
        environment: Mapping[str, str],
        on_sent: Callable[[int, str], None],
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        """`environment` is what programs are given beside the facts, without secrets; `on_sent` is told what
        became of each call."""
        self._environment = dict(environment)
        self._on_sent = on_sent
        self._time_limit_s = time_limit_s
        self._waiting: deque[Call] = deque()
        self._came = asyncio.Event()
        self.dropped = 0

    def put(self, call: Call) -> None:
        """Run it as soon as it is its turn."""
        if len(self._waiting) >= WAITING_MOST:
            dropped = self._waiting.popleft()
            self.dropped += 1
            log.warning("the command of alert %s was not run: too many wait", dropped.alert)
            self._on_sent(dropped.alert, "command not run: too many were waiting")
        self._waiting.append(call)
        self._came.set()

    async def run(self) -> None:
        """Work until cancelled; programs that run then are ended."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._work())

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                self._came.clear()
                await self._came.wait()
            call = self._waiting.popleft()
            words = await self.call(call)
            log.info("alert %s: %s", call.alert, words)
            self._on_sent(call.alert, words)

    async def call(self, call: Call) -> str:
        """Run one program to its end, and say in words how that was."""
        try:
            reading, writing = os.pipe()
        except OSError as error:
            return f"command cannot be started: {error.strerror}"
        output = _Output(reading)
        try:
            try:
                process = await asyncio.create_subprocess_exec(
                    *arguments(call.command, call.facts),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=writing,
                    stderr=writing,
                    env={**self._environment, **variables(call.facts)},
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                return f"command cannot be started: {getattr(error, 'strerror', None) or error}"
            finally:
                os.close(writing)
            ended = await self._ended(process)
        finally:
            said = output.close()
        if said:
            log.info("alert %s: its command says: %s", call.alert, said)
        return f"{ended}{f': {said}' if said and ended != DONE else ''}"

    async def _ended(self, process: asyncio.subprocess.Process) -> str:
        try:
            async with asyncio.timeout(self._time_limit_s):
                code = await process.wait()
        except TimeoutError:
            return f"command ended after {self._time_limit_s:g} s: it took too long"
        finally:
            if process.returncode is None:
                # It leads a session of its own: whatever it has started goes with it.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                await asyncio.shield(process.wait())
        return DONE if code == 0 else f"command failed with exit code {code}"

    def __repr__(self) -> str:
        return f"<Commands {len(self._waiting)} waiting, {self.dropped} dropped>"


class _Output:
    """What a program prints: the beginning is kept, the rest read and forgotten, so that it never waits.

    A pipe of our own: what a program leaves running may hold its end open for as long as it likes.
    """

    def __init__(self, reading: int) -> None:
        self._reading = reading
        self._kept = bytearray()
        os.set_blocking(reading, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(reading, self._read)

    def _read(self) -> None:
        try:
            read = os.read(self._reading, 1 << 16)
        except BlockingIOError:
            return
        if not read:
            self._loop.remove_reader(self._reading)
        self._kept += read[: OUTPUT_BYTES - len(self._kept)]

    def close(self) -> str:
        """What was printed, as one line that steers no terminal."""
        self._read()
        self._loop.remove_reader(self._reading)
        os.close(self._reading)
        return one_line(self._kept.decode(errors="replace"), OUTPUT_BYTES)
