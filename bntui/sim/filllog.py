"""What the scripted accounts have traded, for whoever checks that a client was told of all of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from bntui.sim.accounts import TradingAccount

KEPT = 20_000
"""Fills that are kept; beyond it the oldest go, and are counted."""


_ORDERS, _TRADES = ("executionReport", "ORDER_TRADE_UPDATE"), ("TRADE", "CALCULATED")


class DoneFill(NamedTuple):
    """One trade of an account."""

    account: str
    symbol: str
    id: int
    time_ms: int


class FillLog:
    """Every fill since the exchange began, whether anybody was told of it or not."""

    def __init__(self) -> None:
        """Nothing was traded."""
        self.fills: deque[DoneFill] = deque(maxlen=KEPT)
        self.forgotten = 0

    def follow(self, accounts: Mapping[str, TradingAccount]) -> None:
        """Write down what these accounts do from now on."""
        for name, account in accounts.items():
            account.watch(partial(self._take, name))

    def since(self, time_ms: int) -> list[DoneFill]:
        """Those done since a time of the exchange, oldest first."""
        return [fill for fill in self.fills if fill.time_ms >= time_ms]

    def as_json(self, time_ms: int) -> dict[str, object]:
        """The same as plain values."""
        return {"fills": [fill._asdict() for fill in self.since(time_ms)], "forgotten": self.forgotten}

    def _take(self, account: str, event: dict[str, Any]) -> None:
        # Spot tells an order bare, the futures inside of `o`.
        order = event["o"] if event["e"] == "ORDER_TRADE_UPDATE" else event
        if event["e"] in _ORDERS and order.get("x") in _TRADES:
            self.forgotten += len(self.fills) == KEPT
            self.fills.append(DoneFill(account, order["s"], order["t"], order["T"]))
