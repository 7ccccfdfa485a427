"""The viewer on a recording: the same screens, and keys that move in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from bntui.clock import Clock
from bntui.errors import BntuiError
from bntui.model.panels import Focus
from bntui.ui.app import BntuiApp, Service
from bntui.ui.format import clean
from bntui.ui.keys import APP, REPLAY, KeyGroup, bindings
from bntui.ui.news import News
from bntui.ui.replaying import Replay
from bntui.ui.suspicion import Suspicion
from bntui.ui.wishes import Told, Wishes
from bntui.wire.messages import Command
from bntui.wire.mirror import Mirror


def _sends_nothing(command: Command) -> None:
    """There is no engine behind a recording."""


def _no_ages(shard: int | None) -> None:
    """A recording holds no ages of single streams."""


class ReplayApp(BntuiApp):
    """Screens over a mirror that a replay feeds; its clock is the replay's too."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REPLAY)

    def __init__(
        self,
        mirror: Mirror,
        clock: Clock,
        focus: Callable[[Focus | None], None],
        replay: Replay,
        services: Sequence[Service] = (),
        fps: float | None = 10,
        environment: str = "",
        log_path: str = "",
        theme_folders: Sequence[Path] = (),
        wishes: Wishes | None = None,
        reread: Callable[[], Told] | None = None,
        plain: bool = False,
    ) -> None:
        """As the viewer on an engine, but that nothing can be sent anywhere."""
        if wishes is not None:
            wishes.begin_replay()
        super().__init__(
            mirror,
            clock,
            _sends_nothing,
            _no_ages,
            focus,
            services,
            fps,
            environment,
            log_path,
            theme_folders,
            wishes,
            reread,
            plain,
        )
        self._replay = replay
        self.viewer.replay = replay

    @property
    def everywhere(self) -> tuple[KeyGroup, ...]:
        """Keys of every screen: those of the replay first."""
        return (REPLAY, APP)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A replay is paused instead of frozen."""
        return False if action == "freeze" else super().check_action(action, parameters)

    def action_replay_pause(self) -> None:
        """Stand still, or go on."""
        self._replay.pause()
        self._draw_anew()

    def action_replay_step(self) -> None:
        """Stand still one record further."""
        self._move(self._replay.step)
        self._draw_anew()

    def action_replay_faster(self) -> None:
        """The next higher speed."""
        self._replay.faster()
        self._draw_anew()

    def action_replay_slower(self) -> None:
        """The next lower speed."""
        self._replay.slower()
        self._draw_anew()

    def _move(self, move: Callable[[], None]) -> None:
        """Move in time, or say why that part cannot be read."""
        try:
            move()
        except BntuiError as error:
            self.viewer.say(clean(str(error)), bad=True)

    def _jumped(self) -> None:
        """What was noted of another time says nothing here."""
        self.viewer.suspicion = Suspicion()
        self.viewer.news = News()
        self._draw_anew()

    def action_replay_seek(self, seconds: int) -> None:
        """So far on, or back."""
        self._move(partial(self._replay.leap, seconds))
        self._jumped()

    def action_replay_incident(self, step: int) -> None:
        """To where the verdict got worse. It is searched for beside the screen, which goes on."""
        self.run_worker(self._to_incident(step), group="incident", exclusive=True)

    async def _to_incident(self, step: int) -> None:
        try:
            self.viewer.say(clean(await self._replay.incident(step)))
        except BntuiError as error:
            self.viewer.say(clean(str(error)), bad=True)
        self._jumped()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Pause", "Stand still, or go on", self.action_replay_pause)
        yield SystemCommand("Step", "Stand still one record further", self.action_replay_step)
        for step, title, about in (
            (1, "Next incident", "To where the verdict next got worse"),
            (-1, "Incident before", "To where it got worse before"),
        ):
            yield SystemCommand(title, about, partial(self.action_replay_incident, step))
        yield SystemCommand("Faster", "The next higher speed", self.action_replay_faster)
        yield SystemCommand("Slower", "The next lower speed", self.action_replay_slower)
