"""python-binance: a connection for each stream, REST in asyncio, a book of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from binance import AsyncClient, BinanceSocketManager, DepthCacheManager

from tests.peers.clients.telling import (
    Ear,
    Ears,
    answer_like,
    ask_soon,
    in_microseconds,
    is_candles,
    payload_like,
    urls,
)

SYMBOL = "BTCUSDT"
RETIRED = "retired on 2026-03-26, and silent there too"
REMOVED = "removed on 2022-12-07, and silent there too"


async def main() -> None:
    """Ask for everything of Spot's market data that the client offers."""
    client, manager = _client()
    try:
        await _rest(client)
        await _streams(manager)
        await _book(client, manager)
    finally:
        await client.close_connection()
    client, manager = _client(time_unit="MICROSECOND")
    try:
        await ask_soon("REST time, in microseconds", client.get_server_time, in_microseconds)
        ears = Ears()
        await _hear(ears, {manager.trade_socket(SYMBOL): ears.ear("trade, in microseconds", in_microseconds)})
    finally:
        await client.close_connection()


def _client(**options: str) -> tuple[Any, Any]:
    rest, streams = urls()
    client = AsyncClient(**options)
    client.API_URL = f"{rest}/api"
    manager = BinanceSocketManager(client)
    manager.STREAM_URL = f"{streams}/"
    return client, manager


async def _rest(client: Any) -> None:
    symbol: dict[str, str] = {"symbol": SYMBOL}
    candles = {"symbol": SYMBOL, "interval": "1m", "limit": 5}
    await ask_soon("REST ping", client.ping, lambda answer: answer == {})
    await ask_soon("REST time", client.get_server_time, answer_like("time"))
    await ask_soon("REST exchangeInfo", client.get_exchange_info, answer_like("exchangeInfo"))
    await ask_soon("REST depth", lambda: client.get_order_book(**symbol), answer_like("depth"))
    await ask_soon("REST trades", lambda: client.get_recent_trades(**symbol), answer_like("trades"))
    await ask_soon(
        "REST historicalTrades", lambda: client.get_historical_trades(**symbol), answer_like("trades")
    )
    await ask_soon("REST aggTrades", lambda: client.get_aggregate_trades(**symbol), answer_like("aggTrades"))
    await ask_soon("REST klines", lambda: client.get_klines(**candles), is_candles)
    await ask_soon("REST uiKlines", lambda: client.get_ui_klines(**candles), is_candles)
    await ask_soon(
        "REST klines, several pages",
        lambda: client.get_historical_klines(SYMBOL, "1m", "25 hours ago UTC"),
        lambda rows: is_candles(rows) and 1_480 < len(rows) < 1_520,
    )
    await ask_soon("REST avgPrice", lambda: client.get_avg_price(**symbol), answer_like("avgPrice"))
    await ask_soon("REST ticker/24hr", lambda: client.get_ticker(**symbol), answer_like("ticker/24hr"))
    await ask_soon("REST ticker/24hr, all", client.get_ticker, answer_like("ticker/24hr"))
    await ask_soon("REST ticker/price", client.get_all_tickers, answer_like("ticker/price"))
    await ask_soon("REST ticker/bookTicker", client.get_orderbook_tickers, answer_like("ticker/bookTicker"))
    await ask_soon("REST ticker", lambda: client.get_symbol_ticker_window(**symbol), answer_like("ticker"))


async def _streams(manager: Any) -> None:
    ears = Ears()
    combined = ears.ear("combined in the URL", lambda message: message["stream"].endswith("@trade"))
    sockets = {
        manager.trade_socket(SYMBOL): ears.ear("trade", payload_like("trade")),
        manager.aggtrade_socket(SYMBOL): ears.ear("aggTrade", payload_like("aggTrade")),
        manager.depth_socket(SYMBOL): ears.ear("depth", payload_like("depth")),
        manager.depth_socket(SYMBOL, interval=100): ears.ear("depth@100ms", payload_like("depth")),
        manager.depth_socket(SYMBOL, "5"): ears.ear("depth5", payload_like("depth5")),
        manager.depth_socket(SYMBOL, "20", 100): ears.ear("depth20@100ms", payload_like("depth5")),
        manager.kline_socket(SYMBOL): ears.ear("kline_1m", payload_like("kline_1m")),
        manager.symbol_miniticker_socket(SYMBOL): ears.ear("miniTicker", payload_like("miniTicker")),
        manager.symbol_ticker_socket(SYMBOL): ears.ear("ticker", payload_like("ticker")),
        manager.symbol_book_ticker_socket(SYMBOL): ears.ear("bookTicker", payload_like("bookTicker")),
        manager.miniticker_socket(): ears.ear("!miniTicker@arr", payload_like("miniTicker")),
        manager.ticker_socket(): ears.ear("!ticker@arr", payload_like("ticker"), silent=RETIRED),
        manager.book_ticker_socket(): ears.ear("!bookTicker", payload_like("bookTicker"), silent=REMOVED),
        manager.multiplex_socket([f"{name}usdt@trade" for name in ("btc", "eth")]): combined,
    }
    await _hear(ears, sockets)


async def _hear(ears: Ears, sockets: Mapping[Any, Ear]) -> None:
    readers = [asyncio.create_task(_read(socket, ear)) for socket, ear in sockets.items()]
    await ears.listen()
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)


async def _read(socket: Any, ear: Ear) -> None:
    """Leaving takes the client ten seconds where a stream is silent."""
    async with socket:
        while True:
            ear.take(await socket.recv())


async def _book(client: Any, manager: Any) -> None:
    ears = Ears()
    ear = ears.ear("book kept by the client", lambda book: 0 < book.get_bids()[0][0] < book.get_asks()[0][0])
    await _hear(ears, {DepthCacheManager(client, SYMBOL, bm=manager, ws_interval=100): ear})


if __name__ == "__main__":
    asyncio.run(main())
