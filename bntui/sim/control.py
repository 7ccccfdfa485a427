"""The control protocol of the market streams: requests in, replies out, with the exchange's own texts.

Texts and codes are those of web-socket-streams.md, and where that is silent, those that users saw.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError, dumps, loads

from bntui.sim.ledger import Breach
from bntui.sim.listenkeys import could_be_one
from bntui.sim.switches import Switches
from bntui.venue.binance.streams import is_well_formed
from bntui.venue.limits import Limits

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_INT64 = 1 << 63
_ID_TEXT = re.compile(r"[A-Za-z0-9_-]+")
"""The document says alphanumeric; UUIDs with their hyphens are in wide use and taken."""

RequestId = int | str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error reply."""

    code: int
    message: str
    request_id: RequestId = None
    name: object = None
    """What the error is about; named in the nested form where it is known."""

    def text(self, *, nested: bool) -> str:
        """As seen on the wire (nested), or as the document prints it (flat, the id only with code 0)."""
        error: dict[str, object] = {"code": self.code, "msg": self.message}
        if nested:
            named = {} if self.name is None else {"data": self.name}
            return _compact({"error": error, "id": self.request_id} | named)
        return _compact(error | ({"id": self.request_id} if self.code == 0 else {}))


@dataclass(frozen=True, slots=True)
class Ending:
    """The connection will be closed."""

    code: int
    reason: str
    after_s: float = 0.0


@dataclass(slots=True)
class Outcome:
    """What a request leads to."""

    reply: str
    joined: Sequence[str] = ()
    left: Sequence[str] = ()
    ending: Ending | None = None
    breach: tuple[Breach, str] | None = None


INVALID_REQUEST = "Invalid request"
POLICY_VIOLATION = 1008


def _compact(value: object) -> str:
    return dumps(value, separators=(",", ":"), ensure_ascii=False)


@dataclass(slots=True)
class Session:
    """What one connection subscribed to, and how it wants its messages."""

    limits: Limits
    combined: bool
    switches: Switches = field(default_factory=Switches)
    knows: Callable[[str], bool] | None = None
    """Whether a stream exists; None: every well-formed name is taken for one's."""
    streams: dict[str, None] = field(default_factory=dict)

    def handle(self, text: str) -> Outcome:
        """Answer one request."""
        try:
            request = loads(text)
        except JSONDecodeError as error:
            place = f"line {error.lineno} column {error.colno}"
            return self._refuse(Refusal(3, f"Invalid JSON: expected value at {place}"))
        except (ValueError, RecursionError):
            return self._refuse(Refusal(3, "Invalid JSON: expected value at line 1 column 1"))
        if not isinstance(request, dict):
            return self._refuse(Refusal(2, _missing("method", text)))
        request_id = request.get("id")
        if "id" not in request or not self._legal_id(request_id):
            message = "request ID must be an unsigned integer"
            return self._refuse(Refusal(2, f"{INVALID_REQUEST}: {message}"))
        if "method" not in request:
            return self._refuse(Refusal(2, _missing("method", text), request_id))
        method, params = request["method"], request.get("params")
        if method not in METHODS:
            return self._refuse(Refusal(2, _unknown_method(method, text), request_id))
        if method == "LIST_SUBSCRIPTIONS":
            if params:
                return self._refuse(_too_many(request_id))
            return Outcome(_result(list(self.streams), request_id))
        if not isinstance(params, list):
            return self._refuse(Refusal(2, _missing("params", text), request_id))
        match method:
            case "SUBSCRIBE":
                return self._subscribe(params, request_id)
            case "UNSUBSCRIBE":
                return self._unsubscribe(params, request_id)
            case _:
                return self._property(method == "SET_PROPERTY", params, request_id)

    def _legal_id(self, request_id: object) -> bool:
        if request_id is None:
            return True
        if isinstance(request_id, str):
            return len(request_id) <= self.limits.request_id_chars and bool(_ID_TEXT.fullmatch(request_id))
        return (
            isinstance(request_id, int)
            and not isinstance(request_id, bool)
            and -_INT64 <= request_id < _INT64
        )

    def _refuse(self, refusal: Refusal) -> Outcome:
        breach = (Breach.BAD_REQUEST, f"code {refusal.code}: {refusal.message}")
        return Outcome(refusal.text(nested=self.switches.nested_errors), breach=breach)

    def _malformed(self, names: Sequence[object], request_id: RequestId) -> Outcome | None:
        bad = [name for name in names if not self._takes(name)]
        if not bad:
            return None
        named = bad[0] if self.switches.named_errors else None
        outcome = self._refuse(Refusal(2, f"{INVALID_REQUEST}: invalid stream", request_id, named))
        outcome.ending = Ending(POLICY_VIOLATION, INVALID_REQUEST, self.limits.invalid_stream_close_delay_s)
        outcome.breach = (Breach.MALFORMED_STREAM, f"{bad[0]!r} is no stream name")
        return outcome

    def _takes(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if could_be_one(name):
            return True
        if not is_well_formed(name):
            return False
        return self.knows is None or self.knows(name)

    def _subscribe(self, names: Sequence[str], request_id: RequestId) -> Outcome:
        if (outcome := self._malformed(names, request_id)) is not None:
            return outcome
        return self.add(names, request_id)

    def add(self, names: Sequence[str], request_id: RequestId) -> Outcome:
        """Subscribe to well-formed names; those already subscribed to change nothing."""
        joined = [name for name in dict.fromkeys(names) if name not in self.streams]
        count = len(self.streams) + len(joined)
        if count > self.limits.streams_per_connection:
            outcome = self._refuse(Refusal(4, "Too many subscriptions", request_id))
            outcome.ending = Ending(POLICY_VIOLATION, INVALID_REQUEST)
            outcome.breach = (Breach.TOO_MANY_STREAMS, f"{count} streams on one connection")
            return outcome
        self.streams.update(dict.fromkeys(joined))
        return Outcome(_result(None, request_id), joined=joined)

    def _unsubscribe(self, names: Sequence[str], request_id: RequestId) -> Outcome:
        if (outcome := self._malformed(names, request_id)) is not None:
            return outcome
        left = [name for name in dict.fromkeys(names) if name in self.streams]
        for name in left:
            del self.streams[name]
        return Outcome(_result(None, request_id), left=left)

    def _property(self, setting: bool, params: Sequence[object], request_id: RequestId) -> Outcome:
        if not params or not isinstance(params[0], str):
            message = f"{INVALID_REQUEST}: property name must be a string"
            return self._refuse(Refusal(2, message, request_id))
        if len(params) > 1 + setting:
            return self._refuse(_too_many(request_id))
        if params[0] != "combined":
            return self._refuse(Refusal(0, "Unknown property", request_id))
        if not setting:
            return Outcome(_result(self.combined, request_id))
        if len(params) < 2 or not isinstance(params[1], bool):
            return self._refuse(Refusal(1, "Invalid value type: expected Boolean", request_id))
        self.combined = params[1]
        return Outcome(_result(None, request_id))


def _result(result: object, request_id: RequestId) -> str:
    return _compact({"result": result, "id": request_id})


def _too_many(request_id: RequestId) -> Refusal:
    return Refusal(2, f"{INVALID_REQUEST}: too many parameters", request_id)


def _missing(name: str, text: str) -> str:
    return f"{INVALID_REQUEST}: missing field `{name}` at {_place(text, len(text))}"


def _unknown_method(method: object, text: str) -> str:
    known = ", ".join(f"`{name}`" for name in METHODS)
    quoted = dumps(method, ensure_ascii=False)
    end = text.find(quoted) + len(quoted)
    word = method if isinstance(method, str) else quoted
    return f"{INVALID_REQUEST}: unknown variant `{word}`, expected one of {known} at {_place(text, end)}"


def _place(text: str, end: int) -> str:
    """Line and column of the character that ends at `end`, counted from 1."""
    before = text[:end]
    return f"line {before.count(chr(10)) + 1} column {len(before) - before.rfind(chr(10)) - 1}"
