"""binance-sdk-spot, the exchange's own: typed REST, and all streams on one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from binance_common.configuration import ConfigurationRestAPI, ConfigurationWebSocketStreams
from binance_common.constants import TimeUnit
from binance_sdk_spot.spot import Spot

from tests.peers.clients.telling import (
    EIGHT,
    Ears,
    Good,
    answer_like,
    ask,
    in_microseconds,
    is_candles,
    is_list,
    payload_like,
    urls,
)

SYMBOL = "BTCUSDT"
RARE = "block trades are rare: one in ten minutes here"


def main() -> None:
    """Ask for everything of Spot's market data that the client offers."""
    rest, streams = urls()
    client = Spot(
        config_rest_api=ConfigurationRestAPI(base_path=rest),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=streams),
    )
    micro = Spot(
        config_rest_api=ConfigurationRestAPI(base_path=rest, time_unit="MICROSECOND"),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=streams, time_unit=TimeUnit.MICROSECOND),
    )
    _rest(client.rest_api)
    ask("REST time, in microseconds", lambda: _plain(micro.rest_api.time().data()), in_microseconds)
    asyncio.run(_streams(client.websocket_streams))
    asyncio.run(_micro(micro.websocket_streams))


def _plain(value: Any) -> Any:
    """Models as the exchange's own words; `oneOf` models hold what they stand for."""
    inner = getattr(value, "actual_instance", value)
    if isinstance(inner, list):
        return [_plain(row) for row in inner]
    if not hasattr(inner, "model_dump"):
        return inner
    root = getattr(inner, "root", None)
    return _plain(root) if isinstance(root, list) else inner.model_dump(by_alias=True)


def _rest(api: Any) -> None:
    def data(name: str, call: Callable[[], Any], good: Good) -> None:
        ask(f"REST {name}", lambda: _plain(call().data()), good)

    ask("REST ping", api.ping, lambda answer: answer.status == 200)
    data("time", api.time, answer_like("time"))
    data("exchangeInfo", api.exchange_info, answer_like("exchangeInfo"))
    data("executionRules", lambda: api.execution_rules(SYMBOL), answer_like("executionRules"))
    data("depth", lambda: api.depth(SYMBOL, limit=1000), answer_like("depth"))
    data("trades", lambda: api.get_trades(SYMBOL), answer_like("trades"))
    data("historicalTrades", lambda: api.historical_trades(SYMBOL), answer_like("trades"))
    data("historicalBlockTrades", lambda: api.historical_block_trades(SYMBOL, 1), is_list)
    data("aggTrades", lambda: api.agg_trades(SYMBOL), answer_like("aggTrades"))
    data("klines", lambda: api.klines(SYMBOL, "1m", limit=5), is_candles)
    data("uiKlines", lambda: api.ui_klines(SYMBOL, "1m", limit=5), is_candles)
    data("avgPrice", lambda: api.avg_price(SYMBOL), answer_like("avgPrice"))
    data("ticker/24hr", lambda: api.ticker24hr(SYMBOL), answer_like("ticker/24hr"))
    data("ticker/24hr, all", api.ticker24hr, answer_like("ticker/24hr"))
    data("ticker/tradingDay", lambda: api.ticker_trading_day(SYMBOL), answer_like("ticker"))
    data("ticker/price", api.ticker_price, answer_like("ticker/price"))
    data("ticker/bookTicker", api.ticker_book_ticker, answer_like("ticker/bookTicker"))
    data("ticker", lambda: api.ticker(symbols=EIGHT), answer_like("ticker"))
    data("referencePrice", lambda: api.reference_price(SYMBOL), answer_like("referencePrice"))
    data(
        "referencePrice/calculation",
        lambda: api.reference_price_calculation(SYMBOL),
        answer_like("referencePrice/calculation"),
    )


async def _streams(api: Any) -> None:
    connection = await api.create_connection()
    ears = Ears()

    async def hear(name: str, like: str, asked: Any, silent: str = "") -> Any:
        stream = await asked
        ear = ears.ear(name, payload_like(like), silent)
        stream.on("message", lambda model: ear.take(_plain(model)))
        return stream

    await hear("trade", "trade", connection.trade("btcusdt"))
    await hear("aggTrade", "aggTrade", connection.agg_trade("btcusdt"))
    await hear("depth", "depth", connection.diff_book_depth("btcusdt"))
    await hear("depth@100ms", "depth", connection.diff_book_depth("ethusdt", update_speed="100ms"))
    await hear("depth5", "depth5", connection.partial_book_depth("btcusdt", 5))
    await hear("depth20@100ms", "depth5", connection.partial_book_depth("btcusdt", 20, update_speed="100ms"))
    await hear("kline_1m", "kline_1m", connection.kline("btcusdt", "1m"))
    await hear("kline_1m@+08:00", "kline_1m", connection.kline_offset("btcusdt", "1m"))
    await hear("miniTicker", "miniTicker", connection.mini_ticker("btcusdt"))
    await hear("ticker", "ticker", connection.ticker("btcusdt"))
    await hear("ticker_1h", "ticker_1h", connection.rolling_window_ticker("btcusdt", "1h"))
    await hear("bookTicker", "bookTicker", connection.book_ticker("btcusdt"))
    await hear("avgPrice", "avgPrice", connection.avg_price("btcusdt"))
    await hear("referencePrice", "referencePrice", connection.reference_price("btcusdt"))
    await hear("blockTrade", "trade", connection.block_trade("btcusdt"), RARE)
    await hear("!miniTicker@arr", "miniTicker", connection.all_mini_ticker())
    last = await hear("!ticker_1h@arr", "ticker_1h", connection.all_market_rolling_window_ticker("1h"))
    await ears.listen()

    listed = await connection.list_subscribe()
    ask("LIST_SUBSCRIPTIONS", lambda: listed, lambda answer: len(answer["result"]) == 17)
    await last.unsubscribe()
    listed = await connection.list_subscribe()
    ask("UNSUBSCRIBE", lambda: listed, lambda answer: len(answer["result"]) == 16)
    await _eight(connection)
    await connection.close_connection(close_session=True)


async def _micro(api: Any) -> None:
    connection = await api.create_connection()
    ears = Ears()
    ear = ears.ear("trade, in microseconds", in_microseconds)
    stream = await connection.trade("btcusdt")
    stream.on("message", lambda model: ear.take(_plain(model)))
    await ears.listen()
    await connection.close_connection(close_session=True)


async def _eight(connection: Any) -> None:
    """One after the other: the client waits half a second behind each."""
    ears = Ears()
    ear = ears.crowd("eight in a row", lambda model: str(_plain(model)["s"]), len(EIGHT))
    for name in EIGHT:
        stream = await connection.rolling_window_ticker(name.lower(), "4h")
        stream.on("message", ear.take)
    await ears.listen()


if __name__ == "__main__":
    main()
