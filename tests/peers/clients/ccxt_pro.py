"""ccxt.pro: unified streams over one or more connections, and the REST calls of ccxt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import ccxt.pro

from tests.peers.clients.telling import (
    EIGHT,
    Ear,
    Ears,
    answer_like,
    ask_soon,
    is_candles,
    is_list,
    urls,
)

SYMBOL = "BTC/USDT"
OTHER = "ETH/USDT"
Watch = Callable[[], Awaitable[Any]]


async def main() -> None:
    """Ask for everything of Spot's market data that the client offers."""
    rest, streams = urls()
    api = {"public": f"{rest}/api/v3", "ws": {"spot": f"{streams}/ws"}}
    exchange = ccxt.pro.binance({"urls": {"api": api}, "options": {"fetchMarkets": {"types": ["spot"]}}})
    try:
        await _unified_calls(exchange)
        await _own_calls(exchange)
        await _streams(exchange)
        await _eight(exchange)
    finally:
        await exchange.close()


async def _unified_calls(exchange: Any) -> None:
    def unified(*fields: str) -> Callable[[Any], bool]:
        return lambda row: all(row[field] is not None for field in fields)

    def rows(*fields: str) -> Callable[[Any], bool]:
        return lambda answer: bool(answer) and all(map(unified(*fields), answer))

    def by_symbol(*fields: str) -> Callable[[Any], bool]:
        return lambda answer: rows(*fields)(list(answer.values()))

    trades = {"fetchTradesMethod": "publicGetTrades"}
    older = {"fetchTradesMethod": "publicGetHistoricalTrades"}
    book, trade = unified("bids", "asks", "nonce"), ("id", "price", "amount", "side", "timestamp")
    await ask_soon("REST time", exchange.fetch_time, lambda time: time > 0)
    await ask_soon("REST exchangeInfo", exchange.fetch_markets, rows("id", "symbol", "precision", "limits"))
    await ask_soon("REST depth", lambda: exchange.fetch_order_book(SYMBOL), book)
    await ask_soon("REST trades", lambda: exchange.fetch_trades(SYMBOL, params=trades), rows(*trade))
    exchange.apiKey = "some"
    why = "wants an API key before it asks; the exchange wants none"
    await ask_soon(
        "REST historicalTrades", lambda: exchange.fetch_trades(SYMBOL, params=older), rows(*trade), why
    )
    exchange.apiKey = ""
    await ask_soon("REST aggTrades", lambda: exchange.fetch_trades(SYMBOL), rows(*trade))
    await ask_soon("REST klines", lambda: exchange.fetch_ohlcv(SYMBOL, "1m"), _is_ohlcv)
    await ask_soon("REST ticker/24hr", lambda: exchange.fetch_ticker(SYMBOL), unified("last", "bid", "ask"))
    await ask_soon("REST ticker/24hr, all", exchange.fetch_tickers, by_symbol("last", "open", "baseVolume"))
    await ask_soon("REST ticker/bookTicker", exchange.fetch_bids_asks, by_symbol("bid", "ask"))
    await ask_soon("REST ticker/price", exchange.fetch_last_prices, by_symbol("price"))


def _is_ohlcv(rows: Any) -> bool:
    return bool(rows) and all(len(row) == 6 for row in rows)


async def _own_calls(exchange: Any) -> None:
    """Calls that ccxt offers under the exchange's own names."""
    symbol = {"symbol": "BTCUSDT"}
    candles = {"symbol": "BTCUSDT", "interval": "1m", "limit": 5}
    blocks = {"symbol": "BTCUSDT", "fromId": 1}
    calls: Sequence[tuple[str, Watch, Callable[[Any], bool]]] = (
        ("ping", lambda: exchange.public_get_ping(), lambda answer: answer == {}),
        ("uiKlines", lambda: exchange.public_get_uiklines(candles), is_candles),
        ("avgPrice", lambda: exchange.public_get_avgprice(symbol), answer_like("avgPrice")),
        ("ticker", lambda: exchange.public_get_ticker(symbol), answer_like("ticker")),
        ("ticker/tradingDay", lambda: exchange.public_get_ticker_tradingday(symbol), answer_like("ticker")),
        ("historicalBlockTrades", lambda: exchange.public_get_historicalblocktrades(blocks), is_list),
        ("executionRules", lambda: exchange.public_get_executionrules(symbol), answer_like("executionRules")),
        (
            "referencePrice",
            lambda: exchange.public_get_referenceprice(symbol),
            answer_like("referencePrice"),
        ),
        (
            "referencePrice/calculation",
            lambda: exchange.public_get_referenceprice_calculation(symbol),
            answer_like("referencePrice/calculation"),
        ),
    )
    for name, call, good in calls:
        await ask_soon(f"REST {name}", call, good)


async def _streams(exchange: Any) -> None:
    ears = Ears()

    def trades(answer: Any) -> bool:
        return all(row["id"] and row["price"] > 0 and row["side"] in ("buy", "sell") for row in answer)

    def book(answer: Any) -> bool:
        bids, asks = answer["bids"], answer["asks"]
        return bool(answer["nonce"]) and 0 < bids[0][0] < asks[0][0]

    def one(answer: Any) -> bool:
        return bool(answer["last"] > 0)

    def quote(answer: Any) -> bool:
        return all(0 < row["bid"] < row["ask"] for row in answer.values())

    def several(answer: Any) -> bool:
        return all(map(one, answer.values()))

    asked: Sequence[tuple[str, Callable[[Any], bool], Watch]] = (
        ("trade", trades, lambda: exchange.watch_trades(SYMBOL)),
        ("aggTrade", trades, lambda: exchange.watch_trades(OTHER, params={"name": "aggTrade"})),
        ("book kept by the client", book, lambda: exchange.watch_order_book(SYMBOL)),
        ("kline_1m", _is_ohlcv, lambda: exchange.watch_ohlcv(SYMBOL, "1m")),
        ("ticker", one, lambda: exchange.watch_ticker(SYMBOL)),
        ("miniTicker", one, lambda: exchange.watch_ticker(OTHER, {"name": "miniTicker"})),
        ("ticker_1h", several, lambda: exchange.watch_tickers([SYMBOL, OTHER], {"name": "ticker_1h"})),
        ("bookTicker", quote, lambda: exchange.watch_bids_asks([SYMBOL, OTHER])),
        ("!miniTicker@arr", several, exchange.watch_tickers),
        ("!ticker_1h@arr", several, lambda: exchange.watch_tickers(None, {"name": "ticker_1h"})),
    )
    watchers = [asyncio.create_task(_watch(call, ears.ear(name, good))) for name, good, call in asked]
    await ears.listen()
    await _stop(watchers)
    await ask_soon("UNSUBSCRIBE", lambda: exchange.un_watch_trades(SYMBOL), lambda answer: True)


async def _eight(exchange: Any) -> None:
    ears = Ears()
    ear = ears.crowd("eight in a row", lambda answer: str(answer["symbol"]), len(EIGHT))
    symbols = [exchange.safe_symbol(name) for name in EIGHT]
    watchers = [asyncio.create_task(_watch(partial(exchange.watch_ticker, name), ear)) for name in symbols]
    await ears.listen()
    await _stop(watchers)


async def _watch(call: Watch, ear: Ear) -> None:
    try:
        while True:
            ear.take(await call())
    except Exception as error:
        ear.fail(f"{type(error).__name__}: {error}")


async def _stop(watchers: Sequence[asyncio.Task[None]]) -> None:
    for watcher in watchers:
        watcher.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)


logging.basicConfig(level=logging.WARNING)
if __name__ == "__main__":
    asyncio.run(main())
