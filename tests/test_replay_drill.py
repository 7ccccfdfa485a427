"""A drill that was recorded shows, replayed, the verdicts that its viewer saw, at the same times."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.blackbox.box import BlackBox
from bntui.blackbox.player import Player
from bntui.blackbox.recording import open_recording
from bntui.clock import Clock, SystemClock
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill import runner
from bntui.drill.caretaker import Caretaker
from bntui.drill.engines import Wiring
from bntui.drill.record import Record
from bntui.engine.engine import Engine
from bntui.model.incident import moment
from bntui.model.states import Grade
from bntui.replay import when
from bntui.wire.messages import Welcome
from bntui.wire.mirror import Mirror
from tests.support.cut import CUT

SEEN_WITHIN_MS = 2_000
"""A viewer asks ten times a second; a busy machine makes him late, and never early."""


def sentences(player: Player) -> list[tuple[int, str]]:
    """What the top line of a replay says, record by record, with the recorded times of the changes."""
    found: list[tuple[int, str]] = []
    while True:
        said = player.mirror.verdict(player.monotonic()).sentence
        if not found or found[-1][1] != said:
            found.append((player.wall_ms(), said))
        if player.ended:
            return found
        player.step()


async def test_a_drill_replayed_shows_the_same_verdicts_at_the_same_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, boxes, records = SystemClock(), list[BlackBox](), list[Record]()
    ahead_ms = clock.wall_ms() - clock.monotonic() * 1000

    def recorded_by_drill() -> Record:
        records.append(Record())
        return records[-1]

    def wire(settings: Settings, keys: Mapping[str, str]) -> Wiring:
        wiring = drill_wiring(settings, keys)

        def build(attempts: Path, clock: Clock) -> Engine:
            engine = wiring.build_engine(attempts, clock)
            box = BlackBox(tmp_path, clock)
            box.watch(engine.store, Welcome("1.0", engine.store.epoch, 1, clock.wall_ms(), "drill"))
            engine.watchers.append(box.look)
            boxes.append(box)
            return engine

        return replace(wiring, build_engine=build)

    monkeypatch.setattr(runner, "Record", recorded_by_drill)
    judgement = await runner.run_drill(CUT, wire, Settings(), clock, Caretaker())
    for box in boxes:
        box.close()
    assert judgement.passed, judgement.failed

    (record,) = records
    seen = [
        (at * 1000 + ahead_ms, said)
        for at, said in record.verdicts.all()
        if said.sentence.startswith(("LIVE", "BLIND"))
    ]
    assert {said.grade for _, said in seen} == {Grade.LIVE, Grade.BLIND}
    recording = open_recording([tmp_path])
    shown = sentences(Player(recording, Mirror(math.inf)))
    for seen_ms, said in seen:
        when_shown = [ms for ms, sentence in shown if sentence == said.sentence]
        assert any(-100 <= seen_ms - ms <= SEEN_WITHIN_MS for ms in when_shown), (said.sentence, shown)

    turn = next(turn for turn in recording.turns() if turn.grade is Grade.BLIND)
    player = Player(recording, Mirror(math.inf))
    # The next whole second, as somebody would type it.
    at = moment(turn.wall_ms + 1_000, "%H:%M:%S")
    player.seek(when(at, recording))
    verdict = player.mirror.verdict(player.monotonic())
    assert verdict.grade is Grade.BLIND
    told_by_then = [sentence for ms, sentence in shown if ms <= player.wall_ms()]
    assert verdict.sentence == told_by_then[-1]
