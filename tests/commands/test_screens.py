"""What is drawn, and where a drill is."""

from __future__ import annotations

import sys

import pytest

from bntui import cli
from bntui.commandoptions import (
    DrillOptions,
)
from bntui.config import Settings
from bntui.preferences import Preferences
from bntui.venue.binance.endpoints import Environment
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ([], ("tui", Settings(), ())),
        (["BTCUSDT"], ("tui", Settings(), ("BTCUSDT",))),
        (["btcusdt", "ETHUSDT.usdm"], ("tui", Settings(), ("btcusdt", "ETHUSDT.usdm"))),
        (["BTCUSDT,ETHUSDT", "BTCUSDT"], ("tui", Settings(), ("BTCUSDT", "ETHUSDT"))),
        (["币安人生USDT"], ("tui", Settings(), ("币安人生USDT",))),
        (["attach"], ("attach", Settings())),
        (["drill"], ("drill", Settings(), DrillOptions((), False, False, False, False))),
        (
            ["drill", "half-open", "ban", "--json"],
            ("drill", Settings(), DrillOptions(("half-open", "ban"), False, True, False, False)),
        ),
        (
            ["drill", "ban", "--metrics", "127.0.0.1:9465"],
            ("drill", Settings(), DrillOptions(("ban",), False, False, False, False, ("127.0.0.1", 9465))),
        ),
        (["drill", "--all", "--list"], ("drill", Settings(), DrillOptions((), True, False, True, False))),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call


@pytest.mark.parametrize(
    ("words", "stdout_is_a_terminal", "on_screen"),
    [
        (["half-open"], True, True),
        (["half-open"], False, False),
        (["half-open", "ban"], True, False),
        (["half-open", "--json"], True, False),
        (["half-open", "--metrics", "127.0.0.1:0"], True, False),
        (["half-open", "--list"], True, False),
        (["--all"], True, False),
    ],
)
def test_a_single_drill_is_shown_where_there_is_a_terminal_and_nobody_reads_the_output(
    words: list[str],
    stdout_is_a_terminal: bool,
    on_screen: bool,
    compose: RecordingCompose,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout_is_a_terminal)
    assert cli.main(["drill", *words]) == 0
    ((_, _, options),) = compose.calls
    assert isinstance(options, DrillOptions)
    assert options.screen is on_screen


@pytest.mark.parametrize("words", [[], ["ban", "half-open"], ["--all"], ["ban", "--list"]])
def test_metrics_are_of_one_drill(
    words: list[str], compose: RecordingCompose, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["drill", "--metrics", "127.0.0.1:0", *words]) == 3
    assert "--metrics is of one drill: name it." in capsys.readouterr().err
    assert compose.calls == []


def test_options_are_taken_after_a_symbol(compose: RecordingCompose) -> None:
    assert cli.main(["BTCUSDT", "--env", "testnet", "ETHUSDT", "--fps", "5"]) == 0
    settings = Settings(
        environment=Environment.TESTNET, preferences=Preferences(fps=5, fixed=frozenset({"fps"}))
    )
    assert compose.calls == [("tui", settings, ("BTCUSDT", "ETHUSDT"))]
