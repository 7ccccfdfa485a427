"""Own accounts at one host: whose key it is, who listens to whose events, and which listen keys are valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from json import dumps
from random import Random

from bntui.clock import Clock
from bntui.sim.accounts import TradingAccount, Unsubscribe
from bntui.sim.faults import Fault
from bntui.sim.filllog import FillLog
from bntui.sim.gate import Gate
from bntui.sim.keys import ApiKey, Keyring
from bntui.sim.listenkeys import ListenKey, ListenKeys
from bntui.sim.parameters import Refused
from bntui.sim.troubles import Troubles
from bntui.venue.binance.account_limits import LISTEN_KEY_LIFE_S

Event = dict[str, object]
LISTEN_KEY_EXPIRED = "listenKeyExpired"


class Hearing:
    """A connection that hears what happens to an account."""

    def __init__(
        self, users: Users, owner: ApiKey, connection: int, deliver: Callable[[Event], None]
    ) -> None:
        """From now on; `owner`: the key by which it hears."""
        self.owner = owner
        self.connection = connection
        self.events = 0
        """Told so far."""
        self.since_ms = users.now_ms()
        self._users = users
        self._deliver = deliver
        account = users.accounts.get(owner.account)
        self._leave: Unsubscribe | None = account.subscribe(self._take) if account is not None else None

    def _take(self, event: Event) -> None:
        if self._users.silenced(self):
            self._users.lost_events += 1
        else:
            self.tell(event)

    def tell(self, event: Event) -> None:
        """Hand over an event."""
        self.events += 1
        self._deliver(event)

    def close(self) -> None:
        """Hear no more."""
        self._users.hearings.pop(self, None)
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    def as_json(self) -> dict[str, object]:
        """What the report says of it."""
        return {
            "connection": self.connection,
            "account": self.owner.account,
            "key": self.owner.name,
            "since": self.since_ms,
            "events": self.events,
        }


class KeyedStream:
    """What comes on one connection by one listen key; of a key that is none, nothing ever does."""

    def __init__(
        self,
        users: Users,
        text: str,
        wanted: frozenset[str] | None,
        connection: int,
        send: Callable[[str], None],
    ) -> None:
        """`wanted`: names of the events that are let through; None: all."""
        self.text = text
        self._wanted = wanted
        self._send = send
        found = users.find_listen_key(text)
        self._hearing = users.hear(found.owner, connection, self._tell) if found is not None else None
        self._users = users

    def _tell(self, event: Event) -> None:
        if self._wanted is None or event.get("e") in self._wanted:
            self._send(as_text(event))

    def expired(self, event: Event) -> None:
        """Its key is valid no more: say so, and nothing else from now on."""
        hearing, self._hearing = self._hearing, None
        if hearing is not None:
            if not self._users.silenced(hearing):
                hearing.tell(event)
            hearing.close()

    def close(self) -> None:
        """The connection is gone, or wants no more of it."""
        self._users.keyed.pop(self, None)
        if self._hearing is not None:
            self._hearing.close()


class Users:
    """What all connections of a host share of accounts."""

    def __init__(
        self, keyring: Keyring, clock: Clock, now_ms: Callable[[], int], rng: Random, troubles: Troubles
    ) -> None:
        """Nobody listens yet, and no account trades. `now_ms`: the exchange's time."""
        self.accounts: dict[str, TradingAccount] = {}
        """By the names that keys have of them."""
        self.done = FillLog()
        """What they have traded."""
        self.keyring = keyring
        self.now_ms = now_ms
        self.gate = Gate(keyring, now_ms, troubles)
        self.hearings: dict[Hearing, None] = {}
        self.keyed: dict[KeyedStream, None] = {}
        self.lost_events = 0
        """Events that a fault kept from a connection."""
        self.listen_key_calls: Counter[str] = Counter()
        """Calls for listen keys, by method."""
        self.refusals: Counter[str] = Counter()
        """Requests of accounts that were refused, by the exchange's code."""
        self._clock = clock
        self._troubles = troubles
        self._listen_keys = ListenKeys(rng)

    def __repr__(self) -> str:
        return f"<Users of {', '.join(self.accounts) or 'no accounts'}, {len(self.hearings)} hear>"

    def open_accounts(self, accounts: Mapping[str, TradingAccount]) -> None:
        """Let accounts trade from now on."""
        self.accounts.update(accounts)
        self.done.follow(accounts)

    def account(self, key: ApiKey) -> TradingAccount:
        """What a key belongs to. Raises Refused where it has nothing on this market."""
        account = self.accounts.get(key.account)
        if account is None:
            raise Refused(-1016, "This service is no longer available.", 503)
        return account

    def silenced(self, hearing: Hearing) -> bool:
        """Whether a connection hears nothing, though it listens."""
        return self.gate.revoked(hearing.owner) or self._troubles.on(Fault.USER_SILENCE, hearing.connection)

    def hear(self, owner: ApiKey, connection: int, deliver: Callable[[Event], None]) -> Hearing:
        """Let a connection hear an account."""
        hearing = Hearing(self, owner, connection, deliver)
        self.hearings[hearing] = None
        return hearing

    def advance(self) -> None:
        """Let everything happen that is due by now."""
        for account in self.accounts.values():
            account.advance()
        self._expire(self._listen_keys.expire(self._clock.monotonic()))

    # Listen keys

    @property
    def _life_s(self) -> float:
        words = self._troubles.hit(Fault.SHORT_LISTEN_KEYS)
        return LISTEN_KEY_LIFE_S if words is None else words.number("seconds")

    def listen_key(self, owner: ApiKey) -> ListenKey:
        """The account's listen key, new or extended."""
        return self._listen_keys.create(owner, self._clock.monotonic(), self._life_s)

    def extend_listen_key(self, owner: ApiKey, text: str = "") -> ListenKey:
        """The account's listen key, extended. Raises Refused where it has none."""
        found = self._listen_keys.extend(owner, self._clock.monotonic(), self._life_s, text)
        if found is None:
            raise Refused(-1125, "This listenKey does not exist.")
        return found

    def close_listen_key(self, owner: ApiKey) -> None:
        """End the account's listen key; whoever listened by it hears no more, and is not told."""
        closed = self._listen_keys.close(owner)
        for stream in [one for one in self.keyed if closed is not None and one.text == closed.text]:
            stream.close()

    def find_listen_key(self, text: str) -> ListenKey | None:
        """A listen key that is valid."""
        return self._listen_keys.find(text, self._clock.monotonic())

    def listen(
        self, text: str, wanted: frozenset[str] | None, connection: int, send: Callable[[str], None]
    ) -> KeyedStream:
        """Let a connection have the events of a listen key, valid or not."""
        stream = KeyedStream(self, text, wanted, connection, send)
        self.keyed[stream] = None
        return stream

    def expire_listen_keys(self) -> None:
        """End every listen key before its time."""
        self._expire(self._listen_keys.end_all())

    def _expire(self, over: Iterable[ListenKey]) -> None:
        for key in over:
            event: Event = {"e": LISTEN_KEY_EXPIRED, "E": self.now_ms(), "listenKey": key.text}
            for stream in [one for one in self.keyed if one.text == key.text]:
                stream.expired(event)

    def report(self) -> dict[str, object]:
        """Who listens and what was asked, as plain values; no key is in it."""
        return {
            "accounts": list(self.accounts),
            "subscriptions": [hearing.as_json() for hearing in self.hearings],
            "listen_keys": self._listen_keys.report(self._clock.monotonic()),
            "listen_key_calls": dict(self.listen_key_calls),
            "listen_key_sockets": len(self.keyed),
            "lost_events": self.lost_events,
            "refusals": dict(self.refusals),
        }


def as_text(event: object) -> str:
    """Plain values as the exchange prints them."""
    return dumps(event, separators=(",", ":"), ensure_ascii=False)
