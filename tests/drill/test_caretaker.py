"""A drill that is killed leaves neither stopped processes nor folders behind."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from bntui.drill.caretaker import Caretaker, clear_up, listen
from tests.support.programs import WAIT_S, until

SLEEPER = (sys.executable, "-I", "-S", "-c", "import time; print(flush=True); time.sleep(600)")

KILLED = """
import signal, subprocess, sys
from pathlib import Path
from bntui.drill.caretaker import Caretaker
with Caretaker() as caretaker:
    caretaker.folder(Path(sys.argv[1]))
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"])
    child.send_signal(signal.SIGSTOP)
    caretaker.hold(child.pid)
    print(child.pid, flush=True)
    sys.stdin.read()
"""


def sleeper() -> subprocess.Popen[bytes]:
    """A process that is stopped."""
    child = subprocess.Popen(SLEEPER, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    return child


def is_gone(pid: int) -> bool:
    """Whether there is no such process, or only what its parent has not asked for yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_only_what_was_not_released_is_left() -> None:
    lines = [b"hold 12\n", b"folder /tmp/a b\n", b"hold 13\n", b"release 12\n", b"nonsense\n", b"hold x\n"]
    assert listen(lines) == ({13}, {Path("/tmp/a b")})


def test_a_stopped_process_is_killed_and_a_folder_removed(tmp_path: Path) -> None:
    folder = tmp_path / "drill"
    (folder / "deep").mkdir(parents=True)
    child = sleeper()
    clear_up([child.pid], [folder, tmp_path / "gone already"], 0.0)
    assert child.wait(WAIT_S) == -signal.SIGKILL
    assert not folder.exists()
    assert child.stdout is not None
    child.stdout.close()


def test_processes_that_are_gone_are_nobodys_trouble(tmp_path: Path) -> None:
    child = sleeper()
    child.kill()
    child.wait(WAIT_S)
    assert child.stdout is not None
    child.stdout.close()
    clear_up([child.pid], [], 0.0)


def test_in_order_it_ends_with_the_drill_and_touches_nothing_that_was_released(tmp_path: Path) -> None:
    child = sleeper()
    with Caretaker() as caretaker:
        caretaker.folder(tmp_path / "removed by the drill")
        caretaker.hold(child.pid)
        caretaker.release(child.pid)
    assert child.poll() is None
    child.kill()
    child.wait(WAIT_S)
    assert child.stdout is not None
    child.stdout.close()


def test_without_its_process_nothing_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    Caretaker().folder(tmp_path)


async def test_after_a_kill_everything_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "drill"
    folder.mkdir()
    drill = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED, str(folder)), stdin=PIPE, stdout=PIPE
    )
    assert drill.stdout is not None
    async with asyncio.timeout(WAIT_S):
        stopped = int(await drill.stdout.readline())
        drill.kill()
        await drill.wait()
    await until(lambda: is_gone(stopped))
    await until(lambda: not folder.exists())
    transport = vars(drill)["_transport"]
    transport.close()
