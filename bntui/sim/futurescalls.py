"""What the two futures markets answer over REST."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Protocol

from bntui.sim import answers, futuresanswers
from bntui.sim.desk import Desk
from bntui.sim.exchange import Exchange, Source
from bntui.sim.futurespayloads import contract_of
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.parameters import Call, Parameters, Refused, invalid_symbol, milliseconds
from bntui.sim.pricing import HOUR_MS, Pricing, open_interest
from bntui.venue.binance.futures_limits import DEPTH_LEVELS
from bntui.venue.binance.futures_streams import FUTURES_INTERVALS

_AT_ONCE = 25
"""Symbols worked out before others get their turn."""
_AGGREGATES_KEPT_MS = 48 * HOUR_MS
"""Older ones are refused (measured on fapi, 2026-10-07)."""
_OLD_TRADES = 500
"""Rows of historicalTrades (Old Trades Lookup, read 2026-05-28)."""


class FuturesSource(Source, Protocol):
    """A futures market that can be listened to."""

    @property
    def pricing(self) -> Pricing:
        """What contracts should cost."""
        ...

    def trade_steps(self, symbol: str) -> int:
        """The quantity of a typical trade of a contract; 0 where it is not known how much is held."""
        ...


class FuturesCalls:
    """Answers from the same books and trades as the streams."""

    def __init__(self, exchange: Exchange, source: FuturesSource) -> None:
        """The calls of one host."""
        self._source = source
        self._limits = exchange.limits
        self._costs = exchange.house.calls

    def calls(self) -> dict[str, Call]:
        """By the words of the table of calls. COIN-M can be asked by pair."""
        pairs = [contract_of(pair) for pair in self._source.pairs]
        some = ("symbol", "pair") if any(one.coin_margined for one in pairs) else ("symbol",)
        return {
            "ping": Call((), self._ping),
            "time": Call((), self._time),
            "exchange_info": Call((), self._exchange_info),
            "depth": Call(("symbol", "limit"), self._depth),
            "klines": Call(("symbol", "interval", "startTime", "endTime", "limit"), self._klines),
            "tickers": Call(some, self._tickers),
            "book_tickers": Call(some, self._book_tickers, misstates_weight=True),
            "premium_index": Call(some, self._premium_index),
            "open_interest": Call(("symbol",), self._open_interest),
            "trades": Call(("symbol", "limit"), self._trades),
            "historical_trades": Call(("symbol", "limit", "fromId"), self._historical_trades),
            "agg_trades": Call(("symbol", "fromId", "startTime", "endTime", "limit"), self._agg_trades),
        }

    def _desk(self, symbol: str) -> Desk:
        desk = self._source.desk(symbol)
        if desk is None:
            raise invalid_symbol()
        return desk

    async def _each(self, parameters: Parameters, text: Callable[[Pair], str]) -> str:
        """An object for `symbol` on USD-M, else an array; COIN-M answers with an array always."""
        coin = any(contract_of(pair).coin_margined for pair in self._source.pairs)
        if "symbol" in parameters:
            if "pair" in parameters:
                raise Refused(-1128, "Combination of optional parameters invalid.")
            one = text(self._desk(parameters.symbol()).pair)
            return f"[{one}]" if coin else one
        wanted = parameters.mandatory("pair") if "pair" in parameters else None
        texts = []
        for number, pair in enumerate(self._source.pairs, 1):
            if wanted is None or contract_of(pair).pair == wanted:
                texts.append(text(pair))
            if number % _AT_ONCE == 0:
                await sleep(0)
        if wanted is not None and not texts:
            raise invalid_symbol()
        return answers.array(texts)

    async def _ping(self, parameters: Parameters) -> str:
        return "{}"

    async def _time(self, parameters: Parameters) -> str:
        return f'{{"serverTime":{self._source.now_us() // 1000}}}'

    async def _exchange_info(self, parameters: Parameters) -> str:
        return futuresanswers.exchange_info(self._source.pairs, self._limits, self._source.now_us())

    async def _depth(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        limit = parameters.number("limit")
        levels = self._costs["depth"].default_rows if limit is None else limit
        if levels not in DEPTH_LEVELS:
            raise Refused(-4021, f"'{levels}' is not valid depth limit.")
        return futuresanswers.depth(desk, levels, self._source.now_us())

    async def _klines(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        parameters.mandatory("interval")
        refusal = Refused(-1120, "Invalid interval.")
        candles = answers.candles_of(
            desk,
            parameters.choice("interval", tuple(FUTURES_INTERVALS), "", refusal),
            self._source.now_us(),
            parameters.rows(self._costs["klines"].default_rows, self._limits.klines_rows),
            milliseconds(parameters.moment_us("startTime"), up=True),
            milliseconds(parameters.end_us("endTime")),
        )
        return answers.klines(desk.pair, candles)

    async def _tickers(self, parameters: Parameters) -> str:
        now_us = self._source.now_us()
        return await self._each(
            parameters, lambda pair: futuresanswers.ticker(self._desk(pair.symbol), now_us)
        )

    async def _book_tickers(self, parameters: Parameters) -> str:
        return await self._each(parameters, lambda pair: futuresanswers.book_ticker(self._desk(pair.symbol)))

    async def _premium_index(self, parameters: Parameters) -> str:
        now_us, pricing = self._source.now_us(), self._source.pricing

        def text(pair: Pair) -> str:
            mark = pricing.mark(pair, now_us // 1000)
            return futuresanswers.premium_index(pair, mark, pricing.interest_rate(pair), now_us)

        return await self._each(parameters, text)

    async def _open_interest(self, parameters: Parameters) -> str:
        desk, now_us = self._desk(parameters.symbol()), self._source.now_us()
        typical = self._source.trade_steps(desk.pair.symbol)
        if not typical:
            raise Refused(-1122, "Invalid symbol status.")
        return futuresanswers.open_interest(desk.pair, open_interest(desk, typical, now_us // 1000), now_us)

    async def _trades(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        limit = parameters.rows(self._costs["trades"].default_rows, self._limits.trades_rows)
        return futuresanswers.trades(desk.pair, answers.newest_trades(desk, limit))

    async def _historical_trades(self, parameters: Parameters) -> str:
        parameters.keyed()
        desk = self._desk(parameters.symbol())
        limit = parameters.rows(self._costs["historical_trades"].default_rows, _OLD_TRADES)
        from_id = parameters.number("fromId")
        if from_id is None:
            return futuresanswers.trades(desk.pair, answers.newest_trades(desk, limit))
        return futuresanswers.trades(desk.pair, islice(desk.log.from_id(from_id), limit))

    async def _agg_trades(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        limit = parameters.rows(self._costs["agg_trades"].default_rows, self._limits.trades_rows)
        from_id, now_us = parameters.number("fromId"), self._source.now_us()
        start_us, end_us = parameters.moment_us("startTime"), parameters.end_us("endTime")
        rows: Iterator[TradeRow]
        if from_id is not None:
            if start_us is not None or end_us is not None:
                raise Refused(-1128, "Combination of optional parameters invalid.")
            rows = self._recent(desk.log.from_agg(from_id), now_us)
        elif start_us is None and end_us is None:
            rows = answers.newest_aggregates(desk, limit)
        else:
            if start_us is not None and end_us is not None and end_us - start_us >= HOUR_MS * 1000 + 1000:
                raise Refused(-1127, "More than 1 hours between startTime and endTime.")
            if start_us is not None and now_us - start_us > _AGGREGATES_KEPT_MS * 1000:
                raise _too_old()
            rows = self._recent(answers.trades_between(desk, start_us, end_us, now_us), now_us)
        return futuresanswers.agg_trades(desk.pair, rows, limit)

    @staticmethod
    def _recent(rows: Iterator[TradeRow], now_us: int) -> Iterator[TradeRow]:
        """The same, refused where the first is too old."""
        first = next(rows, None)
        if first is None:
            return rows
        if now_us - first.time_us > _AGGREGATES_KEPT_MS * 1000:
            raise _too_old()
        return chain((first,), rows)


def _too_old() -> Refused:
    return Refused(-4166, "Search window is restricted to recent 48 hours only.")
