"""binance-connector, the exchange's older one: REST, and streams in a thread."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from binance.spot import Spot
from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient

from tests.peers.clients.telling import (
    EIGHT,
    Ear,
    Ears,
    answer_like,
    ask,
    in_microseconds,
    is_candles,
    payload_like,
    tell,
    urls,
)

SYMBOL = "BTCUSDT"
RETIRED = "retired on 2026-03-26, and silent there too"
WHY = "sends eight subscriptions within a second and is closed with 1008, as it would be there"
PACE_S = 0.5
"""Between subscriptions: the client leaves it to its user to keep within five frames a second."""


def main() -> None:
    """Ask for everything of Spot's market data that the client offers."""
    rest, streams = urls()
    _rest(Spot(base_url=rest))
    _streams(streams)
    _raw(streams)
    _micro(rest, streams)
    _eight(streams)


def _rest(api: Any) -> None:
    ask("REST ping", api.ping, lambda answer: answer == {})
    ask("REST time", api.time, answer_like("time"))
    ask("REST exchangeInfo", api.exchange_info, answer_like("exchangeInfo"))
    ask("REST depth", lambda: api.depth(SYMBOL, limit=1000), answer_like("depth"))
    ask("REST trades", lambda: api.trades(SYMBOL), answer_like("trades"))
    ask("REST historicalTrades", lambda: api.historical_trades(SYMBOL), answer_like("trades"))
    ask("REST aggTrades", lambda: api.agg_trades(SYMBOL), answer_like("aggTrades"))
    ask("REST klines", lambda: api.klines(SYMBOL, "1m", limit=5), is_candles)
    ask("REST uiKlines", lambda: api.ui_klines(SYMBOL, "1m", limit=5), is_candles)
    ask("REST avgPrice", lambda: api.avg_price(SYMBOL), answer_like("avgPrice"))
    ask("REST ticker/24hr", lambda: api.ticker_24hr(SYMBOL), answer_like("ticker/24hr"))
    ask("REST ticker/24hr, all", api.ticker_24hr, answer_like("ticker/24hr"))
    ask("REST ticker/tradingDay", lambda: api.trading_day_ticker(SYMBOL), answer_like("ticker"))
    ask("REST ticker/price", api.ticker_price, answer_like("ticker/price"))
    ask("REST ticker/bookTicker", api.book_ticker, answer_like("ticker/bookTicker"))
    ask("REST ticker", lambda: api.rolling_window_ticker(symbols=EIGHT), answer_like("ticker"))


def _connect(
    streams: str, heard: Callable[[Any], None], *, combined: bool = True, unit: str | None = None
) -> Any:
    def on_message(_: Any, text: str) -> None:
        heard(json.loads(text))

    return SpotWebsocketStreamClient(
        stream_url=streams,
        on_message=on_message,
        on_error=lambda *_: None,
        is_combined=combined,
        time_unit=unit,
    )


def _streams(streams: str) -> None:
    ears = Ears()
    listed: list[Any] = []
    by_name: dict[str, Ear] = {}

    def heard(message: Mapping[str, Any]) -> None:
        if "stream" in message:
            by_name[message["stream"]].take(message["data"])
        elif isinstance(message.get("result"), list):
            listed.append(message["result"])

    client = _connect(streams, heard)
    pause = threading.Event()

    def hear(stream: str, name: str, like: str, send: Callable[[], None], silent: str = "") -> None:
        by_name[stream] = ears.ear(name, payload_like(like), silent)
        send()
        pause.wait(PACE_S)

    def symbol(name: str, like: str, send: Callable[[], None]) -> None:
        hear(f"btcusdt@{name}", name.removesuffix("@1000ms"), like, send)

    symbol("trade", "trade", lambda: client.trade(SYMBOL))
    symbol("aggTrade", "aggTrade", lambda: client.agg_trade(SYMBOL))
    symbol("depth@1000ms", "depth", lambda: client.diff_book_depth(SYMBOL))
    symbol("depth@100ms", "depth", lambda: client.diff_book_depth(SYMBOL, speed=100))
    symbol("depth5@1000ms", "depth5", lambda: client.partial_book_depth(SYMBOL))
    symbol("depth20@100ms", "depth5", lambda: client.partial_book_depth(SYMBOL, level=20, speed=100))
    symbol("kline_1m", "kline_1m", lambda: client.kline(SYMBOL, "1m"))
    symbol("kline_1m@+08:00", "kline_1m", lambda: client.kline_timezone_offset(SYMBOL, "1m"))
    symbol("miniTicker", "miniTicker", lambda: client.mini_ticker(SYMBOL))
    symbol("ticker", "ticker", lambda: client.ticker(SYMBOL))
    symbol("ticker_1h", "ticker_1h", lambda: client.rolling_window_ticker(SYMBOL, "1h"))
    symbol("bookTicker", "bookTicker", lambda: client.book_ticker(SYMBOL))
    for name, like, send in (
        ("!miniTicker@arr", "miniTicker", client.mini_ticker),
        ("!ticker_1h@arr", "ticker_1h", lambda: client.rolling_window_ticker_all_symbols("1h")),
    ):
        hear(name, name, like, send)
    hear("!ticker@arr", "!ticker@arr", "ticker", client.ticker, RETIRED)
    ears.wait()

    client.list_subscribe()
    pause.wait(PACE_S)
    ask("LIST_SUBSCRIPTIONS", lambda: listed[0], lambda names: set(names) == set(by_name))
    client.unsubscribe(list(by_name))
    pause.wait(PACE_S)
    client.list_subscribe()
    pause.wait(PACE_S)
    ask("UNSUBSCRIBE", lambda: listed[1], lambda names: names == [])
    client.stop()


def _raw(streams: str) -> None:
    """Without envelopes, as the client does unless told otherwise."""
    ears = Ears()
    ear = ears.ear("raw /ws", payload_like("trade"))
    client = _connect(streams, lambda message: ear.take(message) if "e" in message else None, combined=False)
    client.trade(SYMBOL)
    ears.wait()
    client.stop()


def _micro(rest: str, streams: str) -> None:
    unit = "microsecond"
    ask("REST time, in microseconds", Spot(base_url=rest, time_unit=unit).time, in_microseconds)
    ears = Ears()
    ear = ears.ear("trade, in microseconds", in_microseconds)
    client = _connect(
        streams, lambda message: ear.take(message["data"]) if "data" in message else None, unit=unit
    )
    client.trade(SYMBOL)
    ears.wait()
    client.stop()


def _eight(streams: str) -> None:
    """One after the other, as fast as the client sends."""
    ears = Ears()
    tell(breach="frame rate", why=WHY)
    ear = ears.crowd("eight in a row", lambda message: str(message["data"]["s"]), 0, WHY)
    client = _connect(streams, lambda message: ear.take(message) if "stream" in message else None)
    for name in EIGHT:
        client.mini_ticker(name)
    ears.wait()
    client.stop()


if __name__ == "__main__":
    main()
