"""The engine as a process: lock, socket, signals, and an end in order."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bntui.clock import Clock
from bntui.engine.engine import Engine
from bntui.engine.memory import tune_collector
from bntui.engine.notify import Supervisor
from bntui.engine.trust import TrustGate
from bntui.engine.trustserver import TrustPlace, opened
from bntui.wire.carrier import SocketListener
from bntui.wire.messages import Hello, Welcome
from bntui.wire.server import ViewerServer

log = logging.getLogger(__name__)

LEAVE_AFTER_S = 0.5
"""An engine that ends with its last viewer waits so long for another one."""

FIRST_VIEWER_S = 4.0
"""… and so long for its first, which tries to reach it many times a second."""

UNJUDGED_S = 5.0
"""An engine that has judged nothing for so long is not well, though its loop runs."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where and how an engine serves."""

    socket: Path
    stays: bool
    """It goes on without viewers, until it is told to end."""
    welcome: Welcome
    own: Hello
    """What a viewer must say of itself to be let in."""
    trust: TrustPlace | None = None
    """Where bots ask; None: nowhere."""


async def serve(engine: Engine, post: Post, clock: Clock, pull_wait_s: float) -> None:
    """Run the engine and answer viewers until a signal comes or, unless it stays, the last viewer leaves."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    restore = on_signals(lambda: loop.call_soon_threadsafe(ended.set))
    leaving: asyncio.TimerHandle | None = None
    if not post.stays:
        leaving = loop.call_later(FIRST_VIEWER_S, ended.set)

    def on_viewers(count: int) -> None:
        nonlocal leaving
        log.info("%d %s", count, "viewer" if count == 1 else "viewers")
        if leaving is not None:
            leaving.cancel()
            leaving = None
        if not count and not post.stays:
            leaving = loop.call_later(LEAVE_AFTER_S, ended.set)

    listener = SocketListener(post.socket)
    server = ViewerServer(
        engine.store,
        engine.tails,
        welcome=post.welcome,
        own=post.own,
        handle_command=engine.handle,
        handle_focus=engine.opened.look,
        on_viewers=on_viewers,
        clock=clock,
        pull_wait_s=pull_wait_s,
        wanted=engine.beat.wanted,
    )
    # Who ends with his viewers was started by one, and is no service of anybody.
    supervisor = Supervisor(os.environ if post.stays else {}, os.getpid())
    gate = None
    try:
        if post.trust is not None:
            gate, why = await opened(TrustGate(engine, clock, post.welcome), post.trust, clock)
            if why:
                engine.store.notice(f"Bots cannot ask whether to trust a symbol: {why}", bad=True)
        async with asyncio.TaskGroup() as tasks:
            running = (
                tasks.create_task(engine.run()),
                tasks.create_task(server.run(listener)),
                tasks.create_task(
                    supervisor.keep_told(
                        lambda: engine.store.verdict.sentence if engine.store.verdict else "starting",
                        lambda: clock.monotonic() - engine.stated_at < UNJUDGED_S,
                    )
                ),
            )
            tune_collector()
            supervisor.ready()
            await ended.wait()
            log.info("the engine ends")
            supervisor.stopping()
            for task in running:
                task.cancel()
    finally:
        if gate is not None:
            gate.close()
        listener.close()
        restore()


def on_signals(
    end: Callable[[], object],
    signals: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP),
) -> Callable[[], None]:
    """Call `end` for the signals that ask a process to go; returns what undoes it."""
    before = {number: signal.signal(number, lambda *_: end()) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore
