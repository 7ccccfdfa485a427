"""`bntui record`: a black box on connections of its own, with every frame where that is wanted."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence

from bntui import __version__, headless, own_engine
from bntui.blackbox.box import BlackBox
from bntui.blackbox.writer import Bounds
from bntui.clock import Clock
from bntui.commandoptions import RecordOptions
from bntui.config import Settings
from bntui.errors import ConnectError, StateFolderError
from bntui.model.markets import SymbolKey
from bntui.model.verdict import ExitCode
from bntui.wire.messages import Welcome
from bntui.world import World

KEEP_S = 365 * 24 * 3_600.0
"""What was asked for is not thrown away for its age."""

LOOK_EVERY_S = 0.25


async def record(
    settings: Settings,
    the_world: World,
    keys: Sequence[SymbolKey],
    options: RecordOptions,
    clock: Clock,
) -> int:
    """Record until the time is up, or a signal comes. Raises StateFolderError where nothing can be written,
    ConnectError where nothing could be seen."""
    box = BlackBox(options.folder, clock, Bounds(options.most_mb << 20, KEEP_S), raw=options.raw)
    try:
        async with own_engine.own_engine(the_world, settings, box) as engine:
            engine.watch(await headless.symbols_or_starter(engine, keys))
            store = engine.store
            welcome = Welcome(__version__, store.epoch, os.getpid(), store.started_ms, the_world.description)
            box.watch(store, welcome)
            engine.watchers.append(box.look)
            sys.stderr.write(f"Recording into {options.folder}; Ctrl+C ends it.\n")
            await _until_told(lambda: box.failure, options.for_s, clock)
            connected = engine.feed.ever_connected()
    finally:
        box.close()
    if box.failure:
        raise StateFolderError(
            f"{options.folder} cannot be written: {box.failure}.", "What was written stays."
        )
    if not connected:
        raise ConnectError("The exchange could not be reached.", "The recording says why: `bntui replay`.")
    sys.stderr.write(f"Recorded. Play it: bntui replay {options.folder}\n")
    return ExitCode.LIVE


async def _until_told(failure: Callable[[], str], for_s: float | None, clock: Clock) -> None:
    """Wait for the end of the time, a signal, or a disk that takes nothing."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Only the main thread is told of signals, and may ask for them.
    is_main = threading.current_thread() is threading.main_thread()
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP) if is_main else ()
    before = {
        number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set)) for number in signals
    }
    end = None if for_s is None else clock.monotonic() + for_s
    try:
        while not (told.is_set() or failure()) and (end is None or clock.monotonic() < end):
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await told.wait()
            except TimeoutError:
                continue
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
