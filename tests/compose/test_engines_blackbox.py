"""Every engine process keeps a black box, and whatever ends it, the next start reads all of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bntui.blackbox.box import FOLDER
from bntui.blackbox.recording import open_recording
from bntui.errors import UsageError
from bntui.model.states import Grade
from tests.support.command_line import at
from tests.support.programs import exchange, program, until


def is_live(folder: Path, runs: int) -> bool:
    """Whether so many engines have recorded, the last of them until its verdict was live."""
    try:
        recording = open_recording([folder])
        return len(recording.segments) == runs and any(
            turn.grade is Grade.LIVE for turn in recording.turns(runs - 1)
        )
    except UsageError:
        return False


async def test_an_engine_killed_while_it_records_leaves_all_of_it_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    box = folder / FOLDER
    async with exchange() as sim:
        words = ("engine", "BTCUSDT", *at(sim), "--folder", str(folder))
        for runs in (1, 2):
            async with program(*words) as process:
                await until(partial(is_live, box, runs))
                process.kill()
            recording = open_recording([box])
            assert len(recording.segments) == runs
            assert sum(turn.grade is Grade.LIVE for turn in recording.turns()) >= runs
            assert recording.ended_ms > recording.segments[-1].began_ms
