"""Everything that can be made to go wrong, by name. `POST /_sim/fault {"fault": NAME, …}` switches it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol


class Victim(Protocol):
    """A connection, as faults see it."""

    @property
    def number(self) -> int:
        """Its number in the report."""
        ...

    def abort(self) -> None:
        """Cut the TCP connection, without a close frame."""
        ...

    def end(self, code: int, reason: str) -> None:
        """Close with a code."""
        ...

    def freeze(self, frozen: bool) -> None:
        """Stop reading and writing, or go on."""
        ...

    def announce_shutdown(self, after_s: float) -> None:
        """Send `serverShutdown`, and close after a while."""
        ...


@dataclass(frozen=True, slots=True)
class HttpFault:
    """An answer that is given instead of the right one."""

    status: int
    retry_after_s: int | None = None


class Faults:
    """What is wrong at the moment."""

    def __init__(self) -> None:
        """Nothing is."""
        self.reset()

    def reset(self) -> None:
        """Put everything right again; what was done to a connection stays done."""
        self.stalled: frozenset[str] = frozenset()
        """Streams that send nothing."""
        self.all_stalled = False
        self.no_data = False
        """Connections that open now bring no data, as on a wrong path."""
        self.refuse = False
        """TCP connections are accepted and cut at once."""
        self.handshake: HttpFault | None = None
        self.rest: HttpFault | None = None
        self.no_ack = False
        self.ack_delay_s = 0.0
        self.drops: dict[str, int] = {}
        """Streams of which so many messages are lost."""
        self.repeats: dict[str, int] = {}
        """Streams of which so many messages are sent twice."""

    @property
    def touches_streams(self) -> bool:
        """Whether messages must ask `copies`."""
        return bool(self.stalled or self.all_stalled or self.drops or self.repeats)

    def copies(self, name: str) -> int:
        """How often the next message of a stream is sent."""
        if self.all_stalled or name in self.stalled:
            return 0
        if self.drops and _use_up(self.drops, name):
            return 0
        if self.repeats and _use_up(self.repeats, name):
            return 2
        return 1

    def as_json(self) -> dict[str, object]:
        """What is wrong, as plain values."""
        values: dict[str, object] = {name: value for name, value in vars(self).items() if value}
        for name, value in values.items():
            if isinstance(value, HttpFault):
                values[name] = {"status": value.status, "retry_after": value.retry_after_s}
            elif isinstance(value, frozenset):
                values[name] = sorted(value)
        return values


def _use_up(left: dict[str, int], name: str) -> bool:
    count = left.get(name, 0)
    if count == 1:
        del left[name]
    elif count:
        left[name] = count - 1
    return count > 0


class BadFault(ValueError):
    """A fault that does not exist, or wrong words with it."""


Arguments = Mapping[str, object]


class _Reader:
    """Reads the words that come with a fault; whatever nobody asked for is refused at the end."""

    def __init__(self, arguments: Arguments) -> None:
        self._left = dict(arguments)

    def _take(self, name: str, default: object) -> object:
        value = self._left.pop(name, default)
        if value is ...:
            raise BadFault(f"{name} is missing")
        return value

    def number(self, name: str, default: object = ..., least: float = 0, most: float = 1e9) -> float:
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise BadFault(f"{name} must be a number from {least:g} to {most:g}")
        return float(value)

    def maybe(self, name: str) -> int | None:
        return None if self._left.get(name) is None else round(self.number(name))

    def text(self, name: str, default: object = ...) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or len(value.encode()) > 123:
            raise BadFault(f"{name} must be a text of at most 123 bytes")
        return value

    def names(self, name: str) -> list[str]:
        value = self._take(name, ...)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise BadFault(f"{name} must be a list of stream names")
        return value

    def numbers(self, name: str) -> frozenset[int] | None:
        value = self._left.pop(name, None)
        if value is None:
            return None
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise BadFault(f"{name} must be a list of connection numbers")
        return frozenset(value)

    def finish(self) -> None:
        if self._left:
            raise BadFault(f"no such word here: {', '.join(sorted(self._left))}")


Action = Callable[[Faults, Iterable[Victim]], None]


def _victims(connections: Iterable[Victim], chosen: frozenset[int] | None) -> list[Victim]:
    return [victim for victim in connections if chosen is None or victim.number in chosen]


def _set(**values: object) -> Action:
    def act(faults: Faults, connections: Iterable[Victim]) -> None:
        for name, value in values.items():
            setattr(faults, name, value)

    return act


def _each(chosen: frozenset[int] | None, act: Callable[[Victim], None]) -> Action:
    def run(faults: Faults, connections: Iterable[Victim]) -> None:
        for victim in _victims(connections, chosen):
            act(victim)

    return run


def _stall_stream(words: _Reader) -> Action:
    names = frozenset(words.names("streams"))

    def act(faults: Faults, connections: Iterable[Victim]) -> None:
        faults.stalled |= names

    return act


def _counted(which: str) -> Callable[[_Reader], Action]:
    def read(words: _Reader) -> Action:
        names, count = words.names("streams"), round(words.number("count", 1, least=1))

        def act(faults: Faults, connections: Iterable[Victim]) -> None:
            counts: dict[str, int] = getattr(faults, which)
            for name in names:
                counts[name] = counts.get(name, 0) + count

        return act

    return read


def _close(words: _Reader) -> Action:
    chosen, code = words.numbers("connections"), round(words.number("code", 1001, least=1000, most=4999))
    if code in (1004, 1005, 1006) or 1015 <= code < 3000:
        raise BadFault(f"{code} cannot be sent in a close frame")
    reason = words.text("reason", "")
    return _each(chosen, lambda victim: victim.end(code, reason))


def _abort(words: _Reader) -> Action:
    return _each(words.numbers("connections"), lambda victim: victim.abort())


def _half_open(words: _Reader) -> Action:
    return _each(words.numbers("connections"), lambda victim: victim.freeze(True))


def _shutdown(words: _Reader) -> Action:
    chosen, after_s = words.numbers("connections"), words.number("after", 10)
    return _each(chosen, lambda victim: victim.announce_shutdown(after_s))


def _http(which: str, least: int) -> Callable[[_Reader], Action]:
    def read(words: _Reader) -> Action:
        status = round(words.number("status", least=least, most=599))
        return _set(**{which: HttpFault(status, words.maybe("retry_after"))})

    return read


def _ack_delay(words: _Reader) -> Action:
    return _set(ack_delay_s=words.number("seconds", least=0.001, most=3600))


def _clear(words: _Reader) -> Action:
    def act(faults: Faults, connections: Iterable[Victim]) -> None:
        faults.reset()
        for victim in connections:
            victim.freeze(False)

    return act


def _plain(**values: object) -> Callable[[_Reader], Action]:
    return lambda words: _set(**values)


FAULTS: Mapping[str, Callable[[_Reader], Action]] = MappingProxyType(
    {
        "stall_stream": _stall_stream,
        "stall_all": _plain(all_stalled=True),
        "no_data": _plain(no_data=True),
        "abort": _abort,
        "close": _close,
        "refuse": _plain(refuse=True),
        "handshake_status": _http("handshake", 400),
        "no_ack": _plain(no_ack=True),
        "delay_ack": _ack_delay,
        "half_open": _half_open,
        "shutdown": _shutdown,
        "rest_status": _http("rest", 300),
        "drop_diff": _counted("drops"),
        "duplicate": _counted("repeats"),
        "clear": _clear,
    }
)
"""Every fault, with what reads its words: streams, count, connections, code, reason, status, retry_after,
seconds, after. Without `connections` all open ones are meant."""


def apply_fault(arguments: Arguments, faults: Faults, connections: Iterable[Victim]) -> None:
    """Switch a fault on. Raises BadFault, in words, and changes nothing, where the words are wrong."""
    words = _Reader(arguments)
    name = words.text("fault")
    read = FAULTS.get(name)
    if read is None:
        raise BadFault(f"there is no fault {name}; there are {', '.join(FAULTS)}")
    action = read(words)
    words.finish()
    action(faults, list(connections))
