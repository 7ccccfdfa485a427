"""The same screens on a recording: its keys move in time, and nothing can be changed."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from bntui.blackbox.recording import open_recording
from bntui.clock import SystemClock
from bntui.errors import UsageError
from bntui.preferences import Preferences
from bntui.replay import Replaying
from bntui.ui.choices import Choices
from bntui.ui.replayed import ReplayApp
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.themes import DEFAULT_THEME
from bntui.ui.widgets.lines import Lines
from bntui.ui.wishes import Told, Wishes
from bntui.wire.mirror import Mirror
from tests.blackbox.stage import recorded
from tests.model.build import T0_MS


class Theatre:
    """A replay that moves only when it is told to."""

    def __init__(self, folder: Path, wishes: Wishes | None = None) -> None:
        mirror = Mirror(math.inf)
        self.replaying = Replaying(open_recording([folder]), mirror, SystemClock(), 1.0)
        self.app = ReplayApp(
            mirror, self.replaying, self.replaying.focus, self.replaying, fps=None, wishes=wishes
        )

    @asynccontextmanager
    async def running(self, width: int = 120) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=(width, 30)) as pilot:
            self.app.pump.frame()
            await pilot.pause()
            yield pilot

    def line(self, selector: str) -> str:
        front = next(s for s in reversed(self.app.screen_stack) if isinstance(s, ViewerScreen))
        return front.query_one(selector, Lines).text

    @property
    def second(self) -> float:
        return (self.replaying.wall_ms() - T0_MS) / 1000


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(recorded(tmp_path))


async def test_every_screen_says_that_it_is_a_replay_and_when(theatre: Theatre) -> None:
    async with theatre.running() as pilot:
        theatre.replaying.seek(T0_MS + 12_000)
        for number in "1234567":
            await pilot.press(number)
            theatre.app.pump.frame()
            assert " REPLAY  2026-01-01 00:00:12 UTC" in theatre.line("#replay")
            verdict = theatre.line("#verdict")
            assert "BLIND" in verdict
            assert "for 2s" in verdict
            assert "00:00:12 UTC" in verdict


async def test_keys_move_in_time(theatre: Theatre) -> None:
    async with theatre.running() as pilot:
        await pilot.press("space")
        assert "stands still" in theatre.line("#replay")
        await pilot.press("full_stop")
        assert theatre.second == 1
        await pilot.press("right_parenthesis")
        assert theatre.second == 11
        assert "BLIND" in theatre.line("#verdict")
        await pilot.press("left_parenthesis")
        assert "LIVE" in theatre.line("#verdict")
        await pilot.press("right_curly_bracket")
        assert theatre.second == 25
        await pilot.press("left_curly_bracket")
        assert theatre.second == 0
        await pilot.press("space", "greater_than_sign", "greater_than_sign", "less_than_sign")
        assert "2×" in theatre.line("#replay")


async def test_the_next_incident_is_one_key_away(theatre: Theatre) -> None:
    async with theatre.running() as pilot:
        await pilot.press("x")
        await theatre.app.workers.wait_for_complete()
        await pilot.pause()
        assert theatre.second == 8
        assert "At 00:00:10 UTC: BLIND" in theatre.line("#status")
        await pilot.press("X")
        await theatre.app.workers.wait_for_complete()
        await pilot.pause()
        assert "No incident is recorded before this" in theatre.line("#status")


async def test_a_replays_key_stays_its_own_whatever_else_wants_it(tmp_path: Path) -> None:
    told = Told(Preferences(keys={"watchlist.sort": ("x",)}))
    theatre = Theatre(recorded(tmp_path), Wishes(told, Choices(), DEFAULT_THEME))
    async with theatre.running() as pilot:
        await pilot.press("x")
        await theatre.app.workers.wait_for_complete()
        assert theatre.second == 8


async def test_nothing_can_be_changed(theatre: Theatre) -> None:
    async with theatre.running() as pilot:
        await pilot.press("d")
        assert "This is a replay" in theatre.line("#status")


@pytest.mark.parametrize(
    ("number", "there", "missing"), [("1", "sort", "remove"), ("2", "streams", "rotate")]
)
async def test_keys_that_would_change_something_are_not_named(
    theatre: Theatre, number: str, there: str, missing: str
) -> None:
    async with theatre.running(200) as pilot:
        await pilot.press(number)
        theatre.app.pump.frame()
        assert there in theatre.line("#status")
        assert missing not in theatre.line("#status")


async def test_help_and_bottom_line_name_the_replays_keys(theatre: Theatre) -> None:
    async with theatre.running() as pilot:
        assert "space pause" in theatre.line("#status")
        await pilot.press("question_mark")
        await pilot.pause()
        groups = [group.title for group in theatre.app.everywhere]
        assert groups == ["In a replay, on every screen", "Everywhere"]


@pytest.mark.parametrize("number", "1234567")
async def test_how_it_is_halted_stands_there_on_a_small_terminal_too(theatre: Theatre, number: str) -> None:
    async with theatre.running(80) as pilot:
        await pilot.press(number)
        theatre.app.pump.frame()
        assert "space pause" in theatre.line("#status")
        assert "q quit" in theatre.line("#status")


async def test_the_palette_offers_them_too(theatre: Theatre) -> None:
    async with theatre.running():
        titles = [command.title for command in theatre.app.get_system_commands(theatre.app.screen)]
        assert {"Pause", "Step", "Next incident", "Incident before", "Faster", "Slower"} <= set(titles)


async def test_a_part_that_cannot_be_read_is_said(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> None:
        raise UsageError("That part cannot be read.")

    async with theatre.running() as pilot:
        monkeypatch.setattr(theatre.replaying, "step", unreadable)
        await pilot.press("full_stop")
        assert "That part cannot be read." in theatre.line("#status")
