"""The frame pump: once a frame it takes what changed, and only the screen in front draws it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bntui.clock import Clock
from bntui.wire.mirror import Changes, Mirror

BEAT_S = 1.0
"""Ages, clocks and countdowns are redrawn this often, whether or not data came."""


class Stage(Protocol):
    """A screen that the pump can feed."""

    def show(self, changes: Changes, beat: bool) -> None:
        """Draw what changed; with `beat`, whatever changes with time alone too."""
        ...


class FramePump:
    """Pulls from the mirror, never is pushed: a symbol that ticked 300 times in a frame is drawn once.

    Changes taken while a screen is hidden are not kept for it: it draws everything when it comes back.
    """

    def __init__(self, mirror: Mirror, clock: Clock, stage: Callable[[], Stage | None]) -> None:
        """`stage` says which screen is in front; None while there is none to draw on."""
        self._mirror = mirror
        self._clock = clock
        self._stage = stage
        self._next_beat = clock.monotonic()

    def __repr__(self) -> str:
        return f"<FramePump next beat {self._next_beat:.1f}>"

    def frame(self, *, away: bool = False) -> None:
        """One frame. Synchronous, so that nothing comes between taking and drawing. While the user is `away`
        from the terminal only the beats are drawn: somebody may still see it, and must not be misled."""
        now = self._clock.monotonic()
        beat = now >= self._next_beat
        if away and not beat:
            return
        if beat:
            self._next_beat += BEAT_S
            if self._next_beat <= now:
                self._next_beat = now + BEAT_S
        changes = self._mirror.take()
        stage = self._stage()
        if stage is not None and (beat or changes):
            stage.show(changes, beat)
