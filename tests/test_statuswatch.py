"""A watch prints a line for each change, goes on whatever comes, and tells its supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from bntui.clock import ManualClock, SystemClock
from bntui.commandoptions import StatusOptions
from bntui.engine.status import Findings
from bntui.errors import ConnectError, UsageError
from bntui.model.judged import VerdictView, empty_health
from bntui.model.states import Grade
from bntui.statuswatch import Changes, line_of, watch
from tests.support.pages import named_in

LIVE = VerdictView(Grade.LIVE, "LIVE 3/3", 0.0)
BLIND = VerdictView(Grade.BLIND, "BLIND on 1 of 3 streams for 5s: BTCUSDT quotes", 0.0, "your network")
OPTIONS = StatusOptions(False, None, (), False, watch=True, every_s=0.01)


def found(verdict: VerdictView) -> Findings:
    """A look that came to this."""
    return Findings(verdict, (), (), (), None, empty_health(), 0.0)


def looks(*what: VerdictView | Exception, then: Callable[[], None]) -> Callable[[], Awaitable[Findings]]:
    """What each look comes to; `then` is done at the last, which repeats itself."""
    left = list(what)

    async def look() -> Findings:
        await asyncio.sleep(0)
        if len(left) == 1:
            then()
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, Exception):
            raise one
        return found(one)

    return look


def terminate() -> None:
    """Tell this process to end, as a supervisor does."""
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_duration_that_grows_is_no_news_but_another_cause_is() -> None:
    changes = Changes()

    def news(grade: Grade, sentence: str) -> bool:
        return changes.are_in(VerdictView(grade, sentence, 0.0))

    assert news(Grade.LIVE, "LIVE 3/3")
    assert not news(Grade.LIVE, "LIVE 3/3 (1 quiet)")
    assert news(Grade.BLIND, "BLIND on 1 of 3 streams for 59s: BTCUSDT quotes")
    assert not news(Grade.BLIND, "BLIND on 1 of 3 streams for 1m00s: BTCUSDT quotes")
    assert not news(Grade.BLIND, "BLIND on 1 of 3 streams for 2d04h: BTCUSDT quotes")
    assert news(Grade.BLIND, "BLIND on 2 of 3 streams for 2d04h: BTCUSDT quotes, BTCUSDT trades")
    assert news(Grade.DEGRADED, "DEGRADED: clock offset +312 ms")
    assert not news(Grade.DEGRADED, "DEGRADED: clock offset -299 ms")
    assert news(Grade.LIVE, "LIVE 3/3")


def test_a_line_has_its_time_and_steers_no_terminal() -> None:
    wall_ms = ManualClock().wall_ms()
    assert line_of(BLIND, wall_ms, as_json=False) == (
        "2026-01-01 00:00:00Z BLIND on 1 of 3 streams for 5s: BTCUSDT quotes (suspect: your network)"
    )
    evil = VerdictView(Grade.BLIND, "BLIND on \x1b[2J", 0.0)
    assert line_of(evil, wall_ms, as_json=False).isprintable()
    told = orjson.loads(line_of(BLIND, wall_ms, as_json=True))
    assert told == {
        "time_ms": wall_ms,
        "verdict": "blind",
        "sentence": BLIND.sentence,
        "suspect": "your network",
    }
    assert told.keys() <= named_in("systemd.md")


async def test_each_change_is_a_line_and_the_end_by_signal_is_no_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    gone = ConnectError("No engine runs on this profile.")
    look = looks(LIVE, LIVE, BLIND, BLIND, gone, gone, LIVE, then=terminate)
    async with asyncio.timeout(20):
        assert await watch(look, OPTIONS, SystemClock(), {}) == 0
    said = [line[21:] for line in capsys.readouterr().out.splitlines()]
    assert said == [
        "LIVE 3/3",
        f"{BLIND.sentence} (suspect: your network)",
        "NO ENGINE: No engine runs on this profile.",
        "LIVE 3/3",
    ]
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("last", "code"), [(LIVE, 0), (BLIND, 2), (ConnectError("No engine runs on this profile."), 4)]
)
async def test_one_for_a_time_ends_with_the_last_verdicts_code(
    last: VerdictView | Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = ManualClock()
    options = StatusOptions(True, 60.0, (), False, watch=True, every_s=0.01)
    look = looks(LIVE, last, then=lambda: clock.advance(60.0))
    async with asyncio.timeout(20):
        assert await watch(look, options, clock, {}) == code
    assert all(orjson.loads(line)["time_ms"] for line in capsys.readouterr().out.splitlines())


async def test_what_cannot_be_judged_ends_it() -> None:
    with pytest.raises(UsageError):
        await watch(looks(UsageError("not watched"), then=lambda: None), OPTIONS, SystemClock(), {})


@pytest.fixture
def systemd() -> Iterator[socket.socket]:
    """Stands where systemd listens."""
    with tempfile.TemporaryDirectory(prefix="bn-") as folder:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(str(Path(folder) / "notify"))
        listener.setblocking(False)
        with listener:
            yield listener


async def test_the_supervisor_is_told_of_start_verdict_life_and_end(
    systemd: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "30000"}
    heard: list[str] = []
    loop = asyncio.get_running_loop()
    # As it comes: the system holds only a few messages that nobody reads.
    loop.add_reader(systemd, lambda: heard.append(systemd.recv(4096).decode()))
    async with asyncio.timeout(20):
        await watch(looks(LIVE, *[BLIND] * 5, then=terminate), OPTIONS, SystemClock(), environ)
    loop.remove_reader(systemd)
    with suppress(BlockingIOError):
        while True:
            heard.append(systemd.recv(4096).decode())
    assert heard.count("READY=1") == 1
    assert heard[-1] == "STOPPING=1"
    assert f"STATUS={BLIND.sentence}" in heard
    assert heard.count("WATCHDOG=1") > 1
