"""What tests of the feed are built of."""

from __future__ import annotations

from collections.abc import Callable

from bntui.feed.core.facts import Command, SendText
from bntui.venue.base import Venue
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot

VENUE: Venue = spot(SPOT)


def always(share: float) -> Callable[[float, float], float]:
    """Chance that always falls at the same place of its range."""
    return lambda low, high: low + share * (high - low)


def sent(commands: list[Command]) -> list[str]:
    """The text frames among the commands."""
    return [c.text for c in commands if isinstance(c, SendText)]
