"""Whose fault it seems to be: each rule speaks for its own case; the one that explains most comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.states import ShardState, StreamState
from bntui.model.suspect import SUSPICIONS, suspect
from bntui.model.verdict import Facts
from bntui.model.views import ShardView, StreamView
from tests.model.build import shard, stream

FACTS = Facts(
    now=100.0,
    wanted=6,
    quiet=0,
    unexplained=0,
    waiting=0,
    missing=(),
    failed=(),
    connecting=(),
    connections=2,
    rest_ok=True,
    rest_reason="",
    clock_offset_ms=3.0,
    clock_warn_ms=250.0,
    loop_lag_s=0.0,
    loop_lag_warn_s=1.0,
)


def down(number: int, reason: str = "connection refused") -> ShardView:
    return replace(shard(number), state=ShardState.WAITING, reason=reason)


def silent(number: int) -> StreamView:
    return replace(stream("btcusdt@trade"), shard=number, state=StreamState.STALE)


@pytest.mark.parametrize(
    ("facts", "second", "words"),
    [
        (replace(FACTS, loop_lag_s=2.5), None, "this machine: bntui's own loop lags 2.5 s"),
        (replace(FACTS, failed=(down(1, "not served (451)"),)), None, "refuses it (not served (451))"),
        (replace(FACTS, connecting=(down(1), down(2)), rest_ok=False), True, "Binance's main hosts"),
        (replace(FACTS, connecting=(down(1), down(2)), rest_ok=False), None, "your network or this machine"),
        (replace(FACTS, connecting=(down(1), down(2)), rest_ok=False), False, "nor another host"),
        (replace(FACTS, connecting=(down(1), down(2))), None, "Binance's stream host: REST answers, 2 of 2"),
        (replace(FACTS, connecting=(down(1),)), None, "single connections: 1 of 2 are down"),
        (replace(FACTS, missing=(silent(2), silent(2))), None, "connection 2: it is up, 2 of its streams"),
        (replace(FACTS, missing=(silent(1), silent(2))), None, "Binance: the connections are up, 2 streams"),
        (replace(FACTS, clock_offset_ms=-900.0), None, "this machine's clock: -900 ms"),
        (replace(FACTS, rest_ok=False, rest_reason="time: no answer"), None, "Binance's REST"),
        (FACTS, None, ""),
    ],
)
def test_each_case_names_its_suspect_with_the_evidence(facts: Facts, second: bool | None, words: str) -> None:
    told = suspect(facts, second)
    assert words in told
    assert bool(told) == bool(words)


def test_every_rule_can_speak() -> None:
    assert len({rule.name for rule in SUSPICIONS}) == len(SUSPICIONS)
