"""The viewer's side of the engine process, with small programs in the engine's place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bntui.clock import SystemClock
from bntui.engine.launcher import EngineProcess
from bntui.errors import ConnectError

LISTENS = """
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); c, _ = s.accept()
c.recv(1000)
"""
FAILS = "import sys; print('bntui: The lock is held.', file=sys.stderr); sys.exit(3)"


def process(folder: Path, program: str) -> tuple[EngineProcess, list[str]]:
    starts: list[str] = []
    socket = folder / "engine.sock"
    command = [sys.executable, "-c", program, str(socket)]
    return EngineProcess(command, folder, socket, SystemClock(), starts.append), starts


async def test_an_engine_is_started_where_none_answers(tmp_path: Path) -> None:
    engine, starts = process(tmp_path, LISTENS)
    carrier = await engine.connect()
    assert starts == [""]
    await carrier.close()
    await engine.ended(5.0)


async def test_an_engine_that_fails_is_told_with_its_last_words_and_not_started_at_once(
    tmp_path: Path,
) -> None:
    engine, starts = process(tmp_path, FAILS)
    with pytest.raises(ConnectError, match=r"exit code 3\): The lock is held\."):
        await engine.connect()
    with pytest.raises(ConnectError, match="started again in"):
        await engine.connect()
    assert len(starts) == 1


async def test_an_engine_that_does_not_leave_is_ended(tmp_path: Path) -> None:
    engine, _ = process(tmp_path, LISTENS)
    carrier = await engine.connect()
    await engine.ended(0.1)
    assert await carrier.receive() is None
    await carrier.close()


KILLS_ITSELF = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


async def test_how_an_engine_died_is_said_until_the_next_one_starts(tmp_path: Path) -> None:
    engine, _ = process(tmp_path, KILLS_ITSELF)
    with pytest.raises(ConnectError, match=r"ended \(killed by SIGKILL\)$"):
        await engine.connect()
    with pytest.raises(ConnectError, match=r"ended \(killed by SIGKILL\); it is started again in 1 s$"):
        await engine.connect()


async def test_an_engine_that_took_its_folder_with_it_is_started_in_a_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    engine, starts = process(folder, LISTENS)
    carrier = await engine.connect()
    assert (len(starts), folder.stat().st_mode & 0o777) == (1, 0o700)
    await carrier.close()
    await engine.ended(5.0)


async def test_an_engine_that_cannot_be_started_is_told_in_words_and_tried_again_later(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    engine, starts = process(tmp_path / "file" / "run", LISTENS)
    with pytest.raises(ConnectError, match=r"cannot be started \(Not a directory\)$"):
        await engine.connect()
    with pytest.raises(ConnectError, match="started again in 1 s"):
        await engine.connect()
    assert len(starts) == 1
