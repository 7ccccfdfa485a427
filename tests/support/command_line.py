"""Command lines run in this process, beside an exchange or engine that the test's loop runs."""

from __future__ import annotations

import asyncio
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
