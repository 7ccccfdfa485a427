"""binance-sdk-spot, the exchange's own: signed REST, and user streams by both methods."""

from __future__ import annotations

import asyncio
from typing import Any

from binance_common.configuration import ConfigurationRestAPI, ConfigurationWebSocketAPI
from binance_sdk_spot.spot import Spot

from tests.peers.clients.telling import Doors, Ears, ask, doors, is_event

SYMBOL = "BTCUSDT"


def main() -> None:
    """Ask for an account of Spot, and hear it by signature and by logging on."""
    told = doors()
    _rest(_client(told, "hmac").rest_api)
    for name, title, logs_on in (
        ("hmac", "own events of Spot, HMAC", False),
        ("ed25519", "own events of Spot, Ed25519", True),
    ):
        asyncio.run(_hear(_client(told, name).websocket_api, title, logs_on))


def _client(told: Doors, name: str) -> Any:
    api_key, secret = told.key(name)
    signs = {"api_secret": secret} if name == "hmac" else {"private_key": secret}
    return Spot(
        config_rest_api=ConfigurationRestAPI(api_key=api_key, base_path=told.spot["rest"], **signs),
        config_ws_api=ConfigurationWebSocketAPI(
            api_key=api_key, stream_url=f"{told.spot['ws_api']}/ws-api/v3", **signs
        ),
    )


def _rest(api: Any) -> None:
    ask("own account of Spot", lambda: api.get_account().data().balances, bool)
    ask("own open orders of Spot", lambda: api.get_open_orders().status, lambda status: status == 200)
    ask("own trades of Spot", lambda: api.my_trades(SYMBOL).data(), bool)


async def _hear(api: Any, title: str, logs_on: bool) -> None:
    connection = await api.create_connection()
    ears = Ears()
    ear = ears.ear(title, is_event)
    if logs_on:
        await connection.session_logon()
        answer = await connection.user_data_stream_subscribe()
    else:
        answer = await connection.user_data_stream_subscribe_signature()
    answer.stream.on("message", lambda event: ear.take(_plain(event)))
    await ears.listen()
    await connection.close_connection(close_session=True)


def _plain(event: Any) -> Any:
    """An event's model as the exchange's own words."""
    inner = getattr(event, "actual_instance", event)
    if not hasattr(inner, "model_dump"):
        return inner
    return {
        "e": type(inner).__name__[:1].lower() + type(inner).__name__[1:],
        **inner.model_dump(by_alias=True),
    }


if __name__ == "__main__":
    main()
