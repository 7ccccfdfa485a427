"""What is done in a drill: faults of the exchange; orders to the engine, its process, clock and viewers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from bntui.drill.tables import Table


class Stage(Protocol):
    """Everything that orders act on."""

    async def rotate(self, shard: int | None) -> None:
        """Ask the engine to change a connection; None: each."""
        ...

    async def stop_engine(self) -> None:
        """Stop the engine's process where it stands."""
        ...

    async def continue_engine(self) -> None:
        """Let it go on."""
        ...

    async def starve_engine(self, seconds: float, share: float) -> None:
        """Let the engine's process run for only this share of the time."""
        ...

    async def kill_engine(self) -> None:
        """Kill the engine's process."""
        ...

    async def run_viewer(self) -> None:
        """Let a second viewer come, or go on."""
        ...

    async def stop_viewer(self) -> None:
        """Make the second viewer stop where it stands, as behind a stopped terminal."""
        ...

    async def jump_clock(self, seconds: float) -> None:
        """Move the clock of the machine that the engine runs on."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the exchange is told to do wrong."""

    words: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Order:
    """Something that is done on this side of the exchange."""

    act: Callable[[Stage], Awaitable[None]]
    on_process: bool = False
    """The engine must be a process of its own."""
    on_clock: bool = False
    """The engine must have a clock of the drill's."""


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of the timeline."""

    at: float
    say: str
    """What happens, in a sentence for people."""
    act: Fault | Order


def _rotate(table: Table) -> Order:
    shard = table.maybe("shard")
    return Order(lambda stage: stage.rotate(None if shard is None else round(shard)))


def _starve(table: Table) -> Order:
    seconds, share = table.number("seconds", least=0.1), table.number("share", least=0.01)
    if share >= 1:
        raise table.bad("share must be below 1")
    return Order(lambda stage: stage.starve_engine(seconds, share), on_process=True)


def _jump(table: Table) -> Order:
    seconds = table.number("seconds")
    return Order(lambda stage: stage.jump_clock(seconds), on_clock=True)


ORDERS: Mapping[str, Callable[[Table], Order]] = MappingProxyType(
    {
        "rotate": _rotate,
        "stop_engine": lambda table: Order(lambda stage: stage.stop_engine(), on_process=True),
        "continue_engine": lambda table: Order(lambda stage: stage.continue_engine(), on_process=True),
        "starve_engine": _starve,
        "kill_engine": lambda table: Order(lambda stage: stage.kill_engine(), on_process=True),
        "open_viewer": lambda table: Order(lambda stage: stage.run_viewer()),
        "stop_viewer": lambda table: Order(lambda stage: stage.stop_viewer()),
        "continue_viewer": lambda table: Order(lambda stage: stage.run_viewer()),
        "jump_clock": _jump,
    }
)
"""What `do` may say, and what reads the words that go with it."""
