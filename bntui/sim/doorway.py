"""What the websocket server is given: how it makes connections, lets them in, and looks after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from bntui.sim.apiclient import ApiClient
from bntui.sim.connection import Connection
from bntui.sim.exchange import Exchange
from bntui.sim.parameters import Call
from bntui.sim.streams import Client


async def attend(connection: ServerConnection) -> None:
    """Look after one connection until it is to end."""
    if not isinstance(connection, Connection):
        raise TypeError("the server makes connections")
    await connection.attend()


def admit(connection: ServerConnection, request: Request) -> Response | None:
    """Decide about one handshake."""
    if not isinstance(connection, Connection):
        raise TypeError("the server makes connections")
    return connection.admit(request)


def client_class(exchange: Exchange) -> type[ServerConnection]:
    """The class of connections to the streams of one exchange, in the form that the library wants."""

    class ExchangeClient(Client):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(exchange, *args, **kwargs)

    return ExchangeClient


def api_client_class(exchange: Exchange, calls: Mapping[str, Call]) -> type[ServerConnection]:
    """The same of connections to its WebSocket API."""

    class ExchangeApiClient(ApiClient):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(exchange, calls, *args, **kwargs)

    return ExchangeApiClient
