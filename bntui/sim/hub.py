"""Who listens to which stream: each payload is made once, and handed to everybody who wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from json import dumps
from typing import Protocol

from websockets.frames import Frame, Opcode

COMBINED = 1
"""Flag of a listener whose frames name their stream."""
MICROSECONDS = 2
"""Flag of a listener whose times are in microseconds."""

Render = Callable[[bool], str]
"""Makes a payload's text; true asks for times in microseconds."""


class Listener(Protocol):
    """A connection, as the hub sees it."""

    shape: int
    """Sum of `COMBINED` and `MICROSECONDS`; may change while it listens."""

    def push(self, text: bytes, frame: bytes) -> None:
        """Take one message, both bare and as a ready websocket frame."""
        ...


def text_frame(text: bytes) -> bytes:
    """A websocket frame of a server, unmasked and without extensions."""
    return Frame(Opcode.TEXT, text).serialize(mask=False)


class Audience:
    """Everybody who subscribed to one stream under one name."""

    __slots__ = ("_head", "_hub", "listeners", "name", "sent")

    def __init__(self, hub: Hub, name: str) -> None:
        """An audience without anybody in it."""
        self._hub = hub
        self._head = f'{{"stream":{dumps(name, ensure_ascii=False)},"data":'
        self.name = name
        self.listeners: dict[Listener, None] = {}
        self.sent = 0
        """Messages, each counted once however many listen."""

    def __repr__(self) -> str:
        return f"<Audience {self.name}: {len(self.listeners)} listen, {self.sent} sent>"

    def relay(self, combined: str | None, payload: str) -> None:
        """Send a recorded message as it is; None: its envelope was recorded under another name."""
        made: dict[int, tuple[bytes, bytes]] = {}
        if combined is not None:
            text = combined.encode()
            made = dict.fromkeys((COMBINED, COMBINED | MICROSECONDS), (text, text_frame(text)))
        self._deliver(lambda micro: payload, made)

    def send(self, render: Render) -> None:
        """Send one message to everybody, each in the shape that he asked for."""
        self._deliver(render, {})

    def _deliver(self, render: Render, made: dict[int, tuple[bytes, bytes]]) -> None:
        self.sent += 1
        for _ in range(self._hub.copies_of(self.name)):
            for listener in self.listeners:
                shape = listener.shape
                message = made.get(shape)
                if message is None:
                    body = render(bool(shape & MICROSECONDS))
                    text = (f"{self._head}{body}}}" if shape & COMBINED else body).encode()
                    message = made[shape] = (text, text_frame(text))
                listener.push(*message)


class Hub:
    """All audiences. A source of data is told when the first listener of a stream comes and the last goes."""

    def __init__(self) -> None:
        """No streams yet."""
        self.audiences: dict[str, Audience] = {}
        self.copies: Callable[[str], int] | None = None
        """How often a message of a stream is sent, while a fault changes that; None: once."""

    def copies_of(self, name: str) -> int:
        """How often a message of a stream is sent to each listener."""
        return 1 if self.copies is None else self.copies(name)

    def join(self, name: str, listener: Listener) -> Audience | None:
        """Let somebody listen. The audience, where he is its first."""
        audience = self.audiences.get(name)
        if audience is not None:
            audience.listeners[listener] = None
            return None
        audience = self.audiences[name] = Audience(self, name)
        audience.listeners[listener] = None
        return audience

    def leave(self, names: Iterable[str], listener: Listener) -> list[Audience]:
        """Let somebody go from some streams. The audiences that are empty now."""
        emptied = []
        for name in names:
            audience = self.audiences.get(name)
            if audience is None or listener not in audience.listeners:
                continue
            del audience.listeners[listener]
            if not audience.listeners:
                del self.audiences[name]
                emptied.append(audience)
        return emptied
