"""Alerts and rules for tests."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bntui.alertrules import AlertRule
from bntui.model.alerts import AlertKind, AlertView

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
