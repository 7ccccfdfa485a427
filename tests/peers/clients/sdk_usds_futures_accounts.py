"""binance-sdk-derivatives-trading-usds-futures, the exchange's own: signed REST, events by listen key."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from binance_common.configuration import ConfigurationRestAPI, ConfigurationWebSocketStreams
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)

from tests.peers.clients.telling import Ears, ask, doors, is_event

SYMBOL = "BTCUSDT"


def main() -> None:
    """Ask for an account of USD-M, and hear it."""
    told = doors()
    api_key, secret = told.key("hmac")
    client = DerivativesTradingUsdsFutures(
        config_rest_api=ConfigurationRestAPI(api_key=api_key, api_secret=secret, base_path=told.usdm["rest"]),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=told.usdm["streams"]),
    )
    _rest(client.rest_api)
    asyncio.run(_hear(client))


def _is_well(status: int) -> bool:
    return status == 200


def _rest(api: Any) -> None:
    ask("own account of USD-M", lambda: api.account_information_v3().data().assets, bool)
    ask("own balance of USD-M", lambda: api.futures_account_balance_v3().data(), bool)
    ask("own positions of USD-M", lambda: api.position_information_v3().status, _is_well)
    ask("own open orders of USD-M", lambda: api.current_all_open_orders().status, _is_well)
    ask("own trades of USD-M", lambda: api.account_trade_list(SYMBOL).data(), bool)
    ask("listen key", lambda: api.start_user_data_stream().data().listen_key, bool)
    ask(
        "listen key, kept alive",
        lambda: api.keepalive_user_data_stream().status,
        _is_well,
    )


async def _hear(client: Any) -> None:
    key = client.rest_api.start_user_data_stream().data().listen_key
    connection = await client.websocket_streams.create_connection()
    ears = Ears()
    ear = ears.ear("own events of USD-M", is_event)
    stream = await connection.user_data(key)
    stream.on("message", lambda event: ear.take(_plain(event)))
    await ears.listen()
    await connection.close_connection(close_session=True)


def _plain(event: Any) -> Any:
    """An event's model as the exchange's own words; its kind is the model's name: `OrderTradeUpdate`."""
    inner = getattr(event, "actual_instance", event)
    if not hasattr(inner, "model_dump"):
        return inner
    kind = re.sub("(?<=[a-z])(?=[A-Z])", "_", type(inner).__name__).upper()
    return {"e": kind, **inner.model_dump(by_alias=True)}


if __name__ == "__main__":
    main()
