"""The user stream by listen key: a key that is asked for by REST, kept alive, and names the stream.

What a renewal proves is that the key is valid, and an answered ping that the connection stands. That events
come is proven by events alone: what never came is found by the comparison with REST.
"""

from __future__ import annotations

from math import inf

from bntui.feed.core.backoff import Uniform
from bntui.feed.core.facts import Ponged
from bntui.feed.core.userfacts import (
    Answered,
    ClockMeasured,
    KeepKey,
    KeyFailed,
    KeyGiven,
    KeyKept,
    MakeKey,
    RestFact,
)
from bntui.feed.core.usersocket import Phase, UserSocket
from bntui.feed.core.userstream import UserStream
from bntui.model.access import UserMethod
from bntui.model.states import UserStreamState
from bntui.venue.limits import Limits
from bntui.venue.user import RefusalKind, Refused

RENEWALS_FAILED = 2
"""After so many failures in a row to extend it, another key is asked for."""


class ListenKeyStream(UserStream):
    """One account's events by listen key. It never deletes one: another program may be using it."""

    def __init__(self, limits: Limits, uniform: Uniform, life_s: float) -> None:
        """A key is valid for `life_s` from its making or its last extension."""
        super().__init__(limits, uniform, UserMethod.LISTEN_KEY, life_s)
        self._life_s = life_s
        self._making = self._keeping = False
        self._key = 0
        """Which key it is, counted; 0: none yet."""
        self._key_of: dict[int, int] = {}
        """By connection: which key it was opened with."""
        self._key_ends_at = inf
        """When the key ends unless it is extended; infinite: there is none."""
        self._renew_at = inf
        self._failed = 0
        """Failures in a row to extend it."""
        self._lapsed = False

    # Keys

    def _begin(self, now: float) -> None:
        # While a key is valid, asking for one gives the same and extends it.
        if not self._making:
            self._making = True
            self._renew_at = inf
            self._do(MakeKey())

    def _learned(self, fact: RestFact, now: float) -> None:
        match fact:
            case KeyGiven(same):
                self._making = False
                if not same or self._key == 0:
                    self._key += 1
                self._extended(now)
                self.standing.note("the same key again" if same else "new key", "", now)
                if self._next is None and not (self.standing.refused or self._stopped):
                    self._key_of[self._open().number] = self._key
            case KeyKept():
                self._keeping = False
                self._extended(now)
                self.standing.note("key kept alive", "", now)
                if self.carrier is not None and self.carrier.phase is Phase.READY:
                    self.standing.proven("the listen key was extended", now)
            case KeyFailed(refused, making) if making:
                self._making = False
                self._not_made(refused, now)
            case KeyFailed(refused):
                self._keeping = False
                self._not_kept(refused, now)
            case ClockMeasured():
                pass

    def _extended(self, now: float) -> None:
        limits = self._limits
        self._failed = 0
        self._lapsed = False
        self._key_ends_at = now + self._life_s
        self._renew_at = now + limits.own_key_renew_s + self._uniform(0.0, limits.own_key_renew_spread_s)

    def _not_made(self, refused: Refused, now: float) -> None:
        if self._is_final(refused):
            self._refuse(refused, now)
            return
        self.standing.note("no key", refused.reason, now)
        if self.carrier is None:
            self.standing.move(UserStreamState.DOWN, refused.reason, refused.hint, now)
        in_trouble = refused.kind is RefusalKind.TROUBLE
        self._retry(now, max(refused.wait_s, 0.0 if in_trouble else self._limits.own_user_retry_s))

    def _not_kept(self, refused: Refused, now: float) -> None:
        if refused.kind is RefusalKind.NO_LISTEN_KEY:
            self._key_lost(refused.reason, now)
            return
        if refused.kind is RefusalKind.KEY:
            self._refuse(refused, now)
            return
        self.standing.note("key not kept alive", refused.reason, now)
        self._failed += 1
        if self._failed < RENEWALS_FAILED:
            wait_s = max(refused.wait_s, self._limits.own_user_retry_s)
            self._renew_at = now + wait_s + self._uniform(0.0, self._limits.own_user_retry_s)
        elif self._next is None and self._retry_at is None:
            self._begin(now)
        else:
            self._renew_at = now + self._limits.own_user_retry_s

    def _key_lost(self, reason: str, now: float) -> None:
        """The key is no more: its connections stay open, and stay silent."""
        self._key_ends_at = self._renew_at = inf
        if self._next is not None:
            socket, self._next = self._next, None
            self._close(socket, reason)
        if self.carrier is None:
            if not self._making:
                self._retry(now)
            return
        if self._making:
            # What is asked for already will do.
            self.carrier.phase = Phase.GREETING
            self.standing.note("stream ended", reason, now)
            self.standing.move(UserStreamState.DOWN, reason, "", now)
        else:
            self._replace(self.carrier, reason, now)

    # Connections

    def _greet(self, socket: UserSocket, now: float) -> None:
        """Nothing is said on it: its first PING goes out by itself, and the answer to it counts."""

    def _answered(self, socket: UserSocket, fact: Answered | Ponged, now: float) -> None:
        if socket is self._next and self._key_of.get(socket.number) == self._key:
            self._ready(socket, "the listen key is valid, and the connection answers", now)

    def _stream_ended(self, socket: UserSocket, reason: str, now: float) -> None:
        # An older key may end while its successor carries the stream already.
        if self._key_of.get(socket.number) == self._key and self._key_ends_at < inf:
            self._key_lost(reason, now)

    def _doubt(self, reason: str, now: float) -> None:
        if self._key_ends_at < inf:
            self._renew_at = now

    # What is due

    def _own_due(self, now: float) -> None:
        for number in [n for n in self._key_of if n not in self._sockets]:
            del self._key_of[number]
        if self.standing.refused:
            return
        if now >= self._key_ends_at and not self._lapsed:
            self._lapsed = True
            if self.carrier is not None:
                self.carrier.phase = Phase.GREETING
                text = "the listen key has ended: it could not be extended"
                self.standing.note("stream ended", text, now)
                self.standing.move(UserStreamState.DOWN, text, "", now)
            if self._next is None and self._retry_at is None:
                self._begin(now)
        if now >= self._renew_at and not self._making and not self._keeping:
            self._renew_at = inf
            self._keeping = True
            self._do(KeepKey())

    def _own_deadline(self) -> float:
        if self.standing.refused:
            return inf
        return min(self._renew_at, inf if self._lapsed else self._key_ends_at)

    def _ends(self) -> tuple[float, float]:
        return self._key_ends_at, self._renew_at
