"""What `record` and `replay` are told reaches them, and mistakes are said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui import cli
from bntui.commandoptions import RecordOptions, ReplayOptions
from bntui.config import Settings
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (
            ["record", "BTCUSDT", "--to", "box", "--for", "20m", "--raw", "--most", "5"],
            ("record", Settings(), ("BTCUSDT",), RecordOptions(Path("box"), 1_200.0, True, 5)),
        ),
        (
            ["record", "--to", "box"],
            ("record", Settings(), (), RecordOptions(Path("box"), None, False, 4_000)),
        ),
        (
            ["replay", "/", "--at", "03:07", "--speed", "4"],
            ("replay", Settings(), ReplayOptions((Path("/"),), "03:07", 4.0, False, False)),
        ),
        (["replay", "--json"], ("replay", Settings(), ReplayOptions((), "", 1.0, True, True))),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["record"], "--to"),
        (["record", "--to", "box", "--for", "soon"], "is no duration"),
        (["record", "--to", "box", "--for", "0s"], "no time at all"),
        (["replay", "/nowhere/at/all"], "/nowhere/at/all"),
        (["replay", "--speed", "0"], "0.1"),
    ],
)
def test_mistakes_are_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 3
    assert said in capsys.readouterr().err
