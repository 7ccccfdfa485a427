"""An exchange in memory, behind the feed's transport seam: obedient, until a test tells it otherwise."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import orjson

from bntui.feed.core.failures import Failure
from bntui.feed.transport import Link, Receiver

REFUSED = Failure("connection refused")


@dataclass
class MemoryLink:
    """One open connection, seen from both sides."""

    url: str
    receiver: Receiver
    acks: bool = True
    streams: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    pings: list[bytes] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    ended: tuple[int, str] | None = None

    def send_text(self, text: str) -> None:
        self.sent.append(text)
        request = orjson.loads(text)
        if request["method"] == "SUBSCRIBE":
            self.streams += request["params"]
        else:
            self.streams = [name for name in self.streams if name not in request["params"]]
        if self.acks:
            self.say({"result": None, "id": request["id"]})

    def send_ping(self, payload: bytes) -> None:
        self.pings.append(payload)
        self.receiver.ponged(payload)

    def send_pong(self, payload: bytes) -> None:
        self.pongs.append(payload)

    def end(self, code: int, reason: str) -> None:
        self.ended = (code, reason)
        self.receiver.lost(code, reason, True)

    def say(self, *messages: object) -> None:
        """Send the client messages, all in one gulp."""
        self.receiver.frames([orjson.dumps(message) for message in messages])

    def trade(self, symbol: str, trade_id: int) -> None:
        """Send one trade, if the client asked for it here."""
        name = f"{symbol.lower()}@trade"
        if name in self.streams:
            data = {"e": "trade", "E": trade_id, "s": symbol, "t": trade_id, "p": "1.50", "q": "2.0"}
            self.say({"stream": name, "data": {**data, "T": trade_id, "m": True, "M": True}})

    def ticker(self, symbol: str, last_id: int) -> None:
        """Send 24 hour statistics that end with a trade, if the client asked for them here."""
        name = f"{symbol.lower()}@ticker"
        if name in self.streams:
            data = {
                "e": "24hrTicker",
                "E": last_id,
                "s": symbol,
                "O": 1,
                "C": 2,
                "F": 1,
                "L": last_id,
                "n": 1,
            }
            self.say({"stream": name, "data": {**data, **dict.fromkeys("pPwxcQbBaAohlvq", "1.00")}})

    def drop(self, code: int | None = None, reason: str = "") -> None:
        """End the connection from the server's side."""
        self.receiver.lost(code, reason, False)


class MemoryExchange:
    """Makes connections, or refuses them while `failure` is set."""

    def __init__(self) -> None:
        self.links: list[MemoryLink] = []
        self.attempts = 0
        self.failure: Failure | None = None
        self.acks = True

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        self.attempts += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            return self.failure
        link = MemoryLink(url, receiver, self.acks)
        self.links.append(link)
        return link

    @property
    def open_links(self) -> list[MemoryLink]:
        """Connections that the client has not ended."""
        return [link for link in self.links if link.ended is None]

    def trade(self, symbol: str, trade_id: int) -> None:
        """Every connection that asked for it brings the trade."""
        for link in self.open_links:
            link.trade(symbol, trade_id)
