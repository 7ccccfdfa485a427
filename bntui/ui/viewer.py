"""What every screen is given: the mirror, the clock, and the ways out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bntui.clock import Clock
from bntui.ui.messages import MessageBoard
from bntui.ui.suspicion import Suspicion
from bntui.ui.widgets.bars import headline
from bntui.wire.messages import Command
from bntui.wire.mirror import LinkState, Mirror


@dataclass(slots=True)
class Viewer:
    """One viewer's view of one engine. Screens read from it and never keep what they read."""

    mirror: Mirror
    clock: Clock
    send_command: Callable[[Command], None]
    focus_shard: Callable[[int | None], None]
    environment: str
    log_path: str
    board: MessageBoard = field(default_factory=MessageBoard)
    suspicion: Suspicion = field(default_factory=Suspicion)

    def now(self) -> float:
        """The engine's monotonic clock: what ages are counted from."""
        return self.mirror.now(self.clock.monotonic())

    def say(self, text: str, bad: bool = False) -> None:
        """Put a message into the bottom line."""
        self.board.say(text, bad, self.clock.monotonic())

    def send(self, command: Command, done: str) -> bool:
        """Send a command and say what was asked for; without an engine, say that nothing was."""
        if self.is_dark:
            self.say("Not sent: the engine does not answer. Try again when it does.", bad=True)
            return False
        self.send_command(command)
        self.say(done)
        return True

    @property
    def is_dark(self) -> bool:
        """Does the engine not answer, so that nothing on screen can be trusted?

        A follower that died leaves the link as it was; the verdict notices all the same, and then
        begins with another word than a grade.
        """
        verdict = self.mirror.verdict(self.clock.monotonic())
        return self.mirror.link is not LinkState.LIVE or headline(verdict)[0] != verdict.grade.upper()

    @property
    def place(self) -> str:
        """Which exchange this is, for people."""
        return self.mirror.engine.environment if self.mirror.engine is not None else self.environment
