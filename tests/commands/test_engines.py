"""Processes that stay are told the same as others, and a viewer tells its engine more."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui import cli
from bntui.commandoptions import (
    EngineOptions,
    MetricsOptions,
)
from bntui.config import Settings
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["serve-metrics"], ("metrics", Settings(), MetricsOptions("127.0.0.1", 9464))),
        (["serve-metrics", "--listen", "[::1]:0"], ("metrics", Settings(), MetricsOptions("::1", 0))),
        (["engine"], ("engine", Settings(), (), EngineOptions())),
        (["engine", "BTCUSDT"], ("engine", Settings(), ("BTCUSDT",), EngineOptions())),
        (
            ["engine", "--leaves", "--folder", "/", "--label", "demo"],
            ("engine", Settings(), (), EngineOptions(leaves=True, folder=Path("/"), label="demo")),
        ),
        (
            ["engine", "--trust-socket", "/run/x/trust.sock", "--trust-group", "bots"],
            (
                "engine",
                Settings(trust_socket=Path("/run/x/trust.sock"), trust_group="bots"),
                (),
                EngineOptions(),
            ),
        ),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call


def test_what_only_processes_say_to_each_other_is_not_in_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["engine", "-h"]) == 0
    assert cli.main(["sim", "-h"]) == 0
    said = capsys.readouterr().out
    assert [option for option in ("--leaves", "--folder", "--label", "--tied") if option in said] == []
