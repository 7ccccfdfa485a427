"""What the exchange says when it refuses, found in its answers and put in words for people.

Sources: errors.md (read 2026-07-21) and the error pages of the derivatives documents (2026-05-28).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

from bntui.venue.binance.values import entries

_SHOWN_CHARS = 200
"""How much of the exchange's own text is shown."""


def error(body: bytes) -> tuple[int, str]:
    """The exchange's own code and text; (0, start of the body) where the body is no error of its."""
    try:
        answer = entries(orjson.loads(body))
        code, words = answer.get("code"), answer.get("msg")
    except ValueError:
        code, words = None, None
    if type(code) is int and type(words) is str:
        return code, _printable(words)
    return 0, _printable(body[: 4 * _SHOWN_CHARS].decode(errors="replace"))


_OURS = re.compile(r"(signature|listenKey)=[^&\s\"'<>]+", re.IGNORECASE)


def _printable(words: str) -> str:
    """Text of the exchange as one line that cannot steer a terminal. Whoever repeats what he was asked, such
    as a proxy's page, repeats no signature."""
    words = _OURS.sub(r"\1=****", words)
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())[:_SHOWN_CHARS]


SPOT_HOSTS = (
    "For Spot market data these often work: --rest-url https://data-api.binance.vision "
    "--stream-url wss://data-stream.binance.vision"
)
"""Addresses that often answer where the usual ones are blocked."""

_TOO_MUCH_WEIGHT = (
    "The exchange wants fewer requests from this IP (HTTP 429).",
    "bntui pauses its requests as long as the exchange asks; streams go on. Look for another program on "
    "this IP that polls.",
)
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    403: (
        "The exchange's firewall refused the request (HTTP 403).",
        "bntui waits before it asks again. A VPN, a proxy or a shared IP is the usual cause.",
    ),
    404: (
        "There is no such address at the exchange (HTTP 404).",
        "Check --env and the endpoint overrides.",
    ),
    418: (
        "The exchange has banned this IP for too many requests (HTTP 418).",
        "bntui sends nothing until the ban ends. Stop whatever sends too much, or the next ban is longer.",
    ),
    429: _TOO_MUCH_WEIGHT,
    451: (
        "The exchange does not serve this location (HTTP 451).",
        "bntui does not try again.",
    ),
}
_BY_CODE: Mapping[int, tuple[str, str]] = {
    -1003: _TOO_MUCH_WEIGHT,
    -1007: (
        "The exchange's own systems did not answer it in time.",
        "bntui asks again; it is not known whether the request took effect.",
    ),
    -1021: (
        "The exchange refused the request's time: the clocks disagree.",
        "Check that this machine's clock is synchronised.",
    ),
    -1022: (
        "The exchange refused the request's signature.",
        "Check that the secret or private key belongs to the API key.",
    ),
    -1121: (
        "The exchange has no such symbol.",
        "Symbols read like BTCUSDT; check the spelling, the market and the environment.",
    ),
    -2014: ("The exchange cannot read the API key.", "Check that it was copied whole."),
    -2015: (
        "The exchange refused the API key, this IP, or a permission.",
        "Check that the key exists, may read, and allows this IP.",
    ),
}
_PLACE_REFUSED = frozenset({403, 451})
"""Statuses that other hosts of the exchange may not answer with."""

_SERVER_FAULT = 500
_BANNED_UNTIL = re.compile(r"banned until ([0-9]{13})(?![0-9])")


def explain(status: int, code: int, words: str, other_hosts: str = SPOT_HOSTS) -> tuple[str, str]:
    """A refusal by REST or by a websocket handshake, for people: what happened, and what to do.

    `status` is HTTP's; `code` and `words` are what `error` found in the body. `other_hosts` says which
    addresses often work where the usual ones are blocked. Never raises.
    """
    known = _BY_STATUS.get(status) or _BY_CODE.get(code)
    if known is not None:
        message, hint = known
        if status in _PLACE_REFUSED and other_hosts:
            hint = f"{hint} {other_hosts}"
        return f"{message}{_until(words)}", hint
    # Without a code the words are a web page or another program's, and say nothing to people.
    said = f" {_printable(words)}" if code else ""
    if status >= _SERVER_FAULT:
        return (
            f"The exchange has trouble of its own (HTTP {status}).{said}",
            "bntui tries again; nothing on this machine needs a change.",
        )
    if not code:
        return (
            f"Something answered that is not the exchange's API (HTTP {status}).",
            "A proxy, a login page of the network or a wrong endpoint override is the usual cause.",
        )
    return (
        f"The exchange refused the request (HTTP {status}, code {code}).{said}",
        "If it stays so, this is a fault of bntui: please report it with this line.",
    )


def _until(words: str) -> str:
    match = _BANNED_UNTIL.search(words)
    if match is None:
        return ""
    end = datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    return f" The ban ends at {end:%Y-%m-%d %H:%M:%S} UTC."
