"""Command lines run in this process, beside an exchange or engine that the test's loop runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import orjson
import pytest

from bntui import cli
from bntui.sim.server import Sim


class Said(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Stdout, one JSON object a line."""
        return [orjson.loads(line) for line in self.out.splitlines()]


SPANS = ("1s", "5s", "25s")
"""What a command is given, one after the other, until that was enough."""


async def patiently(look: Callable[[str], Awaitable[Said]], enough: Callable[[Said], object]) -> Said:
    """The same look with ever more time, until enough was seen: a busy machine needs longer."""
    for span in SPANS:
        said = await look(span)
        if enough(said):
            break
    return said


def lines(count: int) -> Callable[[Said], bool]:
    """So many lines are enough."""
    return lambda said: len(said.lines) >= count


class CommandLine:
    """Runs bntui in a thread, so that its loop is not the test's."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing was said yet."""
        self._capsys = capsys

    async def __call__(self, *words: str) -> Said:
        """Run one command line to its end. Never a traceback, whatever it comes to."""
        self._capsys.readouterr()
        code = await asyncio.to_thread(cli.main, words)
        said = Said(code, *self._capsys.readouterr())
        assert "Traceback" not in said.err
        return said


def at(sim: Sim) -> tuple[str, ...]:
    """The options that make a command look at this exchange."""
    return ("--rest-url", sim.urls.rest, "--stream-url", sim.urls.streams)
