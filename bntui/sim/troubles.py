"""What goes wrong at the moment: the faults that last, and which message, request or handshake they hit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bntui.sim.faultkinds import Undo
from bntui.sim.faults import FAULTS, Fault, read_fault
from bntui.sim.faultwords import BadFault, Words
from bntui.sim.hub import Message
from bntui.sim.mangling import MANGLERS
from bntui.sim.victims import Ground

_KEPT_STARTS = 200
_MOST_RUNNING = 200
_SHOWN_TEXT = 200
_DROPS = frozenset({Fault.DROP, Fault.DROP_DIFF, Fault.DROP_TRADE})
_OF_STREAMS = _DROPS | {Fault.STALL_ALL, Fault.STALL_STREAM, Fault.DUPLICATE, Fault.OUT_OF_ORDER}
_OF_FRAMES = {Fault(name): mangle for name, mangle in MANGLERS.items()}


def _shown(words: Words) -> dict[str, object]:
    """What was said, as plain values; long texts are cut."""
    return {
        name: value[:_SHOWN_TEXT] if isinstance(value, str) else value for name, value in words.given.items()
    }


@dataclass(slots=True, eq=False)
class Running:
    """A fault that lasts."""

    fault: Fault
    words: Words
    until: float | None
    left: dict[str, int] | None
    """How often it still happens, by stream where it has streams; None: as often as may be."""
    undo: Undo | None = None
    held: dict[str, Message] = field(default_factory=dict)
    """By stream, the message that waits for the next one."""

    def as_json(self, now: float) -> dict[str, object]:
        """The fault as plain values."""
        shown: dict[str, object] = {"fault": str(self.fault)} | _shown(self.words)
        if self.left is not None:
            shown["left"] = sum(self.left.values())
        if self.until is not None:
            shown["ends_in"] = round(max(0.0, self.until - now), 3)
        return shown

    def use_up(self, key: str = "") -> bool:
        """Let it happen once. False where it has happened often enough."""
        if self.left is None:
            return True
        count = self.left.get(key, 0)
        if count > 1:
            self.left[key] = count - 1
        else:
            self.left.pop(key, None)
        return count > 0

    @property
    def spent(self) -> bool:
        """Whether it has happened as often as it was to."""
        return self.left is not None and not self.left and not self.held


class Troubles:
    """The faults that last. Whoever sends, reads or answers asks here whether one of them hits.

    Of those that have begun the newest are remembered; more than 200 at once are refused.
    """

    def __init__(self, ground: Ground) -> None:
        """All is well."""
        self._ground = ground
        self._running: list[Running] = []
        self._started: deque[dict[str, object]] = deque(maxlen=_KEPT_STARTS)
        self.hits_streams = False
        """Whether messages must go through `pass_on`."""
        self.hits_frames = False
        """Whether frames must go through `mangled`."""

    def __repr__(self) -> str:
        return f"<Troubles {', '.join(running.fault for running in self._running) or 'none'}>"

    def begin(self, given: Mapping[str, object], now: float, wall_ms: int) -> None:
        """Switch a fault on. Raises BadFault, in words, and changes nothing, where the words are wrong."""
        fault, words = read_fault(given)
        kind = FAULTS[fault]
        if fault is Fault.CLEAR:
            self.end(words.names("faults"))
        elif kind.lasts and len(self._running) >= _MOST_RUNNING:
            raise BadFault(f"{_MOST_RUNNING} faults last already; clear some")
        undo = kind.start(self._ground, words) if kind.start else None
        self._started.append({"time": wall_ms, "fault": str(fault)} | _shown(words))
        if kind.lasts:
            self._add(Running(fault, words, _until(words, now), _left(words, kind.once), undo))

    def _add(self, running: Running) -> None:
        self._running.append(running)
        self._notice()

    def _notice(self) -> None:
        self.hits_streams = any(one.fault in _OF_STREAMS and not one.words.of_some for one in self._running)
        self.hits_frames = any(one.fault in _OF_FRAMES for one in self._running)

    def end(self, faults: Iterable[str] | None = None) -> None:
        """End every fault that lasts, or those of some names."""
        names = None if faults is None else set(faults)
        self._finish([one for one in self._running if names is None or one.fault in names])

    def expire(self, now: float) -> None:
        """End what has lasted as long as it was to."""
        over = [one for one in self._running if one.until is not None and one.until <= now]
        if over:
            self._finish(over)

    def _finish(self, over: Sequence[Running]) -> None:
        self._running = [one for one in self._running if one not in over]
        self._notice()
        for running in over:
            if running.undo is not None:
                running.undo()
            for stream, message in running.held.items():
                self._ground.deliver(stream, message)

    def _tidy(self, running: Running) -> None:
        if running.spent:
            self._finish([running])

    def on(self, fault: Fault, connection: int = 0, key: str = "") -> bool:
        """Whether a fault lasts that concerns a connection, or a key of some name."""
        return self._newest(fault, connection, key=key) is not None

    def _newest(
        self, fault: Fault, connection: int = 0, path: str = "", method: str = "", key: str = ""
    ) -> Running | None:
        for running in reversed(self._running):
            words = running.words
            if (
                running.fault is fault
                and words.concerns(connection)
                and path.startswith(words.text("path"))
                and words.text("method") in ("", method)
                and words.text("key") in ("", key)
            ):
                return running
        return None

    def hit(
        self, fault: Fault, connection: int = 0, path: str = "", method: str = "", key: str = ""
    ) -> Words | None:
        """The words of a fault that happens now, and so has happened once more; None: it does not happen."""
        running = self._newest(fault, connection, path, method, key)
        if running is None or not running.use_up():
            return None
        self._tidy(running)
        return running.words

    def streams(self, fault: Fault, connection: int = 0) -> list[str]:
        """The streams that a lasting fault names for a connection."""
        return [
            name
            for running in self._running
            if running.fault is fault and running.words.concerns(connection)
            for name in running.words.streams()
        ]

    def pass_on(self, stream: str, message: Message) -> Sequence[Message]:
        """What is sent of a stream where this message was to be sent."""
        messages: Sequence[Message] = (message,)
        for running in [one for one in self._running if one.fault in _OF_STREAMS]:
            fault, words = running.fault, running.words
            if fault is Fault.STALL_ALL and not words.of_some:
                return ()
            if stream not in words.streams():
                continue
            if fault is Fault.STALL_STREAM or (fault in _DROPS and running.use_up(stream)):
                messages = ()
            elif fault is Fault.DUPLICATE and running.use_up(stream):
                messages = [copy for copy in messages for _ in range(2)]
            elif fault is Fault.OUT_OF_ORDER:
                messages = _swapped(running, stream, messages)
            self._tidy(running)
            if not messages:
                break
        return messages

    def mangled(self, text: bytes, connection: int) -> bytes | None:
        """The frames that are sent instead of a message's own; None: its own."""
        for fault, mangle in _OF_FRAMES.items():
            if self.hit(fault, connection) is not None:
                return mangle(text)
        return None

    def report(self, now: float) -> dict[str, object]:
        """What lasts, and what was begun, as plain values."""
        return {"running": [one.as_json(now) for one in self._running], "begun": list(self._started)}


def _swapped(running: Running, stream: str, messages: Sequence[Message]) -> Sequence[Message]:
    before = running.held.pop(stream, None)
    if before is not None:
        return (*messages, before)
    if running.use_up(stream):
        running.held[stream] = messages[0]
        return messages[1:]
    return messages


def _until(words: Words, now: float) -> float | None:
    lasts_s = words.maybe_number("for")
    return None if lasts_s is None else now + lasts_s


def _left(words: Words, once: bool) -> dict[str, int] | None:
    count = words.maybe_whole("count")
    if count is None and once and words.maybe_number("for") is None:
        count = 1
    return None if count is None else dict.fromkeys(words.streams() or ("",), count)
