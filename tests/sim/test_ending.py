"""An exchange of its own goes on until it is told to end: by a signal, or by the end of its starter."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from bntui.sim.ending import told_to_end

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@pytest.fixture(autouse=True)
def restored_signals() -> Iterator[None]:
    """What the signals did before is what they do after."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


async def begun(pipe: int | None) -> asyncio.Task[None]:
    """Waiting, with its handlers in place."""
    task = asyncio.create_task(told_to_end(pipe))
    await asyncio.sleep(0)
    assert not task.done()
    return task


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_signal_ends_it(number: signal.Signals) -> None:
    task = await begun(None)
    os.kill(os.getpid(), number)
    async with asyncio.timeout(10):
        await task


async def test_the_end_of_the_pipe_ends_it_and_words_do_not() -> None:
    reading, writing = os.pipe()
    try:
        task = await begun(reading)
        os.write(writing, b"anything")
        unread = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, unread.set_result, None)
        await unread
        assert not task.done()
    finally:
        os.close(writing)
    async with asyncio.timeout(10):
        await task
    os.close(reading)
