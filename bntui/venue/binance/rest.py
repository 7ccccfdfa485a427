"""Spot's REST market data: requests with what they weigh, and the readers of the answers.

Sources: rest-api.md and errors.md (read 2026-07-21). No request here is signed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import orjson

from bntui.venue.base import RestBodies, RestCall, RestCalls
from bntui.venue.binance.answers import (
    agg_trades,
    candles,
    depth,
    instruments,
    minute_closes,
    server_time_ms,
    tickers,
    trades,
)
from bntui.venue.binance.limits import SPOT_CALLS, TICKER_SYMBOLS, CallCost, weight_of
from bntui.venue.binance.names import INTERVALS
from bntui.venue.binance.refusals import error, explain
from bntui.venue.limits import Limits


def rest_calls(limits: Limits) -> RestCalls:
    """The requests of Spot. Each raises ValueError for a count that the exchange would not take."""
    call = caller(SPOT_CALLS)
    candles_asked = CandleCalls(call, INTERVALS, limits)

    def tickers(symbols: Sequence[str]) -> RestCall:
        if not symbols:
            return call("tickers")
        require_count("symbols", len(symbols), TICKER_SYMBOLS)
        names = orjson.dumps(list(symbols)).decode()
        return call("tickers", ("symbols", names), symbols=len(symbols))

    def trades_from(symbol: str, first_id: int, rows: int) -> RestCall:
        require_count("trades", rows, limits.trades_rows)
        params = (("symbol", symbol), ("limit", str(rows)), ("fromId", str(first_id)))
        return call("historical_trades", *params, limit=rows)

    def agg_trades_from(symbol: str, first_id: int, rows: int) -> RestCall:
        require_count("trades", rows, limits.trades_rows)
        params = (("symbol", symbol), ("limit", str(rows)), ("fromId", str(first_id)))
        return call("agg_trades", *params, limit=rows)

    def depth(symbol: str, levels: int) -> RestCall:
        require_count("levels", levels, limits.depth_levels)
        return call("depth", ("symbol", symbol), ("limit", str(levels)), limit=levels)

    return RestCalls(
        time=lambda: call("time"),
        # The permission sets make up most of the body, and nothing here reads them.
        exchange_info=lambda: call("exchange_info", ("showPermissionSets", "false")),
        instrument=lambda symbol: call("exchange_info", ("symbol", symbol), ("showPermissionSets", "false")),
        tickers=tickers,
        klines=candles_asked.newest,
        candles_from=candles_asked.since,
        candles_to=candles_asked.until,
        trades_from=trades_from,
        agg_trades_from=agg_trades_from,
        depth=depth,
    )


class Caller(Protocol):
    """Makes a request of one market, with what it weighs."""

    def __call__(
        self, name: str, *params: tuple[str, str], limit: int | None = None, symbols: int | None = None
    ) -> RestCall:
        """`limit` rows, or so many `symbols`, as far as the weight depends on them."""
        ...


def caller(costs: Mapping[str, CallCost]) -> Caller:
    """What makes the requests of a market with these paths and weights."""

    def call(
        name: str, *params: tuple[str, str], limit: int | None = None, symbols: int | None = None
    ) -> RestCall:
        weight = weight_of(name, limit=limit, symbols=symbols, calls=costs)
        return RestCall(name, costs[name].path, params, weight)

    return call


class CandleCalls:
    """The requests for candles, alike in all markets. Each raises ValueError for what they would not take."""

    def __init__(self, call: Caller, intervals: Collection[str], limits: Limits) -> None:
        """The intervals that the market has, and how many candles one request takes."""
        self._call = call
        self._intervals = intervals
        self._limits = limits

    def newest(self, symbol: str, interval: str, rows: int) -> RestCall:
        """The last ones."""
        return self._ask(symbol, interval, rows)

    def since(self, symbol: str, interval: str, open_ms: int, rows: int) -> RestCall:
        """Those from an opening time on."""
        return self._ask(symbol, interval, rows, ("startTime", str(open_ms)))

    def until(self, symbol: str, interval: str, open_ms: int, rows: int) -> RestCall:
        """The last ones up to an opening time."""
        return self._ask(symbol, interval, rows, ("endTime", str(open_ms)))

    def _ask(self, symbol: str, interval: str, rows: int, *more: tuple[str, str]) -> RestCall:
        if interval not in self._intervals:
            known = ", ".join(self._intervals)
            raise ValueError(f"there are no candles of {interval}; intervals are {known}")
        require_count("candles", rows, self._limits.klines_rows)
        params = (("symbol", symbol), ("interval", interval), ("limit", str(rows)))
        return self._call("klines", *params, *more, limit=rows)


def require_count(what: str, count: int, most: float) -> None:
    """Refuse a count that the exchange would not take."""
    if not 1 <= count <= most:
        raise ValueError(f"one request takes 1 to {most:.0f} {what}, not {count}")


def rest_bodies() -> RestBodies:
    """The readers of Spot's answers."""
    return RestBodies(
        server_time_ms=server_time_ms,
        instruments=instruments,
        tickers=tickers,
        minute_closes=minute_closes,
        candles=candles,
        trades=trades,
        agg_trades=agg_trades,
        depth=depth,
        error=error,
        explain=explain,
    )
