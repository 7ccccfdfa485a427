"""A drill under the screen: it looks on as a second viewer of the engine, and says what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bntui.clock import Clock
from bntui.drill.engines import ProcessControl
from bntui.drill.exchange import ExchangeControl
from bntui.drill.judgement import Judgement
from bntui.drill.play import Play, first_of
from bntui.drill.record import Record
from bntui.drill.scenario import Scenario
from bntui.drill.tailing import Meeting
from bntui.drill.witness import Witness
from bntui.errors import BntuiError
from bntui.wire.carrier import Carrier
from bntui.wire.messages import Hello


class Companion:
    """A service of the screen: plays the scenario once, and leaves the screen to the user."""

    name = "drill"

    def __init__(
        self,
        scenario: Scenario,
        exchange: ExchangeControl,
        clock: Clock,
        reach: Callable[[], Awaitable[Carrier]],
        hello: Hello,
        silence_s: float,
        processes: ProcessControl,
    ) -> None:
        """`reach` finds the engine that the screen starts; `processes` can do something to it."""
        record = Record()
        self._witness = Witness(
            Meeting(reach, hello, silence_s), clock, scenario.tail, record, scenario.tailed
        )
        self._play = Play(scenario, exchange, self._witness, record, clock, processes=processes)
        self.judgement: Judgement | None = None
        """How it went; None until its end."""

    def announced_by(self, say: Callable[[str], None]) -> None:
        """Have each step said on the screen."""
        self._play.announce = say

    async def before(self) -> None:
        """What is done before the engine starts."""
        await self._play.before()

    async def run(self) -> None:
        """Play, say how it went, and go on looking until cancelled. Raises BntuiError in words."""
        error: BntuiError | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._witness.run())
                self._play.announce(f"Drill {self._play.scenario.name}: {self._play.scenario.about}")
                self.judgement = await self._play.play()
                word = "passed" if self.judgement.passed else "FAILED"
                self._play.announce(f"The drill {word}. Quit with q to read how it was judged.")
        except* BntuiError as errors:
            error = first_of(errors)
        if error is not None:
            raise error
