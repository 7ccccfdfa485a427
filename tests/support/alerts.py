"""Alerts and rules for tests."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bntui.alertrules import AlertRule
from bntui.model.alerts import AlertKind, AlertView
from bntui.model.delta import Delta
from tests.support import market

BEGAN_MS = 1_767_225_600_000


def an_alert(number: int = 1, **changes: Any) -> AlertView:
    """An alert that lasts and was told once."""
    alert = AlertView(
        number,
        "btc-low",
        "price_below",
        "BTCUSDT",
        "BTCUSDT is at 59999.90, at or below 60000",
        BEGAN_MS,
        told=1,
        told_ms=BEGAN_MS,
        bell=True,
    )
    return replace(alert, **changes)


def a_rule(**changes: Any) -> AlertRule:
    """Below 100 it is wrong; above 101 it is over."""
    rule = AlertRule(
        "btc-low", AlertKind.PRICE_BELOW, Decimal(100), Decimal(101), cool_down_s=300.0, place="config.toml:1"
    )
    return replace(rule, **changes)


def alerted() -> Delta:
    """Days behind one, and alerts of every kind: new, acknowledged, over, many in one."""
    hour_ms, now_ms = 3_600_000, market.WALL_MS
    over_ms, filled_ms = now_ms - 30 * hour_ms, now_ms - 26 * hour_ms
    alerts = [
        an_alert(
            1, began_ms=over_ms, told_ms=over_ms, ended_ms=over_ms + hour_ms, ending="it is at 60600.00"
        ),
        an_alert(
            2,
            rule="large-fill",
            kind="fill",
            subject="BNBETH",
            text="BNBETH bought 12 at 0.2831 as maker",
            began_ms=filled_ms,
            told_ms=filled_ms,
            ended_ms=filled_ms,
            count=7,
        ),
        an_alert(
            3,
            began_ms=now_ms - hour_ms,
            told=4,
            told_ms=now_ms - 600_000,
            acknowledged_ms=now_ms - 60_000,
            note="selling slowly",
        ),
        an_alert(
            4,
            rule="dark",
            kind="blind",
            subject="",
            text="blind for 20s: ETHUSDT quotes, ETHUSDT trades and 399 more",
            began_ms=now_ms - 252_000,
            told_ms=now_ms - 232_000,
            sent="bell, webhook",
        ),
    ]
    return replace(market.eventful(), alerts=alerts)
