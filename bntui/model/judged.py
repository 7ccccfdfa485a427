"""The verdict as it is made known, and what the engine says of its health: what a screen shows before an
engine has answered."""

from __future__ import annotations

from dataclasses import dataclass

from bntui.model.states import Grade


@dataclass(frozen=True, slots=True)
class HealthView:
    """What concerns the whole program."""

    clock_offset_ms: float | None
    """Exchange's clock less ours; None before the first sample."""
    loop_lag_ms: float
    rest_ok: bool
    rest_reason: str
    unknown_events: int
    malformed_frames: int
    messages_per_s: float
    bytes_per_s: float
    second_endpoint_ok: bool | None = None
    """While connections are down: whether another host of the exchange can be reached; None: not tried."""
    conflated: int = 0
    """Quotes passed by since the start, because the machine could not keep up; nothing else ever is."""
    rest_at: float | None = None
    """When REST answered last with what it was asked for."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The answer to «am I blind?»."""

    grade: Grade
    sentence: str
    since: float
    """When this grade began."""
    suspect: str = ""
    """Whose fault it seems to be, with the evidence; empty while all is well."""


def empty_health() -> HealthView:
    """What is known before anything is."""
    return HealthView(None, 0.0, True, "", 0, 0, 0.0, 0.0)
