"""Statistics of symbols by REST: first rows of a watchlist, and evidence against silent streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.rest import RestClient
from bntui.model.events import Ticker
from bntui.venue.base import BestPrices, Venue

MANY_REQUESTS = 2
"""How much more weight one request may cost than the many that it stands for."""


class Asked(NamedTuple):
    """What REST said of symbols."""

    tickers: tuple[Ticker, ...]
    """Perhaps of more symbols than were asked about."""
    asked_at: float
    """On the monotonic clock: what is told is at least as new."""
    covered: frozenset[str]
    """Symbols that were asked about; one of them without a ticker has none."""


class Statistics:
    """Asks for the statistics of a market's symbols, as cheaply as they can be had.

    Where a market leaves the best prices out of them, they are fetched beside: as one more request.
    """

    def __init__(self, venue: Venue, rest: RestClient, clock: Clock) -> None:
        """Nothing was asked."""
        self._venue = venue
        self._rest = rest
        self._clock = clock

    def fills(self, count: int) -> bool:
        """Whether statistics of so many symbols cost no less weight each by waiting for others."""
        return count >= self._venue.tickers_a_call > 1 or (count > 0 and not self._one_by_one(count))

    def _one_by_one(self, count: int) -> bool:
        """Whether requests for single packs of symbols are to be preferred to one for all of them."""
        packs = -(-count // self._venue.tickers_a_call)
        # All of them at once cost more weight than needed, but one request instead of very many.
        return packs * self.weight(("",)) * MANY_REQUESTS <= self.weight()

    def weight(self, named: Sequence[str] = ()) -> int:
        """What the statistics of these symbols, or of all, weigh."""
        calls = self._venue.calls
        return calls.tickers(named).weight + (calls.best_prices(named).weight if calls.best_prices else 0)

    async def ask(self, symbols: Sequence[str]) -> Asked | None:
        """The statistics of some of these symbols, the first ones first; None where the budget says: not
        now. Raises RestError."""
        calls = self._venue.calls
        named = symbols[: self._venue.tickers_a_call] if self._one_by_one(len(symbols)) else ()
        call = calls.tickers(named)
        best_call = calls.best_prices(named) if calls.best_prices else None
        if not self._rest.affordable(replace(call, weight=self.weight(named))):
            return None
        asked_at = self._clock.monotonic()
        body = await self._rest.fetch(call, optional=True)
        best_body = await self._rest.fetch(best_call, optional=True) if best_call else None
        now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
        try:
            tickers = self._venue.bodies.tickers(body, wall_ms, now)
            if best_body is not None and self._venue.bodies.best_prices is not None:
                best = self._venue.bodies.best_prices(best_body)
                tickers = tuple(_with_best(ticker, best.get(ticker.key.symbol)) for ticker in tickers)
        except ValueError as exc:
            raise RestError(f"{call.name}: {exc}") from None
        return Asked(tickers, asked_at, frozenset(named or symbols))


def _with_best(ticker: Ticker, best: BestPrices | None) -> Ticker:
    if best is None:
        return ticker
    return replace(ticker, bid=best.bid, bid_qty=best.bid_qty, ask=best.ask, ask_qty=best.ask_qty)
