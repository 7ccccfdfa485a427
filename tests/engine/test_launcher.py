"""The viewer's side of the engine process, with small programs in the engine's place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bntui.clock import SystemClock
from bntui.engine.launcher import EngineProcess, serves
from bntui.errors import ConnectError
from bntui.wire.messages import Hello

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


# An engine that others use


SERVES = """
import asyncio, sys
from pathlib import Path
from bntui.wire.carrier import SocketListener
from bntui.wire.messages import Refused, Welcome

SAYS = {"takes": Welcome("1", "epoch", 1, 0, ""), "refuses": Refused("no", ""), "ignores": None}

async def main():
    listener = SocketListener(Path(sys.argv[1]))
    talks = set()
    while True:
        talks.add(asyncio.create_task(talk(await listener.accept())))

async def talk(carrier):
    if await carrier.receive() and SAYS["ANSWER"]:
        await carrier.send(SAYS["ANSWER"])
    await asyncio.Event().wait()

asyncio.run(main())
"""
HELLO = Hello("1", "print", "a test")


@pytest.mark.parametrize(("answer", "is_needed"), [("takes", True), ("refuses", False), ("ignores", False)])
async def test_an_engine_that_takes_other_viewers_is_left_alone(
    tmp_path: Path, answer: str, is_needed: bool
) -> None:
    engine, _ = process(tmp_path, SERVES.replace("ANSWER", answer))
    socket = tmp_path / "engine.sock"
    carrier = await engine.connect()
    await carrier.close()
    await engine.ended(0.1, lambda: serves(socket, HELLO))
    assert await serves(socket, HELLO) is is_needed
    await engine.ended(0.1)
    assert not await serves(socket, HELLO)
