"""How a client's script tells the runner what it got: one JSON object a line, on stdout.

Standard library only: each script runs in an environment that holds nothing but its client.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEAST_S = 3.0
"""So long everybody listens, also to what is to stay silent."""
MOST_S = 15.0
"""What has brought nothing after so long brings nothing."""
_STEP_S = 0.1
_MICROSECONDS = 10**14
"""No time in milliseconds is as great."""
_SHOWN = 300
"""Characters of what was odd."""

_FIELDS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "fields.json").read_text(encoding="utf-8")
)

EIGHT = [f"{base}USDT" for base in ("BTC", "ETH", "SOL", "BNB", "XRP", "DOGE", "PEPE", "ADA")]
"""What somebody asks for in a row who has not read that five frames a second are the most."""

Good = Callable[[Any], bool]


def urls() -> tuple[str, str]:
    """Where REST and the streams of the embedded exchange are: the script's two arguments."""
    rest, streams = sys.argv[1:]
    return rest, streams


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the embedded exchange is, and the folder of the keys of its accounts."""

    spot: Mapping[str, str]
    """Addresses: `rest`, `streams` and `ws_api`."""
    usdm: Mapping[str, str]
    keys: str

    def key(self, name: str) -> tuple[str, str]:
        """A key, and its secret or private key."""
        key = tomllib.loads((Path(self.keys) / f"{name}.toml").read_text(encoding="utf-8"))
        return key["api_key"], key.get("secret") or key["private_key"]


def doors() -> Doors:
    """What a script for accounts is told: the line that the embedded exchange prints."""
    return Doors(**json.loads(sys.argv[1]))


def tell(**words: object) -> None:
    """One line for the runner."""
    print(json.dumps(words, ensure_ascii=False), flush=True)


def payload_like(stream: str) -> Good:
    """Whether a message has every field of a stream's payload; an array: whether each of its rows has."""
    return _has(_FIELDS["streams"][stream].split())


def answer_like(path: str) -> Good:
    """Whether an answer has every field of a REST call; an array: whether each of its rows has."""
    return _has(_FIELDS["rest"][path].split())


def is_event(value: Any) -> bool:
    """Whether what came is an event of an account, with every field that its kind always has."""
    fields = _FIELDS["events"].get(value.get("e", "")) if isinstance(value, Mapping) else None
    return fields is not None and _has(fields.split())(value)


def _has(fields: list[str]) -> Good:
    def good(value: Any) -> bool:
        if isinstance(value, list):
            return bool(value) and all(map(good, value))
        return isinstance(value, Mapping) and set(fields) <= set(value)

    return good


def is_candles(rows: Any) -> bool:
    """Whether an answer is a list of the exchange's candles, each of twelve cells."""
    return bool(rows) and all(len(row) == 12 for row in rows)


def is_list(rows: Any) -> bool:
    """Whether an answer is a list, be it empty: no block trade may have been done yet."""
    return isinstance(rows, list)


def is_dict(answer: Any) -> bool:
    """Whether an answer is a JSON object, whatever stands in it."""
    return isinstance(answer, dict)


def in_microseconds(value: Any) -> bool:
    """Whether what came holds its time, the trade's or the server's, in microseconds."""
    return bool((value.get("T") or value.get("serverTime") or 0) > _MICROSECONDS)


class Ear:
    """What one thing asked for has brought."""

    def __init__(self, name: str, good: Good, silent: str, why: str, wanted: int) -> None:
        """`good` tells a sound message; `silent`: why it rightly brings none; `why`: why it differs."""
        self.name = name
        self.count = 0
        self.odd = ""
        self.silent = silent
        self.why = why
        self.wanted = wanted
        self._good = good

    def take(self, message: Any) -> None:
        """Look at one message."""
        if self._good(message):
            self.count += 1
        else:
            self.fail(repr(message))

    def fail(self, text: str) -> None:
        """Remember what went wrong first."""
        self.odd = self.odd or text[:_SHOWN]

    @property
    def missing(self) -> bool:
        """Whether something is still to come."""
        return self.count < self.wanted and not self.silent

    def tell(self) -> None:
        """Say what it has brought."""
        texts = {"odd": self.odd, "silent": self.silent, "why": self.why}
        given = {name: text for name, text in texts.items() if text}
        tell(ask=self.name, count=self.count, wanted=self.wanted, **given)


class Crowd(Ear):
    """Several streams asked for at once, of which each must bring something: counts those that did."""

    def __init__(self, name: str, named: Callable[[Any], str], why: str, wanted: int) -> None:
        """`named` tells whose a message is."""
        super().__init__(name, bool, "", why, wanted)
        self._named = named
        self._seen: set[str] = set()

    def take(self, message: Any) -> None:
        """Look at one message."""
        self._seen.add(self._named(message))
        self.count = len(self._seen)


class Ears:
    """Everything that a client listens to at once."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._ears: list[Ear] = []
        self._left_s = MOST_S

    def ear(self, name: str, good: Good, silent: str = "", why: str = "") -> Ear:
        """Listen to one more thing."""
        return self._add(Ear(name, good, silent, why, 1))

    def crowd(self, name: str, named: Callable[[Any], str], wanted: int, why: str = "") -> Ear:
        """Listen to several streams at once; `named` tells whose a message is."""
        return self._add(Crowd(name, named, why, wanted))

    def _add(self, ear: Ear) -> Ear:
        self._ears.append(ear)
        return ear

    def _go_on(self) -> bool:
        self._left_s -= _STEP_S
        missing = any(ear.missing for ear in self._ears)
        return self._left_s > 0 and (missing or self._left_s > MOST_S - LEAST_S)

    def wait(self) -> None:
        """Until everything has brought something, or will not."""
        never = threading.Event()
        while self._go_on():
            never.wait(_STEP_S)
        for ear in self._ears:
            ear.tell()

    async def listen(self) -> None:
        """The same for clients in an event loop, which goes on meanwhile."""
        await asyncio.to_thread(self.wait)


def ask(name: str, call: Callable[[], Any], good: Good, why: str = "") -> None:
    """Call something that answers, and tell what came. Whatever it raises is told too."""
    try:
        _tell_answer(name, call(), good, why)
    except Exception as error:
        tell(ask=name, count=0, odd=_said(error))


async def ask_soon(name: str, call: Callable[[], Awaitable[Any]], good: Good, why: str = "") -> None:
    """The same for an answer that is awaited."""
    try:
        _tell_answer(name, await call(), good, why)
    except Exception as error:
        tell(ask=name, count=0, odd=_said(error))


def _tell_answer(name: str, answer: Any, good: Good, why: str) -> None:
    if good(answer):
        count = max(1, len(answer)) if isinstance(answer, list) else 1
        tell(ask=name, count=count, **{"why": why} if why else {})
    else:
        tell(ask=name, count=0, odd=repr(answer)[:_SHOWN])


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_SHOWN]
