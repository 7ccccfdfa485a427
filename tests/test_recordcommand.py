"""`bntui record`: connections of its own, an orderly end, and words where nothing can be kept or seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.blackbox.recording import open_recording
from bntui.blackbox.segments import RAW_SUFFIX, segments
from bntui.clock import SystemClock
from bntui.model.delta import Delta
from bntui.model.states import Grade
from bntui.sim.server import Sim, SimConfig
from bntui.tape import read_tape
from tests.support.command_line import CommandLine, Said, at, patiently


def last_of(folder: Path) -> Path:
    """The recording that was made last in a folder."""
    return max(folder.iterdir(), key=lambda path: path.stat().st_mtime)


async def test_what_was_seen_is_recorded_with_every_frame(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = CommandLine(capsys)
    async with Sim(SimConfig(symbols=3, rate=50), SystemClock()) as sim:

        async def look(span: str) -> Said:
            return await run("record", "--to", str(tmp_path / span), "--for", span, "--raw", *at(sim))

        def enough(said: Said) -> bool:
            return any(turn.grade is Grade.LIVE for turn in open_recording([last_of(tmp_path)]).turns())

        said = await patiently(look, enough)
    assert said.code == 0, said.err
    assert "Recorded. Play it: bntui replay" in said.err
    folder = last_of(tmp_path)
    deltas = [record for record in open_recording([folder]).records(0) if isinstance(record, Delta)]
    quotes = {row.key.symbol for delta in deltas for row in delta.rows if row.bid is not None}
    assert len(quotes) == 3
    frames = list(read_tape(segment.path for segment in segments(folder, RAW_SUFFIX)))
    assert any("bookTicker" in frame.text for frame in frames)


async def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    async with Sim(SimConfig(symbols=3), SystemClock()) as sim:
        said = await CommandLine(capsys)("record", "--to", str(tmp_path / "file" / "box"), *at(sim))
    assert said.code == 3
    assert "cannot be written: Not a directory" in said.err


async def test_an_exchange_that_cannot_be_reached_is_said_and_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ("--rest-url", "http://127.0.0.1:9", "--stream-url", "ws://127.0.0.1:9")
    said = await CommandLine(capsys)("record", "BTCUSDT", "--to", str(tmp_path), "--for", "1s", *nowhere)
    assert said.code == 4
    assert "could not be reached" in said.err
    assert list(open_recording([tmp_path]).turns())
