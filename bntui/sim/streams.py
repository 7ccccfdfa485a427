"""The websocket side of the market streams: who subscribed to what on which connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from websockets.frames import Opcode

from bntui.sim.connection import Connection
from bntui.sim.control import Outcome, Session
from bntui.sim.exchange import Exchange
from bntui.sim.faults import Fault
from bntui.sim.handshake import Target
from bntui.sim.hub import COMBINED, MICROSECONDS, text_frame
from bntui.sim.listenkeys import could_be_one
from bntui.sim.rules import FrameRate
from bntui.sim.users import KeyedStream


class Client(Connection):
    """One connection to the market streams."""

    def __init__(self, exchange: Exchange, *args: Any, **kwargs: Any) -> None:
        """The library's arguments follow the exchange."""
        super().__init__(exchange, *args, **kwargs)
        switches = exchange.switches
        self.shape = 0
        knows = None if switches.unknown_streams_acked else exchange.knows
        self._session = Session(exchange.limits, False, switches, knows)
        self._rate = FrameRate(exchange.limits)
        self._overheard: dict[str, None] = {}
        self._root = ""
        self._asked = Target("/ws")
        self._keyed: dict[str, KeyedStream] = {}

    def aimed(self, path: str) -> Target:
        """What a handshake asks for. Raises ValueError, in words, where there is nothing."""
        self._asked = Target(path, self._exchange.house)
        return self._asked

    def begin(self) -> None:
        """Subscribe to what the address names."""
        exchange, target, faults = self._exchange, self._asked, self._exchange.faults
        self._session.combined = target.combined
        self._root = exchange.house.roots[""] if faults.on(Fault.UNROUTED) else target.root
        outcome = self._session.add(target.names, None)
        outcome.reply = outcome.reply if outcome.ending else ""
        self._carry_out(outcome)
        for text, events in target.listen_keys.items():
            self._listen(text, events)
        self.overhear(faults.streams(Fault.UNASKED, self.number), True)

    def gone(self) -> None:
        """Listen to nothing any more."""
        for stream in self._keyed.values():
            stream.close()
        self._exchange.leave([*self._session.streams, *self._overheard], self)

    def allows_frame(self, opcode: Opcode, now: float) -> bool:
        """Text, PING and PONG frames count alike (web-socket-streams.md, WebSocket Limits)."""
        return self._rate.allows(now)

    def ignores(self, size: int) -> bool:
        """Whether a text message is too long to be read."""
        exchange = self._exchange
        return size > exchange.limits.subscribe_frame_bytes and exchange.switches.long_frames_ignored

    def heard(self, text: str) -> None:
        """Answer a request."""
        self._carry_out(self._session.handle(text))

    def _carry_out(self, outcome: Outcome) -> None:
        exchange = self._exchange
        if outcome.breach is not None:
            self.breach(*outcome.breach)
        if outcome.reply:
            self.answer(outcome.reply)
        self._update_shape()
        exchange.leave(outcome.left, self)
        exchange.join([name for name in outcome.joined if not could_be_one(name)], self, self._root)
        for name in outcome.left:
            if (stream := self._keyed.pop(name, None)) is not None:
                stream.close()
        if exchange.switches.listen_keys_in_path:
            for text in filter(could_be_one, outcome.joined):
                self._listen(text, None)
        self.record.streams = len(self._session.streams)
        if outcome.ending is not None:
            self.end_within(outcome.ending.after_s, outcome.ending)

    def _listen(self, text: str, events: frozenset[str] | None) -> None:
        """Let the events of a listen key come, where this path has such; like a stream's name, it is never
        refused."""
        exchange = self._exchange
        if self._root != exchange.house.user_path or text in self._keyed:
            return
        if events is None and not exchange.switches.no_events_means_all:
            events = frozenset()
        self._keyed[text] = exchange.users.listen(
            text, events, self.number, lambda payload: self._bring(text, payload)
        )

    def _bring(self, text: str, payload: str) -> None:
        message = self.enveloped(text, payload).encode(errors="replace")
        self.push(message, text_frame(message))

    def _update_shape(self) -> None:
        self.shape = (COMBINED if self._session.combined else 0) | (MICROSECONDS if self._target.micro else 0)

    def shutdown_text(self, event: str) -> str:
        """`serverShutdown` in the connection's envelope."""
        return self.enveloped("!serverShutdown", event)

    def enveloped(self, stream: str, payload: str) -> str:
        """A stream's payload in the connection's envelope."""
        return f'{{"stream":"{stream}","data":{payload}}}' if self._session.combined else payload

    def forget(self, names: Iterable[str]) -> None:
        """Lose subscriptions without a word."""
        lost = [name for name in names if name in self._session.streams]
        for name in lost:
            del self._session.streams[name]
        self._exchange.leave(lost, self)
        if self._record is not None:
            self._record.streams = len(self._session.streams)

    def overhear(self, names: Iterable[str], hears: bool) -> None:
        """Get data of streams that were not asked for, or no longer."""
        for name in names:
            if hears and name not in self._session.streams:
                self._overheard[name] = None
                self._exchange.join([name], self, self._root)
            elif not hears and name in self._overheard:
                del self._overheard[name]
                if name not in self._session.streams:
                    self._exchange.leave([name], self)
