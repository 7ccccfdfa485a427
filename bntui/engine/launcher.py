"""The viewer's side of the engine process: starts it, notices its death, starts it again with backoff."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import ceil
from pathlib import Path

from bntui.clock import Clock
from bntui.errors import ConnectError, ProtocolError
from bntui.wire.carrier import Carrier, connect
from bntui.wire.messages import Hello
from bntui.wire.viewer import greet

log = logging.getLogger(__name__)

START_WAIT_S = 10.0
"""An engine that has not opened its socket by then has failed."""

POLL_S = 0.05
STABLE_S = 30.0
"""An engine that lived for so long was no failed start."""

RESTART_BASE_S = 0.5
RESTART_CAP_S = 15.0

SERVES_WAIT_S = 0.5
"""An engine on this machine that takes longer to answer does not serve anybody well."""

ERROR_BYTES = 4_000
"""How much of what a dying engine said is read."""


async def serves(socket: Path, hello: Hello) -> bool:
    """Whether the engine at this socket lives and takes viewers."""
    try:
        carrier = await connect(socket)
    except ConnectError:
        return False
    try:
        await greet(carrier, hello, SERVES_WAIT_S)
    except (ConnectError, ProtocolError):
        return False
    finally:
        await carrier.close()
    return True


class EngineProcess:
    """One engine, as a child in a session of its own: a signal to the terminal does not reach it."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        socket: Path,
        clock: Clock,
        on_start: Callable[[str], None] = lambda reason: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is started. `on_start` is told why, each time that an engine is started; `environment` are
        its variables, None: those of this process."""
        self._environment = environment
        self._command = command
        self._folder = folder
        self._errors = folder / "engine.err"
        self._socket = socket
        self._clock = clock
        self._on_start = on_start
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0
        self._not_before = 0.0
        self._death = ""
        """How the last engine ended, in words."""

    async def connect(self) -> Carrier:
        """Speak to the engine; where none answers, start one first. Raises ConnectError, in words."""
        try:
            return await connect(self._socket)
        except ConnectError:
            pass
        self._note_death()
        now = self._clock.monotonic()
        if self._child is None:
            if now < self._not_before:
                raise ConnectError(f"{self._death}; it is started again in {ceil(self._not_before - now)} s")
            self._start(now)
        return await self._await_socket()

    def _start(self, now: float) -> None:
        self._on_start("" if not self._failures else "the engine died and was started again")
        log.info("starting the engine")
        try:
            # An engine that ends in order takes a throw-away folder with it.
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with self._errors.open("wb") as errors:
                self._child = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                    env=self._environment,
                )
        except OSError as error:
            self._count_failure(now)
            self._death = f"the engine cannot be started ({error.strerror or error})"
            raise ConnectError(self._death) from error
        self._started_at = now

    async def _await_socket(self) -> Carrier:
        deadline = self._clock.monotonic() + START_WAIT_S
        while True:
            try:
                return await connect(self._socket)
            except ConnectError:
                if (death := self._note_death()) is not None:
                    raise ConnectError(death) from None
                if self._clock.monotonic() >= deadline:
                    raise ConnectError("the engine was started but does not answer") from None
            await asyncio.sleep(POLL_S)

    def _note_death(self) -> str | None:
        """How the child ended, if it has; the next start then waits for its backoff."""
        if self._child is None or (code := self._child.poll()) is None:
            return None
        self._child = None
        now = self._clock.monotonic()
        self._failures = 0 if now - self._started_at >= STABLE_S else self._failures
        self._count_failure(now)
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        words = self._last_words()
        self._death = f"the engine ended ({how}){f': {words}' if words else ''}"
        log.warning("%s", self._death)
        return self._death

    def _count_failure(self, now: float) -> None:
        self._not_before = now + min(RESTART_CAP_S, RESTART_BASE_S * 2 ** min(self._failures, 10))
        self._failures += 1

    def _last_words(self) -> str:
        try:
            with self._errors.open("rb") as errors:
                text = errors.read(ERROR_BYTES).decode(errors="replace")
        except OSError:
            return ""
        return " ".join(text.removeprefix("bntui: ").split())

    async def ended(self, within_s: float, is_needed: Callable[[], Awaitable[bool]] | None = None) -> None:
        """Wait for the child to end by itself; after that long it is terminated, then killed.

        One that is needed, since other viewers have come to it, is left alone: it ends with the last.
        """
        if self._child is None:
            return
        if not await self._gone(within_s):
            if is_needed is not None and await is_needed():
                return
            self._child.terminate()
            if not await self._gone(within_s):
                self._child.kill()
                self._child.wait()

    async def _gone(self, within_s: float) -> bool:
        deadline = self._clock.monotonic() + within_s
        while self._child is not None and self._child.poll() is None:
            if self._clock.monotonic() >= deadline:
                return False
            await asyncio.sleep(POLL_S)
        return True
