"""A replay shows at each recorded time what was shown then, whichever way it came there."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.blackbox.player import GAP_S, NOT_KEPT, SPEEDS, Player
from bntui.blackbox.recorder import SEGMENT_S
from bntui.blackbox.recording import open_recording
from bntui.model.markets import Market, StreamKey
from bntui.model.panels import NOT_RECORDED, Focus
from bntui.model.states import BookState, Grade, StreamState
from bntui.model.status import StreamChanged
from bntui.wire.mirror import LinkState, Mirror
from tests.blackbox.stage import Stage, recorded
from tests.model.build import BTC, ETH, T0_MS, stream, stream_changed, stream_gone


def player_of(folder: Path, speed: float = 1.0) -> Player:
    return Player(open_recording([folder]), Mirror(math.inf), speed)


def second(player: Player) -> float:
    """Of the recording."""
    return (player.wall_ms() - T0_MS) / 1000


def sentence(player: Player) -> str:
    return player.mirror.verdict(player.monotonic()).sentence


def age(player: Player) -> float:
    """Of the quote on screen, as the screen counts it."""
    quote_at = player.mirror.rows[BTC].quote_at
    assert quote_at is not None
    return player.mirror.now(player.monotonic()) - quote_at


def expected(at: float) -> str:
    """What the incident's story shows at a second."""
    return f"BLIND on 3 of 3 streams for {int(at - 10)}s" if 10 <= at < 15 else "LIVE 3/3 streams"


def test_every_verdict_is_shown_at_the_time_at_which_it_was(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path))
    while not player.ended:
        assert sentence(player) == expected(second(player)), second(player)
        player.advance(0.1)
    assert player.mirror.link is LinkState.LIVE


def test_a_jump_shows_the_same_as_playing_up_to_there(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path))
    rng = random.Random(7)
    for _ in range(50):
        at = rng.randrange(0, 24_750)
        player.seek(T0_MS + at)
        assert player.wall_ms() == T0_MS + at
        assert sentence(player) == expected(at / 1000)


def test_ages_are_of_the_recorded_time_and_stand_still_with_it(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path))
    player.seek(T0_MS + 14_000)
    assert age(player) == pytest.approx(4.25)
    player.pause()
    player.advance(60)
    assert age(player) == pytest.approx(4.25)
    assert second(player) == 14
    player.pause()
    player.advance(0.5)
    assert age(player) == pytest.approx(4.75)
    player.leap(-13)
    assert age(player) <= 1


def test_a_step_goes_to_the_next_record_and_stands_still(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path))
    seen = []
    for _ in range(3):
        player.step()
        seen.append(second(player))
        assert player.paused
    assert seen == [1, 2, 3]


def test_speed_is_what_passes_in_a_second_of_the_user(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path), speed=4)
    player.advance(0.5)
    assert second(player) == pytest.approx(2)
    player.faster()
    assert player.speed == 8
    player.advance(0.5)
    assert second(player) == pytest.approx(6)
    for _ in SPEEDS:
        player.slower()
    assert player.speed == SPEEDS[0]
    for _ in SPEEDS:
        player.faster()
    assert player.speed == SPEEDS[-1]


def test_at_its_end_it_stands_with_what_was_shown_last(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path), speed=60)
    player.advance(10)
    player.advance(10)
    assert player.ended
    assert second(player) == 25
    assert sentence(player) == "LIVE 3/3 streams"
    player.step()
    player.leap(1_000)
    assert second(player) == 25


def test_the_clock_of_the_screen_never_goes_back(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path))
    before = player.monotonic()
    moves: list[Callable[[], None]] = [
        lambda: player.advance(9),
        lambda: player.leap(-5),
        player.step,
        lambda: player.leap(100),
    ]
    for move in moves:
        move()
        assert player.monotonic() >= before
        before = player.monotonic()


def test_playing_across_segments_forgets_nothing_and_misses_no_change(tmp_path: Path) -> None:
    def story(stage: Stage) -> None:
        stage.say(Grade.LIVE, "LIVE")
        stage.run(SEGMENT_S - 0.5, stage.quote)
        # Gone in the second in which the segment ends.
        stage.happen(stream_gone())
        stage.store.set_watchlist([BTC, ETH])
        stage.run(5, stage.quote)

    def with_stream(stage: Stage) -> None:
        stage.happen(stream_changed())
        story(stage)

    player = player_of(recorded(tmp_path, with_stream), speed=60)
    assert len(player.recording.segments) == 2
    assert player.mirror.streams
    epoch = player.mirror.epoch
    while not player.ended:
        player.advance(0.05)
    assert player.mirror.epoch == epoch, "begun anew: screens lose their place"
    assert player.mirror.streams == {}
    assert player.mirror.watchlist == (BTC, ETH)
    assert age(player) < 1.5


def test_where_nothing_was_recorded_it_goes_on_behind_and_says_so(tmp_path: Path) -> None:
    def story(stage: Stage) -> None:
        stage.say(Grade.LIVE, "LIVE")
        stage.run(2, stage.quote)
        stage.clock.advance(3_600)
        stage.run(2, stage.quote)

    player = player_of(recorded(tmp_path, story))
    player.advance(0.9)
    assert player.gap_s == 0
    player.advance(0.5)
    assert second(player) == pytest.approx(3_602, abs=2)
    assert player.gap_s > 3_600 - GAP_S
    assert sentence(player) == "LIVE"
    player.advance(0.4)
    assert player.gap_s > 0, "long enough to be read"
    player.seek(T0_MS + 1_800_000)
    assert second(player) < 5, "the last that was shown before"
    assert player.gap_s == 0


def test_another_engine_is_another_story(tmp_path: Path) -> None:
    recorded(tmp_path)
    later = Stage(tmp_path, epoch="e2", begins_ms=T0_MS + 60_000)
    later.say(Grade.DEGRADED, "DEGRADED: starting")
    later.run(3)
    later.box.close()
    player = player_of(tmp_path, speed=60)
    while not player.ended:
        player.advance(0.05)
    assert sentence(player) == "DEGRADED: starting"
    assert player.mirror.engine is not None
    assert player.mirror.engine.epoch == "e2"
    player.seek(T0_MS + 12_500)
    assert sentence(player) == expected(12.5)
    assert player.mirror.engine.epoch == "e1"


def test_ages_that_a_recording_cannot_know_are_not_shown(tmp_path: Path) -> None:
    def story(stage: Stage) -> None:
        for name, state in (("a@trade", StreamState.LIVE), ("b@trade", StreamState.STALE)):
            view = replace(stream(name, state), data_at=stage.clock.monotonic())
            stage.happen(StreamChanged(StreamKey(Market.SPOT, name), view))
        stage.run(1)

    shown = player_of(recorded(tmp_path, story)).mirror.streams.values()
    assert [(view.name, view.data_at) for view in shown] == [("a@trade", None), ("b@trade", 1_000.0)]


def test_a_symbol_that_is_opened_says_what_is_not_kept(tmp_path: Path) -> None:
    player = player_of(recorded(tmp_path))
    for _ in range(2):
        player.focus(Focus(Market.SPOT, "BTCUSDT", "5m"))
        panels = player.mirror.panels
        assert panels is not None
        assert panels.book is not None
        assert (panels.book.status.state, panels.book.status.reason) == (BookState.UNTRUSTED, NOT_KEPT)
        assert panels.failure == NOT_KEPT
        assert [(row.trades, row.cause) for row in panels.tape] == [(NOT_RECORDED, NOT_KEPT)]
        player.seek(T0_MS + 5_000)
        assert player.mirror.panels is not None
    player.focus(None)
