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


Script = Callable[[Scene], list[dict[str, object]]]


def _abort(scene: Scene) -> dict[str, object]:
    return {"fault": "abort", **scene.one()}


def _once(name: str, **more: object) -> Script:
    """A fault of one connection."""
    return lambda scene: [{"fault": name, **more, **scene.one()}]


def _messages(name: str, kind: str = "") -> Script:
    """A fault of a number of messages of a few streams."""
    return lambda scene: [{"fault": name, **scene.some(kind), "count": scene.rng.randint(1, MOST_MESSAGES)}]


def _frames(name: str) -> Script:
    """A fault of a few frames of one connection."""
    return lambda scene: [{"fault": name, **scene.one(), "count": scene.rng.randint(1, FEW_STREAMS)}]


def _all(name: str, **more: object) -> Script:
    """A fault of no connection in particular."""
    return lambda scene: [{"fault": name, **more}]


def _anew(name: str, **more: object) -> Script:
    """A fault that only new connections meet: one is lost, so that there is one."""
    return lambda scene: [{"fault": name, **more}, _abort(scene)]


SCRIPTS: Mapping[str, Script] = MappingProxyType(
    {
        "abort": _once("abort"),
        "abort all": lambda s: [{"fault": "abort"}],
        "close": lambda s: [{"fault": "close", "code": s.rng.choice((1000, 1001, 1008, 1012)), **s.one()}],
        "shutdown": lambda s: [{"fault": "shutdown", "after": s.rng.uniform(0, 10), **s.one()}],
        "end_life": _once("end_life"),
        "half_open": _once("half_open"),
        "first_ping": _anew("first_ping", seconds=1),
        "path_down": _all("path_down", path="/stream"),
        "refuse": _anew("refuse"),
        "hang_handshake": _anew("hang_handshake"),
        "handshake_status": _anew("handshake_status", status=503),
        "accept_close": _anew("accept_close"),
        "silence": _anew("silence"),
        "no_ack": _anew("no_ack"),
        "ignore_requests": _anew("ignore_requests"),
        "delay_ack": lambda s: [{"fault": "delay_ack", "seconds": s.rng.uniform(0.5, 4)}, _abort(s)],
        "wrong_id": _anew("wrong_id"),
        "stall_stream": lambda s: [{"fault": "stall_stream", **s.some()}],
        "stall_all": lambda s: [{"fault": "stall_all"}],
        "forget_stream": lambda s: [{"fault": "forget_stream", **s.some()}],
        "unasked": lambda s: [{"fault": "unasked", **s.some(), **s.one()}],
        "duplicate": _messages("duplicate"),
        "out_of_order": _messages("out_of_order"),
        "drop_trade": _messages("drop_trade", "@trade"),
        "malformed": _frames("malformed"),
        "binary": _frames("binary"),
        "fragmented": _frames("fragmented"),
        "compressed": _frames("compressed"),
        "huge_frame": _once("huge_frame"),
        "deep_frame": _once("deep_frame"),
        "ping_flood": _once("ping_flood"),
        "rest_status": _all("rest_status", status=503),
        "rest_down": _all("rest_down"),
        "rest_slow": _all("rest_slow", seconds=3),
        "rest_garbage": _all("rest_garbage"),
    }
)
"""What is done, by name. Left out: `no_data`, after which a client rightly gives a connection up for good,
faults of paths, which Spot does not have, bans, which last for minutes, and jumps of the clock, after which
trades seem to come from another time."""

CAUSING_MALFORMED = frozenset({"malformed", "binary", "fragmented", "compressed", "deep_frame", "wrong_id"})
"""After these, and no others, frames that cannot be read are no wonder."""


class Trouble:
    """Plays faults until it is stopped, and remembers what it played."""

    def __init__(self, exchange: Exchange, rng: random.Random, count_malformed: Callable[[], int]) -> None:
        """Nothing is wrong yet. `count_malformed` says how many frames could not be read so far."""
        self._exchange = exchange
        self._rng = rng
        self._count_malformed = count_malformed
        self._left: list[str] = []
        self._last = "nothing"
        self._malformed = count_malformed()
        self.played: Counter[str] = Counter()
        self.refusals: dict[str, str] = {}
        """What the exchange did not understand; each is a mistake of the soak."""
        self.unexplained: Counter[str] = Counter()
        """Frames that could not be read after a fault that does not explain it."""

    async def run(self) -> None:
        """Play until cancelled; what is wrong then is put right."""
        try:
            while True:
                await asyncio.sleep(self._rng.uniform(*PAUSE_S))
                self.note_malformed()
                await self._play(self._next())
                await asyncio.sleep(self._rng.uniform(*LASTS_S))
                await self._exchange.fault({"fault": "clear"})
        finally:
            await self._exchange.fault({"fault": "clear"})

    def note_malformed(self) -> None:
        """Put what could not be read since the last look down to the last fault."""
        count = self._count_malformed()
        if count > self._malformed and self._last not in CAUSING_MALFORMED:
            self.unexplained[self._last] += count - self._malformed
        self._malformed = count

    def _next(self) -> str:
        """The next script: each once in random order before any comes again."""
        if not self._left:
            self._left = list(SCRIPTS)
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
        self._last = name
        self.played[name] += 1
