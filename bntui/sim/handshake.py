"""What a websocket handshake asks for, and how it is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Response

from bntui.venue.binance.streams import is_well_formed

GEO_BLOCK = (
    b'{"code":0,"msg":"Service unavailable from a restricted location according to \'b. Eligibility\' in '
    b"https://www.binance.com/en/terms. Please contact customer service if you believe you received this "
    b'message in error."}'
)
"""The body of a 451, as users report it."""
_REASONS = {
    403: "Forbidden",
    404: "Not Found",
    418: "I'm a teapot",
    429: "Too Many Requests",
    451: "Unavailable For Legal Reasons",
    503: "Service Unavailable",
}


class Target:
    """What a handshake asks for: `/ws/<stream>/…` or `/stream?streams=<stream>/…`."""

    def __init__(self, path: str) -> None:
        """Take a request path apart. Raises ValueError where no such path exists."""
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        place = parts.path.rstrip("/")
        self.path = path
        self.combined = place == "/stream"
        if self.combined:
            names = query.get("streams", "")
        elif place == "/ws" or place.startswith("/ws/"):
            names = unquote(place[len("/ws/") :])
        else:
            raise ValueError(f"there is nothing at {parts.path}")
        self.micro = query.get("timeUnit", "").upper() == "MICROSECOND"
        self.names = [name for name in names.split("/") if is_well_formed(name)]
        """Well-formed names only: `/ws/0` and an empty `streams=` ask for nothing."""


def refusal(status: int, retry_after_s: int | None = None) -> Response:
    """An HTTP answer other than 101."""
    body = GEO_BLOCK if status == 451 else b""
    headers = Headers([("Content-Length", str(len(body))), ("Connection", "close")])
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return Response(status, _REASONS.get(status, "Refused"), headers, body)
