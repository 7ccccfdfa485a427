"""Reads requests to the WebSocket API (web-socket-api.md, Request format; read 2026-07-21)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from json import loads

from bntui.sim.parameters import Refused, illegal, missing
from bntui.sim.users import as_text

_INT64 = 1 << 63
_ID_TEXT = re.compile(r"[A-Za-z0-9_-]{1,36}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read."""

    id: int | str | None
    method: str
    given: Mapping[str, str]
    """Its parameters as texts."""
    signed: str
    """What was to be signed."""
    tells_limits: bool


def read(text: str, *, tells_limits: bool) -> Request:
    """Take a request apart; `tells_limits`: what holds where it does not say so itself. Raises Refused."""
    try:
        said = loads(text, parse_float=str)
    except (ValueError, RecursionError):
        raise Refused(-1135, "Invalid JSON Request") from None
    if not isinstance(said, dict):
        raise Refused(-1135, "Invalid JSON Request")
    number = said.get("id")
    if not _is_id(number):
        raise illegal("id", "^[a-zA-Z0-9-_]{1,36}$")
    method, params = said.get("method"), said.get("params", {})
    if not isinstance(method, str):
        raise missing("method")
    if not isinstance(params, dict):
        raise Refused(-1135, "JSON sent for parameter 'params' is not valid")
    given = {name: _text(name, value) for name, value in params.items() if value is not None}
    signed = signed_text(given)
    limits = given.pop("returnRateLimits", _text("", tells_limits))
    return Request(number, method, given, signed, limits != "false")


def signed_text(given: Mapping[str, str]) -> str:
    """What was to be signed: every parameter but the signature, sorted by name, as it is."""
    return "&".join(f"{name}={given[name]}" for name in sorted(given) if name != "signature")


def only(given: Mapping[str, str], allowed: frozenset[str] | set[str] = frozenset()) -> None:
    """Refuse parameters that a method does not take."""
    read = sum(name in allowed for name in given)
    if read < len(given):
        raise Refused(
            -1104,
            f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(given)}'.",
        )


def _is_id(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return bool(_ID_TEXT.fullmatch(value))
    return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64


def _text(name: str, value: object) -> str:
    """A parameter as it stands in what is signed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list):
        return as_text(value)
    raise Refused(-1135, f"JSON sent for parameter '{name}' is not valid")
