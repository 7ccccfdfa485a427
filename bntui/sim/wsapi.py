"""A conversation over the WebSocket API: who is logged on, who hears which account, and every answer.

Rules and texts are those of web-socket-api.md (read 2026-07-21), and where that is silent those that users
saw: -2028 and -1193 (maxt, measured 2026-07-31).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import dumps

from bntui.sim.exchange import Exchange
from bntui.sim.faults import Fault
from bntui.sim.gate import OF_REQUEST, rejected_key
from bntui.sim.keys import ApiKey
from bntui.sim.ledger import Breach
from bntui.sim.parameters import Call, Parameters, Refused, invalid, missing
from bntui.sim.rules import Denial
from bntui.sim.signedrest import ACCOUNT_CALLS, bare
from bntui.sim.turnstile import ban_text, call_weight, weight_text
from bntui.sim.users import Event, Hearing, as_text
from bntui.sim.wsmethods import (
    ACCOUNT_METHODS,
    FUTURES_ACCOUNT_METHODS,
    FUTURES_MARKET_METHODS,
    LISTEN_KEY_METHODS,
    MARKET_METHODS,
)
from bntui.sim.wsrequests import Request, only, read
from bntui.venue.binance.account_limits import SUBSCRIPTIONS_PER_LIFE, WS_API_SESSION_WEIGHT

_OK = 200
TERMINATED = "eventStreamTerminated"


@dataclass(slots=True)
class _Subscription:
    """One account whose events come on this connection."""

    number: int
    hearing: Hearing
    by_session: bool
    """Begun by whoever is logged on, and so ended with that."""
    ends_at: float | None


class Conversation:
    """What one client asks on one connection, and what it is answered."""

    def __init__(
        self,
        exchange: Exchange,
        calls: Mapping[str, Call],
        address: str,
        connection: int,
        send: Callable[[str], None],
        *,
        tells_limits: bool = True,
        micro: bool = False,
        most_subscriptions: int = SUBSCRIPTIONS_PER_LIFE,
    ) -> None:
        """`calls`: what REST answers to anybody. `send` takes events; `tells_limits` and `micro` are what the
        address asked for."""
        self.banned = False
        """Whether the address was banned; its connection is to end."""
        self._exchange = exchange
        self._users = exchange.users
        self._calls = calls
        self._address = address
        self._connection = connection
        self._send = send
        self._tells_limits = tells_limits
        self._micro = micro
        self._most = most_subscriptions
        self._connected_ms = exchange.now_ms
        self._owner: ApiKey | None = None
        self._authorized_ms: int | None = None
        self._subscriptions: dict[int, _Subscription] = {}
        self._next = 0
        spot = exchange.house.subscribes_accounts
        self._market_methods = MARKET_METHODS if spot else FUTURES_MARKET_METHODS
        self._account_methods = ACCOUNT_METHODS if spot else FUTURES_ACCOUNT_METHODS
        self._session_methods: dict[str, Callable[[Request], object]] = {
            "session.logon": self._log_on,
            "session.status": self._status,
            "session.logout": self._log_out,
        }
        if spot:
            self._session_methods |= {
                "session.subscriptions": self._list,
                "userDataStream.subscribe": self._subscribe,
                "userDataStream.subscribe.signature": self._subscribe_signed,
                "userDataStream.unsubscribe": self._unsubscribe,
            }

    def __len__(self) -> int:
        """How many accounts' events come on this connection."""
        return len(self._subscriptions)

    async def answer(self, text: str) -> str:
        """The reply to one request."""
        try:
            request = read(text, tells_limits=self._tells_limits)
        except Refused as refused:
            self._exchange.breach(Breach.BAD_REQUEST, refused.message, self._connection)
            return self._reply(None, refused, self._tells_limits)
        denial = self._charge(request)
        if denial is not None:
            return self._denied(request, denial)
        if (withdrawn := self._withdrawn()) is not None:
            return withdrawn
        try:
            result = await self._result(request)
        except Refused as refused:
            self._users.refusals[str(refused.code)] += 1
            return self._reply(request.id, refused, request.tells_limits)
        return self._reply(request.id, result, request.tells_limits)

    # Charging

    def _charge(self, request: Request) -> Denial | None:
        exchange, name = self._exchange, self._call(request.method)
        weight = WS_API_SESSION_WEIGHT
        if name is not None:
            weight = call_weight(name, request.given, exchange.house.calls)
        rules = exchange.doors.address(self._address)
        exchange.ledger.requests[f"{exchange.house.ws_api_path} {self._known(request.method)}"] += 1
        return rules.request(weight, exchange.clock.monotonic(), exchange.clock.wall_ms())

    def _known(self, method: str) -> str:
        """A method's name for the report; unknown ones are counted together."""
        known = method in self._session_methods or method in LISTEN_KEY_METHODS or self._call(method)
        return method if known else "unknown method"

    def _call(self, method: str) -> str | None:
        """The word of the call of REST that a method equals."""
        if method in LISTEN_KEY_METHODS:
            return "listen_key" if "listen_key" in self._exchange.house.calls else None
        return self._market_methods.get(method) or self._account_methods.get(method)

    # Answering

    async def _result(self, request: Request) -> object:
        method = request.method
        if method in self._market_methods:
            call = self._calls[self._market_methods[method]]
            given = list(request.given.items())
            return _Raw(await call.answer(Parameters(given, call.allowed, micro=self._micro)))
        if method in self._account_methods:
            owner = self._signer(request)
            name = ACCOUNT_CALLS[self._account_methods[method]]
            return self._users.account(owner).rest(name, bare(request.given))
        if method in LISTEN_KEY_METHODS:
            return self._listen_key(request)
        if method not in self._session_methods:
            raise invalid("method")
        return self._session_methods[method](request)

    def _signer(self, request: Request) -> ApiKey:
        """Whoever signed the request, or is logged on where nobody did."""
        if self._owner is not None and "apiKey" not in request.given:
            self._users.gate.check_time(request.given)
            return self._owner
        given = request.given
        if "apiKey" not in given:
            raise missing("apiKey")
        return self._users.gate.signed(given["apiKey"], self._address, given, request.signed)

    def _listen_key(self, request: Request) -> object:
        users, does = self._users, LISTEN_KEY_METHODS[request.method]
        if "listen_key" not in self._exchange.house.calls:
            raise Refused(-1016, "This service is no longer available.", 410)
        users.listen_key_calls[does] += 1
        text = request.given.get("apiKey", "") or (self._owner.api_key if self._owner else "")
        owner = users.gate.key(text, self._address)
        if does == "POST":
            return {"listenKey": users.listen_key(owner).text}
        if does == "PUT":
            return {"listenKey": users.extend_listen_key(owner, request.given.get("listenKey", "")).text}
        users.close_listen_key(owner)
        return {}

    # The session

    def _log_on(self, request: Request) -> object:
        given = request.given
        if "apiKey" not in given:
            raise missing("apiKey")
        only(given, OF_REQUEST)
        owner = self._users.gate.session(given["apiKey"], self._address, given, request.signed)
        if self._owner is not None and self._owner is not owner:
            self._end_of_session()
        self._owner, self._authorized_ms = owner, self._exchange.now_ms
        return self._status(None)

    def _status(self, request: Request | None) -> object:
        if request is not None:
            only(request.given)
        by_session = any(one.by_session for one in self._subscriptions.values())
        return {
            "apiKey": self._owner.api_key if self._owner else None,
            "authorizedSince": self._authorized_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": self._tells_limits,
            "serverTime": self._exchange.now_ms,
            "userDataStream": by_session if self._exchange.house.subscribes_accounts else None,
        }

    def _log_out(self, request: Request) -> object:
        only(request.given)
        self._end_of_session()
        return self._status(None)

    def _end_of_session(self) -> None:
        self._owner = self._authorized_ms = None
        for one in [one for one in self._subscriptions.values() if one.by_session]:
            self._end(one)

    def _withdrawn(self) -> str | None:
        """What is said, once, when a key in use counts no more; it carries no id."""
        revoked = self._users.gate.revoked
        over = [one for one in self._subscriptions.values() if revoked(one.hearing.owner)]
        if not over and (self._owner is None or not revoked(self._owner)):
            return None
        for one in over:
            one.hearing.close()
            del self._subscriptions[one.number]
        if self._owner is not None and revoked(self._owner):
            self._owner = self._authorized_ms = None
        self._users.refusals["-2015"] += 1
        return self._reply(None, rejected_key(), False)

    # Events

    def _list(self, request: Request) -> object:
        only(request.given)
        return [{"subscriptionId": number} for number in self._subscriptions]

    def _subscribe(self, request: Request) -> object:
        only(request.given)
        if self._owner is None:
            raise Refused(-1193, "WebSocket session not authenticated.")
        return self._begin(self._owner, by_session=True)

    def _subscribe_signed(self, request: Request) -> object:
        given = request.given
        only(given, OF_REQUEST)
        if "apiKey" not in given:
            raise missing("apiKey")
        owner = self._users.gate.signed(given["apiKey"], self._address, given, request.signed)
        return self._begin(owner, by_session=False)

    def _begin(self, owner: ApiKey, *, by_session: bool) -> object:
        if any(one.hearing.owner.account == owner.account for one in self._subscriptions.values()):
            raise Refused(-2035, "User Data Stream subscription already active.")
        if self._next >= self._most:
            raise Refused(-2042, "Maximum subscription ID reached for this connection.")
        number, self._next = self._next, self._next + 1
        words = self._exchange.faults.hit(Fault.SHORT_SUBSCRIPTIONS)
        ends_at = None if words is None else self._exchange.clock.monotonic() + words.number("seconds")
        hearing = self._users.hear(owner, self._connection, lambda event: self._tell(number, event))
        self._subscriptions[number] = _Subscription(number, hearing, by_session, ends_at)
        return {"subscriptionId": number}

    def _tell(self, number: int, event: Event) -> None:
        self._send(f'{{"subscriptionId":{number},"event":{as_text(event)}}}')

    def _unsubscribe(self, request: Request) -> object:
        only(request.given, {"subscriptionId"})
        text = request.given.get("subscriptionId")
        if text is None:
            over = list(self._subscriptions.values())
        elif text.isdecimal() and int(text) in self._subscriptions:
            over = [self._subscriptions[int(text)]]
        else:
            over = []
        if not over:
            raise Refused(-2036, "User Data Stream subscription not active.")
        for one in over:
            self._end(one)
        return {}

    def _end(self, one: _Subscription) -> None:
        """End a subscription, and say so unless a fault keeps even that back."""
        del self._subscriptions[one.number]
        if not self._users.silenced(one.hearing):
            one.hearing.tell({"e": TERMINATED, "E": self._exchange.now_ms})
        one.hearing.close()

    def terminate(self) -> None:
        """End every subscription, and say so."""
        for one in list(self._subscriptions.values()):
            self._end(one)

    def tick(self, now: float) -> None:
        """End what has lasted as long as it was to."""
        for one in list(self._subscriptions.values()):
            if one.ends_at is not None and one.ends_at <= now:
                self._end(one)

    def close(self) -> None:
        """The connection is gone."""
        for one in self._subscriptions.values():
            one.hearing.close()
        self._subscriptions.clear()

    # Writing

    def _reply(self, request_id: int | str | None, result: object, tells_limits: bool) -> str:
        """A reply; `result` is what is answered, or why it is not."""
        head = f'{{"id":{dumps(request_id)},"status":'
        if isinstance(result, Refused):
            body = f'{result.status},"error":{as_text({"code": result.code, "msg": result.message})}'
        else:
            body = f'{_OK},"result":{result.text if isinstance(result, _Raw) else as_text(result)}'
        return f"{head}{body}{self._limits() if tells_limits else ''}}}"

    def _limits(self) -> str:
        exchange = self._exchange
        window_s = exchange.limits.request_weight_window_s
        interval, number = ("MINUTE", window_s / 60) if window_s % 60 == 0 else ("SECOND", window_s)
        row = {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": interval,
            "intervalNum": round(number),
            "limit": round(exchange.limits.request_weight),
            "count": exchange.doors.address(self._address).used_weight,
        }
        return f',"rateLimits":{as_text([row])}'

    def _denied(self, request: Request, denial: Denial) -> str:
        """429 or 418; when to come back is told as a moment in milliseconds, unlike over REST."""
        exchange = self._exchange
        self.banned = bool(denial.banned_until_ms)
        kind = Breach.BANNED if self.banned else Breach.WEIGHT
        exchange.breach(kind, f"a request, answered with {denial.status}", self._connection)
        now_ms = exchange.now_ms
        until_ms = now_ms + 1000 * denial.retry_after_s
        if self.banned:
            until_ms = denial.banned_until_ms + now_ms - exchange.clock.wall_ms()
        text = ban_text(until_ms) if self.banned else weight_text(exchange.limits)
        error = {"code": -1003, "msg": text, "data": {"serverTime": now_ms, "retryAfter": until_ms}}
        tail = self._limits() if request.tells_limits else ""
        return f'{{"id":{dumps(request.id)},"status":{denial.status},"error":{as_text(error)}{tail}}}'


class _Raw:
    """An answer that is JSON already."""

    def __init__(self, text: str) -> None:
        self.text = text
