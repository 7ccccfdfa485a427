"""binance-sdk-spot, the exchange's own, with a callback. Ways: `raw` dicts, or `typed` models."""

from __future__ import annotations

import asyncio
import logging

from binance_common.configuration import ConfigurationWebSocketStreams
from binance_sdk_spot.spot import Spot
from binance_sdk_spot.websocket_streams.models import BookTickerResponse

from tests.bench.clients.counting import Asked, Count, asked


async def run(wanted: Asked, count: Count) -> None:
    """Subscribe, and count until told to end."""
    client = Spot(config_ws_streams=ConfigurationWebSocketStreams(stream_url=wanted.streams))
    connection = await client.websocket_streams.create_connection()
    model = BookTickerResponse if wanted.way == "typed" else None
    await connection.subscribe(wanted.names, response_model=model)
    for name in wanted.names:
        connection.on("message", count.one, name)
    await asyncio.Event().wait()


def main() -> None:
    """Count until told to end."""
    logging.getLogger().setLevel(logging.WARNING)
    wanted, count = asked(), Count()
    count.told_at_the_end()
    asyncio.run(run(wanted, count))


if __name__ == "__main__":
    main()
