"""What stands where everything is built, for tests of command lines: it keeps what it was called with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from bntui import cli


class RecordingCompose:
    """Takes every command, keeps what it was given, and ends as told."""

    def __init__(self) -> None:
        """Nothing was called yet."""
        self.calls: list[tuple[object, ...]] = []
        self.code = 0
        self.failure: BaseException | None = None

    def __getattr__(self, name: str) -> Callable[..., int]:
        """The function of a command, as `bntui.commands.seam.Compose` has it."""
        return partial(self._called, name.removeprefix("run_"))

    def _called(self, *call: object) -> int:
        self.calls.append(call)
        if self.failure:
            raise self.failure
        return self.code

    def came_of(self, words: list[str]) -> tuple[object, ...]:
        """The one call that a command line became: its command's name, and what it was given."""
        assert cli.main(words) == 0
        (call,) = self.calls
        return call


def refused(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command line that must be refused as a usage error; returns what stderr says."""
    assert cli.main(words) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("bntui: ")
    return said.err
