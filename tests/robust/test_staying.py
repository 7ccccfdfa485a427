"""An engine that stays: viewers are cut off, bots ask, it is killed while it writes; and it knows all."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui import paths
from bntui.clock import SystemClock
from bntui.config import DEFAULT_PROFILE
from bntui.errors import ConnectError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.journal import open_journal
from bntui.journal_state import kept_state
from bntui.trust import Asked, answer_to
from tests.robust import processes
from tests.robust.processes import reaped_cpu_s, used_cpu_s
from tests.support.programs import WAIT_S, closings, ended, exchange, program, reaching, until
from tests.support.terminal import terminal

pytestmark = processes.NEEDED

GONE_WITHIN_S = 2.0
"""How long a viewer without a terminal may live."""

ASKED = 300
"""Questions of a bot at a hundred a second."""


def gate() -> Path:
    """Where bots ask."""
    return paths.trust_socket_path(paths.state_dir(DEFAULT_PROFILE))


async def trusted(line: str = "BTCUSDT") -> bool:
    """Whether an engine is there and says yes."""
    with suppress(ConnectError):
        return bool((await answer_to(Asked(gate(), line, "")))["trust"] == "ok")
    return False


async def until_trusted() -> None:
    """Wait for the engine to be there and to see."""
    async with asyncio.timeout(WAIT_S):
        while not await trusted():  # noqa: ASYNC110 — another process sets no event of ours
            await asyncio.sleep(0.01)


async def test_a_cut_off_viewer_costs_the_engine_nothing_and_the_next_one_sees_the_night() -> None:
    async with exchange(symbols=2) as sim:
        words = reaching(sim).arguments()
        async with program("engine", *words, "BTCUSDT") as engine:
            await until_trusted()
            reaped_s = reaped_cpu_s()
            async with terminal("attach", *words) as screen:
                await screen.until(lambda: "LIVE  3/3" in screen.screen, WAIT_S)
                seen_s = used_cpu_s(screen.process.pid)
                screen.hang_up()
                await screen.ended(GONE_WITHIN_S)
            assert reaped_cpu_s() - reaped_s - seen_s < 1.0, "a viewer burns no processor on its way out"
            assert await trusted()
            assert len(closings(sim)) == 1, "the connection to the exchange is the one from the start"

            sim.fault({"fault": "abort"})
            await until(lambda: len(closings(sim)) == 2)
            await until_trusted()
            async with terminal("attach", *words) as screen:
                await screen.until(lambda: "LIVE  3/3" in screen.screen, WAIT_S)
                screen.press("3")
                await screen.until(lambda: "1006" in screen.screen, WAIT_S)
                os.kill(screen.process.pid, signal.SIGTERM)
                assert await screen.ended(WAIT_S) == 128 + signal.SIGTERM
                assert screen.restored()
            engine.terminate()
            assert await ended(engine) == (0, "", "")


async def test_a_bot_that_asks_without_end_costs_little_and_hears_of_a_silent_stall_within_its_second() -> (
    None
):
    async with exchange(symbols=2) as sim, program("engine", *reaching(sim).arguments(), "BTCUSDT") as engine:
        await until_trusted()
        clock = SystemClock()
        reader, writer = await asyncio.open_unix_connection(gate())

        async def ask() -> dict[str, Any]:
            writer.write(b"BTCUSDT max_age=0.8\n")
            told: dict[str, Any] = orjson.loads(await reader.readline())
            return told

        async def paced(began: float, number: int) -> None:
            await asyncio.sleep(max(0.0, began + number / 100 - clock.monotonic()))

        began, used_s = clock.monotonic(), used_cpu_s(engine.pid)
        for number in range(ASKED):
            await ask()
            await paced(began, number)
        # With the feed's own work, on a machine that is busy with other tests: a coarse bound.
        assert (used_cpu_s(engine.pid) - used_s) / (clock.monotonic() - began) < 0.25

        sim.fault({"fault": "stall_all", "for": 5})
        stalled_at = clock.monotonic()
        for number in range(10 * ASKED):
            if (await ask())["trust"] != "ok":
                break
            await paced(stalled_at, number)
        assert clock.monotonic() - stalled_at < 2.0
        writer.close()
        await writer.wait_closed()


WRITE_JOURNAL = """
import sys
from pathlib import Path
from bntui.clock import SystemClock
from bntui.journal import open_journal
from bntui.journal_state import keep_state
open_journal(Path(sys.argv[1]), SystemClock().wall_ms()).close()
for number in range(1, 1_000_000):
    keep_state(Path(sys.argv[1]), "number", str(number))
    keep_state(Path(sys.argv[1]), "padding", str(number) * 3_000)
    if number % 10 == 0:
        print(number, flush=True)
"""

WRITE_ATTEMPTS = """
import sys
from pathlib import Path
from bntui.clock import SystemClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
file = AttemptsFile(Path(sys.argv[1]), AttemptLimit(1_000_000, 300_000), SystemClock())
for number in range(1, 1_000_000):
    file.take()
    if number % 20 == 0:
        print(number, flush=True)
"""


async def killed_while_writing(text: str, path: Path, lines: int) -> None:
    """A program that writes a file, killed after it has said so many lines, in the middle of its work."""
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", text, str(path), stdout=PIPE)
    assert writer.stdout is not None
    async with asyncio.timeout(WAIT_S):
        for _ in range(lines):
            assert await writer.stdout.readline()
    writer.kill()
    await writer.communicate()


@pytest.mark.parametrize("lines", [1, 2, 3])
async def test_what_was_being_written_when_it_was_killed_is_read_by_the_next_start(
    tmp_path: Path, lines: int
) -> None:
    clock = SystemClock()
    await killed_while_writing(WRITE_JOURNAL, tmp_path / "journal.db", lines)
    with closing(open_journal(tmp_path / "journal.db", clock.wall_ms())) as journal:
        journal.put("after", "yes")
    kept = kept_state(tmp_path / "journal.db")
    assert kept["after"] == "yes"
    number = int(kept["number"])
    assert number >= 10 * lines, "what was said to be kept is kept"
    assert kept["padding"] in (str(number) * 3_000, str(number - 1) * 3_000), "and whole"

    await killed_while_writing(WRITE_ATTEMPTS, tmp_path / "attempts.json", lines)
    attempts = AttemptsFile(tmp_path / "attempts.json", AttemptLimit(1_000_000, 300_000), clock)
    known = attempts.count()
    assert known >= 20 * lines - 1
    assert attempts.take() is None
    assert attempts.count() == known + 1


async def test_an_engine_killed_at_work_leaves_nothing_that_the_next_one_cannot_read() -> None:
    async with exchange(symbols=2) as sim:
        words = reaching(sim).arguments()
        for _ in range(2):
            async with program("engine", *words, "BTCUSDT") as engine:
                await until_trusted()
                sim.fault({"fault": "abort"})
                engine.kill()
                await engine.wait()
            assert gate().exists(), "nobody was there to take it away"
        async with program("engine", *words) as engine:
            await until_trusted()
            engine.terminate()
            assert await ended(engine) == (0, "", "")
        assert not gate().exists()
