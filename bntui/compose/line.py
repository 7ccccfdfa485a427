"""The viewer's line to its engine, which is made when it is needed first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bntui.engine.launcher import EngineProcess
    from bntui.model.panels import Focus
    from bntui.wire.messages import Command
    from bntui.wire.viewer import ViewerLink


class EngineLine:
    """A service of the screen. To load the words that engines and viewers speak takes a tenth of a start, and
    the first frame has nothing to say to anybody."""

    name = "link"

    def __init__(self, make: Callable[[], tuple[EngineProcess, ViewerLink]]) -> None:
        """Nothing is made yet."""
        self._make = make

    @cached_property
    def _made(self) -> tuple[EngineProcess, ViewerLink]:
        return self._make()

    async def run(self) -> None:
        """Follow the engine until cancelled."""
        await self._made[1].run()

    def send(self, command: Command) -> None:
        """Hand a command over, which goes out as soon as there is an engine."""
        self._made[1].send(command)

    def look_at_shard(self, shard: int | None) -> None:
        """The shard whose streams' ages are wanted."""
        self._made[1].focus_shard = shard

    def look_at(self, focus: Focus | None) -> None:
        """The symbol that is open."""
        self._made[1].focus = focus

    async def ended(self, within_s: float, is_needed: Callable[[], Awaitable[bool]] | None = None) -> None:
        """As `EngineProcess.ended`; where none was ever needed, none has to end."""
        if "_made" in self.__dict__:
            await self._made[0].ended(within_s, is_needed)
