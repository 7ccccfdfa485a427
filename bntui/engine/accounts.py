"""What becomes of own fills and orders in the engine: numbered, measured against the market, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from bntui.journal import Journal
from bntui.model.account import Fill, OrderUpdate
from bntui.model.delta import NumberedFill
from bntui.model.markets import SymbolKey
from bntui.model.states import StreamState
from bntui.model.status import Event
from bntui.store.store import Store

FILLS_AND_ORDERS = frozenset({Fill, OrderUpdate})
"""The events that are more than the last state of something."""

FRESH_MS = 2_000
"""A fill that was done longer ago is not measured against the prices of now."""

_TRUSTED = (StreamState.LIVE, StreamState.QUIET)


class AccountKeeper:
    """Hands fills to store and journal, each with the next number."""

    def __init__(self, store: Store, journal: Journal | None) -> None:
        """Take up what earlier runs have kept. Without a journal nothing outlives the engine."""
        self._store = store
        self._journal = journal
        self._next_number = 1
        if journal is not None:
            self._next_number = journal.next_fill_number
            store.accounts.add_fills(journal.remembered.fills)
            store.apply(journal.remembered.orders)

    def take(self, events: Sequence[Event]) -> Sequence[Event]:
        """Keep what must be kept. The same events, fills with the mid that they were done at."""
        taken = [self._measured(event) if isinstance(event, Fill) else event for event in events]
        for event in taken:
            if isinstance(event, Fill):
                numbered = NumberedFill(self._next_number, event)
                self._next_number += 1
                if self._journal is not None:
                    self._journal.keep(numbered)
                self._store.accounts.add_fills([numbered])
            elif isinstance(event, OrderUpdate) and self._journal is not None:
                self._journal.keep(event)
        return taken

    def _measured(self, fill: Fill) -> Fill:
        """With the mid of this moment, if it came as it was done and the prices here can be trusted."""
        if fill.recovered or fill.received_ms - fill.time_ms > FRESH_MS:
            return fill
        return replace(fill, mid=mid_of(self._store, fill.key))


def mid_of(store: Store, key: SymbolKey) -> str | None:
    """Halfway between best bid and ask of a watched symbol; None where they are not known for sure."""
    row = store.row(key)
    if row is None or row.state not in _TRUSTED or row.bid is None or row.ask is None:
        return None
    try:
        bid, ask = Decimal(row.bid), Decimal(row.ask)
    except InvalidOperation:
        return None
    # One side of the book may be empty.
    return f"{(bid + ask) / 2:f}" if bid and ask else None
