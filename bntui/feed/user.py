"""One account on one market: its stream, its ledger, and the comparison of both with REST.

```
 connections ──frames──▶ decode ──events──▶ ledger ──new ones──▶ sink
      ▲                    │ replies, ends     ▲
      └──── UserStream ◀───┘                Recovery ◀──pages── REST
```
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf
from urllib.parse import urlsplit

from bntui.feed.core.facts import (
    Failed,
    Lost,
    Overslept,
    RotateAsked,
    Stop,
)
from bntui.feed.core.recovery import Progress, Recovery, open_ledger
from bntui.feed.core.userfacts import (
    Answered,
    Changed,
    Ended,
    KeepKey,
    KeyDoubted,
    MakeKey,
    MeasureClock,
    Missed,
    OnSocket,
    Reconcile,
    Request,
    SocketFact,
    Told,
    ToSocket,
    UserCommand,
    UserFact,
)
from bntui.feed.core.usersocket import Phase
from bntui.feed.core.userstream import UserStream
from bntui.feed.core.userstream_listenkey import ListenKeyStream
from bntui.feed.core.userstream_wsapi import WsApiStream
from bntui.feed.userlinks import UserLinks
from bntui.feed.userparts import UserParts
from bntui.feed.userrest import UserRest
from bntui.model.account import Fill, UserStreamChanged
from bntui.model.markets import Instrument
from bntui.model.status import Event
from bntui.venue.user import (
    ApiReply,
    Ask,
    ListenKeys,
    RefusalKind,
    Refused,
    StreamEnded,
    UserEvent,
    UserSaid,
    UserVenue,
    WsApi,
)

log = logging.getLogger(__name__)

SHORTEST_NAP_S = 0.01
LONGEST_NAP_S = 1.0
"""Deadlines are looked at at least this often; a wake-up that was missed costs no more."""

REPORT_EVERY_S = 1.0
"""Last event, last proof, and what the next run must know are told this often where they changed."""

ON_TIME_MS = 1_000
"""A fill so much younger than the proof of its stream should have been told by it."""

ODD_KEPT = 20
"""So many different faults of frames are logged, each once."""


class UserFeed:
    """Runs one account on one market. The market must have user data, and take the account's method."""

    def __init__(self, parts: UserParts) -> None:
        """Nothing is asked before `run`."""
        self._parts = parts
        self.owner = parts.credentials.owner
        user = parts.venue.user
        assert user is not None
        assert parts.credentials.method in user.methods
        self._user: UserVenue = user
        limits = parts.venue.limits
        self._limits = limits
        ways = user.ways
        self._ways = ways
        base = parts.endpoints.ws_api if isinstance(ways, WsApi) else parts.endpoints.streams
        self._host = urlsplit(base).netloc
        self.stream: UserStream = (
            WsApiStream(limits, parts.uniform, parts.credentials.method)
            if isinstance(ways, WsApi)
            else ListenKeyStream(limits, parts.uniform, ways.life_s)
        )
        self._rest = UserRest(parts.rest, user, parts.credentials)
        self._pairs: dict[str, tuple[str, str]] = {}
        self._pairs_of: Mapping[str, Instrument] | None = None
        self.ledger = open_ledger(self.owner, user.rules, self.pairs, parts.rest.server_ms())
        memory = parts.memory
        known = self.ledger.prime(
            memory.fills(self.owner), memory.recall(self.owner), memory.orders(self.owner)
        )
        self.recovery = Recovery(
            self.ledger, user.rules, self.pairs, parts.watched, parts.uniform, first=not known
        )
        self._links = UserLinks(parts, ways, self._rest, self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._out: list[Event] = []
        self._wake = asyncio.Event()
        self._reported_at = -inf
        self._reported: tuple[float | None, float | None] = (None, None)
        self._odd: set[str] = set()
        self._closing = False
        self._broken: BaseException | None = None
        """A defect of ours in work beside the loop."""

    def pairs(self) -> Mapping[str, tuple[str, str]]:
        """Base and quote of every listed symbol; empty while the list is not known."""
        listed = self._parts.instruments()
        if listed is not self._pairs_of or len(listed) != len(self._pairs):
            self._pairs_of = listed
            self._pairs = {symbol: (each.base, each.quote) for symbol, each in listed.items()}
        return self._pairs

    # Running

    async def run(self) -> None:
        """Keep deadlines until cancelled."""
        clock = self._parts.clock
        self.stream.standing.since = clock.monotonic()
        self._say_view()
        try:
            while True:
                self.step(clock.monotonic())
                began = clock.monotonic()
                nap_s = self._nap_s(began)
                self._wake.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(nap_s):
                        await self._wake.wait()
                late_s = clock.monotonic() - began - nap_s
                if self._broken is not None:
                    raise self._broken
                if late_s >= self._limits.own_loop_lag_warn_s:
                    self._apply(Overslept(late_s))
        finally:
            for task in self._tasks:
                task.cancel()

    def step(self, now: float) -> None:
        """Do what is due."""
        self._carry_out(self.stream.tick(now))
        self._progress(self.recovery.tick(now, self._server_ms()))
        if now >= self._reported_at + REPORT_EVERY_S:
            self._report(now)
        self._flush()

    def _nap_s(self, now: float) -> float:
        due = min(self.stream.deadline(), self.recovery.deadline() or inf)
        return min(LONGEST_NAP_S, max(SHORTEST_NAP_S, due - now))

    def _report(self, now: float) -> None:
        self._reported_at = now
        standing = self.stream.standing
        if self._reported != (standing.event_at, standing.proof_at):
            self._say_view()
        self._flush()
        if self.recovery.looked and (memory := self.ledger.take_memory()) is not None:
            self._parts.memory.keep(self.owner, memory)

    async def close(self) -> None:
        """Close the connections; the other side gets the close timeout to answer. Listen keys stay."""
        self._closing = True
        self._apply(Stop("bntui ends"))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.own_close_timeout_s):
                while len(self._links):
                    self._wake.clear()
                    await self._wake.wait()
        await self._links.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._report(self._parts.clock.monotonic())

    # What the user may ask for

    def renew(self) -> None:
        """Change the connection without loss, or try a key again that was refused."""
        self._apply(RotateAsked())

    def dismiss(self) -> None:
        """What could not be explained is known to the user: take the account as it is now."""
        self._progress(self.recovery.dismiss(self._now(), self._server_ms()))
        self._flush()

    # What the connections bring (UserLinkOwner)

    def happened(self, number: int, fact: SocketFact) -> None:
        """Tell the stream."""
        if isinstance(fact, Failed):
            fact = Failed(fact.failure.dated(self._parts.clock.wall_ms()))
        if isinstance(fact, Failed | Lost):
            self._links.gone(number)
        self._apply(OnSocket(number, fact))

    def alive(self, number: int) -> None:
        """The connection is alive."""
        self.stream.alive(number, self._now())

    def frames(self, number: int, frames: list[bytes]) -> None:
        """Decode the messages of one gulp and hand on what is new of them."""
        self.alive(number)
        wall_ms = self._parts.clock.wall_ms()
        for frame in frames:
            said = self._user.decode(frame, self.owner, wall_ms)
            if said.odd:
                self._note_odd(said.odd)
            elif said.reply is not None:
                self._replied(number, said.reply)
            else:
                self._told(number, said)
        self._progress(self.recovery.tick(self._now(), self._server_ms()))
        self._flush()

    def _told(self, number: int, said: UserSaid) -> None:
        now = self._now()
        for event in said.events:
            if not isinstance(event, StreamEnded):
                self._out += self.ledger.heard(self._with_worth(event), now)
        if any(isinstance(event, StreamEnded) for event in said.events):
            self._take(Ended(number, said.name))
        else:
            self._take(Told(number, said.name))

    def _with_worth(self, event: UserEvent) -> UserEvent:
        """Fills in contracts do not tell what they are worth."""
        if not isinstance(event, Fill) or event.quote_qty or self._user.worth is None:
            return event
        listed = self._parts.instruments().get(event.symbol)
        if listed is None or not listed.contract_size:
            return event
        return replace(event, quote_qty=self._user.worth(event.price, event.qty, listed.contract_size))

    def _replied(self, number: int, reply: ApiReply) -> None:
        self._links.answered(reply)
        if reply.refused is not None:
            log.warning("user stream %s: %s", self.owner.label, reply.refused.reason)
        self._take(Answered(number, reply))

    def _note_odd(self, reason: str) -> None:
        if reason not in self._odd and len(self._odd) < ODD_KEPT:
            self._odd.add(reason)
            log.warning("user stream %s: a frame cannot be read: %s", self.owner.label, reason)

    # What the stream wants

    def _apply(self, fact: UserFact) -> None:
        self._take(fact)
        self._flush()

    def _take(self, fact: UserFact) -> None:
        self._carry_out(self.stream.handle(fact, self._now()))
        self._wake.set()

    def _carry_out(self, commands: Sequence[UserCommand]) -> None:
        for command in commands:
            match command:
                case ToSocket():
                    self._links.carry_out(command)
                case Request():
                    self._links.ask(command)
                case MakeKey():
                    if isinstance(self._ways, ListenKeys):
                        self._begin(self._tell(self._rest.make_key(self._ways)))
                case KeepKey():
                    if isinstance(self._ways, ListenKeys):
                        self._begin(self._tell(self._rest.keep_key(self._ways)))
                case MeasureClock():
                    self._begin(self._tell(self._rest.measure_clock()))
                case Reconcile(reason, routine):
                    log.info("user stream %s: compared with REST: %s", self.owner.label, reason)
                    self._progress(self.recovery.begin(self._now(), self._server_ms(), routine=routine))
                case Changed():
                    self._say_view()

    # REST

    async def _tell(self, answer: Coroutine[None, None, UserFact]) -> None:
        self._apply(await answer)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        """Let it run beside; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # What waits for its answer would wait for ever: better to be restarted than to be blind.
            self._broken = error
            self._wake.set()

    def _progress(self, progress: Progress) -> None:
        """Hand on what a comparison has found, and ask what it wants to know next."""
        self._out += progress.events
        missed = self._missed(progress)
        if progress.ask is not None and not self._closing:
            self._begin(self._ask(progress.ask))
        if missed:
            self._take(Missed(missed))

    def _missed(self, progress: Progress) -> int:
        """Fills that the stream should have told: done while it was proven."""
        carrier = self.stream.carrier
        if carrier is None or carrier.phase is not Phase.READY:
            return 0
        proven_ms = self._server_ms() - (self._now() - carrier.ready_at) * 1000 + ON_TIME_MS
        found = (event for event in progress.events if isinstance(event, Fill) and event.recovered)
        return sum(fill.time_ms >= proven_ms for fill in found)

    async def _ask(self, ask: Ask) -> None:
        refused = self._held_back()
        answer = refused if refused is not None else await self._rest.ask(ask)
        now, now_ms = self._now(), self._server_ms()
        if not isinstance(answer, Refused):
            self._progress(self.recovery.answered(ask, answer, now, now_ms))
        else:
            again_s: float | None = max(answer.wait_s, self._limits.own_user_retry_s)
            unlisted = answer.kind is RefusalKind.NO_SYMBOL
            if answer.kind is RefusalKind.KEY:
                again_s = self._limits.own_user_reconcile_s
                if refused is None:
                    self._take(KeyDoubted(answer))
            elif unlisted or answer.kind is RefusalKind.OTHER:
                again_s = None
            failed = self.recovery.failed(ask, answer.reason, now, now_ms, again_s, unlisted=unlisted)
            self._progress(failed)
        self._flush()
        self._wake.set()

    def _held_back(self) -> Refused | None:
        """Once the key is refused, nothing is asked with it."""
        standing = self.stream.standing
        return Refused(RefusalKind.KEY, standing.reason) if standing.refused else None

    # Words

    def _now(self) -> float:
        return self._parts.clock.monotonic()

    def _server_ms(self) -> int:
        return self._parts.rest.server_ms()

    def _say_view(self) -> None:
        standing = self.stream.standing
        self._reported = (standing.event_at, standing.proof_at)
        view = self.stream.view(self.owner, self._host, self._now(), self._parts.clock.wall_ms())
        self._out.append(UserStreamChanged(view))

    def _flush(self) -> None:
        if self._out:
            out, self._out = self._out, []
            self._parts.sink(out)
