"""`bntui replay`: a recording in the same screens, or its turns as lines of text."""

from __future__ import annotations

import asyncio
import math
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from bntui.blackbox.player import Player
from bntui.blackbox.recording import Recording, Turn, open_recording, span_words
from bntui.clock import Clock
from bntui.commandoptions import ReplayOptions
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.incident import moment, plain
from bntui.wire.mirror import Mirror

TICK_S = 0.05
"""How often the replay moves on."""

LEAD_MS = 2_000
"""So much before an incident a jump to it stops short: what came before is seen."""

_TIME = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[T ])?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:Z| ?UTC)?")


class Replaying(Player):
    """A player that moves on by itself, and searches beside it."""

    name = "replay"

    def __init__(self, recording: Recording, mirror: Mirror, clock: Clock, speed: float) -> None:
        """Stand at the beginning; `clock` is the user's own."""
        super().__init__(recording, mirror, speed)
        self._clock = clock

    async def run(self) -> None:
        """Play until cancelled."""
        before = self._clock.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now = self._clock.monotonic()
            self.advance(now - before)
            before = now

    async def incident(self, step: int) -> str:
        """Go to where the verdict next got worse (1), or last did (-1); what is there, in words."""
        here_ms = self.wall_ms() + (LEAD_MS if step > 0 else 0)
        search = self.recording.next_incident if step > 0 else self.recording.incident_before
        turn = await asyncio.to_thread(search, here_ms)
        if turn is None:
            return f"No incident is recorded {'after' if step > 0 else 'before'} this."
        self.seek(turn.wall_ms - LEAD_MS)
        return f"At {moment(turn.wall_ms, '%H:%M:%S UTC')}: {turn.sentence}"


def when(text: str, recording: Recording) -> int:
    """A time of the recording: `03:07`, `03:07:12`, `2026-01-01 03:07`; UTC. Without a day the last such
    time that is recorded. Raises UsageError for what is none, or lies outside."""
    match = _TIME.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        day, hour, minute, second = match.groups()
        last = datetime.fromtimestamp(recording.ended_ms / 1000, tz=UTC)
        date = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) if day else last
        at = date.replace(hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=0)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time.", "Write it like 03:07, 03:07:12 or 2026-01-01 03:07; times are UTC."
        ) from None
    if not day and at > last:
        at -= timedelta(days=1)
    wall_ms = int(at.timestamp() * 1000)
    # A minute that has begun when the recording did is meant all the same.
    if not recording.began_ms - 60_000 < wall_ms <= recording.ended_ms:
        raise UsageError(f"Nothing is recorded at {text}.", f"Recorded: {span_words(recording)}.")
    return max(wall_ms, recording.began_ms)


def tell(recording: Recording, *, as_json: bool) -> int:
    """Print what is recorded and how the verdict turned, one line each."""
    lines = (_json(turn) if as_json else _words(turn) for turn in recording.turns())
    if not as_json:
        sys.stdout.write(f"Recorded: {span_words(recording)}\n")
    _print(lines)
    return 0


def open_paths(given: Sequence[Path], own: Path) -> Recording:
    """What was named, else what the profile's engine keeps. Raises UsageError where there is nothing."""
    if not given and not own.exists():
        raise UsageError(
            "Nothing is recorded yet: no bntui with this --profile has run on this machine.",
            "Run bntui: its engine keeps what can be seen. Or name a folder of `bntui record`.",
        )
    return open_recording(given or [own])


def show(
    recording: Recording, settings: Settings, journal: Path, options: ReplayOptions, clock: Clock
) -> int:
    """The screens on a recording; the user's wishes are those of his viewer."""
    from bntui import paths
    from bntui.log import active_file
    from bntui.outfit import outfit
    from bntui.ui.replayed import ReplayApp

    # The recorded verdicts are all that counts: the silence of a file says nothing.
    mirror = Mirror(math.inf)
    begin_ms = when(options.at, recording) if options.at else recording.began_ms
    replaying = Replaying(recording, mirror, clock, options.speed)
    replaying.seek(begin_ms)
    wears = outfit(settings, journal)
    app = ReplayApp(
        mirror,
        replaying,
        replaying.focus,
        replaying,
        services=(replaying,),
        fps=settings.preferences.pace,
        environment="replay",
        log_path=str(active_file() or ""),
        theme_folders=(paths.config_dir() / "themes",),
        wishes=wears.wishes,
        reread=wears.reread,
        plain=wears.plain,
    )
    try:
        return app.run(mouse=wears.wishes.mouse) or 0
    finally:
        wears.choices.close()


def _words(turn: Turn) -> str:
    return f"{moment(turn.wall_ms, '%Y-%m-%d %H:%M:%S UTC')}  {plain(turn.sentence)}"


def _json(turn: Turn) -> str:
    told = {"time_ms": turn.wall_ms, "grade": turn.grade, "sentence": turn.sentence, "worse": turn.worse}
    return orjson.dumps(told).decode()


def _print(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            sys.stdout.write(f"{line}\n")
    finally:
        sys.stdout.flush()
