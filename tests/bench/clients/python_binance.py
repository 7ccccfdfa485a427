"""python-binance: one multiplexed socket, awaited message by message."""

from __future__ import annotations

import asyncio

from binance import AsyncClient, BinanceSocketManager

from tests.bench.clients.counting import Asked, Count, asked


async def run(wanted: Asked, count: Count) -> None:
    """Subscribe, and count until told to end."""
    client = AsyncClient()
    # Its queue of 100 messages drops what does not fit.
    manager = BinanceSocketManager(client, max_queue_size=1_000_000)
    manager.STREAM_URL = f"{wanted.streams}/"
    async with manager.multiplex_socket(wanted.names) as socket:
        while True:
            await socket.recv()
            count.messages += 1


def main() -> None:
    """Count until told to end."""
    wanted, count = asked(), Count()
    count.told_at_the_end()
    asyncio.run(run(wanted, count))


if __name__ == "__main__":
    main()
