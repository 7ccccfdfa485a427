"""The streams that only the futures have, or have in another way: aggregates in batches, mark prices,
liquidations, candles of a line of contracts, and arrays in which both families are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from bntui.sim.actor import AGGREGATED_US
from bntui.sim.bars import Bar
from bntui.sim.desk import Desk
from bntui.sim.dialect import SECOND_US
from bntui.sim.feeds import KlineFeed, Regular, ticker_of, window_of
from bntui.sim.futurespayloads import (
    book_ticker,
    continuous_kline,
    contract_of,
    index_price,
    liquidation,
    mark_price,
)
from bntui.sim.hub import Audience
from bntui.sim.instruments import Pair
from bntui.sim.pricing import Pricing
from bntui.sim.tradelog import AggRow

Desks = Callable[[], Iterable[Desk]]
"""Gives every contract that is awake, of both families."""

_MARKED_US = {"": 3 * SECOND_US, "1s": SECOND_US}
"""How often mark prices come, by the speed in the stream's name."""
_ALL_QUOTES_US = 5 * SECOND_US
_MOST_BATCHED = 10_000


class Aligned(Regular):
    """A feed that fires when its period is over by the clock, at the same moment as others of its kind."""

    def due(self, now_us: int, regular_us: int) -> int:
        """At the next multiple of the period."""
        return now_us - now_us % self.period_us + self.period_us


class AggregateFeed(Aligned):
    """`<symbol>@aggTrade`: what was traded in a tenth of a second, once that is over."""

    def __init__(self, desk: Desk, audience: Audience) -> None:
        """Begin with the next aggregate."""
        super().__init__(AGGREGATED_US)
        self._desk = desk
        self._audience = audience
        self._waiting: deque[AggRow] = deque(maxlen=_MOST_BATCHED)
        """Beyond so many within a tenth of a second, the oldest would be lost."""

    def aggregated(self, row: AggRow) -> None:
        """Take some trades; those of an aggregate that waits already are added to it."""
        if self._waiting and (last := self._waiting[-1]).agg_id == row.agg_id:
            self._waiting[-1] = last._replace(last_id=row.last_id, steps=last.steps + row.steps)
        else:
            self._waiting.append(row)

    def fire(self, now_us: int) -> None:
        """Send every aggregate to which nothing can be added any more, also of a time that the clock was
        put back from."""
        while self._waiting and self._waiting[0].time_us // AGGREGATED_US != now_us // AGGREGATED_US:
            row = self._waiting.popleft()
            self._audience.send(partial(self._desk.texts.agg_trade, self._desk.pair, row, now_us))


class MarkPriceFeed(Aligned):
    """`<symbol>@markPrice`, whether it changed or not."""

    def __init__(self, pair: Pair, audience: Audience, speed: str, pricing: Pricing) -> None:
        """Send the first at the next whole moment."""
        super().__init__(_MARKED_US[speed])
        self._pair = pair
        self._audience = audience
        self._pricing = pricing

    def fire(self, now_us: int) -> None:
        """Send the mark price."""
        text = mark_price(self._pair, self._pricing.mark(self._pair, now_us // 1000), now_us)
        self._audience.say(text)


class AllMarkPricesFeed(Aligned):
    """`!markPrice@arr`: one array a family (745 and 217 rows measured on fstream, 2026-10-07)."""

    def __init__(self, pairs: Iterable[Pair], audience: Audience, speed: str, pricing: Pricing) -> None:
        """`pairs`: every contract that is listed, of both families."""
        super().__init__(_MARKED_US[speed])
        self._families = [
            family
            for coin in (False, True)
            if (family := [pair for pair in pairs if contract_of(pair).coin_margined is coin])
        ]
        self._audience = audience
        self._pricing = pricing

    def fire(self, now_us: int) -> None:
        """Send the mark prices of every contract."""
        for family in self._families:
            rows = (mark_price(pair, self._pricing.mark(pair, now_us // 1000), now_us) for pair in family)
            text = f"[{','.join(rows)}]"
            self._audience.say(text)


class IndexPriceFeed(Aligned):
    """`<pair>@indexPrice` of COIN-M."""

    def __init__(self, pair: Pair, audience: Audience, pricing: Pricing) -> None:
        """Send the first at the next whole moment."""
        super().__init__(_MARKED_US[""])
        self._pair = pair
        self._audience = audience
        self._pricing = pricing

    def fire(self, now_us: int) -> None:
        """Send the index price."""
        text = index_price(self._pair, self._pricing.index_e8(self._pair), now_us)
        self._audience.say(text)


class LiquidationFeed(Aligned):
    """`<symbol>@forceOrder` and `!forceOrder@arr`: of each contract the largest of a second, in a frame of
    its own (USD-M, Liquidation Order Streams; so since 2026-04-14)."""

    def __init__(self, desks: Desks, audience: Audience, now_us: int) -> None:
        """Begin with the next liquidation."""
        super().__init__(SECOND_US)
        self._desks = desks
        self._audience = audience
        self._until_us = now_us

    def fire(self, now_us: int) -> None:
        """Send what was liquidated since the last time."""
        since_us, self._until_us = self._until_us, now_us
        for desk in self._desks():
            new = [row for row in desk.liquidations if since_us < row.time_us <= now_us]
            if new:
                text = liquidation(desk.pair, max(new, key=lambda row: row.steps), now_us)
                self._audience.say(text)


class ContinuousKlineFeed(KlineFeed):
    """`<pair>_<contractType>@continuousKline_<interval>`: the candle of whichever contract is of that kind
    now. Its ids are those of the book, not of trades."""

    def __init__(self, desk: Desk, audience: Audience, interval: str, now_us: int, period_us: int) -> None:
        """Begin with what the running candle holds so far."""
        self._first_update = desk.book.update_id
        super().__init__(desk, audience, interval, "", now_us, period_us)

    def text(self, bar: Bar, span_ms: tuple[int, int], closed: bool, now_us: int) -> Callable[[bool], str]:
        """What makes the text of a candle."""
        desk, ids = self.desk, (self._first_update, self.desk.book.update_id)
        if closed:
            self._first_update = ids[1]
        words = continuous_kline(desk.pair, self.interval, bar, span_ms, closed, now_us, ids)
        return lambda micro: words


class AllTickersFeed(Regular):
    """`!ticker@arr` and `!miniTicker@arr`: the contracts of both families that traded since the last one."""

    def __init__(self, desks: Desks, audience: Audience, *, mini: bool) -> None:
        """`mini`: the shorter of the two."""
        super().__init__(SECOND_US)
        self._desks = desks
        self._audience = audience
        self._mini = mini
        self._seen: dict[str, int] = {desk.pair.symbol: desk.trades for desk in desks()}

    def fire(self, now_us: int) -> None:
        """Send one array, or nothing where nobody traded."""
        rows = list(self._changed(now_us))
        if rows:
            self._audience.send(lambda micro: f"[{','.join(row(micro) for row in rows)}]")

    def _changed(self, now_us: int) -> Iterator[Callable[[bool], str]]:
        for desk in self._desks():
            seen, self._seen[desk.pair.symbol] = self._seen.get(desk.pair.symbol), desk.trades
            if seen is not None and seen != desk.trades:
                desk.roll(now_us)
                yield window_of(desk, "", now_us) if self._mini else ticker_of(desk, now_us)


class AllQuotesFeed(Regular):
    """`!bookTicker`: the best levels of each contract where they changed, each in a frame of its own."""

    def __init__(self, desks: Desks, audience: Audience) -> None:
        """Send each contract at the first occasion."""
        super().__init__(_ALL_QUOTES_US)
        self._desks = desks
        self._audience = audience
        self._seen: dict[str, int] = {}

    def fire(self, now_us: int) -> None:
        """Send what changed."""
        for desk in self._desks():
            pair, update_id = desk.pair, desk.book.update_id
            if self._seen.get(pair.symbol) != desk.quotes:
                self._seen[pair.symbol] = desk.quotes
                text = book_ticker(pair, update_id, *desk.best(), desk.moment_us)
                self._audience.say(text)
