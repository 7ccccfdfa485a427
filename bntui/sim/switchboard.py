"""Connects streams with the desks that feed them, and fires by the clock what is sent by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from itertools import count
from random import Random

from bntui.model.markets import StreamKind
from bntui.sim.desk import Desk
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
from bntui.sim.hub import Audience
from bntui.sim.noise import text_number
from bntui.venue.base import StreamSpec
from bntui.venue.binance.streams import FAST_SPEED


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

    def __init__(self, rng: Random) -> None:
        """`rng` decides when block trades come."""
        self._rng = rng
        self.schedule = Schedule()

    def open(self, desk: Desk, spec: StreamSpec, audience: Audience, now_us: int) -> None:
        """Let a stream of a symbol flow."""
        fast = spec.speed == FAST_SPEED
        feed: Feed
        match spec.kind:
            case StreamKind.TRADE:
                desk.trade_stream = audience
                return
            case StreamKind.AGG_TRADE:
                desk.agg_stream = audience
                return
            case StreamKind.BOOK_TICKER:
                desk.quote_stream = audience
                return
            case StreamKind.DEPTH:
                feed = DepthFeed(desk, audience, fast)
                desk.book_watchers.append(feed)
            case StreamKind.KLINE:
                feed = KlineFeed(desk, audience, spec.interval, spec.utc_offset, now_us)
                desk.trade_watchers.append(feed)
            case StreamKind.PARTIAL_DEPTH:
                feed = PartialDepthFeed(desk, audience, spec.levels, fast)
            case StreamKind.TICKER:
                feed = TickerFeed(desk, audience)
            case StreamKind.MINI_TICKER | StreamKind.WINDOW_TICKER:
                feed = WindowFeed(desk, audience, spec.interval)
            case StreamKind.AVG_PRICE | StreamKind.REFERENCE_PRICE:
                feed = AverageFeed(desk, audience, reference=spec.kind is StreamKind.REFERENCE_PRICE)
            case StreamKind.BLOCK_TRADE:
                feed = BlockTradeFeed(desk, audience, self._rng)
            case _:
                raise ValueError(f"{audience.name} is not the stream of one symbol")
        self.schedule.add(audience.name, feed, now_us)

    def open_all(
        self, desks: Callable[[], Iterable[Desk]], spec: StreamSpec, audience: Audience, now_us: int
    ) -> None:
        """Let a stream of all symbols flow."""
        self.schedule.add(audience.name, ArrayFeed(desks, audience, spec.interval), now_us)

    def close(self, desk: Desk | None, spec: StreamSpec, audience: Audience) -> None:
        """Stop a stream."""
        feed = self.schedule.remove(audience.name)
        if desk is None:
            return
        if isinstance(feed, DepthFeed):
            desk.book_watchers.remove(feed)
        elif isinstance(feed, KlineFeed):
            desk.trade_watchers.remove(feed)
        elif spec.kind is StreamKind.TRADE:
            desk.trade_stream = None
        elif spec.kind is StreamKind.AGG_TRADE:
            desk.agg_stream = None
        elif spec.kind is StreamKind.BOOK_TICKER:
            desk.quote_stream = None
