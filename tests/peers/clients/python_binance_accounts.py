"""python-binance: signed REST, user streams over the WebSocket API and by listen key."""

from __future__ import annotations

import asyncio
from typing import Any

from binance import AsyncClient, BinanceSocketManager
from binance.ws.websocket_api import WebsocketAPI

from tests.peers.clients.telling import Doors, Ear, Ears, ask_soon, doors, is_event, is_list

SYMBOL = "BTCUSDT"


async def main() -> None:
    """Ask for an account of Spot and of USD-M, and hear both."""
    told = doors()
    client = _client(told, "hmac")
    try:
        await _rest(client)
        await _streams(told, client)
    finally:
        await client.close_connection()


def _client(told: Doors, name: str) -> Any:
    client = AsyncClient(*told.key(name))
    client.API_URL = f"{told.spot['rest']}/api"
    client.FUTURES_URL = f"{told.usdm['rest']}/fapi"
    client.ws_api = WebsocketAPI(url=f"{told.spot['ws_api']}/ws-api/v3")
    return client


async def _rest(client: Any) -> None:
    await ask_soon("own account of Spot", client.get_account, lambda answer: bool(answer["balances"]))
    await ask_soon("own open orders of Spot", client.get_open_orders, is_list)
    await ask_soon("own trades of Spot", lambda: client.get_my_trades(symbol=SYMBOL), bool)
    await ask_soon("own balance of USD-M", client.futures_account_balance, bool)
    await ask_soon("own positions of USD-M", client.futures_position_information, is_list)
    await ask_soon("own open orders of USD-M", client.futures_get_open_orders, is_list)
    await ask_soon("own trades of USD-M", lambda: client.futures_account_trades(symbol=SYMBOL), bool)
    await ask_soon("listen key", client.futures_stream_get_listen_key, bool)
    key = await client.futures_stream_get_listen_key()
    await ask_soon(
        "listen key, kept alive", lambda: client.futures_stream_keepalive(key), lambda answer: True
    )


async def _streams(told: Doors, client: Any) -> None:
    manager = BinanceSocketManager(client)
    manager.FSTREAM_URL = f"{told.usdm['streams']}/"
    ears = Ears()
    sockets = {
        manager.user_socket(): ears.ear("own events of Spot, HMAC", is_event),
        manager.futures_user_socket(): ears.ear("own events of USD-M", is_event),
    }
    readers = [asyncio.create_task(_read(socket, ear)) for socket, ear in sockets.items()]
    await ears.listen()
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)


async def _read(socket: Any, ear: Ear) -> None:
    try:
        async with socket:
            while True:
                ear.take(await socket.recv())
    except Exception as error:
        ear.fail(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    asyncio.run(main())
