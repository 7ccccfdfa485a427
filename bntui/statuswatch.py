"""`bntui status --watch`: looks again and again, and prints a line when something has changed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

import orjson

from bntui.clock import Clock
from bntui.commandoptions import StatusOptions
from bntui.engine.main import on_signals
from bntui.engine.notify import Supervisor
from bntui.engine.status import Findings
from bntui.errors import ConnectError
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.model.text import escaped
from bntui.model.verdict import EXIT_CODES, ExitCode

LOOK_TAKES_S = 15.0
"""A look that takes longer hangs: the supervisor is told of no life then."""

_SPANS = re.compile(r"[+-]?\b[0-9][0-9.]*( ?ms| ?s|[dhm][0-9]{2}[hms])\b")
"""What changes in a sentence by time alone."""


class Changes:
    """Tells whether a verdict is news."""

    def __init__(self) -> None:
        """Everything is."""
        self._said: str | None = None

    def are_in(self, verdict: VerdictView) -> bool:
        """Whether the grade differs from the last one's, or, while not all is live, the cause."""
        said = verdict.grade.value
        if verdict.grade is not Grade.LIVE:
            said += _SPANS.sub("", verdict.sentence)
        is_news, self._said = said != self._said, said
        return is_news


def line_of(verdict: VerdictView, wall_ms: int, *, as_json: bool) -> str:
    """One line of the watch."""
    if as_json:
        told = {
            "time_ms": wall_ms,
            "verdict": verdict.grade,
            "sentence": verdict.sentence,
            "suspect": verdict.suspect,
        }
        return orjson.dumps(told).decode()
    at = datetime.fromtimestamp(wall_ms / 1000, UTC)
    suspected = f" (suspect: {verdict.suspect})" if verdict.suspect else ""
    # Symbols are the exchange's text, and this goes to a terminal or a journal.
    return escaped(f"{at:%Y-%m-%d %H:%M:%S}Z {verdict.sentence}{suspected}")


async def watch(
    look: Callable[[], Awaitable[Findings]],
    options: StatusOptions,
    clock: Clock,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Look until told to end, which is 0, or for the time given, which ends with the last verdict's code.

    An engine that is not there, or refuses, is a change like any other: it may come back. Raises UsageError
    for what cannot be judged at all.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    supervisor = Supervisor(environ, os.getpid())
    changes, sentence, code = Changes(), "starting", int(ExitCode.CONNECT)
    began = looked_at = clock.monotonic()
    told_ready = False
    restore = on_signals(lambda: loop.call_soon_threadsafe(ended.set), (signal.SIGTERM,))
    telling = asyncio.create_task(
        supervisor.keep_told(
            lambda: sentence, lambda: clock.monotonic() - looked_at < options.every_s + LOOK_TAKES_S
        )
    )
    try:
        while True:
            try:
                verdict = (await look()).verdict
                code = int(EXIT_CODES[verdict.grade])
            except ConnectError as error:
                verdict = VerdictView(Grade.BLIND, f"NO ENGINE: {error.message}", clock.monotonic())
                code = int(ExitCode.CONNECT)
            looked_at, sentence = clock.monotonic(), verdict.sentence
            if changes.are_in(verdict):
                sys.stdout.write(f"{line_of(verdict, clock.wall_ms(), as_json=options.json)}\n")
                sys.stdout.flush()
            if not told_ready:
                told_ready = True
                supervisor.ready()
            left_s = options.every_s
            if options.for_s is not None:
                left_s = min(left_s, began + options.for_s - looked_at)
                if left_s <= 0:
                    return code
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await ended.wait()
            if ended.is_set():
                supervisor.stopping()
                return int(ExitCode.LIVE)
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        restore()
