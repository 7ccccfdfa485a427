"""Commands that show what streams bring."""

from __future__ import annotations

import pytest

from bntui.commandoptions import (
    BookOptions,
    CandlesOptions,
    StatusOptions,
    TailOptions,
)
from bntui.config import Settings
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["status"], ("status", Settings(), (), StatusOptions(False, None, (), False))),
        (
            ["status", "--watch", "--every", "5s"],
            ("status", Settings(), (), StatusOptions(False, None, (), False, watch=True, every_s=5.0)),
        ),
        (
            ["status", "--json", "--own", "--for", "10s", "--kinds", "trade,candle", "BTCUSDT"],
            ("status", Settings(), ("BTCUSDT",), StatusOptions(True, 10, ("trade", "candle:1m"), True)),
        ),
        (["tail"], ("tail", Settings(), (), TailOptions(False, None, (), False))),
        (["tail", "--levels", "25"], ("tail", Settings(), (), TailOptions(False, None, (), False, 25))),
        (
            ["book", "btcusdt"],
            ("book", Settings(), "btcusdt", BookOptions(False, None, False, 10, "", False)),
        ),
        (
            ["book", "BTC", "--json", "--own", "--partial", "--for", "3s", "--levels", "5", "--step", "0.50"],
            ("book", Settings(), "BTC", BookOptions(True, 3, True, 5, "0.50", True)),
        ),
        (["candles", "btcusdt"], ("candles", Settings(), "btcusdt", CandlesOptions("1m", 100, False, False))),
        (
            ["candles", "BTCUSDT", "--json", "--own", "--interval=1M", "--limit=7", "--limit", "url_chars=9"],
            ("candles", Settings(limits={"url_chars": 9}), "BTCUSDT", CandlesOptions("1M", 7, True, True)),
        ),
        (
            ["tail", "BTCUSDT", "ETHUSDT", "--json", "--own", "--for", "5m", "--kinds", "quote"],
            ("tail", Settings(), ("BTCUSDT", "ETHUSDT"), TailOptions(True, 300, ("quote",), True)),
        ),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call
