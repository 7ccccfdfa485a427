"""Alerts: what bntui tells without being watched. Their kinds, and one alert as everybody shows it.

Times named `_ms` are epoch milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

ALERTS_KEPT = 500
"""Alerts that the store keeps: beyond it the lowest ids go, of those that last none before the others."""

NOTE_CHARS = 200
"""Characters of a note at most; the rest is cut off."""


class AlertKind(StrEnum):
    """What a rule looks at; the values are the words of the settings file."""

    PRICE_ABOVE = "price_above"
    PRICE_BELOW = "price_below"
    CHANGE = "change"
    """Of the price over a span, up or down, in per cent."""
    SPREAD = "spread"
    """Between best bid and ask, in hundredths of a per cent (bps) of the mid."""
    AGE = "age"
    """Seconds since a symbol last brought anything."""
    STREAMS = "streams"
    """How many streams are stale or blind."""
    BLIND = "blind"
    """The verdict."""
    RECONNECTS = "reconnects"
    """Unplanned losses of connections within a span."""
    ACCOUNT = "account"
    """An account whose fills may not arrive: its stream is not proven, or a renewal has failed."""
    FILL = "fill"
    """One's own order was filled. It is over as soon as it is told."""
    MARGIN = "margin"
    """The exchange warns of a position's margin."""


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert: a rule that found something wrong with one subject, from then until it was over."""

    id: int
    """Counts up over all runs of a profile."""
    rule: str
    """The user's word for it."""
    kind: str
    """An `AlertKind`, in its own word."""
    subject: str
    """What it is about: `BTCUSDT`, `main.spot`; empty: the whole program."""
    text: str
    """What was wrong when it was told last, in words."""
    began_ms: int
    ended_ms: int | None = None
    """None: it lasts."""
    ending: str = ""
    """How it ended, in words; empty while it lasts."""
    told: int = 0
    """How often it was made known: once, and again where the rule repeats itself."""
    told_ms: int | None = None
    """When it was made known last."""
    count: int = 1
    """How often it happened while it was one alert: it came back within its cool-down, or fills followed one
    another."""
    acknowledged_ms: int | None = None
    """When somebody said that he knows."""
    note: str = ""
    """What he wrote to it."""
    bell: bool = False
    """Viewers ring."""
    desktop: str = ""
    """Viewers ask the terminal for a notification: `auto`, `osc9`, `osc777`; empty: they do not."""
    sent: str = ""
    """What became of its command and its webhook, in words."""

    @property
    def lasts(self) -> bool:
        """Is it still wrong?"""
        return self.ended_ms is None

    @property
    def open(self) -> bool:
        """Does it last, and nobody has said that he knows?"""
        return self.ended_ms is None and self.acknowledged_ms is None


def surplus(alerts: Mapping[int, AlertView], most: int) -> list[int]:
    """The ids that must go so that `most` are left: the lowest of those that are over, then of the others."""
    too_many = len(alerts) - most
    if too_many <= 0:
        return []
    return sorted(alerts, key=lambda number: (alerts[number].lasts, number))[:too_many]
