"""Market events that only futures have, and what REST alone tells of them.

Prices, quantities and rates are the exchange's own text. `at` and `received_ms` are as in `events`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bntui.model.markets import Side, SymbolKey


@dataclass(frozen=True, slots=True)
class MarkPrice:
    """The mark price of a futures contract with its index and funding (`@markPrice`, premiumIndex)."""

    key: SymbolKey
    price: str
    index_price: str | None
    funding_rate: str | None
    """For the running period, as a fraction; None for contracts that pay none."""
    next_funding_ms: int | None
    """None for contracts that pay none."""
    settle_price: str | None
    """The estimated settlement price; it means something in the last hour before the settlement."""
    average_price: str | None
    """The moving average of the mark price (USD-M streams, since 2026-03-16)."""
    time_ms: int
    received_ms: int
    at: float


@dataclass(frozen=True, slots=True)
class IndexPrice:
    """The index price of a pair (`@indexPrice`, COIN-M); the key names the pair."""

    key: SymbolKey
    price: str
    time_ms: int
    received_ms: int
    at: float


@dataclass(frozen=True, slots=True)
class Liquidation:
    """A position that the exchange closed (`@forceOrder`). Since 2026-04-14 only the largest one of a symbol
    in each second is told."""

    key: SymbolKey
    side: Side
    """Of the order that closed it: `sell` closed a long position."""
    price: str
    """Of the order."""
    average_price: str
    """At which it was filled."""
    qty: str
    last_qty: str
    filled_qty: str
    status: str
    """The order's, in the exchange's word: `FILLED`."""
    time_ms: int
    """When it was filled."""
    event_ms: int
    received_ms: int
    at: float


@dataclass(frozen=True, slots=True)
class ContractChange:
    """A contract was listed, settled, delisted, or its brackets changed (`!contractInfo`)."""

    key: SymbolKey
    contract: str
    """Its type, in the exchange's word: `PERPETUAL`."""
    status: str
    """In the exchange's word: `TRADING`."""
    expires_ms: int | None
    """None for contracts without an end."""
    time_ms: int
    received_ms: int
    at: float


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """Contracts that are open, by REST: there is no stream of it."""

    key: SymbolKey
    qty: str
    """In base units on USD-M, in contracts on COIN-M."""
    time_ms: int
    received_ms: int
    at: float
