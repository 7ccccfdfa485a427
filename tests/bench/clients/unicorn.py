"""unicorn-binance-websocket-api, its callback getting dicts. Ways: its `websockets` or `picows` library."""

from __future__ import annotations

import signal
from typing import Any

from unicorn_binance_websocket_api import BinanceWebSocketApiManager

from tests.bench.clients.counting import Count, asked


def main() -> None:
    """Subscribe, and count until told to end."""
    wanted, count = asked(), Count()
    options: dict[str, Any] = {"websocket_library": wanted.way} if wanted.way else {}
    manager = BinanceWebSocketApiManager(
        exchange="binance.com",
        restful_base_uri=wanted.rest,
        websocket_base_uri=f"{wanted.streams}/",
        output_default="dict",
        warn_on_update=False,
        disable_colorama=True,
        **options,
    )
    manager.create_stream(
        list(wanted.kinds), [symbol.lower() for symbol in wanted.symbols], process_stream_data=count.one
    )
    count.told_at_the_end()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
