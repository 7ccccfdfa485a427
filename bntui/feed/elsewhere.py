"""Can another host of the exchange be reached? Tried while connections are down: whose fault is it?"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

HTTPS_PORT = 443


async def reachable(url: str, timeout_s: float) -> bool:
    """Whether a TCP connection to the URL's host opens in time. It is closed at once and asks for nothing,
    so it costs none of the connection attempts that the exchange counts."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or HTTPS_PORT)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
