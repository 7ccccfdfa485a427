"""Samples by REST: what silent streams should have brought, and the first rows of a watchlist beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bntui.clock import Clock
from bntui.feed.core.bargain import Bargain, Choice
from bntui.feed.core.budget import TokenBucket
from bntui.feed.core.evidence import Sample
from bntui.feed.core.health import Health
from bntui.feed.rest import RestClient
from bntui.feed.statistics import Asked, Statistics, with_best
from bntui.model.status import Event
from bntui.venue.base import Venue

LATE_S = 2.0
"""A sample that is due and cannot be paid for is waited for, as long as that was found out no longer ago."""

SAMPLES_SHARE = 0.5
"""Samples take this part of our weight at most; what is asked for at leisure leaves it to them."""

TRADES_SHARE = 0.85
"""Where best prices are asked for apart, statistics stop when so much of our weight is used: prices weigh
little, and the silence of quotes, which come in bursts, is the one that nothing else explains."""


class Samples:
    """Asks REST what silent streams should have brought, at the least weight. Bounded by wanted symbols.

    One sample of all symbols may weigh as much as a market's share of twenty seconds: each is paid out of a
    bucket that fills at the pace of that share, so that no part of a minute is left without any.
    """

    def __init__(
        self,
        venue: Venue,
        rest: RestClient,
        clock: Clock,
        health: Health,
        emit: Callable[[Sequence[Event]], None],
        sharing: int,
    ) -> None:
        """Nothing was asked. So many markets are `sharing` our weight, this one included."""
        self._clock = clock
        self._health = health
        self._emit = emit
        self._statistics = Statistics(venue, rest, clock)
        self._tickers = Bargain(self._statistics.tickers_price)
        price = self._statistics.best_price
        self._best = Bargain(price) if price is not None else None
        limits = venue.limits
        share = SAMPLES_SHARE * limits.request_weight * limits.own_weight_share / sharing
        # No less than what one sample of all weighs, however small the share: else there would never be one.
        self._weight = TokenBucket(
            share / limits.request_weight_window_s, max(share, self._tickers.price.all_weight)
        )
        self._unseeded: dict[str, None] = {}

    def want(self, symbol: str) -> None:
        """The symbol has a row, which is empty until something is known of it."""
        self._unseeded[symbol] = None

    def unwant(self, symbol: str) -> None:
        """It has none any longer."""
        self._unseeded.pop(symbol, None)

    async def prove(self, listed: Callable[[str], bool]) -> bool:
        """Ask for the most urgent proof of symbols that are listed: one that is not would spoil a request.
        False when none is due, or the budget says: not now. Raises RestError."""
        now = self._clock.monotonic()
        lacking = {
            sample: [symbol for symbol in symbols if listed(symbol)]
            for sample, symbols in self._health.unproven(now).items()
        }
        of_trades, of_prices = lacking[Sample.TRADES], lacking[Sample.PRICES]
        if self._best is None:
            # Statistics prove both.
            of_trades = list(dict.fromkeys([*of_trades, *of_prices]))
        elif (choice := self._affordable(self._best, of_prices, now)) is not None:
            return self._learn(await self._statistics.best(choice.named), self._best, choice)
        if (choice := self._affordable(self._tickers, of_trades, now)) is not None:
            share = 1.0 if self._best is None else TRADES_SHARE
            asked = await self._statistics.tickers(choice.named, share=share)
            return self._learn(asked, self._tickers, choice)
        return False

    def _affordable(self, bargain: Bargain, symbols: Sequence[str], now: float) -> Choice | None:
        choice = bargain.choose(symbols, now)
        if choice is None or self._weight.holds(now, choice.weight):
            return choice
        self._health.no_weight_until = now + LATE_S
        return None

    async def seed(self, listed: Callable[[str], bool]) -> bool:
        """Ask for the first statistics of rows; they serve as a base line for proofs too. False when none is
        empty, or the budget says: not now. Raises RestError."""
        symbols = [symbol for symbol in self._unseeded if listed(symbol)]
        if not symbols:
            return False
        price = self._statistics.tickers_price
        named = symbols[: price.pack] if price.one_by_one(len(symbols)) else []
        asked = await self._statistics.tickers(named, with_best=True)
        if not self._learn(asked):
            return False
        # A symbol that the answer leaves out is not asked for again and again.
        for symbol in named or symbols:
            self._unseeded.pop(symbol, None)
        return True

    def _learn(
        self, asked: Asked | None, bargain: Bargain | None = None, choice: Choice | None = None
    ) -> bool:
        """What was told also of symbols that nobody asked about need not be asked for later."""
        if asked is None:
            self._health.no_weight_until = self._clock.monotonic() + LATE_S
            return False
        if bargain is not None and choice is not None:
            bargain.made(choice)
            self._weight.take(asked.asked_at, choice.weight)
        for symbol, best in asked.best.items():
            self._health.prices_probed(symbol, best, asked.asked_at)
        seeds: list[Event] = []
        for ticker in asked.tickers:
            symbol = ticker.key.symbol
            self._health.probed(ticker, asked.asked_at)
            if symbol in self._unseeded:
                del self._unseeded[symbol]
                seeds.append(with_best(ticker, asked.best.get(symbol)))
        self._emit(seeds)
        return True
