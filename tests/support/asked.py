"""The default profile's engine on its Unix socket, a whole one or one that plays its part, to be asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from bntui import __version__, own_engine, paths
from bntui.asking import RunningEngine
from bntui.clock import SystemClock
from bntui.config import DEFAULT_PROFILE, Settings
from bntui.engine.engine import Engine
from bntui.engine.main import Post, serve
from bntui.model.delta import Delta
from bntui.model.states import Grade
from bntui.sim.server import Sim
from bntui.wire.carrier import SocketListener
from bntui.wire.messages import Hello, Message, Welcome
from bntui.world import World, world
from tests.support.engine import key
from tests.support.programs import reaching, until

WELCOME = Welcome(__version__, "epoch", os.getpid(), 0, "a test")

Answer = Callable[[Message], Message | None]


def socket() -> Path:
    """Where the default profile's engine is asked."""
    return paths.socket_path(paths.asked_state_dir(DEFAULT_PROFILE))


def running(the_world: World) -> RunningEngine:
    """How a command of this world reaches it."""
    return RunningEngine(socket(), the_world.hello, the_world.limits)


@asynccontextmanager
async def serving(engine: Engine, own: Hello | None = None) -> AsyncIterator[Engine]:
    """The engine of the default profile, on its Unix socket."""
    post = Post(socket(), True, WELCOME, own or world(Settings()).hello)
    task = asyncio.create_task(serve(engine, post, SystemClock(), 0.2))
    try:
        await until(post.socket.exists)
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def watching(folder: Path, sim: Sim) -> AsyncIterator[Engine]:
    """A whole engine that watches BTCUSDT on this exchange, as soon as it is live."""
    engine = own_engine.build_engine(world(reaching(sim)), folder / "attempts.json")
    engine.begin([key("BTCUSDT")])
    async with serving(engine):
        await until(lambda: engine.store.verdict and engine.store.verdict.grade is Grade.LIVE)
        yield engine


@asynccontextmanager
async def played(*answers: Answer | None) -> AsyncIterator[list[Message]]:
    """Something on the engine's socket that answers so, then no more; None stands for an end.

    Gives what it was asked.
    """
    listener = SocketListener(socket())
    asked: list[Message] = []

    async def play() -> None:
        carrier = await listener.accept()
        try:
            for answer in answers:
                question = await carrier.receive()
                if answer is None or question is None:
                    return
                asked.append(question)
                if (said := answer(question)) is not None:
                    await carrier.send(said)
            await asyncio.Event().wait()
        finally:
            await carrier.close()

    task = asyncio.create_task(play())
    try:
        yield asked
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


def silence(_: Message) -> None:
    """No answer."""


def welcome(_: Message) -> Message:
    """The viewer is taken."""
    return WELCOME


def nothing_new() -> Answer:
    """Answers a Pull, again and again."""
    seqs = count(1)
    return lambda _: empty(next(seqs))


def empty(seq: int) -> Delta:
    """An answer without news."""
    return Delta("epoch", seq, seq == 1, 0.0, 0)
