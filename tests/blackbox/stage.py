"""A store whose verdict and prices a test tells, second by second, and the recording that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bntui.blackbox.box import ALWAYS, BlackBox
from bntui.blackbox.writer import Bounds
from bntui.clock import ManualClock
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.model.status import Event
from bntui.store.store import Store
from bntui.wire.messages import Welcome
from tests.model.build import BTC, T0_MS, quote

LOOK_EVERY_S = 0.25


class Stage:
    """An engine without a feed, and its black box. The recorded time begins at 2026-01-01 00:00:00 UTC."""

    def __init__(
        self, folder: Path, bounds: Bounds = ALWAYS, epoch: str = "e1", begins_ms: int = T0_MS
    ) -> None:
        self.folder = folder
        self.clock = ManualClock(wall_ms=begins_ms)
        self.store = Store(epoch, begins_ms)
        self.box = BlackBox(folder, self.clock, bounds)
        self.box.watch(self.store, Welcome("1.0", epoch, 4711, begins_ms, "binance main"))
        self.store.set_watchlist([BTC])
        self.updates = 0

    def say(self, grade: Grade, sentence: str) -> None:
        """The engine judges."""
        self.store.set_verdict(VerdictView(grade, sentence, self.clock.monotonic()))

    def happen(self, *events: Event) -> None:
        """The feed brings something."""
        self.store.apply(events)

    def quote(self) -> None:
        """A new best bid, which tells its own time: so many seconds after the beginning."""
        self.updates += 1
        now = self.clock.monotonic()
        self.happen(quote(bid=f"{now - 1_000:.2f}", update_id=self.updates, at=now))

    def run(self, seconds: float, each: Callable[[], object] = lambda: None) -> None:
        """Let time pass as the engine does: something happens, then the black box looks."""
        for _ in range(round(seconds / LOOK_EVERY_S)):
            each()
            self.box.look()
            self.clock.advance(LOOK_EVERY_S)

    def incident(self) -> None:
        """Ten seconds live, five blind, ten live, with a quote four times a second."""
        self.say(Grade.LIVE, "LIVE 3/3 streams")
        self.run(10, self.quote)
        for second in range(5):
            self.say(Grade.BLIND, f"BLIND on 3 of 3 streams for {second}s")
            self.run(1)
        self.say(Grade.LIVE, "LIVE 3/3 streams")
        self.run(10, self.quote)


def recorded(folder: Path, play: Callable[[Stage], object] = Stage.incident) -> Path:
    """A folder with the recording of a story."""
    stage = Stage(folder)
    play(stage)
    stage.box.close()
    return folder


def names(paths: Sequence[Path]) -> list[str]:
    """Of files."""
    return [path.name for path in paths]
