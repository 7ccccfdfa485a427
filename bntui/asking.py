"""How a command without a screen speaks to the running engine: one question at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bntui.clock import Clock
from bntui.errors import ConnectError, EngineRefused, UsageError
from bntui.model.delta import Delta
from bntui.model.markets import SymbolKey
from bntui.model.panels import Focus
from bntui.venue.limits import Limits
from bntui.wire.carrier import Carrier, connect
from bntui.wire.messages import Bye, Hello, Message, Pull
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import greet
from bntui.words import nearest, sentence

NO_ENGINE_HINT = "Start one with `bntui` or `bntui engine`, or look without one: --own."

HANGS_HINT = (
    "It may be stopped, or hang; its log may say why. "
    "`bntui engine` names its process: end that, and start again."
)


ATTACH_HINT = (
    "`bntui` opens the screen and starts one; `bntui engine` starts one that stays. "
    "One of another profile is found with --profile."
)


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """The engine of a profile, if it runs: where it is asked, and how."""

    socket: Path
    hello: Hello
    """Which exchange it must be on."""
    limits: Limits
    """How long it may take to answer."""


@asynccontextmanager
async def conversation(engine: RunningEngine, hint: str = NO_ENGINE_HINT) -> AsyncIterator[Carrier]:
    """Speak to the engine; `hint` is for who has none."""
    try:
        carrier = await connect(engine.socket)
    except ConnectError:
        raise ConnectError("No engine runs on this profile.", hint) from None
    try:
        try:
            await greet(carrier, engine.hello, engine.limits.own_engine_silence_s)
        except EngineRefused as refusal:
            raise EngineRefused(_said(refusal), refusal.hint) from None
        except ConnectError as error:
            raise ConnectError(_said(error), HANGS_HINT) from None
        yield carrier
    finally:
        with suppress(ConnectError):
            await carrier.send(Bye())
        await carrier.close()


async def require_engine(engine: RunningEngine) -> None:
    """Ask whether an engine runs and takes us. Raises ConnectError where none does, EngineRefused if not."""
    async with conversation(engine, ATTACH_HINT):
        return


def _said(error: ConnectError) -> str:
    """What the link says in the middle of the screen's sentences, as one of its own."""
    return sentence(error.message[:1].upper() + error.message[1:])


async def ask(carrier: Carrier, question: Message, limits: Limits) -> Message:
    """The answer to a question. Raises ConnectError when none comes."""
    await carrier.send(question)
    try:
        async with asyncio.timeout(limits.own_engine_silence_s):
            answer = await carrier.receive()
    except TimeoutError:
        raise ConnectError("The engine does not answer.", HANGS_HINT) from None
    if answer is None:
        raise ConnectError("The engine closed the connection.", "It has ended, or is ending.")
    return answer


async def look(
    carrier: Carrier, mirror: Mirror, clock: Clock, limits: Limits, focus: Focus | None = None
) -> None:
    """Bring the mirror up to date; with a focus, the panels of that symbol too."""
    answer = await ask(carrier, Pull(mirror.seq, mirror.epoch, None, focus), limits)
    if isinstance(answer, Delta):
        mirror.apply(answer, clock.monotonic())


def require_listed(mirror: Mirror, keys: Sequence[SymbolKey]) -> None:
    """Raise UsageError, naming the nearest real symbol, for one that the exchange does not list."""
    for key in keys:
        listed = [known.symbol for known in mirror.instruments if known.market is key.market]
        if listed and key not in mirror.instruments:
            raise UsageError(sentence(f"{key.label} is not listed{nearest(key.symbol, listed)}"))
