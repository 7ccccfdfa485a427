"""ccxt.pro: best bids and asks of all symbols at once, as it watches them."""

from __future__ import annotations

import asyncio

import ccxt.pro

from tests.bench.clients.counting import Asked, Count, asked


async def run(wanted: Asked, count: Count) -> None:
    """Watch, and count until told to end."""
    api = {"public": f"{wanted.rest}/api/v3", "ws": {"spot": f"{wanted.streams}/ws"}}
    exchange = ccxt.pro.binance({"urls": {"api": api}, "options": {"fetchMarkets": {"types": ["spot"]}}})
    await exchange.load_markets()
    handle = exchange.handle_bids_asks

    def counted(client: object, message: object) -> None:
        # It wakes who watches only once for what comes at once, so that messages are counted where it parses.
        count.messages += 1
        handle(client, message)

    exchange.handle_bids_asks = counted
    symbols = [exchange.safe_symbol(name) for name in wanted.symbols]
    while True:
        await exchange.watch_bids_asks(symbols)


def main() -> None:
    """Count until told to end."""
    wanted, count = asked(), Count()
    count.told_at_the_end()
    asyncio.run(run(wanted, count))


if __name__ == "__main__":
    main()
