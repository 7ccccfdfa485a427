"""The health of the whole program out of the health of its markets: the worst that any of them says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bntui.model.judged import HealthView
from bntui.model.markets import Market


def whole_health(parts: Mapping[Market, HealthView]) -> HealthView:
    """One view of several markets, of which there is at least one; the first is the one that says what only
    one of them can. A REST failure names its market where there are others."""
    views = list(parts.values())
    if len(views) == 1:
        return views[0]
    offsets = [view.clock_offset_ms for view in views if view.clock_offset_ms is not None]
    failures = [f"{market}: {view.rest_reason}" for market, view in parts.items() if not view.rest_ok]
    elsewhere = {view.second_endpoint_ok for view in views} - {None}
    answered = [view.rest_at for view in views if view.rest_at is not None]
    return replace(
        views[0],
        clock_offset_ms=max(offsets, key=abs, default=None),
        loop_lag_ms=max(view.loop_lag_ms for view in views),
        rest_ok=not failures,
        rest_reason="; ".join(failures),
        unknown_events=sum(view.unknown_events for view in views),
        malformed_frames=sum(view.malformed_frames for view in views),
        messages_per_s=sum(view.messages_per_s for view in views),
        bytes_per_s=sum(view.bytes_per_s for view in views),
        # One host that can be reached proves that the network stands.
        second_endpoint_ok=(True in elsewhere) if elsewhere else None,
        conflated=sum(view.conflated for view in views),
        rest_at=max(answered, default=None),
    )
