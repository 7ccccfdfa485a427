"""Whether open symbols still trade, by REST: no stream says that trading was halted."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.rest import RestClient
from bntui.model.markets import Instrument
from bntui.venue.base import Venue

EACH_EVERY_S = 30.0
"""An open symbol is asked about no more often."""

UNKNOWN_SYMBOL = -1121
"""«Invalid symbol.» (errors.md, section 11xx, 2026-07): what was listed before is listed no longer."""


class Listed(NamedTuple):
    """What the exchange lists under a symbol; None: nothing any more."""

    symbol: str
    instrument: Instrument | None


class Listings:
    """Asks about open symbols in turn. Bounded by the symbols that are open."""

    def __init__(self, venue: Venue, rest: RestClient, clock: Clock, share: float) -> None:
        """Nothing was asked. `share`: it takes this part of our weight at most."""
        self._venue = venue
        self._rest = rest
        self._clock = clock
        self._share = share
        self._due_at: dict[str, float] = {}

    async def step(self, open_symbols: Collection[str]) -> Listed | None:
        """Ask about the open symbol that is due first; None when none is, or the budget says: not now.

        One that has just been opened is due later: the whole list was read not long before, or will be.
        Raises RestError.
        """
        now = self._clock.monotonic()
        self._due_at = {s: self._due_at.get(s, now + EACH_EVERY_S) for s in open_symbols}
        symbol = min(self._due_at, key=self._due_at.__getitem__, default=None)
        if symbol is None or self._due_at[symbol] > now:
            return None
        call = self._venue.calls.instrument(symbol)
        if not self._rest.affordable(call, self._share):
            return None
        self._due_at[symbol] = now + EACH_EVERY_S
        try:
            body = await self._rest.fetch(call, optional=True)
        except RestError as exc:
            if exc.code == UNKNOWN_SYMBOL:
                return Listed(symbol, None)
            raise
        try:
            listed = {each.key.symbol: each for each in self._venue.bodies.instruments(body)}
        except ValueError as exc:
            raise RestError(f"{call.name}: {exc}") from None
        return Listed(symbol, listed.get(symbol))
