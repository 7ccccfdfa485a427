"""`bntui trust` and `bntui wait` ask for the symbols that a bot names."""

from __future__ import annotations

import pytest

from bntui.commandoptions import (
    TrustOptions,
    WaitOptions,
)
from bntui.config import Settings
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (
            ["trust", "BTCUSDT,ETHUSDT", "--json", "--max-age", "800ms", "--no-accounts"],
            ("trust", Settings(), ("BTCUSDT", "ETHUSDT"), TrustOptions(True, 0.8, False)),
        ),
        (
            ["wait", "--trust", "BTCUSDT", "--trust", "ETHUSDT", "--for", "30s", "--timeout", "5m"],
            ("wait", Settings(), ("BTCUSDT", "ETHUSDT"), WaitOptions(30.0, 300.0)),
        ),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call
