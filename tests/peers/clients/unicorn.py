"""unicorn-binance-websocket-api: streams only, each in an event loop of its own; paced by the client."""

from __future__ import annotations

import json
import threading
from typing import Any

from unicorn_binance_websocket_api import BinanceWebSocketApiManager

from tests.peers.clients.telling import EIGHT, Ear, Ears, ask, payload_like, tell, urls

RETIRED = "retired on 2026-03-26, and silent there too"
RARE = "block trades are rare: one in ten minutes here"
WHY = "sends eight subscriptions within a second, is closed with 1008 as it would be there, and connects anew"
ANSWER_S = 2.0

CHANNELS = {
    "trade": "trade",
    "aggTrade": "aggTrade",
    "depth": "depth",
    "depth@100ms": "depth",
    "depth5": "depth5",
    "depth20@100ms": "depth5",
    "kline_1m": "kline_1m",
    "kline_1m@+08:00": "kline_1m",
    "miniTicker": "miniTicker",
    "ticker": "ticker",
    "ticker_1h": "ticker_1h",
    "bookTicker": "bookTicker",
    "avgPrice": "avgPrice",
    "referencePrice": "referencePrice",
}
"""What to subscribe to, and which payload it is like."""


def main() -> None:
    """Ask for everything of Spot's market data that the client offers."""
    rest, streams = urls()
    with BinanceWebSocketApiManager(
        exchange="binance.com",
        restful_base_uri=rest,
        websocket_base_uri=f"{streams}/",
        warn_on_update=False,
        disable_colorama=True,
    ) as manager:
        _streams(manager)
        _eight(manager)


def _streams(manager: Any) -> None:
    ears = Ears()
    by_name: dict[str, Ear] = {
        f"btcusdt@{name}": ears.ear(name, payload_like(like)) for name, like in CHANNELS.items()
    }
    by_name["btcusdt@blockTrade"] = ears.ear("blockTrade", payload_like("trade"), RARE)
    arrays = {
        ("arr", "!miniTicker"): ears.ear("!miniTicker@arr", payload_like("miniTicker")),
        ("arr", "!ticker_1h"): ears.ear("!ticker_1h@arr", payload_like("ticker_1h")),
        ("arr", "!ticker"): ears.ear("!ticker@arr", payload_like("ticker"), RETIRED),
    }

    def heard(text: str) -> None:
        message = json.loads(text)
        if "stream" in message:
            by_name[message["stream"]].take(message["data"])

    def raw(ear: Ear) -> Any:
        return lambda text: ear.take(json.loads(text))

    stream = manager.create_stream([*CHANNELS, "blockTrade"], ["btcusdt"], process_stream_data=heard)
    for (channel, market), ear in arrays.items():
        manager.create_stream([channel], [market], process_stream_data=raw(ear))
    ears.wait()

    ask("LIST_SUBSCRIPTIONS", lambda: _listed(manager, stream), lambda names: set(names) == set(by_name))
    manager.unsubscribe_from_stream(stream, channels=["trade", "aggTrade"])
    ask("UNSUBSCRIBE", lambda: _listed(manager, stream), lambda names: len(names) == len(by_name) - 2)
    manager.stop_stream(stream)


def _listed(manager: Any, stream: str) -> Any:
    """What the exchange says that is subscribed to.

    The client has a call that waits for the answer, but it spins, so that nothing else gets its turn, pongs
    neither.
    """
    number = manager.get_stream_subscriptions(stream)
    threading.Event().wait(ANSWER_S)
    answers = map(json.loads, manager.get_results_from_endpoints())
    return next(answer["result"] for answer in answers if answer["id"] == number)


def _eight(manager: Any) -> None:
    """One after the other: these the client sends at once, unlike those of a new connection."""
    ears = Ears()
    ear = ears.crowd("eight in a row", lambda message: str(message["data"]["s"]), len(EIGHT), why=WHY)
    tell(breach="frame rate", why=WHY)

    def heard(text: str) -> None:
        message = json.loads(text)
        if "stream" in message:
            ear.take(message)

    stream = manager.create_stream(["miniTicker"], [EIGHT[0].lower()], process_stream_data=heard)
    for name in EIGHT[1:]:
        manager.subscribe_to_stream(stream, markets=[name.lower()])
    ears.wait()


if __name__ == "__main__":
    main()
