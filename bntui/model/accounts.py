"""Own accounts as a viewer holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bntui.model.account import (
        AccountKey,
        Balance,
        Fill,
        OrderUpdate,
        Position,
        RecoveryView,
        UserStreamView,
    )
    from bntui.model.delta import AccountsDelta

FILLS_KEPT = 10_000
"""Fills that engine and viewer hold at hand; older ones are in the journal only."""

FILLS_A_PAGE = 500
"""Fills in one answer; the next answers bring the others."""

ORDERS_KEPT = 2_000
"""Orders that the engine holds; beyond it those that closed longest ago go. Open ones never go."""


@dataclass(slots=True)
class Accounts:
    """What is known of own accounts."""

    fills: dict[int, Fill] = field(default_factory=dict)
    """By number, ascending: the newest FILLS_KEPT. Recovered ones may be older than those before them."""
    newest_fill: int = 0
    """Where it is above the last number in `fills`, more are on their way."""
    orders: dict[tuple[AccountKey, str, int, bool], OrderUpdate] = field(default_factory=dict)
    balances: dict[tuple[AccountKey, str], Balance] = field(default_factory=dict)
    """By owner and asset."""
    positions: dict[tuple[AccountKey, str, str], Position] = field(default_factory=dict)
    """By owner, symbol and side; those of quantity zero have just been closed."""
    streams: dict[AccountKey, UserStreamView] = field(default_factory=dict)
    """Every configured account and market has one; empty: no account is configured."""
    recoveries: dict[AccountKey, RecoveryView] = field(default_factory=dict)

    @property
    def last_fill(self) -> int:
        """The number of the newest fill at hand; 0: none."""
        return next(reversed(self.fills), 0)

    def apply(self, delta: AccountsDelta) -> None:
        """Take an answer in. What was told before changes nothing."""
        for number, fill in delta.fills:
            if number > self.last_fill:
                self.fills[number] = fill
        while len(self.fills) > FILLS_KEPT:
            del self.fills[next(iter(self.fills))]
        self.newest_fill = max(self.newest_fill, delta.newest_fill)
        for identity in delta.orders_gone:
            self.orders.pop(identity, None)
        for order in delta.orders:
            self.orders.pop(order.identity, None)
            self.orders[order.identity] = order
        for balance in delta.balances:
            self.balances[balance.owner, balance.asset] = balance
        for position in delta.positions:
            self.positions[position.identity] = position
        for stream in delta.streams:
            self.streams[stream.owner] = stream
        for recovery in delta.recoveries:
            self.recoveries[recovery.owner] = recovery
