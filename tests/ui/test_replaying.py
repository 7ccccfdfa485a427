"""The replay's line always says that it is one, and when."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bntui.blackbox.player import Player
from bntui.blackbox.recording import open_recording
from bntui.clock import SystemClock
from bntui.replay import Replaying
from bntui.ui.replaying import replay_line
from bntui.wire.mirror import Mirror
from tests.blackbox.stage import Stage, recorded
from tests.model.build import T0_MS


def replaying(folder: Path) -> Replaying:
    return Replaying(open_recording([folder]), Mirror(math.inf), SystemClock(), 2.0)


def said(player: Replaying, width: int = 120) -> str:
    return "".join(text for text, _ in replay_line(player, width))


def test_the_line_says_when_how_fast_and_what_there_is(tmp_path: Path) -> None:
    player = replaying(recorded(tmp_path))
    player.seek(T0_MS + 12_000)
    assert said(player) == (
        " REPLAY  2026-01-01 00:00:12 UTC · 2× · recorded: 2026-01-01 00:00:00 to 00:00:25 UTC"
    )
    player.pause()
    assert "stands still" in said(player)
    player.seek(T0_MS + 25_000)
    player.step()
    assert "at its end" in said(player)


@pytest.mark.parametrize("width", [20, 60, 80])
def test_time_and_name_stay_where_room_is_scarce(tmp_path: Path, width: int) -> None:
    player = replaying(recorded(tmp_path))
    assert said(player, width).startswith(" REPLAY  2026-01-01 00:00:00 UTC")
    assert ("recorded" in said(player, width)) == (width >= 85)


def test_a_hole_in_the_recording_is_said(tmp_path: Path) -> None:
    def story(stage: Stage) -> None:
        stage.run(1)
        stage.clock.advance(600)
        stage.run(3)

    player = replaying(recorded(tmp_path, story))
    player.advance(0.6)
    assert "nothing recorded for 10m" in said(player)


def test_a_player_can_be_shown() -> None:
    assert {"pause", "step", "faster", "slower", "leap", "moment", "span", "ended", "gap_s"} <= set(
        dir(Player)
    )
