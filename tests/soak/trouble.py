"""Faults at random, one after the other, each put right again after a few seconds."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx

from bntui.sim.faults import FAULTS

ANSWER_WAIT_S = 15.0
"""The exchange is on this machine, and busy."""

LASTS_S = (2.0, 5.0)
PAUSE_S = (5.0, 12.0)
"""Bounds of how long a fault lasts, and of the wait for the next: less would use up the connection
attempts that bntui allows itself, and then the soak would be one of waiting."""

FEW_STREAMS = 10
MOST_MESSAGES = 30


class Exchange:
    """The running exchange, told over HTTP."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Its REST address is the client's base."""
        self._http = http

    async def fault(self, words: Mapping[str, object]) -> str:
        """Make something go wrong; the refusal where the exchange does not know how, else nothing."""
        answer = await self._http.post("/_sim/fault", json=words, timeout=ANSWER_WAIT_S)
        return "" if answer.status_code == httpx.codes.OK else answer.text

    async def report(self) -> Mapping[str, Any]:
        """What it saw of its clients."""
        answer = await self._http.get("/_sim/report", timeout=ANSWER_WAIT_S)
        found: Mapping[str, Any] = answer.json()
        return found


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault can be done to."""

    connections: Sequence[int]
    streams: Sequence[str]
    rng: random.Random

    def one(self) -> dict[str, object]:
        """One connection that is open."""
        return {"connections": self.rng.sample(self.connections, min(1, len(self.connections)))}

    def some(self, kind: str = "") -> dict[str, object]:
        """A few streams."""
        fitting = [name for name in self.streams if name.endswith(kind)]
        return {"streams": self.rng.sample(fitting, min(FEW_STREAMS, len(fitting)))}

    def some_messages(self, kind: str) -> dict[str, object]:
        """A number of messages of each of a few streams."""
        return {**self.some(kind), "count": self.rng.randint(1, MOST_MESSAGES)}


Script = Callable[[Scene], list[dict[str, object]]]


def _abort(scene: Scene) -> dict[str, object]:
    return {"fault": "abort", **scene.one()}


SCRIPTS: Mapping[str, Script] = MappingProxyType(
    {
        "abort": lambda s: [_abort(s)],
        "abort all": lambda s: [{"fault": "abort"}],
        "close": lambda s: [{"fault": "close", "code": s.rng.choice((1000, 1001, 1008, 1012)), **s.one()}],
        "refuse": lambda s: [{"fault": "refuse"}, _abort(s)],
        "handshake_status": lambda s: [{"fault": "handshake_status", "status": 503}, _abort(s)],
        "no_ack": lambda s: [{"fault": "no_ack"}, _abort(s)],
        "delay_ack": lambda s: [{"fault": "delay_ack", "seconds": s.rng.uniform(0.5, 4)}, _abort(s)],
        "stall_stream": lambda s: [{"fault": "stall_stream", **s.some()}],
        "stall_all": lambda s: [{"fault": "stall_all"}],
        "half_open": lambda s: [{"fault": "half_open", **s.one()}],
        "shutdown": lambda s: [{"fault": "shutdown", "after": s.rng.uniform(0, 10), **s.one()}],
        "rest_status": lambda s: [{"fault": "rest_status", "status": 503}],
        "duplicate": lambda s: [{"fault": "duplicate", **s.some_messages("")}],
        "drop_diff": lambda s: [{"fault": "drop_diff", **s.some_messages("@trade")}],
        "malformed": lambda s: [{"fault": "malformed", **s.some_messages("")}],
        "binary": lambda s: [{"fault": "binary", **s.some_messages("")}],
        "fragmented": lambda s: [{"fault": "fragmented", **s.some_messages("")}],
    }
)
"""What is done, by name. What only meets new connections comes with the loss of one. Left out: `no_data`,
after which a client rightly gives a connection up for good, and refusals that ban the IP for minutes."""

CAUSING_MALFORMED = frozenset({"malformed", "binary"})
"""After these, and no others, frames that cannot be read are no wonder."""


def playable() -> list[str]:
    """The scripts whose faults the exchange knows."""
    return [name for name in SCRIPTS if name.removesuffix(" all") in FAULTS]


class Trouble:
    """Plays faults until it is stopped, and remembers what it played."""

    def __init__(self, exchange: Exchange, rng: random.Random) -> None:
        """Nothing is wrong yet."""
        self._exchange = exchange
        self._rng = rng
        self._left: list[str] = []
        self.played: Counter[str] = Counter()
        self.refusals: dict[str, str] = {}
        """What the exchange did not understand; each is a mistake of the soak."""

    async def run(self) -> None:
        """Play until cancelled; what is wrong then is put right."""
        try:
            while True:
                await asyncio.sleep(self._rng.uniform(*PAUSE_S))
                await self._play(self._next())
                await asyncio.sleep(self._rng.uniform(*LASTS_S))
                await self._exchange.fault({"fault": "clear"})
        finally:
            await self._exchange.fault({"fault": "clear"})

    def _next(self) -> str:
        """The next script: each once in random order before any comes again."""
        if not self._left:
            self._left = playable()
            self._rng.shuffle(self._left)
        return self._left.pop()

    async def _play(self, name: str) -> None:
        report = await self._exchange.report()
        numbers = [record["number"] for record in report["connections"]["open"]]
        scene = Scene(numbers, sorted(report["streams"]), self._rng)
        if not scene.connections or not scene.streams:
            return  # nobody is there to be troubled
        for words in SCRIPTS[name](scene):
            if refusal := await self._exchange.fault(words):
                self.refusals[name] = refusal
        self.played[name] += 1
