"""How the embedded exchange is told to end when it is a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal


async def told_to_end(pipe: int | None) -> None:
    """Wait for a signal that asks to go, or for the end of the pipe that the starter holds.

    A pipe ends with its starter, however that dies. What comes through it is not listened to.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    if pipe is not None:
        loop.add_reader(pipe, _end_at_eof, pipe, ended)
    await ended.wait()
    if pipe is not None:
        loop.remove_reader(pipe)


def _end_at_eof(pipe: int, ended: asyncio.Event) -> None:
    if not os.read(pipe, 1024):
        ended.set()
