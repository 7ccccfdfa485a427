"""The floor: frames read from the socket and thrown away. Ways: `websockets` (`recv`), or `fast` (picows)."""

from __future__ import annotations

import asyncio
import json

from tests.bench.clients.counting import Asked, Count, asked


def _request(wanted: Asked) -> str:
    return json.dumps({"method": "SUBSCRIBE", "params": wanted.names, "id": 1})


async def with_websockets(wanted: Asked, count: Count) -> None:
    """By the library's own API."""
    from websockets.asyncio.client import connect

    async with connect(f"{wanted.streams}/stream", compression=None, max_size=None) as socket:
        await socket.send(_request(wanted))
        while True:
            await socket.recv(decode=False)
            count.messages += 1


async def with_picows(wanted: Asked, count: Count) -> None:
    """A callback for each frame, which takes its bytes."""
    import picows

    class Listener(picows.WSListener):
        def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
            frame.get_payload_as_bytes()
            count.messages += 1

    transport, _ = await picows.ws_connect(Listener, f"{wanted.streams}/stream")
    transport.send(picows.WSMsgType.TEXT, _request(wanted).encode())
    if wanted.every_s:
        await asyncio.sleep(wanted.every_s)
        count.tell()
    await transport.wait_disconnected()


def main() -> None:
    """Read until told to end."""
    wanted, count = asked(), Count()
    count.told_at_the_end()
    asyncio.run((with_picows if wanted.way == "fast" else with_websockets)(wanted, count))


if __name__ == "__main__":
    main()
