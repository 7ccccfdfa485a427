from __future__ import annotations

from dataclasses import replace

from bntui.clock import ManualClock
from bntui.ui.pump import BEAT_S, FramePump
from bntui.wire.mirror import Changes, Mirror
from tests.support import market


class Stage:
    """Notes what it is told to draw."""

    def __init__(self) -> None:
        self.shown: list[tuple[Changes, bool]] = []

    def show(self, changes: Changes, beat: bool) -> None:
        self.shown.append((changes, beat))


class Pumping:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.mirror = Mirror(3.0)
        self.stage = Stage()
        self.front: Stage | None = self.stage
        self.pump = FramePump(self.mirror, self.clock, lambda: self.front)

    def tick(self, symbol: str) -> None:
        row = market.watch_row(symbol)
        delta = replace(market.calm(), full=False, rows=[row], watchlist=None)
        self.mirror.apply(replace(delta, shards=[], streams=[], outages=[]), self.clock.monotonic())


def test_a_frame_without_news_between_beats_draws_nothing() -> None:
    at = Pumping()
    at.pump.frame()
    at.clock.advance(BEAT_S / 2)
    at.pump.frame()
    assert [beat for _, beat in at.stage.shown] == [True]


def test_a_beat_comes_once_a_second_without_catching_up() -> None:
    at = Pumping()
    for step in (0.0, 0.4, 0.4, 0.4, 10.0, 0.1):
        at.clock.advance(step)
        at.pump.frame()
    assert len(at.stage.shown) == 3


def test_a_symbol_that_ticks_often_within_a_frame_is_drawn_once() -> None:
    at = Pumping()
    at.mirror.apply(market.calm(), at.clock.monotonic())
    at.pump.frame()
    for _ in range(300):
        at.tick("BTCUSDT")
    at.clock.advance(0.1)
    at.pump.frame()
    changes, beat = at.stage.shown[-1]
    assert len(at.stage.shown) == 2
    assert changes.rows == {market.key_of("BTCUSDT")}
    assert not beat


def test_what_changes_while_nothing_is_in_front_is_taken_and_not_kept() -> None:
    at = Pumping()
    at.front = None
    at.mirror.apply(market.calm(), at.clock.monotonic())
    at.pump.frame()
    at.front = at.stage
    at.clock.advance(BEAT_S)
    at.pump.frame()
    assert [bool(changes) for changes, _ in at.stage.shown] == [False]


def test_while_the_user_is_away_only_beats_are_drawn_and_nothing_is_lost() -> None:
    at = Pumping()
    at.pump.frame()
    at.mirror.apply(market.calm(), at.clock.monotonic())
    at.tick("BTCUSDT")
    at.clock.advance(BEAT_S / 2)
    at.pump.frame(away=True)
    assert len(at.stage.shown) == 1
    at.clock.advance(BEAT_S / 2)
    at.pump.frame(away=True)
    changes, beat = at.stage.shown[-1]
    assert (len(at.stage.shown), beat, bool(changes.rows)) == (2, True, True)
