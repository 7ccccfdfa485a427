"""What one connection is subscribed to, what it shall be, and the requests that lead there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from bntui.feed.core.budget import SlidingBudget
from bntui.feed.core.facts import Command, SendText, StreamRefused, StreamsAcked
from bntui.model.events import Ack, Refusal
from bntui.model.text import one_line
from bntui.venue.base import Venue

PATIENCE = 2
"""After so many unanswered requests in a row the connection is given up."""


@dataclass(slots=True)
class _Request:
    names: tuple[str, ...]
    subscribes: bool
    sent_at: float


class Subscriptions:
    """Bounded by the streams that are wanted: no name is asked for twice at a time."""

    def __init__(self, venue: Venue) -> None:
        """Nothing is wanted."""
        limits = venue.limits
        self.wanted: dict[str, None] = {}
        self.acked: dict[str, None] = {}
        self.delivered: set[str] = set()
        """Streams that brought data on this connection."""
        self.refused: dict[str, str] = {}
        """Streams that the exchange will not serve, with its words."""
        self._venue = venue
        self._limits = limits
        self._text_rate = min(limits.own_frames_per_s, limits.client_frames_per_s)
        self._batch_names = int(limits.own_subscribe_names)
        self._pending: dict[int, _Request] = {}
        self._renewing: set[str] = set()
        """Acknowledged streams that are to be unsubscribed first, and then subscribed again."""
        self._next_id = 1
        self._unanswered = 0
        self._unsent_known: list[tuple[bool, list[str]]] | None = None
        """What `_unsent` found; None when something has changed since. It is asked for at every fact."""

    def inherit(self, old: Subscriptions) -> None:
        """Take over what another connection has learned of the server's patience."""
        self._text_rate = old._text_rate
        self._batch_names = old._batch_names

    # What is wanted

    def want(self, names: Iterable[str]) -> tuple[str, ...]:
        """These shall flow. Returned are those that are held already: no answer will tell of them."""
        names = tuple(names)
        self.wanted.update(dict.fromkeys(names))
        self._unsent_known = None
        for name in names:
            self.refused.pop(name, None)
        leaving = self._asked()
        return tuple(name for name in names if name in self.acked and name not in leaving)

    def unwant(self, names: Iterable[str]) -> None:
        """These need not flow any longer."""
        self._unsent_known = None
        for name in names:
            self.wanted.pop(name, None)
            self.refused.pop(name, None)
            self.delivered.discard(name)

    def renew(self, names: Iterable[str]) -> None:
        """Those that are acknowledged, and bring nothing all the same, are to be subscribed anew."""
        self._unsent_known = None
        self._renewing.update(name for name in names if name in self.acked and name in self.wanted)

    def brought(self, name: str) -> None:
        """A stream brought data on this connection."""
        if name in self.wanted:
            self.delivered.add(name)

    @property
    def complete(self) -> bool:
        """Whether everything wanted is acknowledged, or refused for good."""
        return all(n in self.acked or n in self.refused for n in self.wanted)

    @property
    def proven(self) -> bool:
        """Whether every stream that the exchange serves brought data on this connection."""
        return all(n in self.delivered for n in self.wanted if n not in self.refused)

    # The connection

    def opened(self) -> None:
        """A new connection: its server has failed to answer nothing yet."""
        self._unanswered = 0

    def forget_requests(self) -> None:
        """The connection is about to be closed: no answer counts any longer."""
        self._unsent_known = None
        self._pending.clear()

    def lost(self) -> None:
        """The connection ended, and with it every subscription."""
        self._unsent_known = None
        self.acked.clear()
        self.delivered.clear()
        self._renewing.clear()
        self._pending.clear()

    def slow_down(self) -> None:
        """The server had too many requests: ask at half the rate."""
        self._text_rate = max(1.0, self._text_rate / 2)

    def went_well(self) -> None:
        """Everything is subscribed. Batches that were halved for want of an answer grow again."""
        if not self.refused:
            self._batch_names = int(self._limits.own_subscribe_names)

    def overslept(self, seconds: float, now: float) -> None:
        """Our own process stood still for so long: the answers wait to be read."""
        for request in self._pending.values():
            request.sent_at = min(now, request.sent_at + seconds)

    # Requests and answers

    def awaits(self, request_id: object) -> bool:
        """Whether a request of ours waits for this answer."""
        return isinstance(request_id, int) and request_id in self._pending

    def replied(self, reply: Ack | Refusal) -> list[Command]:
        """Take an answer in; what is to be told of it. What waits for no answer is ignored."""
        request_id = reply.request_id
        request = self._pending.pop(request_id, None) if isinstance(request_id, int) else None
        if request is None:
            return []
        self._unsent_known = None
        if isinstance(reply, Ack):
            self._unanswered = 0
            return self._granted(request)
        if not request.subscribes:
            return []
        # Halving finds the name that the exchange does not like; it stays halved over reconnects,
        # since the exchange closes the connection after such an answer.
        self._batch_names = max(1, len(request.names) // 2)
        if len(request.names) > 1:
            return []
        name = request.names[0]
        message = self.refused[name] = one_line(reply.message)
        return [StreamRefused(name, message)]

    def _granted(self, request: _Request) -> list[Command]:
        if request.subscribes:
            self.acked.update(dict.fromkeys(request.names))
            return [StreamsAcked(request.names)]
        for name in request.names:
            self.acked.pop(name, None)
            self._renewing.discard(name)
        return []

    def take_back_overdue(self, now: float) -> bool:
        """Take back the requests whose answer is overdue; False when there is none."""
        timeout_s = self._limits.own_subscribe_timeout_s
        overdue = [i for i, request in self._pending.items() if now - request.sent_at >= timeout_s]
        if not overdue:
            return False
        self._unsent_known = None
        self._unanswered += 1
        longest = max(len(self._pending[i].names) for i in overdue)
        for request_id in overdue:
            request = self._pending.pop(request_id)
            if not request.subscribes:
                # It may have been heard all the same: what is wanted again by now is asked for anew.
                for name in request.names:
                    if name in self.wanted:
                        self.acked.pop(name, None)
        if not self.unheard:
            self._batch_names = max(1, longest // 2)
        return True

    @property
    def unheard(self) -> bool:
        """Whether the server has left so many requests unanswered that it must be taken for deaf."""
        return self._unanswered >= PATIENCE

    def due(self, now: float, frames: SlidingBudget) -> list[Command]:
        """The requests to send now; each is counted in the connection's budget."""
        commands: list[Command] = []
        limits = self._limits
        unsent = self._unsent()
        while unsent and now >= self._free_at(now, frames):
            subscribes, names = unsent[0]
            most = min(self._batch_names, int(limits.own_subscribe_names))
            batch = tuple(self._venue.batches(names, most, int(limits.own_subscribe_bytes))[0])
            make = self._venue.subscribe if subscribes else self._venue.unsubscribe
            commands.append(SendText(make(batch, self._next_id)))
            self._pending[self._next_id] = _Request(batch, subscribes, now)
            self._next_id += 1
            frames.note(now)
            self._unsent_known = None
            unsent = self._unsent()
        return commands

    def deadline(self, now: float, frames: SlidingBudget) -> float:
        """When something will be due at the latest; infinite when only others can change anything."""
        timeout_s = self._limits.own_subscribe_timeout_s
        due = [request.sent_at + timeout_s for request in self._pending.values()]
        if self.unsent:
            due.append(self._free_at(now, frames))
        return min(due, default=inf)

    @property
    def unsent(self) -> bool:
        """Whether something is to be asked for that no request carries yet."""
        return bool(self._unsent())

    def _unsent(self) -> list[tuple[bool, list[str]]]:
        """(subscribes, names) that no request carries yet: first what shall flow, then what need not."""
        if self._unsent_known is None:
            self._unsent_known = self._find_unsent()
        return self._unsent_known

    def _find_unsent(self) -> list[tuple[bool, list[str]]]:
        asked = self._asked()
        missing = [n for n in self.wanted if n not in self.acked and n not in asked and n not in self.refused]
        surplus = [n for n in self.acked if (n not in self.wanted or n in self._renewing) and n not in asked]
        return [(flag, names) for flag, names in ((True, missing), (False, surplus)) if names]

    def _asked(self) -> set[str]:
        return {name for request in self._pending.values() for name in request.names}

    def _free_at(self, now: float, frames: SlidingBudget) -> float:
        """When a text frame may be sent: below our own rate, so that pings and pongs have room."""
        return frames.free_at(now, self._text_rate)

    def __repr__(self) -> str:
        return f"<Subscriptions {len(self.acked)}/{len(self.wanted)}, {len(self._pending)} requests wait>"
