"""What a failed attempt means: one function decides, everybody else obeys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from bntui.model.incident import clock_time
from bntui.model.text import one_line
from bntui.venue.limits import Limits

ABNORMAL = 1006
"""The code that stands for «no close frame came» (RFC 6455, section 7.4.1); it is never sent."""


PROTOCOL_ERROR = "protocol error"
"""How the reason begins when the server broke the rules of websockets, and our library gave it up."""


NOT_BEFORE = ": not before "
"""What stands between a refusal and the time until which it holds."""


class Reach(StrEnum):
    """How far a failure reaches."""

    SHARD = "shard"
    """This connection only."""
    HOST = "host"
    """Every connection to the host: it is down or cannot be reached."""
    IP = "ip"
    """Everything from this IP: the exchange refuses us."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that did not end in an open websocket."""

    text: str
    """In words, for people: `connection refused`."""
    status: int | None = None
    """HTTP status of the handshake's answer, where there was one."""
    retry_after_s: float | None = None
    tls: bool = False
    """The certificate or the TLS handshake was refused."""

    def dated(self, wall_ms: int) -> Failure:
        """The same with the time until which the server asks to be left alone, where it does."""
        if self.retry_after_s is None:
            return self
        until = clock_time(wall_ms + self.retry_after_s * 1_000, wall_ms)
        return replace(self, text=f"{self.text}{NOT_BEFORE}{until}")


def retry_after_s(text: str, limits: Limits) -> float | None:
    """The seconds of a Retry-After header; None for one that names none. Never longer than a ban can be."""
    return min(float(text), limits.ban_longest_s) if text.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Policy:
    """What to do about a failure."""

    reach: Reach
    fatal: bool
    """Trying again cannot mend it."""
    least_wait_s: float


def policy(failure: Failure, limits: Limits) -> Policy:
    """Decide who waits and how long.

    403, 418, 429 and 451 at the handshake: reference, sections 1.6 and 4.4, read 2026-07-21; their
    meaning at the stream hosts is reported, not documented.
    """
    match failure.status:
        case 451:
            return Policy(Reach.IP, True, 0.0)
        case 418:
            return Policy(Reach.IP, False, failure.retry_after_s or limits.ban_first_s)
        case 429:
            return Policy(Reach.IP, False, failure.retry_after_s or limits.own_backoff_forbidden_s)
        case 403:
            return Policy(Reach.IP, False, failure.retry_after_s or limits.own_backoff_forbidden_s)
        case 404 | 414:
            return Policy(Reach.SHARD, True, 0.0)
        case int(status) if 400 <= status < 500:
            return Policy(Reach.SHARD, False, failure.retry_after_s or 0.0)
        case int():
            return Policy(Reach.HOST, False, failure.retry_after_s or 0.0)
        case _:
            return Policy(Reach.HOST, False, 0.0)


def rest_least_wait_s(status: int, retry_after: float | None, limits: Limits) -> float:
    """How long REST is left alone after a failure: at least the pace of probes, for ever after a 451.

    429 and 418 block the weight budget besides, which is what counts for them.
    """
    if status == 451:
        return inf
    least_s = limits.own_backoff_forbidden_s if status == 403 else limits.own_host_probe_s
    return max(least_s, retry_after or 0.0)


def close_wait_s(code: int | None, reason: str, limits: Limits) -> float:
    """The least wait after an open connection was closed; 1008 for too many requests needs a long one."""
    if code == 1008 and "too many" in reason.lower():
        return limits.own_backoff_too_many_s
    return 0.0


def describe_close(code: int | None, reason: str, by_us: bool) -> str:
    """A close in words. The reason is the server's text and may hold anything."""
    reason = one_line(reason)
    if by_us:
        return reason or "closed by bntui"
    if reason.startswith(PROTOCOL_ERROR):
        return f"{reason} (given up with {code})"
    if code is None or code == ABNORMAL:
        return f"lost without a close frame{f' ({reason})' if reason else ''}"
    return f"closed by the server: {code}{f' {reason}' if reason else ''}"
