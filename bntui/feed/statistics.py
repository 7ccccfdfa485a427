"""Statistics and best prices of symbols by REST, as they are told by a market's requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.core.bargain import Price
from bntui.feed.rest import RestClient
from bntui.model.events import Ticker
from bntui.venue.base import BestPrices, Venue


class Asked(NamedTuple):
    """What REST said of symbols."""

    tickers: tuple[Ticker, ...]
    """Perhaps of more symbols than were asked about."""
    best: Mapping[str, BestPrices]
    """By symbol, where the market leaves the best prices out of its tickers and they were asked for."""
    asked_at: float
    """On the monotonic clock: what is told is at least as new."""


class Statistics:
    """Asks for the statistics of a market's symbols, and for best prices where they are not among them."""

    def __init__(self, venue: Venue, rest: RestClient, clock: Clock) -> None:
        """Nothing was asked."""
        self._venue = venue
        self._rest = rest
        self._clock = clock
        some, calls = ("",), venue.calls
        self.tickers_price = Price(venue.tickers_a_call, calls.tickers(some).weight, calls.tickers(()).weight)
        """What statistics weigh."""
        self.best_price: Price | None = None
        """What best prices weigh; None where the statistics tell them."""
        if calls.best_prices is not None:
            self.best_price = Price(1, calls.best_prices(some).weight, calls.best_prices(()).weight)

    async def tickers(
        self, named: Sequence[str], *, with_best: bool = False, share: float = 1.0
    ) -> Asked | None:
        """The statistics of these symbols, or of all when none is named, `with_best` those prices that the
        market tells apart; None where the budget, or this share of our weight, says: not now. Raises
        RestError."""
        call = self._venue.calls.tickers(named)
        ask_best = self._venue.calls.best_prices if with_best else None
        best_call = ask_best(named) if ask_best is not None else None
        weight = call.weight + (best_call.weight if best_call is not None else 0)
        if not self._rest.affordable(replace(call, weight=weight), share):
            return None
        asked_at = self._clock.monotonic()
        body = await self._rest.fetch(call, optional=True)
        best_body = await self._rest.fetch(best_call, optional=True) if best_call is not None else None
        now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
        try:
            tickers = self._venue.bodies.tickers(body, wall_ms, now)
            best = self._read_best(best_body) if best_body is not None else {}
        except ValueError as exc:
            raise RestError(f"{call.name}: {exc}") from None
        return Asked(tickers, best, asked_at)

    async def best(self, named: Sequence[str]) -> Asked | None:
        """The best prices of a symbol, or of all when none is named, where the market tells them apart; None
        where it does not, or the budget says: not now. Raises RestError."""
        ask = self._venue.calls.best_prices
        call = ask(named) if ask is not None else None
        if call is None or not self._rest.affordable(call):
            return None
        asked_at = self._clock.monotonic()
        body = await self._rest.fetch(call, optional=True)
        try:
            return Asked((), self._read_best(body), asked_at)
        except ValueError as exc:
            raise RestError(f"{call.name}: {exc}") from None

    def _read_best(self, body: bytes) -> Mapping[str, BestPrices]:
        read = self._venue.bodies.best_prices
        return read(body) if read is not None else {}


def with_best(ticker: Ticker, best: BestPrices | None) -> Ticker:
    """The statistics of a symbol with its best prices beside."""
    if best is None:
        return ticker
    return replace(ticker, bid=best.bid, bid_qty=best.bid_qty, ask=best.ask, ask_qty=best.ask_qty)
