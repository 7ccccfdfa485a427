"""How orders, balances and positions stand: an older state never takes the place of a newer one.

Two sockets tell the same twice while one takes over from the other, and REST tells what the stream told
long ago. What is new comes out once; what is old or known comes out never.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from bntui.model.account import GONE, AccountKey, Balance, OrderUpdate, Position

CLOSED_KEPT = 2_000
"""Orders that changed for good and are remembered, so that a late copy does not open them again; beyond it
those go that closed longest ago. Open ones stay."""

OPEN_KEPT = 10_000
"""Open orders; far more than the exchange allows. Beyond it those go that changed longest ago."""

ROWS_KEPT = 10_000
"""Assets, and positions; more than any market has. Beyond it those go that changed longest ago."""

SAID_KEPT = 100
"""States of one thing within a millisecond that are told apart; beyond it only the last is."""

_T = TypeVar("_T")


def number(text: str | None) -> Decimal:
    """What the exchange printed, as an exact number; what is none counts as zero."""
    try:
        value = Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


@dataclass(slots=True)
class _Known(Generic[_T]):
    value: _T
    at: float
    """When it was taken, on the monotonic clock."""
    content: Hashable
    """What it says, whoever tells it and when."""
    said: set[Hashable]
    """What was told of this very millisecond: a second copy of it is no news. At most SAID_KEPT."""


class Standing:
    """The newest state of everything but fills, of one account on one market; bounded by what is kept."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._open: dict[tuple[AccountKey, str, int, bool], _Known[OrderUpdate]] = {}
        self._closed: dict[tuple[AccountKey, str, int, bool], _Known[OrderUpdate]] = {}
        self._balances: dict[str, _Known[Balance]] = {}
        self._positions: dict[tuple[str, str], _Known[Position]] = {}

    # Orders

    def open_orders(self) -> list[OrderUpdate]:
        """Orders that may still be filled, those that changed longest ago first."""
        return [known.value for known in self._open.values()]

    def order(self, update: OrderUpdate, now: float) -> list[OrderUpdate]:
        """Take a state of an order; returns it where it is new."""
        closed = self._closed.get(update.identity)
        if closed is not None:
            return []
        known = self._open.get(update.identity)
        content = _order_content(update)
        if known is not None:
            if not _follows(update, content, known):
                return []
            if update.placed_ms is None:
                update = replace(update, placed_ms=known.value.placed_ms)
        same_moment = known is not None and known.value.time_ms == update.time_ms
        taken = _Known(update, now, content, _also(known.said if known and same_moment else set(), content))
        self._open.pop(update.identity, None)
        keep, most = (self._open, OPEN_KEPT) if update.open else (self._closed, CLOSED_KEPT)
        keep[update.identity] = taken
        _bound(keep, most)
        return [update]

    def vanished(self, rows: Iterable[OrderUpdate], asked_at: float) -> list[OrderUpdate]:
        """Orders that were open when all open ones were asked for, and are not in the answer.

        Those that wait for a price lie with a service of their own, so the answer says nothing of them.
        """
        there = {row.identity for row in rows}
        return [
            known.value
            for identity, known in self._open.items()
            if identity not in there and known.at < asked_at and not known.value.conditional
        ]

    def gone(self, order: OrderUpdate, now: float) -> list[OrderUpdate]:
        """An order is open no more, and nobody can tell how it ended."""
        known = self._open.get(order.identity)
        if known is None:
            return []
        return self.order(replace(known.value, status=GONE, execution="", reason="", recovered=True), now)

    def is_open(self, order: OrderUpdate) -> bool:
        """Whether the order may still be filled, as far as is known."""
        return order.identity in self._open

    def filled(self, order: OrderUpdate) -> str | None:
        """How much of the order is known to be filled; None for one that is not known."""
        known = self._open.get(order.identity) or self._closed.get(order.identity)
        return None if known is None else known.value.filled_qty

    # Balances

    def assets(self) -> set[str]:
        """Assets of which there is something."""
        return {asset for asset, known in self._balances.items() if _something(known.value)}

    def balance(self, balance: Balance, now: float) -> list[Balance]:
        """Take a balance; returns it where it is new."""
        content = (balance.free, balance.locked, balance.wallet)
        return _newest(self._balances, balance.asset, balance, content, now)

    def all_balances(self, rows: Iterable[Balance], now: float, asked_at: float) -> list[Balance]:
        """Take an answer that names every asset: what it does not name is gone."""
        rows = tuple(rows)
        named = {row.asset for row in rows}
        news = [new for row in rows for new in self.balance(row, now)]
        time_ms = max((row.time_ms for row in rows), default=0)
        for asset, known in tuple(self._balances.items()):
            if asset in named or known.at >= asked_at or not _something(known.value):
                continue
            was = known.value
            gone = replace(
                was,
                free=_zero(was.free),
                locked=_zero(was.locked),
                wallet=_zero(was.wallet),
                time_ms=max(time_ms, was.time_ms),
            )
            news += self.balance(gone, now)
        return news

    # Positions

    def positions(self) -> list[Position]:
        """Positions that are open."""
        return [known.value for known in self._positions.values() if number(known.value.qty)]

    def position(self, position: Position, now: float) -> list[Position]:
        """Take a position; returns it where it is new."""
        key = position.symbol, position.side
        return _newest(self._positions, key, position, _position_content(position), now)

    def all_positions(self, rows: Iterable[Position], now: float, asked_at: float) -> list[Position]:
        """Take an answer that names every open position: what it does not name is closed."""
        rows = tuple(rows)
        named = {(row.symbol, row.side) for row in rows}
        news = [new for row in rows for new in self.position(row, now)]
        for key, known in tuple(self._positions.items()):
            if key in named or known.at >= asked_at or not number(known.value.qty):
                continue
            news += self.position(replace(known.value, qty="0", unrealized_pnl="0", margin_call_ms=None), now)
        return news

    def margin_call(self, positions: Iterable[tuple[str, str]], time_ms: int, now: float) -> list[Position]:
        """The exchange warns of these positions; returns those that are known, with the warning."""
        news = []
        for key in positions:
            known = self._positions.get(key)
            if known is not None and (known.value.margin_call_ms or 0) < time_ms:
                known.value = replace(known.value, margin_call_ms=time_ms)
                known.at, known.content = now, _position_content(known.value)
                news.append(known.value)
        return news

    def __repr__(self) -> str:
        return (
            f"<Standing {len(self._open)} open orders, {len(self._balances)} assets, "
            f"{len(self.positions())} positions>"
        )


def _order_content(update: OrderUpdate) -> Hashable:
    """REST has no word for what happened, and no reason: they tell no states apart."""
    amounts = (number(update.price), number(update.stop_price), number(update.qty), number(update.filled_qty))
    return update.status, amounts


def _follows(new: OrderUpdate, content: Hashable, known: _Known[OrderUpdate]) -> bool:
    """Whether a state of an open order comes after the one that is known."""
    if content == known.content:
        return False
    old = known.value
    filled, before = number(new.filled_qty), number(old.filled_qty)
    if filled != before or not new.open:
        return filled >= before
    return new.time_ms > old.time_ms or (new.time_ms == old.time_ms and content not in known.said)


def _position_content(position: Position) -> Hashable:
    return replace(position, time_ms=0, received_ms=0)


def _something(balance: Balance) -> bool:
    return any(map(number, (balance.free, balance.locked, balance.wallet)))


def _also(said: set[Hashable], content: Hashable) -> set[Hashable]:
    return {content} if len(said) >= SAID_KEPT else said | {content}


_K = TypeVar("_K", bound=Hashable)
_Row = TypeVar("_Row", Balance, Position)


def _newest(store: dict[_K, _Known[_Row]], key: _K, row: _Row, content: Hashable, now: float) -> list[_Row]:
    known = store.get(key)
    said: set[Hashable] = set()
    if known is not None:
        if row.time_ms < known.value.time_ms:
            return []
        if row.time_ms == known.value.time_ms:
            if content in known.said:
                return []
            said = known.said
        elif content == known.content:
            # Nothing changed; only its time is newer, and what is older than that counts no more.
            store[key] = _Known(row, now, content, {content})
            return []
    store.pop(key, None)
    store[key] = _Known(row, now, content, _also(said, content))
    _bound(store, ROWS_KEPT)
    return [row]


def _zero(text: str | None) -> str | None:
    return None if text is None else "0"


def _bound(store: dict[_K, _T], most: int) -> None:
    while len(store) > most:
        del store[next(iter(store))]
