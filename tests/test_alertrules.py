"""A rule says in words what it looks at and whom it tells, and never its secret."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bntui.alertrules import BUILT_IN, MEANINGS, AlertRule, duration_words, host_of, without_effects
from bntui.model.alerts import AlertKind
from bntui.secret import Secret
from tests.model.build import BTC, ETH
from tests.support.alerts import a_rule

HOOK = Secret("https://hooks.example/services/very-secret")


def test_every_kind_has_a_meaning() -> None:
    assert set(MEANINGS) == set(AlertKind)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (a_rule(value=Decimal("60000.50"), symbols=(BTC, ETH)), "price below 60000.50 of BTCUSDT ETHUSDT"),
        (a_rule(kind=AlertKind.CHANGE, value=Decimal(3), over_s=300.0), "change 3% within 5m"),
        (a_rule(kind=AlertKind.SPREAD, value=Decimal(20), for_s=5.0), "spread 20 bps for 5s"),
        (BUILT_IN[0], "blind for 10s"),
    ],
)
def test_what_it_looks_at(rule: AlertRule, words: str) -> None:
    assert rule.words() == words


def test_whom_it_tells_without_the_address() -> None:
    rule = a_rule(desktop="auto", command=("/usr/bin/notify", "{text}"), webhook=HOOK)
    assert rule.ways() == "bell, desktop, command /usr/bin/notify, webhook hooks.example"
    assert "very-secret" not in repr(rule)
    assert a_rule(bell=False).ways() == "the list only"
    assert host_of(HOOK) == "hooks.example"


def test_a_made_up_market_runs_nothing_and_calls_nobody() -> None:
    (rule,) = without_effects((a_rule(command=("x",), webhook=HOOK),))
    assert rule == a_rule()


def test_without_settings_a_blind_verdict_rings_after_ten_seconds() -> None:
    (rule,) = BUILT_IN
    assert (rule.kind, rule.for_s, rule.bell, rule.repeat_s) == (AlertKind.BLIND, 10.0, True, 0.0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0s"), (90, "90s"), (60, "1m"), (7_200, "2h"), (0.5, "0.5s")]
)
def test_durations_read_as_they_are_written(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
