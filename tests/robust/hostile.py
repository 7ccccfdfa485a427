"""An exchange on loopback that is obedient but for what a test makes it do, and an engine that bears with it.

Times are shortened, all by the same factor, so that minutes of patience pass in a second; what counts per
second of the exchange (frames a connection) is left as it is. A busy machine spends none of that patience:
both sides go by a clock that leaves out when this process was kept from working.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from unittest import mock

import orjson
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import Event, State

from bntui.clock import Clock
from bntui.engine import engine as engine_module
from bntui.engine.engine import Engine, Sink
from bntui.feed import market
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.feed import Feed, Wish
from bntui.feed.transport import WebsocketsTransport
from bntui.model.markets import Market, StreamKey, StreamKind, SymbolKey
from bntui.model.states import StreamState
from bntui.model.views import ShardView, StreamView
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from bntui.venue.limits import Limits
from bntui.venue.places import Endpoints
from tests.robust.pace import WorkedClock, ticking

FASTER = 20.0
"""So many seconds pass in one."""

WAIT_S = 40.0
"""No test waits longer for anything; a free machine needs a tenth of it."""

_SPANS = (
    *("own_backoff_base_s", "own_backoff_cap_s", "own_backoff_reset_s"),
    *("own_backoff_too_many_s", "own_backoff_forbidden_s", "own_host_probe_s", "own_subscribe_timeout_s"),
    *("own_first_data_s", "own_ping_interval_s", "own_pong_timeout_s", "own_frame_silence_s"),
    *("own_probe_interval_s", "own_rotate_overlap_s", "own_hole_wait_s", "connection_attempts_window_s"),
)


def faster(**others: float) -> Limits:
    """Spot's limits with every span of ours shortened, and `others` on top."""
    spans = {name: getattr(SPOT, name) / FASTER for name in _SPANS}
    pace = {"own_attempts_per_s": SPOT.own_attempts_per_s * FASTER, "own_close_timeout_s": 0.2}
    return SPOT.override({**spans, **pace, **others})


_BEATS = (
    *((market, name) for name in ("JUDGE_EVERY_S", "REPORT_EVERY_S", "REST_STEP_S")),
    (engine_module, "JUDGE_EVERY_S"),
)
"""How often the engine looks at things."""

Play = Callable[["Visit"], Awaitable[object]]
"""What the exchange does on one connection."""


class CountingConnection(ServerConnection):
    """Notes when each frame of a client came: the exchange counts text, PING and PONG alike."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """As the library's."""
        super().__init__(*args, **options)
        self.frames_at: list[float] = []
        self.pongs: list[bytes] = []

    def process_event(self, event: Event) -> None:
        """Note a frame."""
        if isinstance(event, Frame) and event.opcode is not Opcode.CLOSE:
            self.frames_at.append(self.loop.time())
            if event.opcode is Opcode.PONG:
                self.pongs.append(bytes(event.data))
        super().process_event(event)

    def most_in_a_second(self) -> int:
        """The most frames in any second."""
        at = self.frames_at
        return max((sum(1 for one in at if last - 1.0 < one <= last) for last in at), default=0)


class Visit:
    """One connection of a client, as the exchange sees it."""

    def __init__(self, exchange: HostileExchange, socket: ServerConnection, number: int) -> None:
        """`number` counts from 1."""
        assert isinstance(socket, CountingConnection)
        self.socket = socket
        self.number = number
        self.exchange = exchange
        self.streams: list[str] = []
        self.heard_before: list[dict[str, Any]] = []
        """Requests that were looked at and put back."""

    async def hear(self) -> dict[str, Any]:
        """The next request."""
        if self.heard_before:
            return self.heard_before.pop()
        message = await self.socket.recv()
        request: dict[str, Any] = orjson.loads(message)
        return request

    async def say(self, *messages: object) -> None:
        """Send messages, one a frame."""
        for message in messages:
            await self.socket.send(orjson.dumps(message).decode())

    async def take(self, request: Mapping[str, Any]) -> None:
        """Note what a request changes, and acknowledge it."""
        self.note(request)
        await self.say({"result": None, "id": request["id"]})

    def note(self, request: Mapping[str, Any]) -> None:
        """Note what a request changes."""
        if request["method"] == "SUBSCRIBE":
            self.streams += request["params"]
        else:
            self.streams = [name for name in self.streams if name not in request["params"]]

    async def obey(self) -> None:
        """Take every request, and bring trades until the client leaves."""
        async with asyncio.TaskGroup() as tasks:
            trading = tasks.create_task(self.trade())
            while True:
                try:
                    await self.take(await self.hear())
                except ConnectionClosed:
                    break
            trading.cancel()

    async def trade(self) -> None:
        """A trade on each subscribed stream, many times a second."""
        with suppress(ConnectionClosed):
            while True:
                for name in tuple(self.streams):
                    await self.socket.send(self.exchange.next_trade(name))
                await asyncio.sleep(0.02)

    def raw(self, data: bytes) -> None:
        """Put bytes on the wire past the library, which would refuse to send them."""
        if self.socket.protocol.state is not State.OPEN:
            raise ConnectionResetError
        self.socket.transport.write(data)

    def frame(self, opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        """Put a frame on the wire past the library."""
        self.raw(Frame(opcode, data, fin).serialize(mask=False))


@dataclass
class HostileExchange:
    """REST and streams. Without a play it obeys; `refuses` answers handshakes, `rest_answer` requests."""

    symbols: Sequence[str]
    play: Play = Visit.obey
    refuses: Callable[[int], tuple[int, dict[str, str]] | None] = lambda number: None
    """By the number of the handshake: status and headers, or None to let it through."""
    rest_answer: Callable[[str], tuple[int, dict[str, str], bytes] | None] = lambda path: None
    """By the path: status, headers and body, or None for the true answer."""
    clock_ahead_ms: int = 0
    clock: WorkedClock = field(default_factory=WorkedClock)
    visits: list[Visit] = field(default_factory=list)
    by_symbol: dict[str, list[Visit]] = field(default_factory=dict)
    handshakes: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    last_ids: dict[str, int] = field(default_factory=dict)
    streams_url: str = ""
    rest_url: str = ""

    def now_ms(self) -> int:
        """The exchange's clock."""
        return self.clock.wall_ms() + self.clock_ahead_ms

    def next_trade(self, name: str, **fields: object) -> str:
        """The next trade of a stream, as the text of a frame."""
        symbol = name.partition("@")[0].upper()
        number = self.last_ids[symbol] = self.last_ids.get(symbol, 0) + 1
        now_ms = self.now_ms()
        data = {"e": "trade", "E": now_ms, "s": symbol, "t": number, "p": "1.50", "q": "2.0", "T": now_ms}
        return orjson.dumps({"stream": name, "data": {**data, "m": True, "M": True, **fields}}).decode()

    # Streams

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        self.handshakes += 1
        refusal = self.refuses(self.handshakes)
        if refusal is None:
            return None
        status, headers = refusal
        response = socket.respond(HTTPStatus(status), "no\n")
        for name, value in headers.items():
            response.headers[name] = value
        return response

    async def _attend(self, socket: ServerConnection) -> None:
        visit = Visit(self, socket, len(self.visits) + 1)
        self.visits.append(visit)
        with suppress(ConnectionClosed, ConnectionError):
            await self.play(visit)

    # REST

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            self.requests[path.partition("?")[0].rpartition("/")[2]] += 1
            status, headers, body = self.rest_answer(path) or (200, {}, self._true_answer(path))
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            await writer.drain()
        writer.close()

    def _true_answer(self, path: str) -> bytes:
        word = path.partition("?")[0].rpartition("/")[2]
        answers: dict[str, Callable[[], object]] = {
            "time": lambda: {"serverTime": self.now_ms()},
            "exchangeInfo": lambda: {"symbols": [_listed(symbol) for symbol in self.symbols]},
            "24hr": lambda: [self._statistics(symbol) for symbol in self.symbols],
            "klines": lambda: [],
            "historicalTrades": lambda: [],
        }
        return orjson.dumps(answers[word]())

    def _statistics(self, symbol: str) -> dict[str, object]:
        prices = ("lastPrice", "openPrice", "highPrice", "lowPrice", "weightedAvgPrice", "prevClosePrice")
        numbers = ("lastQty", "bidPrice", "bidQty", "askPrice", "askQty", "volume", "quoteVolume")
        last_id = self.last_ids.get(symbol, 0)
        return {
            **dict.fromkeys(prices, "1.50"),
            **dict.fromkeys(numbers, "1.00"),
            **{"symbol": symbol, "priceChange": "0.00", "priceChangePercent": "0.000"},
            **{"openTime": 0, "closeTime": self.now_ms(), "firstId": 0, "lastId": last_id, "count": last_id},
        }


def _listed(symbol: str) -> dict[str, object]:
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.1", "maxQty": "1000", "stepSize": "0.1"},
    ]
    return {
        **{"symbol": symbol, "status": "TRADING", "baseAsset": symbol, "quoteAsset": "USDT"},
        "filters": filters,
    }


@asynccontextmanager
async def opened(exchange: HostileExchange) -> AsyncIterator[HostileExchange]:
    """The exchange with its two ports open."""
    async with (
        serve(
            exchange._attend,
            "127.0.0.1",
            0,
            process_request=exchange._admit,
            create_connection=CountingConnection,
            compression=None,
            ping_interval=None,
            close_timeout=0.2,
        ) as streams,
        await asyncio.start_server(exchange._answer, "127.0.0.1", 0) as rest,
    ):
        exchange.streams_url = f"ws://127.0.0.1:{streams.sockets[0].getsockname()[1]}"
        exchange.rest_url = f"http://127.0.0.1:{rest.sockets[0].getsockname()[1]}"
        yield exchange
        for visit in exchange.visits:
            visit.socket.transport.abort()


class Watch:
    """An engine on a hostile exchange, and what a test asks of it."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        """Look at this engine, which goes by this clock."""
        self.engine = engine
        self.clock = clock

    def stream(self, symbol: str) -> StreamView:
        """The trades of a symbol."""
        return self.engine.store.streams[StreamKey(Market.SPOT, f"{symbol.lower()}@trade")]

    def states(self) -> dict[str, StreamState]:
        """Every stream's state, by symbol."""
        return {key.name.partition("@")[0].upper(): v.state for key, v in self.engine.store.streams.items()}

    def shard_of(self, symbol: str) -> ShardView | None:
        """The connection that carries a symbol, as it was reported last."""
        shard = self.stream(symbol).shard
        return None if shard is None else self.engine.store.shards.get(shard)

    def said_of(self, symbol: str) -> str:
        """What is said of a symbol: by its stream and by its connection."""
        shard = self.shard_of(symbol)
        return f"{self.stream(symbol).reason} / {shard.reason if shard else ''}"

    @property
    def sentence(self) -> str:
        """The verdict, judged now."""
        return self.engine.judge().sentence

    async def until(self, holds: Callable[[], object], within_s: float = WAIT_S) -> None:
        """Wait until something holds. The engine tells nobody of its own process, so it is looked at."""
        async with asyncio.timeout(within_s):
            while not holds():  # noqa: ASYNC110 — the store sets no event
                await asyncio.sleep(0.01)


@asynccontextmanager
async def watching(
    exchange: HostileExchange, folder: Path, limits: Limits | None = None
) -> AsyncIterator[Watch]:
    """An engine that watches the trades of all symbols of the exchange."""
    limits = faster() if limits is None else limits
    clock, venue = exchange.clock, spot(limits)
    window_ms = int(limits.connection_attempts_window_s * 1000)

    def make_feed(sink: Sink) -> Feed:
        return Feed(
            {Market.SPOT: (venue, Endpoints(exchange.rest_url, exchange.streams_url, ""))},
            lambda of: WebsocketsTransport(of.limits, clock),
            AttemptsFile(folder / "attempts.json", AttemptLimit(int(limits.own_attempts), window_ms), clock),
            clock,
            random.Random(1),
            sink,
        )

    engine = Engine(make_feed, limits, clock, secrets.token_hex(4))
    engine.feed.want(
        [SymbolKey(Market.SPOT, symbol) for symbol in exchange.symbols], [Wish(StreamKind.TRADE)]
    )
    async with AsyncExitStack() as beats, ticking(clock), asyncio.TaskGroup() as tasks:
        for module, name in _BEATS:
            beats.enter_context(mock.patch.object(module, name, getattr(module, name) / FASTER))
        running = tasks.create_task(engine.run())
        try:
            yield Watch(engine, clock)
        finally:
            running.cancel()
