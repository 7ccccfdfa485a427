"""What a websocket handshake asks for, and how it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Response

from bntui.sim.house import SPOT_HOUSE, House
from bntui.sim.listenkeys import could_be_one
from bntui.venue.binance.streams import is_well_formed

GEO_BLOCK = (
    b'{"code":0,"msg":"Service unavailable from a restricted location according to \'b. Eligibility\' in '
    b"https://www.binance.com/en/terms. Please contact customer service if you believe you received this "
    b'message in error."}'
)
"""The body of a 451, as users report it."""
FIREWALL = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
"""A firewall in front of the exchange says it in HTML."""
_SAFE_LINE = 4_000
"""Longer request lines are kept from the library, whose parser takes 8,192 bytes."""
_AROUND_TARGET = len("GET  HTTP/1.1")
_REASONS = {
    403: "Forbidden",
    404: "Not Found",
    414: "URI Too Long",
    418: "I'm a teapot",
    429: "Too Many Requests",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Aim(Protocol):
    """What a handshake asks for, at whatever host."""

    path: str
    """All of it, with the query."""
    micro: bool
    """Whether times are to be in microseconds."""


class Target:
    """What a handshake asks for: `/ws/<stream>/…` or `/stream?streams=<stream>/…`, behind a path or not.

    Listen keys stand in the path like streams, or in the query, each with the names of its events.
    """

    def __init__(self, path: str, house: House = SPOT_HOUSE) -> None:
        """Take a request path apart. Raises ValueError where no such path exists."""
        path = readable(path)
        parts = urlsplit(path)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = dict(pairs)
        root = next((root for root in house.roots if root and f"{parts.path}/".startswith(f"{root}/")), "")
        place = parts.path[len(root) :].rstrip("/")
        self.path = path
        self.root = house.roots[root]
        """The path that decides which streams flow."""
        self.combined = place == "/stream"
        if self.combined:
            names = query.get("streams", "")
        elif place == "/ws" or place.startswith("/ws/"):
            names = unquote(place[len("/ws/") :])
        else:
            raise ValueError(f"there is nothing at {parts.path}")
        self.micro = house.microseconds and query.get("timeUnit", "").upper() == "MICROSECOND"
        self.names = [name for name in names.split("/") if is_well_formed(name) or could_be_one(name)]
        """Well-formed names only: `/ws/0` and an empty `streams=` ask for nothing."""
        self.listen_keys = _listen_keys(pairs)
        """Those of the query, each with the names of the events that it asks for; None: it names none."""


def readable(path: str) -> str:
    """A request path as text; bytes outside ASCII that were not percent-encoded arrive as surrogates."""
    return path.encode("ascii", "surrogateescape").decode(errors="replace")


def _listen_keys(pairs: Sequence[tuple[str, str]]) -> dict[str, frozenset[str] | None]:
    """`listenKey=K1&events=A/B&listenKey=K2`: events belong to the key before them."""
    found: dict[str, frozenset[str] | None] = {}
    for name, value in pairs:
        if name == "listenKey" and value and len(found) < _MOST_LISTEN_KEYS:
            found[value] = None
        elif name == "events" and found:
            found[next(reversed(found))] = frozenset(filter(None, value.split("/"))) or None
    return found


_MOST_LISTEN_KEYS = 100
"""Of one address; further ones are not read."""


class RequestHead:
    """The first bytes of a handshake.

    A long request line is taken out before the library sees it; one that is too long is read to its end,
    so that the refusal arrives, and forgotten while it is read.
    """

    def __init__(self, most_chars: float) -> None:
        """`most_chars`: the longest path, with its query, that is taken."""
        self._most = most_chars
        self._bytes = bytearray()
        self.path: str | None = None
        """The path, where it was taken out."""
        self.too_long = False
        self.complete = False
        """Whether nothing more of a head that is too long will come."""

    def feed(self, data: bytes) -> bytes | None:
        """Take some bytes. What the library is to read instead of all so far; None: not yet, or never."""
        self._bytes += data
        if not self.too_long:
            line, found, rest = self._bytes.partition(b"\r\n")
            # Without the line's end, the last byte may be the first half of it.
            self.too_long = len(line) > self._most + _AROUND_TARGET + (not found)
            if not self.too_long:
                return self._passed_on(line, rest) if found else None
        self.complete = b"\r\n\r\n" in self._bytes
        del self._bytes[:-3]
        return None

    def _passed_on(self, line: bytearray, rest: bytearray) -> bytes:
        if len(line) <= _SAFE_LINE:
            return bytes(self._bytes)
        method, _, tail = line.decode("ascii", "surrogateescape").partition(" ")
        self.path, _, version = tail.rpartition(" ")
        return f"{method} / {version}\r\n".encode("ascii", "surrogateescape") + rest


def refusal(status: int, retry_after_s: int | None = None) -> Response:
    """An HTTP answer other than 101."""
    body = GEO_BLOCK if status == 451 else FIREWALL if status == 403 else b""
    headers = Headers([("Content-Length", str(len(body))), ("Connection", "close")])
    if body:
        headers["Content-Type"] = "text/html" if body is FIREWALL else "application/json;charset=UTF-8"
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return Response(status, _REASONS.get(status, "Refused"), headers, body)
