"""What the tests of the embedded exchange share: an ear for streams, and a running exchange."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bntui.clock import ManualClock
from bntui.model.markets import Market as MarketName
from bntui.sim.bars import Bar, OpenBar, empty_bar
from bntui.sim.book import Book
from bntui.sim.desk import Desk
from bntui.sim.history import Painter, Past, TradeRow
from bntui.sim.hub import COMBINED, Audience, Hub
from bntui.sim.instruments import Pair
from bntui.sim.market import Market
from bntui.sim.server import Sim, SimConfig
from bntui.sim.timeline import Timeline
from bntui.sim.tradelog import TradeLog
from bntui.venue.binance.streams import parse_spot

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "hftbacktest"
WAIT_S = 20.0
"""No test waits longer than this for anything."""

PAIR = Pair("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000)
MINUTE = 29_454_000 + 37
"""A minute in 2026, not the first of its hour."""


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self, shape: int = COMBINED) -> None:
        self.shape = shape
        self.texts: list[str] = []

    def push(self, text: bytes, frame: bytes) -> None:
        self.texts.append(text.decode())

    def payloads(self, stream: str) -> list[Any]:
        """What came on one stream, read."""
        messages = [json.loads(text) for text in self.texts]
        return [message["data"] for message in messages if message["stream"] == stream]


def listen(market: Market, hub: Hub, ear: Ear, *names: str) -> None:
    """Subscribe an ear to streams of a market."""
    for name in names:
        audience = hub.join(name, ear)
        if audience is not None:
            market.open(parse_spot(name), audience)


def run(market: Market, clock: ManualClock, seconds: float, step_s: float = 0.05) -> None:
    """Let a market go on for a while."""
    for _ in range(round(seconds / step_s)):
        clock.advance(step_s)
        market.advance()


def audience(ear: Ear, name: str = "btcusdt@trade") -> Audience:
    """An audience of one."""
    joined = Hub().join(name, ear)
    assert joined is not None
    return joined


def desk(minute: int = MINUTE, price: int = 1_000, last_id: int = 100) -> Desk:
    """A desk without a past, whose last trade was at `price`."""
    return Desk(PAIR, Book(7), Timeline(minute, price, last_id), TradeLog(1_000))


def past(minute: int = MINUTE, per_hour: float = 500.0, price: int = 9_125_000, seed: int = 1) -> Past:
    """A past that ends with trade 1,000,000."""
    return Past(Painter(seed, 5, per_hour, 40), minute, price, 1_000_000, 400)


def bar_of(rows: Sequence[TradeRow], before: Bar) -> Bar:
    """The bar of some trades."""
    bar = OpenBar(empty_bar(before.close, before.last_id))
    for row in rows:
        bar.add(row.trade_id, row.price, row.steps, not row.buyer_is_maker)
    return bar.bar()


Dialling = connect
"""A connection on its way, by another name: here `connect` is a method too."""


class Rig:
    """A running exchange whose time is told by the test."""

    def __init__(self, sim: Sim, clock: ManualClock, rest: httpx.AsyncClient) -> None:
        self.sim = sim
        self.clock = clock
        self.rest = rest

    def advance(self, seconds: float, steps: int = 1) -> None:
        """Let time pass, and the exchange act on it."""
        for _ in range(steps):
            self.clock.advance(seconds / steps)
            self.sim.tick()

    def connect(self, path: str = "/stream", **options: Any) -> connect:
        """A client's connection to the first market; it sends no pings of its own."""
        options = {"compression": None, "ping_interval": None, "max_queue": None} | options
        return connect(self.sim.urls.streams + path, **options)

    def connect_to(self, market: MarketName, path: str) -> Dialling:
        """A client's connection to some market."""
        url = self.sim.urls.by_market[market].streams + path
        return Dialling(url, compression=None, ping_interval=None, max_queue=None)

    async def get(self, market: MarketName, path: str, **options: Any) -> httpx.Response:
        """What REST of a market answers."""
        return await self.rest.get(self.sim.urls.by_market[market].rest + path, **options)

    def breaches(self) -> dict[str, int]:
        """How often each rule was broken."""
        return dict(self.sim.exchange.ledger.breach_counts)


@asynccontextmanager
async def running(clock: ManualClock | None = None, **config: Any) -> AsyncIterator[Rig]:
    """An exchange on loopback that moves only with the test."""
    clock = clock or ManualClock()
    settings = SimConfig(**({"symbols": 12, "self_ticking": False} | config))
    async with (
        Sim(settings, clock) as sim,
        httpx.AsyncClient(base_url=sim.urls.rest, trust_env=False) as rest,
    ):
        yield Rig(sim, clock, rest)


async def ask(ws: ClientConnection, method: str, params: object = None, request_id: object = 1) -> Any:
    """Send a request, and read the reply to it, past whatever else comes before."""
    request: dict[str, object] = {"method": method, "id": request_id}
    if params is not None:
        request["params"] = params
    await ws.send(json.dumps(request))
    return await reply(ws)


async def reply(ws: ClientConnection) -> Any:
    """The next message that is no stream's."""
    while True:
        message = json.loads(await receive(ws))
        if "result" in message or "error" in message or "code" in message:
            return message


async def receive(ws: ClientConnection) -> str:
    """The next message."""
    async with asyncio.timeout(WAIT_S):
        text = await ws.recv()
    assert isinstance(text, str)
    return text
