"""Connects streams with the desks that feed them, and fires by the clock what is sent by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from random import Random

from bntui.model.markets import StreamKind
from bntui.sim.desk import Desk
from bntui.sim.dialect import SPOT_PACES, Paces
from bntui.sim.feeds import (
    ArrayFeed,
    AverageFeed,
    BlockTradeFeed,
    DepthFeed,
    Feed,
    KlineFeed,
    PartialDepthFeed,
    TickerFeed,
    WindowFeed,
)
from bntui.sim.futuresfeeds import (
    AggregateFeed,
    AllMarkPricesFeed,
    AllQuotesFeed,
    AllTickersFeed,
    ContinuousKlineFeed,
    IndexPriceFeed,
    LiquidationFeed,
    MarkPriceFeed,
)
from bntui.sim.hub import Audience
from bntui.sim.instruments import Pair
from bntui.sim.noise import text_number
from bntui.sim.pricing import Pricing
from bntui.venue.base import StreamSpec


class Schedule:
    """Fires feeds when they are due. Each has its own phase, so that they do not all fire at once."""

    def __init__(self) -> None:
        """Nothing is due."""
        self._heap: list[tuple[int, int, str, Feed]] = []
        self._number = count()
        self._live: dict[str, Feed] = {}

    def add(self, name: str, feed: Feed, now_us: int) -> None:
        """Look after a feed from now on."""
        self._live[name] = feed
        self._push(name, feed, now_us)

    def remove(self, name: str) -> Feed | None:
        """Look after a feed no longer."""
        return self._live.pop(name, None)

    def _push(self, name: str, feed: Feed, now_us: int) -> None:
        phase = text_number(name) % feed.period_us
        regular = now_us - (now_us - phase) % feed.period_us + feed.period_us
        heappush(self._heap, (feed.due(now_us, regular), next(self._number), name, feed))

    def restart(self, now_us: int) -> None:
        """Plan everything anew, after the clock was put forward or back."""
        self._heap.clear()
        for name, feed in self._live.items():
            self._push(name, feed, now_us)

    def run(self, now_us: int) -> None:
        """Fire everything that is due."""
        while self._heap and self._heap[0][0] <= now_us:
            _, _, name, feed = heappop(self._heap)
            if self._live.get(name) is feed:
                feed.fire(now_us)
                self._push(name, feed, now_us)


class Switchboard:
    """Connects streams with desks."""

    def __init__(self, rng: Random, paces: Paces = SPOT_PACES) -> None:
        """`rng` decides when block trades come."""
        self._rng = rng
        self._paces = paces
        self.schedule = Schedule()

    def open(self, desk: Desk, spec: StreamSpec, audience: Audience, now_us: int) -> None:
        """Let a stream of a symbol flow."""
        match spec.kind:
            case StreamKind.TRADE:
                desk.trade_stream = audience
            case StreamKind.BOOK_TICKER:
                desk.quote_stream = audience
            case _:
                feed = self.feed(desk, spec, audience, now_us)
                if feed is not None:
                    self.schedule.add(audience.name, feed, now_us)

    def feed(self, desk: Desk, spec: StreamSpec, audience: Audience, now_us: int) -> Feed | None:
        """What looks after a stream by the clock; None where it needs nobody.

        Raises ValueError for what is not the stream of one symbol.
        """
        paces = self._paces
        match spec.kind:
            case StreamKind.AGG_TRADE:
                desk.agg_stream = audience
                return None
            case StreamKind.DEPTH:
                depth = DepthFeed(desk, audience, paces.book[spec.speed])
                desk.book_watchers.append(depth)
                return depth
            case StreamKind.KLINE:
                kline = KlineFeed(desk, audience, spec.interval, spec.utc_offset, now_us, paces.kline)
                desk.trade_watchers.append(kline)
                return kline
            case StreamKind.PARTIAL_DEPTH:
                return PartialDepthFeed(desk, audience, spec.levels, paces.book[spec.speed])
            case StreamKind.TICKER:
                return TickerFeed(desk, audience, paces.ticker)
            case StreamKind.MINI_TICKER | StreamKind.WINDOW_TICKER:
                return WindowFeed(desk, audience, spec.interval, paces.mini_ticker)
            case StreamKind.AVG_PRICE | StreamKind.REFERENCE_PRICE:
                return AverageFeed(desk, audience, reference=spec.kind is StreamKind.REFERENCE_PRICE)
            case StreamKind.BLOCK_TRADE:
                return BlockTradeFeed(desk, audience, self._rng)
            case _:
                raise ValueError(f"{audience.name} is not the stream of one symbol")

    def open_all(
        self, desks: Callable[[], Iterable[Desk]], spec: StreamSpec, audience: Audience, now_us: int
    ) -> None:
        """Let a stream of all symbols flow."""
        feed = self.feed_of_all(desks, spec, audience, now_us)
        self.schedule.add(audience.name, feed, now_us)

    def feed_of_all(
        self, desks: Callable[[], Iterable[Desk]], spec: StreamSpec, audience: Audience, now_us: int
    ) -> Feed:
        """What looks after a stream of all symbols."""
        return ArrayFeed(desks, audience, spec.interval)

    def close(self, desk: Desk | None, spec: StreamSpec, audience: Audience) -> None:
        """Stop a stream."""
        feed = self.schedule.remove(audience.name)
        if desk is None:
            return
        if isinstance(feed, DepthFeed):
            desk.book_watchers.remove(feed)
        elif isinstance(feed, KlineFeed):
            desk.trade_watchers.remove(feed)
        elif isinstance(feed, AggregateFeed):
            desk.agg_watchers.remove(feed)
        elif spec.kind is StreamKind.TRADE:
            desk.trade_stream = None
        elif spec.kind is StreamKind.AGG_TRADE:
            desk.agg_stream = None
        elif spec.kind is StreamKind.BOOK_TICKER:
            desk.quote_stream = None


class FuturesSwitchboard(Switchboard):
    """Connects the futures' streams. Those of all symbols hold both families (CM-UM notice, 2026-06-10)."""

    def __init__(self, rng: Random, paces: Paces, pricing: Pricing, pairs: Sequence[Pair]) -> None:
        """`pairs`: every contract that is listed, of both families."""
        super().__init__(rng, paces)
        self._pricing = pricing
        self._pairs = pairs

    def feed(self, desk: Desk, spec: StreamSpec, audience: Audience, now_us: int) -> Feed | None:
        """What looks after a stream by the clock; None where it needs nobody."""
        match spec.kind:
            case StreamKind.AGG_TRADE:
                batch = AggregateFeed(desk, audience)
                desk.agg_watchers.append(batch)
                return batch
            case StreamKind.RPI_DEPTH:
                # Nobody places retail price improvements here: the same book, less often.
                return super().feed(desk, replace(spec, kind=StreamKind.DEPTH), audience, now_us)
            case StreamKind.CONTINUOUS_KLINE:
                line = ContinuousKlineFeed(desk, audience, spec.interval, now_us, self._paces.kline)
                desk.trade_watchers.append(line)
                return line
            case StreamKind.MARK_PRICE:
                return MarkPriceFeed(desk.pair, audience, spec.speed, self._pricing)
            case StreamKind.INDEX_PRICE:
                return IndexPriceFeed(desk.pair, audience, self._pricing)
            case StreamKind.LIQUIDATION:
                return LiquidationFeed(lambda: (desk,), audience, now_us)
            case _:
                return super().feed(desk, spec, audience, now_us)

    def feed_of_all(
        self, desks: Callable[[], Iterable[Desk]], spec: StreamSpec, audience: Audience, now_us: int
    ) -> Feed:
        """What looks after a stream of all symbols."""
        match spec.kind:
            case StreamKind.MARK_PRICE_ALL:
                return AllMarkPricesFeed(self._pairs, audience, spec.speed, self._pricing)
            case StreamKind.LIQUIDATION_ALL:
                return LiquidationFeed(desks, audience, now_us)
            case StreamKind.BOOK_TICKER_ALL:
                return AllQuotesFeed(desks, audience)
            case _:
                return AllTickersFeed(desks, audience, mini=spec.kind is StreamKind.MINI_TICKER_ALL)
