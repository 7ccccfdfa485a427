"""Spot's REST market data: requests with what they weigh, and the readers of the answers.

Sources: rest-api.md and errors.md (read 2026-07-21). No request here is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
from bntui.venue.binance.limits import SPOT_CALLS, TICKER_SYMBOLS, weight_of
from bntui.venue.binance.refusals import error, explain
from bntui.venue.binance.streams import INTERVALS
from bntui.venue.limits import Limits


def rest_calls(limits: Limits) -> RestCalls:
    """The requests of Spot. Each raises ValueError for a count that the exchange would not take."""

    def call(
        name: str, *params: tuple[str, str], limit: int | None = None, symbols: int | None = None
    ) -> RestCall:
        return RestCall(name, SPOT_CALLS[name].path, params, weight_of(name, limit=limit, symbols=symbols))

    def tickers(symbols: Sequence[str]) -> RestCall:
        if not symbols:
            return call("tickers")
        require_count("symbols", len(symbols), TICKER_SYMBOLS)
        names = orjson.dumps(list(symbols)).decode()
        return call("tickers", ("symbols", names), symbols=len(symbols))

    def klines(symbol: str, interval: str, rows: int) -> RestCall:
        if interval not in INTERVALS:
            raise ValueError(f"there are no candles of {interval}; intervals are {', '.join(INTERVALS)}")
        require_count("candles", rows, limits.klines_rows)
        return call("klines", ("symbol", symbol), ("interval", interval), ("limit", str(rows)), limit=rows)

    def candles_from(symbol: str, interval: str, open_ms: int, rows: int) -> RestCall:
        plain = klines(symbol, interval, rows)
        return replace(plain, params=(*plain.params, ("startTime", str(open_ms))))

    def candles_to(symbol: str, interval: str, open_ms: int, rows: int) -> RestCall:
        plain = klines(symbol, interval, rows)
        return replace(plain, params=(*plain.params, ("endTime", str(open_ms))))

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
        klines=klines,
        candles_from=candles_from,
        candles_to=candles_to,
        trades_from=trades_from,
        agg_trades_from=agg_trades_from,
        depth=depth,
    )


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
