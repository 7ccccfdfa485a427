"""What the embedded exchange's doors need of an account that trades on it: its events, and answers of it.

Who trades, and how, is behind this. Whoever asks has shown a key; what a key may do is checked before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bntui.sim.parameters import Refused

__all__ = ["AccountCall", "KeyPermissions", "Refused", "Sink", "TradingAccount", "Unsubscribe"]

Sink = Callable[[dict[str, object]], None]
"""Takes one event, bare, as plain values. It never waits, and keeps nothing of the event to change it."""

Unsubscribe = Callable[[], None]
"""Ends a subscription; a second time it does nothing."""


class AccountCall(StrEnum):
    """What can be asked of an account, in the exchange's words; each market has those that it has."""

    ACCOUNT = "account"
    OPEN_ORDERS = "openOrders"
    ALL_ORDERS = "allOrders"
    ORDER = "order"
    MY_TRADES = "myTrades"
    """Of Spot."""
    USER_TRADES = "userTrades"
    """Of the futures."""
    BALANCE = "balance"
    POSITION_RISK = "positionRisk"
    INCOME = "income"


class TradingAccount(Protocol):
    """One account on one market. It moves only in `advance`, and tells what happens only there."""

    def subscribe(self, sink: Sink) -> Unsubscribe:
        """Tell of every event from now on, in order; several may listen."""
        ...

    def watch(self, sink: Sink) -> Unsubscribe:
        """The same for whoever only keeps count: it wakes no account that nobody has asked for yet."""
        ...

    def rest(self, name: str, params: Mapping[str, str]) -> object:
        """Answer an `AccountCall` as plain values that JSON can hold. The parameters are those of the
        request without key, time and signature. Raises Refused for what the market does not answer."""
        ...

    def advance(self) -> None:
        """Let everything happen that is due by now. The market has moved on already."""
        ...


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What a key may do, as its owner has set it."""

    read: bool = True
    """The account, and its events."""
    spot_trade: bool = False
    futures: bool = False
    """Trade on the futures. To read there needs `read` only."""
    withdraw: bool = False
    ip_restrict: bool = False
    """It may come from some addresses only."""
