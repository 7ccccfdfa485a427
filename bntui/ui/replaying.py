"""What screens know of a replay: who plays it, and the line that says that nothing here is now."""

from __future__ import annotations

from typing import Protocol

from bntui.ui.format import clean, duration
from bntui.ui.widgets.lines import Line, Part, part_width


class Replay(Protocol):
    """Plays a recording. Times are of the recording."""

    paused: bool
    speed: float

    @property
    def gap_s(self) -> float:
        """How long nothing had been recorded before the place where it is; 0: there was no gap lately."""
        ...

    @property
    def ended(self) -> bool:
        """Whether there is nothing behind where it is."""
        ...

    @property
    def moment(self) -> str:
        """Where it is: `2026-01-01 03:07:12 UTC`."""
        ...

    @property
    def span(self) -> str:
        """From when to when there is something."""
        ...

    def pause(self) -> None:
        """Stand still, or go on."""
        ...

    def step(self) -> None:
        """Stand still one record further."""
        ...

    def faster(self) -> None:
        """The next higher speed."""
        ...

    def slower(self) -> None:
        """The next lower speed."""
        ...

    def leap(self, seconds: float) -> None:
        """Go so far on, or back."""
        ...

    async def incident(self, step: int) -> str:
        """Go to where the verdict next got worse (1), or last did (-1); what is there, in words."""
        ...


def replay_line(replay: Replay, width: int) -> Line:
    """`REPLAY 2026-01-01 03:07:12 UTC · 4× · recorded from 03:00:00 to 04:10:11 UTC`; the time always."""
    if replay.ended:
        how = "at its end"
    elif replay.paused:
        how = "stands still"
    else:
        how = f"{replay.speed:g}×"
    parts: list[Part] = [(" REPLAY ", "mark"), (f" {replay.moment}", "strong"), (f" · {how}", "title")]
    more: list[Part] = []
    if replay.gap_s:
        more.append((f" · nothing recorded for {duration(replay.gap_s)} before this", "degraded"))
    more.append((f" · recorded: {clean(replay.span)}", "faint"))
    for part in more:
        if part_width([*parts, part]) <= width:
            parts.append(part)
    return tuple(parts)
