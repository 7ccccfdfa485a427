"""The feed as a whole: all markets, counted wishes, one sink."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import NamedTuple

from bntui.clock import Clock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.books import Book, Books
from bntui.feed.core.budget import WeightBudget
from bntui.feed.core.whole import whole_health
from bntui.feed.credentials import Account, Credentials
from bntui.feed.market import REPORT_EVERY_S, MarketFeed
from bntui.feed.pace import Pace
from bntui.feed.pool import Pool
from bntui.feed.poolparts import PoolParts
from bntui.feed.proxy import is_proxied
from bntui.feed.rest import RestClient
from bntui.feed.transport import Transport
from bntui.feed.userfeeds import UserFeeds
from bntui.feed.userparts import NoMemory, UserMemory, UserParts
from bntui.model.judged import HealthView
from bntui.model.markets import Instrument, Market, StreamKey, StreamKind, SymbolKey
from bntui.model.status import BudgetChanged, Event
from bntui.model.views import BudgetView, WeightView
from bntui.venue.base import StreamSpec, Venue
from bntui.venue.limits import Limits
from bntui.venue.places import Endpoints

log = logging.getLogger(__name__)


class Wish(NamedTuple):
    """A stream that is wanted of a symbol. Fields that the kind does not have are empty."""

    kind: StreamKind
    interval: str = ""
    """Of a kline."""
    speed: str = ""
    """Of a book: `100ms`, or empty for the default speed."""
    levels: int = 0
    """Of a partial book."""

    def spec(self, symbol: str) -> StreamSpec:
        """The stream that it means of a symbol."""
        return StreamSpec(self.kind, symbol, interval=self.interval, levels=self.levels, speed=self.speed)


BOOK_WISH = Wish(StreamKind.DEPTH, speed="100ms")
"""What a local book is built of."""

PARTIAL_BOOK_WISH = Wish(StreamKind.PARTIAL_DEPTH, speed="100ms", levels=20)
"""The cheaper book: the best levels alone."""


def watch_wishes(venue: Venue) -> tuple[Wish, ...]:
    """What a row of the watchlist needs on a market."""
    return tuple(Wish(kind) for kind in venue.watch_kinds)


class Feed:
    """All markets. Wishes are counted: a stream flows while somebody wants it."""

    def __init__(
        self,
        markets: Mapping[Market, tuple[Venue, Endpoints]],
        make_transport: Callable[[Venue], Transport],
        attempts: AttemptsFile,
        clock: Clock,
        rng: random.Random,
        sink: Callable[[Sequence[Event]], None],
        first_outage_id: int = 1,
        elsewhere: Mapping[Market, str] | None = None,
        accounts: Iterable[Account] = (),
        memory: UserMemory | None = None,
    ) -> None:
        """`sink` gets every event, one call a gulp. Nothing connects before `run`. `elsewhere` gives another
        address of the exchange, which is tried while connections are down. `memory` is what earlier runs knew
        of the accounts."""
        self.default_market = next(iter(markets))
        """The market of symbols that name none."""
        self._sink = sink
        self._attempts = attempts
        self._clock = clock
        self._wanted: defaultdict[Market, Counter[str]] = defaultdict(Counter)
        self._weights: dict[str, WeightBudget] = {}
        """By the pool that markets share."""
        self._health: dict[Market, HealthView] = {}
        self._markets: dict[Market, MarketFeed] = {}
        shard_ids = count(1)
        self.take_outage_id = count(first_outage_id).__next__
        """The next id for a line of the history."""
        snapshots = asyncio.Semaphore(
            max(1, min(int(venue.limits.own_book_snapshots) for venue, _ in markets.values()))
        )
        for market, (venue, endpoints) in markets.items():
            weight = self._weights.setdefault(venue.weight_pool, _weight_budget(venue.limits))
            rest = RestClient(endpoints.rest, venue, weight, clock, proxy=endpoints.proxy)
            books = Books(venue, rest, clock, rng.uniform, sink, snapshots)
            parts = PoolParts(
                venue=venue,
                stream_url=endpoints.streams,
                transport=make_transport(venue),
                attempts=attempts,
                clock=clock,
                uniform=rng.uniform,
                take_shard_id=shard_ids.__next__,
                take_outage_id=self.take_outage_id,
                emit=books.take,
            )
            feed = MarketFeed(
                venue,
                Pool(parts),
                rest,
                clock,
                rng.uniform,
                books,
                _direct((elsewhere or {}).get(market), endpoints.proxy),
                sum(other.weight_pool == venue.weight_pool for other, _ in markets.values()),
            )
            feed.whole = partial(self._whole_health, market)
            self._markets[market] = feed
        self._markets[self.default_market].wake()
        pace = Pace(markets[self.default_market][0].limits, attempts, clock)

        def parts_of(credentials: Credentials) -> UserParts:
            market = self._markets[credentials.market]
            return UserParts(
                credentials=credentials,
                venue=market.venue,
                endpoints=markets[credentials.market][1],
                transport=make_transport(market.venue),
                rest=market.rest,
                pace=pace,
                clock=clock,
                uniform=rng.uniform,
                sink=sink,
                instruments=lambda: market.instruments,
                watched=lambda: self._symbols(credentials.market),
                memory=memory or NoMemory(),
            )

        self.accounts = UserFeeds(
            accounts,
            lambda market: self._markets[market].venue if market in self._markets else None,
            parts_of,
            clock,
            sink,
        )
        """What runs of the configured accounts."""
        for market in self.accounts.markets:
            self._markets[market].wake()

    def _whole_health(self, market: Market, own: HealthView) -> HealthView:
        self._health[market] = own
        return whole_health(self._health)

    # What is wanted

    def want(self, keys: Iterable[SymbolKey], wishes: Iterable[Wish] | None = None) -> None:
        """These symbols' streams shall flow; without wishes those that a row of the watchlist needs. Raises
        ValueError for what the market does not serve."""
        self._count(keys, wishes, 1)

    def unwant(self, keys: Iterable[SymbolKey], wishes: Iterable[Wish] | None = None) -> None:
        """One wish less for each."""
        self._count(keys, wishes, -1)

    def _count(self, keys: Iterable[SymbolKey], wishes: Iterable[Wish] | None, step: int) -> None:
        told = None if wishes is None else tuple(wishes)
        fresh: dict[Market, list[str]] = {}
        for key in keys:
            venue = self.market(key.market).venue
            for wish in watch_wishes(venue) if told is None else told:
                name = venue.format_stream(wish.spec(key.symbol))
                wanted = self._wanted[key.market]
                before = wanted[name]
                wanted[name] = max(0, before + step)
                if bool(before) != bool(wanted[name]):
                    fresh.setdefault(key.market, []).append(name)
                if not wanted[name]:
                    del wanted[name]
        for market, names in fresh.items():
            feed = self._markets[market]
            if step > 0:
                feed.want(names)
            else:
                feed.unwant(names)

    def _symbols(self, market: Market) -> list[str]:
        """Symbols of a market of which streams are wanted."""
        parse = self._markets[market].venue.parse_stream
        found = (parse(name).symbol for name in self._wanted[market])
        return list(dict.fromkeys(symbol for symbol in found if symbol))

    def market(self, market: Market) -> MarketFeed:
        """One market's feed. Raises ValueError where it is not served."""
        feed = self._markets.get(market)
        if feed is None:
            raise ValueError(f"this run has no {market} market")
        return feed

    def instrument(self, key: SymbolKey) -> Instrument | None:
        """What the exchange lists under the key, as far as it was read."""
        feed = self._markets.get(key.market)
        return feed.instruments.get(key.symbol) if feed else None

    def offers(self, key: SymbolKey, wish: Wish) -> bool:
        """Whether the symbol's market has such streams."""
        feed = self._markets.get(key.market)
        return feed is not None and feed.venue.offers(wish.spec(key.symbol))

    def serves(self, market: Market) -> bool:
        """Whether the market can be asked for anything."""
        return market in self._markets

    async def lists_read(self, markets: Iterable[Market]) -> None:
        """Wait until the symbols of these markets are known. Raises ValueError where one is not served."""
        for feed in [self.market(market) for market in markets]:
            feed.wake()
            await feed.instruments_known.wait()

    def instruments_known(self, market: Market) -> bool:
        """Whether the market's list of symbols was read."""
        feed = self._markets.get(market)
        return feed is not None and feed.instruments_known.is_set()

    def intervals(self, market: Market) -> tuple[str, ...]:
        """The intervals that the market has candles of; none where it is not served."""
        feed = self._markets.get(market)
        return feed.venue.intervals if feed is not None else ()

    def ask_candles(self, key: SymbolKey, interval: str, from_ms: int | None, to_ms: int | None) -> bool:
        """Past candles are wanted, between two opening times; `CandlesLoaded` brings them. False when too
        many others wait: then they may be asked for again later."""
        return self.market(key.market).history.ask(key.symbol, interval, from_ms, to_ms)

    def forget_candles(self, key: SymbolKey, interval: str) -> None:
        """Nobody waits for past candles any longer."""
        self.market(key.market).history.forget(key.symbol, interval)

    def book(self, key: SymbolKey) -> Book | None:
        """The local book of a symbol, to be read at once and not to be kept; None where there is none."""
        feed = self._markets.get(key.market)
        return feed.books.book(key) if feed else None

    def want_book_levels(self, levels: int) -> None:
        """So many levels of each side shall be told with each update of a book; none cost nothing."""
        for feed in self._markets.values():
            feed.books.levels_told = levels

    def tell_every_quote(self, each: bool) -> None:
        """Whether somebody reads quotes one by one; else a stream's newest of those that came at once do."""
        for feed in self._markets.values():
            feed.pool.tells_every_quote = each

    def rotate(self, shard: int) -> bool:
        """Replace a shard's connection; False when there is no such shard."""
        return any(feed.pool.rotate(shard) for feed in self._markets.values())

    def ages_of_shard(self, shard: int) -> Sequence[tuple[StreamKey, float]]:
        """(stream, last own data on the monotonic clock) of a shard's streams."""
        ages: list[tuple[StreamKey, float]] = []
        for feed in self._markets.values():
            ages += feed.pool.health.ages(feed.pool.streams(shard))
        return ages

    def data_at(self, stream: StreamKey) -> float | None:
        """When a wanted stream brought own data last, on the monotonic clock; None: never yet."""
        feed = self._markets.get(stream.market)
        ages = feed.pool.health.ages([stream.name]) if feed is not None else []
        return ages[0][1] if ages else None

    def rhythm(self, stream: StreamKey) -> float | None:
        """The longest silence between a stream's own data of late; None before enough were seen."""
        feed = self._markets.get(stream.market)
        return feed.pool.health.rhythm(stream.name) if feed is not None else None

    def ever_connected(self) -> bool:
        """Whether any connection was opened since the start."""
        pools = (feed.pool.ever_connected for feed in self._markets.values())
        return any(pools) or self.accounts.ever_proven()

    def report(self) -> None:
        """Say at once how shards, health and budgets stand."""
        for feed in self._markets.values():
            if feed.is_awake:
                feed.judge(self._clock.monotonic())
                feed.report()
        self._sink([BudgetChanged(self.budget())])

    # Running

    async def run(self) -> None:
        """Run until cancelled; then close every connection in order."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for feed in self._markets.values():
                    tasks.create_task(feed.run())
                tasks.create_task(self.accounts.run())
                tasks.create_task(self._report())
        finally:
            await asyncio.shield(self._close())

    async def _close(self) -> None:
        await asyncio.gather(self.accounts.close(), *(feed.close() for feed in self._markets.values()))

    async def _report(self) -> None:
        while True:
            self._sink([BudgetChanged(self.budget())])
            await asyncio.sleep(REPORT_EVERY_S)

    def budget(self) -> BudgetView:
        """What is used of the IP's limits."""
        feeds = [feed for feed in self._markets.values() if feed.is_awake]
        limits, first = feeds[0].venue.limits, feeds[0].venue.weight_pool
        for feed in feeds:
            self._weights[feed.venue.weight_pool].refresh(feed.rest.server_ms())
        pools = {feed.venue.weight_pool: self._weights[feed.venue.weight_pool] for feed in feeds}
        weight = pools.pop(first)
        blocked = max((weight, *pools.values()), key=lambda pool: pool.blocked_until_ms or 0)
        return BudgetView(
            attempts=self._attempts.count(),
            attempts_own_limit=int(limits.own_attempts),
            attempts_limit=int(limits.connection_attempts),
            weight_used=weight.used,
            weight_own=weight.own,
            weight_own_limit=weight.own_limit,
            weight_limit=weight.limit,
            rest_blocked_until_ms=blocked.blocked_until_ms,
            rest_block_reason=blocked.block_reason,
            weight_pool=first,
            other_weights=[
                WeightView(name, pool.used, pool.own, pool.own_limit, pool.limit)
                for name, pool in pools.items()
            ],
        )


def _direct(elsewhere: str | None, proxy: str) -> str | None:
    """The address, if trying to reach it says something: behind a proxy that needs no connection."""
    return None if elsewhere is None or is_proxied(elsewhere, proxy) else elsewhere


def _weight_budget(limits: Limits) -> WeightBudget:
    return WeightBudget(
        limits.request_weight,
        limits.request_weight_window_s,
        limits.own_weight_share,
        limits.own_weight_stop_share,
    )
