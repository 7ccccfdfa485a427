"""Whose fault it seems to be: each rule speaks for its own case; the one that explains most comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.markets import Market
from bntui.model.states import ShardState, StreamState
from bntui.model.suspect import SUSPICIONS, suspect
from bntui.model.verdict import Facts, KindsDark
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
    rest_answered=True,
    clock_offset_ms=3.0,
    clock_warn_ms=250.0,
    loop_lag_s=0.0,
    loop_lag_warn_s=1.0,
)


def down(number: int, reason: str = "connection refused") -> ShardView:
    return replace(shard(number), state=ShardState.WAITING, reason=reason)


def silent(number: int, reason: str = "") -> StreamView:
    return replace(stream("btcusdt@trade"), shard=number, state=StreamState.STALE, reason=reason)


ALONE = replace(FACTS, connections=1)
BANNED = "The exchange has banned this IP for too many requests (HTTP 418)."


@pytest.mark.parametrize(
    ("facts", "second", "words"),
    [
        (replace(FACTS, loop_lag_s=2.5), None, "this machine: bntui itself was held up for 2.5 s"),
        (replace(FACTS, failed=(down(1, "not served (451)"),)), None, "this IP or place: not served (451)"),
        (replace(FACTS, rest_ok=False, rest_reason=BANNED), None, "this IP or place: the exchange refuses"),
        (
            replace(FACTS, connecting=(down(1, "closed: 1000 (4510 left)"),)),
            None,
            "connection 1 alone: it is down, the other one is up",
        ),
        (replace(FACTS, connecting=(down(1), down(2)), rest_ok=False), True, "Binance's main hosts"),
        (replace(FACTS, connecting=(down(1), down(2)), rest_ok=False), None, "your network or this machine"),
        (replace(FACTS, connecting=(down(1), down(2)), rest_ok=False), False, "nor another host"),
        (
            replace(FACTS, connecting=(down(1), down(2))),
            None,
            "Binance's stream host: all 2 connections are down, while REST answers",
        ),
        (
            replace(ALONE, connecting=(down(1),), missing=(silent(1),), rest_answered=False),
            None,
            "not clear yet: the connection is down, and REST is being asked",
        ),
        (
            replace(FACTS, connections=5, connecting=(down(1), down(2))),
            None,
            "single connections: 2 of 5 are down, the 3 others are up",
        ),
        (
            replace(FACTS, missing=(silent(2), silent(2))),
            None,
            "connection 2: it is up, but nothing comes of 2 of its streams",
        ),
        (
            replace(FACTS, connecting=(replace(down(2), path="/market"),)),
            None,
            "connection 2 of the path /market alone: it is down, the other one is up",
        ),
        (
            replace(
                FACTS,
                connecting=(replace(down(2), path="/market"),),
                kinds=KindsDark(Market.USDM, ("mark price",), ("book", "trades")),
            ),
            None,
            "/market alone: it is down, the other one is up: books and trades flow",
        ),
        (
            replace(
                FACTS,
                connections=5,
                connecting=(replace(down(1), path="/market"), replace(down(2), path="/market")),
            ),
            None,
            "single connections of the path /market: 2 of 5 are down, the 3 others are up",
        ),
        (
            replace(FACTS, missing=(silent(2, "id 9"), silent(2, "wrong path"), silent(2, "wrong path"))),
            None,
            "nothing comes of 3 of its streams (wrong path), while those of the others flow",
        ),
        (
            replace(FACTS, missing=(silent(2, "id 9"), silent(2, "id 8"))),
            None,
            "nothing comes of 2 of its streams, while those of the others flow",
        ),
        (
            replace(FACTS, missing=(silent(1, "REST shows id 9, this stream stopped at 4"), silent(2))),
            None,
            "the connections are up, but nothing comes of 2 streams (BTCUSDT trades: REST shows id 9",
        ),
        (
            replace(ALONE, missing=(silent(1, "REST shows id 9"),)),
            None,
            "Binance: the connection is up, but nothing comes of BTCUSDT trades (REST shows id 9)",
        ),
        (
            replace(FACTS, clock_offset_ms=-900.0),
            None,
            "this machine's clock, or the exchange's: ours is 0.9 s ahead of theirs",
        ),
        (replace(FACTS, clock_offset_ms=90_000.0), None, "ours is 1m30s behind theirs"),
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


def test_a_connection_that_opens_for_the_first_time_makes_nobody_a_suspect() -> None:
    begins = replace(shard(1), state=ShardState.CONNECTING, reason="", reconnects=0)
    assert suspect(replace(ALONE, connecting=(begins,)), None) == ""
    again = replace(begins, reconnects=1)
    assert "the connection is down" in suspect(replace(ALONE, connecting=(again,)), None)
