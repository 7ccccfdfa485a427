"""What silent streams should have brought is asked for at the least weight, and first rows are base lines."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.feed.core.bargain import GATHER_ALL_S, GATHER_DEAR_S, GATHER_S
from bntui.feed.core.health import Health
from bntui.feed.samples import SAMPLES_SHARE, TRADES_SHARE, Samples
from bntui.model.events import Ticker
from bntui.model.states import StreamState
from bntui.model.status import Event
from bntui.venue.base import Venue
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from tests.feed.restworld import market_of

SYMBOLS = [f"S{n}USDT" for n in range(60)]
LATE_S = 6.0
"""After a subscription: by then a stream without data lacks a proof."""


class Silence:
    """A market whose streams were all acknowledged and bring nothing."""

    def __init__(self, venue: Venue, symbols: Sequence[str], kinds: Sequence[str], sharing: int = 1) -> None:
        self.world = market_of(venue, *symbols)
        self.clock = self.world.clock
        self.said: list[Event] = []
        self.health = Health(venue.market, venue.limits, venue.parse_stream)
        self.names = [f"{symbol.lower()}@{kind}" for symbol in symbols for kind in kinds]
        for name in self.names:
            self.health.want(name, 1, self.clock.monotonic())
        self.samples = Samples(venue, self.world.rest, self.clock, self.health, self.said.extend, sharing)
        for symbol in symbols:
            self.samples.want(symbol)
        self.listed = set(symbols)
        self.proven_weight = 0

    def begin(self) -> None:
        self.health.acked(self.names, self.clock.monotonic())

    async def seeded(self) -> list[str]:
        """Everything that rows are empty without; what was asked for it."""
        self.world.asked.clear()
        while await self.samples.seed(self.listed.__contains__):
            pass
        return list(self.world.asked)

    async def proven(self) -> list[str]:
        """Everything that is due now and after the time that symbols are gathered for."""
        self.world.asked.clear()
        for wait_s in (0.0, GATHER_S, GATHER_ALL_S - GATHER_S, GATHER_DEAR_S - GATHER_ALL_S):
            self.clock.advance(wait_s)
            before = self.world.weight.own
            while await self.samples.prove(self.listed.__contains__):
                self.proven_weight += self.world.weight.own - before
                before = self.world.weight.own
        return list(self.world.asked)

    def states(self) -> set[StreamState | None]:
        self.health.tick(self.clock.monotonic())
        return {self.health.state(name) for name in self.names}


async def test_first_rows_are_the_base_line_so_that_one_more_sample_proves_all_streams_quiet() -> None:
    market = Silence(usdm(), SYMBOLS, ["trade", "ticker", "bookTicker"], sharing=2)
    assert await market.seeded() == ["ticker/24hr", "ticker/bookTicker"]
    assert len(market.said) == len(SYMBOLS)
    market.begin()
    market.clock.advance(LATE_S)
    assert await market.proven() == ["ticker/bookTicker", "ticker/24hr"]
    assert market.states() == {StreamState.QUIET}
    assert market.world.weight.own == 2 * (40 + 5)


async def test_quotes_are_proven_without_the_statistics() -> None:
    market = Silence(usdm(), SYMBOLS, ["bookTicker"], sharing=2)
    await market.seeded()
    market.begin()
    market.clock.advance(LATE_S)
    assert await market.proven() == ["ticker/bookTicker"]
    assert market.states() == {StreamState.QUIET}


async def test_few_symbols_are_asked_about_by_name() -> None:
    market = Silence(usdm(), SYMBOLS[:2], ["trade"])
    market.samples.unwant("S0USDT")
    market.samples.unwant("S1USDT")
    market.begin()
    market.clock.advance(LATE_S)
    assert await market.proven() == ["ticker/24hr S0USDT", "ticker/24hr S1USDT"]


async def test_where_statistics_tell_best_prices_they_prove_both() -> None:
    market = Silence(spot(), SYMBOLS[:3], ["trade", "bookTicker"])
    await market.seeded()
    market.begin()
    market.clock.advance(LATE_S)
    assert await market.proven() == ["ticker/24hr"]
    assert market.states() == {StreamState.QUIET}


async def test_symbols_that_are_not_listed_are_left_out() -> None:
    market = Silence(usdm(), SYMBOLS[:2], ["trade"])
    market.listed = {"S1USDT"}
    assert await market.seeded() == ["ticker/24hr S1USDT", "ticker/bookTicker S1USDT"]
    market.begin()
    market.clock.advance(LATE_S)
    assert await market.proven() == ["ticker/24hr S1USDT"]


async def test_proofs_keep_to_their_part_of_the_weight_however_many_are_lacking() -> None:
    market = Silence(usdm(), SYMBOLS, ["trade"], sharing=2)
    market.begin()
    minutes = 5
    limits = market.world.venue.limits
    round_s = LATE_S + GATHER_DEAR_S
    for _ in range(int(minutes * limits.request_weight_window_s / round_s)):
        market.begin()
        market.clock.advance(LATE_S)
        await market.proven()
    spent = market.proven_weight
    share = SAMPLES_SHARE * limits.request_weight * limits.own_weight_share / 2
    assert 0 < spent <= share * (minutes + 1)


async def test_a_first_row_has_its_best_prices_and_is_told_once() -> None:
    market = Silence(usdm(), SYMBOLS[:1], ["trade"])
    await market.seeded()
    await market.seeded()
    (ticker,) = market.said
    assert isinstance(ticker, Ticker)
    assert (ticker.bid, ticker.ask) == ("9.90", "10.10")


async def test_a_symbol_that_the_answer_leaves_out_is_not_asked_for_again() -> None:
    market = Silence(usdm(), SYMBOLS[:1], ["trade"])
    market.world.answers["ticker/24hr"] = []
    assert await market.seeded() == ["ticker/24hr S0USDT", "ticker/bookTicker S0USDT"]
    assert await market.seeded() == []


async def test_without_weight_nothing_is_asked_and_nothing_is_lost() -> None:
    market = Silence(usdm(), SYMBOLS[:1], ["trade"])
    market.begin()
    budget = market.world.weight
    budget.take(budget.own_limit, market.clock.wall_ms(), optional=False)
    market.clock.advance(LATE_S)
    assert await market.proven() == []
    assert market.health.no_weight_until > market.clock.monotonic(), "what it would have proven may wait"
    assert await market.seeded() == []
    market.clock.advance(60)
    assert await market.proven() == ["ticker/24hr S0USDT"]


async def test_the_last_of_the_weight_is_for_prices() -> None:
    market = Silence(usdm(), SYMBOLS, ["trade", "bookTicker"])
    market.begin()
    budget = market.world.weight
    budget.take(int(budget.own_limit * TRADES_SHARE), market.clock.wall_ms(), optional=False)
    market.clock.advance(LATE_S)
    assert await market.proven() == ["ticker/bookTicker"]
