"""Who listens to which stream: each payload is made once, and handed to everybody who wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a stream, before it is put into anybody's shape."""

    render: Render
    recorded: str | None = None
    """The whole frame as it was recorded under this stream's name; sent as it is to who wants that shape."""
    recorded_shape: int = COMBINED

    def text(self, head: str, shape: int) -> bytes:
        """The message in one shape; `head` begins the envelope that names the stream."""
        if self.recorded is not None and shape == self.recorded_shape:
            return self.recorded.encode()
        body = self.render(bool(shape & MICROSECONDS))
        return (f"{head}{body}}}" if shape & COMBINED else body).encode()


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

    def send(self, render: Render) -> None:
        """Send one message to everybody, each in the shape that he asked for."""
        self.pass_on(Message(render))

    def say(self, text: str) -> None:
        """Send one message whose text is the same for everybody."""
        self.pass_on(Message(lambda micro: text))

    def pass_on(self, message: Message) -> None:
        """Send one message, or what a fault makes of it."""
        if self._hub.troubles is None:
            self.spread(message)
        else:
            for one in self._hub.troubles(self.name, message):
                self.spread(one)

    def spread(self, message: Message) -> None:
        """Send one message, whatever faults there are."""
        self.sent += 1
        made: dict[int, tuple[bytes, bytes]] = {}
        for listener in self.listeners:
            shape = listener.shape
            ready = made.get(shape)
            if ready is None:
                text = message.text(self._head, shape)
                ready = made[shape] = (text, text_frame(text))
            listener.push(*ready)


class Hub:
    """All audiences. A source of data is told when the first listener of a stream comes and the last goes."""

    def __init__(self) -> None:
        """No streams yet."""
        self.audiences: dict[str, Audience] = {}
        self.troubles: Callable[[str, Message], Sequence[Message]] | None = None
        """What becomes of a stream's message while a fault hits streams; None: nothing else."""

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
