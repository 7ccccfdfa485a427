"""`bntui replay`: times as people write them, turns as lines, incidents one key away."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import orjson
import pytest

from bntui import cli, replay
from bntui.blackbox.recording import Recording, open_recording
from bntui.clock import SystemClock
from bntui.errors import UsageError
from bntui.replay import LEAD_MS, Replaying, open_paths, when
from bntui.wire.mirror import Mirror
from tests.blackbox.stage import Stage, recorded
from tests.model.build import T0_MS
from tests.support.pages import named_in

MINUTE_MS = 60_000


def across_midnight() -> Recording:
    """From 22:30 on the first to 02:10 on the second of January."""
    return Recording((), T0_MS + (22 * 60 + 30) * MINUTE_MS, T0_MS + (26 * 60 + 10) * MINUTE_MS)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("22:30", 22 * 60 + 30),
        ("23:59:30", 24 * 60 - 0.5),
        ("02:07", 26 * 60 + 7),
        ("2:07 UTC", 26 * 60 + 7),
        ("2026-01-01 23:00", 23 * 60),
        ("2026-01-02T00:00:01Z", 24 * 60 + 1 / 60),
    ],
)
def test_a_time_is_the_last_such_time_that_is_recorded(text: str, minutes: float) -> None:
    assert when(text, across_midnight()) == T0_MS + round(minutes * MINUTE_MS)


def test_the_minute_in_which_a_recording_begins_is_its_beginning() -> None:
    begins_ms = T0_MS + 15_000
    assert when("00:00", Recording((), begins_ms, T0_MS + MINUTE_MS)) == begins_ms


@pytest.mark.parametrize("text", ["", "3", "25:00", "03:60", "noon", "2026-13-01 03:07"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        when(text, across_midnight())


@pytest.mark.parametrize("text", ["12:00", "2026-01-01 03:07", "2026-01-02 02:11"])
def test_a_time_outside_says_what_there_is(text: str) -> None:
    with pytest.raises(UsageError, match="2026-01-01 22:30:00 to 2026-01-02 02:10:00 UTC"):
        when(text, across_midnight())


def test_without_a_name_it_is_what_the_profiles_engine_keeps(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing is recorded yet"):
        open_paths((), tmp_path / "blackbox")
    own, other = recorded(tmp_path / "blackbox"), recorded(tmp_path / "mine")
    assert open_paths((), own).segments[0].path.parent == own
    assert open_paths((other,), own).segments[0].path.parent == other


async def test_an_incident_is_gone_to_with_a_moment_before_it(tmp_path: Path) -> None:
    def story(stage: Stage) -> None:
        stage.incident()
        stage.incident()

    replaying = Replaying(open_recording([recorded(tmp_path, story)]), Mirror(math.inf), SystemClock(), 1.0)
    assert await replaying.incident(1) == "At 00:00:10 UTC: BLIND on 3 of 3 streams for 0s"
    assert replaying.wall_ms() == T0_MS + 10_000 - LEAD_MS
    assert "00:00:35" in await replaying.incident(1)
    assert await replaying.incident(1) == "No incident is recorded after this."
    assert "00:00:10" in await replaying.incident(-1)
    assert await replaying.incident(-1) == "No incident is recorded before this."


def test_turns_are_told_as_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = recorded(tmp_path / "box")
    assert cli.main(["replay", "--list", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Recorded: 2026-01-01 00:00:00 to 00:00:25 UTC",
        "2026-01-01 00:00:00 UTC  LIVE 3/3 streams",
        "2026-01-01 00:00:10 UTC  BLIND on 3 of 3 streams for 0s",
        "2026-01-01 00:00:15 UTC  LIVE 3/3 streams",
    ]
    assert cli.main(["replay", "--json", str(folder)]) == 0
    told = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[1] == {
        "time_ms": T0_MS + 10_000,
        "grade": "blind",
        "sentence": "BLIND on 3 of 3 streams for 0s",
        "worse": True,
    }
    assert told[1].keys() <= named_in("record-and-replay.md")


async def test_it_moves_on_by_itself_with_the_users_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hurried(SystemClock):
        """A second passes at each look."""

        seconds = 0.0

        def monotonic(self) -> float:
            self.seconds += 1.0
            return self.seconds

    monkeypatch.setattr(replay, "TICK_S", 0.0)
    replaying = Replaying(open_recording([recorded(tmp_path)]), Mirror(math.inf), Hurried(), 1.0)
    reached = asyncio.Event()
    advance = replaying.advance

    def seen(seconds: float) -> None:
        advance(seconds)
        if replaying.ended:
            reached.set()

    monkeypatch.setattr(replaying, "advance", seen)
    running = asyncio.create_task(replaying.run())
    async with asyncio.timeout(20):
        await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert replaying.wall_ms() == T0_MS + 25_000
