"""A command of the user's: never through a shell, never for ever, never too many at once."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bntui.engine.alert_command import AT_ONCE, DONE, OUTPUT_BYTES, WAITING_MOST, Call, Commands, arguments

DANGEROUS = "$(touch owned) `touch owned`; touch owned | touch owned && touch owned > owned\n'\"*"


def python(code: str, *words: str) -> tuple[str, ...]:
    """A program that runs a line of Python."""
    return (sys.executable, "-c", code, *words)


class Desk:
    """Commands, and what is said to have become of each call."""

    def __init__(self, limit_s: float = 60.0, environment: dict[str, str] | None = None) -> None:
        self.sent: list[tuple[int, str]] = []
        self.came = asyncio.Event()
        self.commands = Commands(environment or {}, self.note, limit_s)

    def note(self, number: int, words: str) -> None:
        self.sent.append((number, words))
        self.came.set()

    async def call(self, command: tuple[str, ...], **facts: str) -> str:
        async with asyncio.timeout(60):
            return await self.commands.call(Call(1, command, facts))

    async def until_sent(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.sent) < count:
                self.came.clear()
                await self.came.wait()


TOLD = "import json, os, sys; json.dump([sys.argv[1:], dict(os.environ)], open(sys.argv[1], 'w'))"


def said(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The words and variables that a program was given."""
    words, environ = json.loads((folder / "said.json").read_text())
    return words, environ


async def test_a_symbol_called_like_a_command_executes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for symbol in ("$(reboot)", "$(touch owned)", DANGEROUS):
        words = python(TOLD, "said.json", "{subject}", "about {subject}.")
        assert await Desk().call(words, subject=symbol) == DONE
        given, environ = said(tmp_path)
        assert given[1:] == [symbol, f"about {symbol}."]
        assert environ["BNTUI_ALERT_SUBJECT"] == symbol
    assert os.listdir(tmp_path) == ["said.json"]


def test_only_names_of_facts_are_replaced_and_what_they_bring_is_not_read_again() -> None:
    facts = {"text": "{rule} {0} %s", "rule": "r"}
    command = ("{text}", "{text}", "{print $1}", "{nothing}", "{rule}{rule}", "{text.__class__}")
    assert arguments(command, facts) == [
        "{text}",
        "{rule} {0} %s",
        "{print $1}",
        "{nothing}",
        "rr",
        "{text.__class__}",
    ]


def test_a_character_zero_cannot_cut_an_argument() -> None:
    assert arguments(("p", "{text}"), {"text": "a\0b"}) == ["p", "ab"]


async def test_a_program_is_given_what_the_environment_says_and_no_more(tmp_path: Path) -> None:
    words = python(TOLD, str(tmp_path / "said.json"))
    await Desk(environment={"HOME": "/nowhere"}).call(words, text="x")
    _, environ = said(tmp_path)
    assert environ["HOME"] == "/nowhere"
    assert {name for name in environ if name.startswith("BNTUI")} == {"BNTUI_ALERT_TEXT"}


async def test_a_program_that_fails_says_why() -> None:
    words = await Desk().call(python("import sys; print('no such room'); sys.exit(3)"))
    assert words == "command failed with exit code 3: no such room"


async def test_a_program_that_is_not_there_is_said() -> None:
    assert await Desk().call(("/no/such/program",)) == "command cannot be started: No such file or directory"


async def test_output_goes_to_the_log_without_what_steers_a_terminal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    await Desk().call(python(r"print('\x1b]0;owned\x07 done\n2nd')"))
    (said,) = [record.getMessage() for record in caplog.records if "says" in record.getMessage()]
    assert said == "alert 1: its command says: ]0;owned done 2nd"


async def test_a_program_that_prints_without_end_is_read_and_bounded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert await Desk().call(python("print('x' * 5_000_000)")) == DONE
    (said,) = [record.getMessage() for record in caplog.records if "says" in record.getMessage()]
    assert 0 < len(said) < OUTPUT_BYTES + 100


CALLS = "import socket, subprocess, sys, time; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "

FOREVER = f"{CALLS}time.sleep(1_000)"

WITH_CHILD = (
    f"{CALLS}subprocess.Popen(['sleep', '1000'], pass_fds=[s.fileno()]); s.send(b'ready'); time.sleep(1_000)"
)


class Line:
    """Where programs call: their connections close when they are gone, with all that they have started."""

    def __init__(self) -> None:
        self.calls = 0
        self.called = asyncio.Event()
        self.ended = 0
        self.hung_up = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        self.called.set()
        await reader.read()
        self.ended += 1
        self.hung_up.set()
        writer.close()

    async def until(self, calls: int = 0, ended: int = 0) -> None:
        async with asyncio.timeout(60):
            while self.calls < calls:
                self.called.clear()
                await self.called.wait()
            while self.ended < ended:
                self.hung_up.clear()
                await self.hung_up.wait()


@asynccontextmanager
async def line() -> AsyncIterator[tuple[Line, str]]:
    """A line that programs can call, and its number."""
    answering = Line()
    # A socket's path must be short, which the folder of a test need not be.
    with TemporaryDirectory(prefix="bn-", dir="/tmp") as folder:
        async with await asyncio.start_unix_server(answering.answer, f"{folder}/line"):
            yield answering, f"{folder}/line"


async def test_a_program_that_takes_too_long_is_ended_with_what_it_has_started() -> None:
    async with line() as (answering, number):
        words = await Desk(limit_s=3.0).call(python(WITH_CHILD, number))
        assert words == "command ended after 3 s: it took too long"
        await answering.until(calls=1, ended=1)


async def test_so_many_run_at_once_and_the_end_takes_them_along() -> None:
    desk = Desk()
    async with line() as (answering, number):
        for n in range(AT_ONCE + 3):
            desk.commands.put(Call(n, python(FOREVER, number), {}))
        running = asyncio.ensure_future(desk.commands.run())
        await answering.until(calls=AT_ONCE)
        assert f"{desk.commands!r}" == "<Commands 3 waiting, 0 dropped>"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await answering.until(ended=AT_ONCE)
        assert answering.calls == AT_ONCE


async def test_when_too_many_wait_the_oldest_is_dropped_and_that_is_said() -> None:
    desk = Desk()
    for n in range(WAITING_MOST + 2):
        desk.commands.put(Call(n, ("true",), {}))
    assert desk.sent == [(n, "command not run: too many were waiting") for n in (0, 1)]
    assert desk.commands.dropped == 2


async def test_what_became_of_each_is_told() -> None:
    desk = Desk()
    desk.commands.put(Call(7, python("pass"), {}))
    running = asyncio.ensure_future(desk.commands.run())
    await desk.until_sent(1)
    desk.commands.put(Call(8, python("raise SystemExit(1)"), {}))
    await desk.until_sent(2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.sent == [(7, DONE), (8, "command failed with exit code 1")]


async def test_a_program_that_leaves_something_running_is_not_waited_for() -> None:
    left = "import subprocess, sys; print(subprocess.Popen(['sleep', '1000'], start_new_session=True).pid)"
    desk = Desk()
    words = await desk.call(python(f"{left}; sys.exit(9)"))
    assert words.startswith("command failed with exit code 9: ")
    os.kill(int(words.rpartition(" ")[2]), signal.SIGKILL)
