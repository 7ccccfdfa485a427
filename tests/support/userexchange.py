"""An exchange in memory with one account: the WebSocket API, listen keys and signed REST, as a script."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson

from bntui.clock import Clock, SystemClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit, WeightBudget
from bntui.feed.core.failures import Failure
from bntui.feed.credentials import Credentials
from bntui.feed.pace import Pace
from bntui.feed.rest import RestClient
from bntui.feed.transport import Link, Receiver
from bntui.feed.user import UserFeed
from bntui.feed.userparts import NoMemory, UserMemory, UserParts
from bntui.model.access import UserMethod
from bntui.model.account import UserStreamChanged, UserStreamView
from bntui.model.markets import Instrument, Market
from bntui.model.states import UserStreamState
from bntui.model.status import Event
from bntui.secret import Secret
from bntui.venue.base import Venue
from bntui.venue.binance.signing import hmac_signer
from bntui.venue.markets import venue
from bntui.venue.places import Endpoints

API_KEY = "public-part-of-the-key"
SECRET = "private-part-of-the-key"
LISTEN_KEY = "listenkeylistenkeylistenkey"
BAD_KEY = (401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."})
PATIENCE_S = 8.0
"""No test waits longer for anything."""

_E = TypeVar("_E")


@dataclass
class UserLine:
    """The exchange's end of one connection."""

    url: str
    receiver: Receiver
    exchange: UserExchange
    asked: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[int] = field(default_factory=list)
    is_open: bool = True

    def send_text(self, text: str) -> None:
        request = orjson.loads(text)
        self.asked.append(request)
        asyncio.get_running_loop().call_soon(self._answer, request)

    def send_ping(self, payload: bytes) -> None:
        asyncio.get_running_loop().call_soon(self.receiver.ponged, payload)

    def send_pong(self, payload: bytes) -> None:
        pass

    def end(self, code: int, reason: str) -> None:
        self.drop(code, reason, by_us=True)

    def drop(self, code: int | None = None, reason: str = "", by_us: bool = False) -> None:
        """The connection ends."""
        if self.is_open:
            self.is_open = False
            self.receiver.lost(code, reason, by_us)

    def say(self, *messages: object) -> None:
        """Send messages, all in one gulp."""
        if self.is_open:
            self.receiver.frames([orjson.dumps(message) for message in messages])

    def tell(self, *events: object) -> None:
        """Send events, wrapped where the WebSocket API brings them."""
        bare = "listenKey" in self.url or "/ws/" in self.url
        self.say(*events if bare else ({"subscriptionId": 0, "event": event} for event in events))

    def _answer(self, request: dict[str, Any]) -> None:
        head: dict[str, Any] = {"id": request["id"]}
        refused = self.exchange.refusal(request.get("params"))
        if refused is not None:
            self.say({**head, "status": refused[0], "error": refused[1]})
            return
        result: object = {}
        match request["method"]:
            case "userDataStream.subscribe.signature" | "userDataStream.subscribe":
                self.subscriptions.append(len(self.subscriptions))
                result = {"subscriptionId": self.subscriptions[-1]}
                # What happens at that moment comes before the answer.
                self.tell(*self.exchange.early)
            case "session.subscriptions":
                result = [{"subscriptionId": number} for number in self.subscriptions]
            case "time":
                result = {"serverTime": self.exchange.clock.wall_ms()}
        self.say({**head, "status": 200, "result": result})


class UserExchange:
    """Obedient, until a test tells it otherwise. Signatures are checked."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lines: list[UserLine] = []
        self.opened = asyncio.Event()
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, object] = {
            "/time": lambda: {"serverTime": clock.wall_ms()},
            "/account": {"updateTime": 1, "balances": []},
            "listenKey": {"listenKey": LISTEN_KEY},
        }
        """By the end of a path; a callable is asked each time. All others are empty lists."""
        self.refused: tuple[int, dict[str, Any]] | None = None
        """What is said to everything that carries the key."""
        self.bad_clock = 0
        """So many signed requests are refused for their time."""
        self.early: list[object] = []
        """Events that come right before the answer to a subscription."""
        self.failure: Failure | None = None

    @property
    def open_lines(self) -> list[UserLine]:
        """Connections that stand."""
        return [line for line in self.lines if line.is_open]

    def paths(self, method: str = "GET") -> list[str]:
        """What REST was asked."""
        return [request.url.path for request in self.requests if request.method == method]

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """The transport's seam."""
        if self.failure is not None:
            return self.failure
        line = UserLine(url, receiver, self)
        self.lines.append(line)
        self.opened.set()
        return line

    def refusal(self, params: dict[str, Any] | None) -> tuple[int, dict[str, Any]] | None:
        """Why a request of the WebSocket API is not granted."""
        if params is None:
            return None
        if self.refused is not None:
            return self.refused
        text = "&".join(f"{name}={params[name]}" for name in sorted(params) if name != "signature")
        if params["signature"] != _signed(text):
            return 400, {"code": -1022, "msg": "Signature for this request is not valid."}
        if self.bad_clock:
            self.bad_clock -= 1
            return 400, {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}
        return None

    def rest(self, request: httpx.Request) -> httpx.Response:
        """Answer a REST request."""
        self.requests.append(request)
        carries_key = "X-MBX-APIKEY" in request.headers
        if carries_key and self.refused is not None:
            return httpx.Response(self.refused[0], json=self.refused[1])
        query = request.url.query.decode()
        if "signature=" in query:
            text, _, signature = query.rpartition("&signature=")
            if signature != _signed(text) or request.headers["X-MBX-APIKEY"] != API_KEY:
                return httpx.Response(400, json={"code": -1022, "msg": "Signature is not valid."})
        for end, answer in self.answers.items():
            if request.url.path.endswith(end):
                told = answer() if callable(answer) else answer
                if isinstance(told, httpx.Response):
                    return told
                return httpx.Response(200, json=told)
        return httpx.Response(200, json=[])


def _signed(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


class UserRig:
    """The feed of one account on the exchange in memory, and what came out of it."""

    def __init__(
        self,
        folder: Path,
        market: Market = Market.SPOT,
        method: UserMethod = UserMethod.SIGNATURE,
        limits: dict[str, float] | None = None,
        memory: UserMemory | None = None,
        instruments: dict[str, Instrument] | None = None,
    ) -> None:
        """Built, and not running."""
        self.clock = SystemClock()
        self.exchange = UserExchange(self.clock)
        self.venue = venue(market, limits or {})
        self.weight = WeightBudget(1e6, 60.0, 1.0, 1.0)
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self.instruments = instruments or {}
        self.credentials = credentials(market, method)
        self.rest = RestClient(
            "http://exchange", self.venue, self.weight, self.clock, httpx.MockTransport(self.exchange.rest)
        )
        self.parts = UserParts(
            credentials=self.credentials,
            venue=self.venue,
            endpoints=Endpoints("http://exchange", "ws://streams", "ws://api"),
            transport=self.exchange,
            rest=self.rest,
            pace=pace(self.venue, folder, self.clock),
            clock=self.clock,
            uniform=random.Random(3).uniform,
            sink=self._take,
            instruments=lambda: self.instruments,
            watched=lambda: (),
            memory=memory or NoMemory(),
        )
        self.feed = UserFeed(self.parts)
        self._running: asyncio.Task[None] | None = None

    def _take(self, events: Sequence[Event]) -> None:
        self.events += events
        self._news.set()

    async def __aenter__(self) -> UserRig:
        self._running = asyncio.create_task(self.feed.run())
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._running is not None
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.feed.close()
        await self.rest.close()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; looked at whenever anything came out."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def until_lines(self, number: int) -> None:
        """Wait until so many connections were opened."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.exchange.lines) < number:
                self.exchange.opened.clear()
                await self.exchange.opened.wait()

    async def live(self) -> None:
        """Wait until the stream is proven."""
        await self.until(lambda: self.state is UserStreamState.LIVE)

    def told(self, kind: type[_E]) -> list[_E]:
        """What came out of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def view(self) -> UserStreamView:
        """The stream as it was told last."""
        return self.told(UserStreamChanged)[-1].view

    @property
    def state(self) -> UserStreamState | None:
        """Its state; None before the first."""
        views = self.told(UserStreamChanged)
        return views[-1].view.state if views else None


def credentials(market: Market = Market.SPOT, method: UserMethod = UserMethod.SIGNATURE) -> Credentials:
    """The account `main`."""
    return Credentials("main", market, Secret(API_KEY), hmac_signer(Secret(SECRET)), method)


def pace(of: Venue, folder: Path, clock: Clock) -> Pace:
    """Leave to connect, by a file of the test's own."""
    return Pace(of.limits, AttemptsFile(folder / "attempts", AttemptLimit(100, 300_000), clock), clock)
