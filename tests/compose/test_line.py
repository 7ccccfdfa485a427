"""The line to the engine is there for who needs it first, and only then."""

from __future__ import annotations

from pathlib import Path

from bntui.clock import SystemClock
from bntui.compose.line import EngineLine
from bntui.engine.launcher import EngineProcess
from bntui.model.markets import Market
from bntui.model.panels import Focus
from bntui.wire.messages import Rotate
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import ViewerLink
from tests.wire.viewing import HELLO


class Made:
    """Makes an engine and a link to it, and counts."""

    def __init__(self, folder: Path) -> None:
        self.engine = EngineProcess([], folder, folder / "socket", SystemClock())
        self.link = ViewerLink(
            self.engine.connect, Mirror(3.0), SystemClock(), HELLO, pull_interval_s=0.1, silence_s=3.0
        )
        self.times = 0

    def __call__(self) -> tuple[EngineProcess, ViewerLink]:
        self.times += 1
        return self.engine, self.link


async def test_a_line_that_nobody_needed_was_never_made(tmp_path: Path) -> None:
    made = Made(tmp_path)
    await EngineLine(made).ended(0.1)
    assert made.times == 0


async def test_what_is_said_first_makes_it_and_what_is_looked_at_reaches_it(tmp_path: Path) -> None:
    made = Made(tmp_path)
    line = EngineLine(made)
    line.send(Rotate(1))
    line.look_at_shard(3)
    line.look_at(focus := Focus(Market.SPOT, "BTCUSDT"))
    assert (made.link.focus_shard, made.link.focus) == (3, focus)
    await line.ended(0.1)
    assert made.times == 1
