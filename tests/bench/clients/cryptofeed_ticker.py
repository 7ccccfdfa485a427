"""cryptofeed: its TICKER channel, which is the exchange's bookTicker."""

from __future__ import annotations

from cryptofeed import FeedHandler
from cryptofeed.connection import RestEndpoint, Routes, WebsocketEndpoint
from cryptofeed.defines import TICKER
from cryptofeed.exchanges import Binance

from tests.bench.clients.counting import Count, asked


def main() -> None:
    """Subscribe, and count until told to end."""
    wanted, count = asked(), Count()

    async def counted(ticker: object, receipt: float) -> None:
        count.messages += 1

    Binance.websocket_endpoints = [WebsocketEndpoint(wanted.streams)]
    Binance.rest_endpoints = [RestEndpoint(wanted.rest, routes=Routes("/api/v3/exchangeInfo"))]
    handler = FeedHandler(config={"log": {"disabled": True}, "uvloop": False})
    names = {row: row for row in Binance.symbols()}
    listed = {name.replace("-", ""): name for name in names}
    symbols = [listed[symbol] for symbol in wanted.symbols]
    handler.add_feed(Binance(symbols=symbols, channels=[TICKER], callbacks={TICKER: counted}))
    count.told_at_the_end()
    handler.run(install_signal_handlers=False)


if __name__ == "__main__":
    main()
