"""A small account that trades when it is told to, and whoever asks for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from websockets.asyncio.client import ClientConnection

from bntui.model.access import KeyKind
from bntui.model.markets import Market
from bntui.sim.accounts import Refused, Sink, Unsubscribe
from bntui.sim.keys import MAIN, ApiKey
from bntui.venue.binance.signing import Signer, hmac_signer, pem_signer
from tests.sim.rig import WAIT_S, Dialling, Rig


class Account:
    """Tells what it is told to tell, and answers with what it was asked."""

    def __init__(self) -> None:
        self.sinks: list[Sink] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.advanced = 0

    def subscribe(self, sink: Sink) -> Unsubscribe:
        self.sinks.append(sink)

        def leave() -> None:
            if sink in self.sinks:
                self.sinks.remove(sink)

        return leave

    def watch(self, sink: Sink) -> Unsubscribe:
        return self.subscribe(sink)

    def rest(self, name: str, params: Mapping[str, str]) -> object:
        self.asked.append((name, dict(params)))
        if params.get("symbol") == "NOSUCH":
            raise Refused(-1121, "Invalid symbol.")
        return {"asked": name}

    def advance(self) -> None:
        self.advanced += 1

    def fill(self, number: int = 1) -> None:
        """Something happened."""
        for sink in list(self.sinks):
            sink({"e": "executionReport", "t": number})

    def happen(self, event: str) -> None:
        """Something of some kind happened."""
        for sink in list(self.sinks):
            sink({"e": event})


def with_account(rig: Rig, market: Market | None = None, name: str = MAIN) -> Account:
    """Let an account be there."""
    account = Account()
    exchange = rig.sim.exchange if market is None else rig.sim.exchanges[market]
    exchange.users.accounts[name] = account
    return account


def key(rig: Rig, name: str = "hmac") -> ApiKey:
    """A key of the exchange."""
    return rig.sim.exchange.users.keyring.named(name)


def signer(owner: ApiKey) -> Signer:
    """What its owner signs with."""
    return (hmac_signer if owner.kind is KeyKind.HMAC else pem_signer)(owner.private)


def signed_params(rig: Rig, name: str = "hmac", /, **more: str | int) -> dict[str, str | int]:
    """Parameters of a signed request over the WebSocket API."""
    owner = key(rig, name)
    params: dict[str, str | int] = {
        "apiKey": owner.api_key,
        "timestamp": rig.sim.exchange.now_ms,
        **more,
    }
    text = "&".join(f"{word}={params[word]}" for word in sorted(params))
    return params | {"signature": signer(owner)(text)}


def signed_path(rig: Rig, path: str, name: str = "hmac", /, **more: str | int) -> tuple[str, dict[str, str]]:
    """Path and headers of a signed request over REST."""
    owner = key(rig, name)
    params: dict[str, str | int] = {"timestamp": rig.sim.exchange.now_ms, **more}
    text = "&".join(f"{word}={value}" for word, value in params.items())
    return f"{path}?{text}&signature={quote(signer(owner)(text), safe='')}", {"X-MBX-APIKEY": owner.api_key}


async def get_signed(rig: Rig, path: str, name: str = "hmac", /, **more: str | int) -> httpx.Response:
    """What a signed request to the first market is answered."""
    url, headers = signed_path(rig, path, name, **more)
    return await rig.rest.get(url, headers=headers)


def connect_api(rig: Rig, path: str = "/ws-api/v3", market: Market | None = None) -> Dialling:
    """A connection to the WebSocket API."""
    urls = rig.sim.urls if market is None else rig.sim.urls.by_market[market]
    return Dialling(urls.ws_api + path, compression=None, ping_interval=None, max_queue=None)


async def said(ws: ClientConnection) -> Any:
    """The next message."""
    async with asyncio.timeout(WAIT_S):
        return json.loads(await ws.recv())


async def ask_api(ws: ClientConnection, method: str, request_id: object = 1, **params: object) -> Any:
    """Send a request to the WebSocket API, and read what comes next."""
    request: dict[str, object] = {"id": request_id, "method": method}
    if params:
        request["params"] = params
    await ws.send(json.dumps(request))
    return await said(ws)


async def subscribed(rig: Rig, ws: ClientConnection, name: str = "hmac") -> Any:
    """Hear an account over the WebSocket API."""
    return await ask_api(ws, "userDataStream.subscribe.signature", **signed_params(rig, name))
