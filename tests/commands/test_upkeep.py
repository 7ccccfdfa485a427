"""What users set up is looked after by a few commands."""

from __future__ import annotations

import pytest

from bntui.commandoptions import (
    DoctorOptions,
    KeysOptions,
)
from bntui.config import Settings
from bntui.model.markets import Market
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["config", "check"], ("config", Settings(), "check")),
        (["keys", "list"], ("keys", Settings(), KeysOptions("list"))),
        (
            ["keys", "add", "my-bot", "--market", "spot,usdm"],
            ("keys", Settings(), KeysOptions("add", "my-bot", (Market.SPOT, Market.USDM))),
        ),
        (["doctor"], ("doctor", Settings(), DoctorOptions(json=False))),
        (
            ["doctor", "--json", "--proxy", "none"],
            ("doctor", Settings(proxy="none"), DoctorOptions(json=True)),
        ),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call
