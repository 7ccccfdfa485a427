"""What follows when the exchange refuses something that concerns an account.

Sources: errors.md (read 2026-07-21), the error pages of the derivatives documents (2026-05-28); -2028 and
-1193 are reported, not documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bntui.model.text import one_line
from bntui.venue.binance.refusals import explain
from bntui.venue.user import RefusalKind, Refused

_GONE = 410

_BY_STATUS: Mapping[int, RefusalKind] = MappingProxyType(
    {
        401: RefusalKind.KEY,
        403: RefusalKind.PATIENCE,
        408: RefusalKind.TROUBLE,
        _GONE: RefusalKind.KEY,
        418: RefusalKind.PATIENCE,
        429: RefusalKind.PATIENCE,
        # No key changes where this machine stands.
        451: RefusalKind.KEY,
    }
)
_BY_CODE: Mapping[int, RefusalKind] = MappingProxyType(
    {
        **dict.fromkeys((-1000, -1001, -1006, -1007, -1008, -1016), RefusalKind.TROUBLE),
        **dict.fromkeys((-1002, -1022, -1193, -2008, -2014, -2015, -2028), RefusalKind.KEY),
        -1003: RefusalKind.PATIENCE,
        -1021: RefusalKind.CLOCK,
        -1121: RefusalKind.NO_SYMBOL,
        -1125: RefusalKind.NO_LISTEN_KEY,
        -2035: RefusalKind.SUBSCRIBED,
        -2036: RefusalKind.NOT_SUBSCRIBED,
    }
)
_SERVER_FAULT = 500

_MORE_TO_DO: Mapping[int, str] = MappingProxyType(
    {
        -2028: "Only an Ed25519 key can log on: let this account use the method signature.",
        -1193: "Let this account use the method signature, which needs no session.",
    }
)


def judge(status: int, code: int, words: str, wait_s: float = 0.0) -> Refused:
    """What happened, in the exchange's own words too, and what follows. `status` 0: there was no answer."""
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if kind is None:
        in_trouble = status == 0 or status >= _SERVER_FAULT
        kind = RefusalKind.TROUBLE if in_trouble else RefusalKind.OTHER
    said = one_line(words)
    if status == 0:
        return Refused(kind, said, "", wait_s)
    if status == _GONE:
        gone = f"The exchange no longer has what was asked for (HTTP {status})."
        return Refused(kind, f"{gone} {said}".strip(), "Check --env: other environments have it.", wait_s)
    message, hint = explain(status, code, words)
    if code and said not in message:
        message = f"{message} It said: {said} ({code})"
    return Refused(kind, message, _MORE_TO_DO.get(code, hint), wait_s)
