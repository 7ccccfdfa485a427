"""Incidents to tell of: one of each kind, whose fields can be replaced by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bntui.feed.core.failures import describe_close
from bntui.model.markets import Market
from bntui.model.views import OutageView

HOSTILE = "[bold]x[/] \x1b[2J\n# <b>y</b> *z* `c` | http://evil.example @all \u202e _u_"

BEGAN_MS = 1_767_225_540_000
"""2025-12-31 23:59:00 UTC: what begins here may end on another day, in another year."""

LATER_MS = BEGAN_MS + 86_400_000


def incident(**changes: Any) -> OutageView:
    """A loss of 20 s on connection 3; fields can be replaced by name."""
    began = changes.get("began_ms", BEGAN_MS)
    return replace(
        OutageView(
            id=7,
            shard=3,
            market=Market.SPOT,
            began_ms=began,
            cause=describe_close(None, "ConnectionResetError", False),
            close_code=None,
            streams=400,
            ended_ms=began + 20_000,
            blind_s=20.0,
            planned=False,
            closed_by="network",
            hit="BTCUSDT quotes, BTCUSDT trades",
        ),
        **changes,
    )


def ongoing(**changes: Any) -> OutageView:
    return incident(**{"ended_ms": None, "blind_s": None} | changes)


def closed(code: int, reason: str, **changes: Any) -> OutageView:
    return incident(cause=describe_close(code, reason, False), close_code=code, closed_by="server", **changes)


def hole(**changes: Any) -> OutageView:
    """Three trades that never came, on a stream that flowed."""
    kept = {"cause": "ids missing on a live stream", "silent": True, "streams": 1, "closed_by": ""}
    return incident(**kept | {"blind_s": 0.0, "ended_ms": BEGAN_MS, "hit": "", "missing": 3} | changes)


def silence(**changes: Any) -> OutageView:
    """Two streams that were silent for six seconds before it was noticed."""
    why = "BTCUSDT trades: REST shows id 9, this stream stopped at 4"
    kept = {"cause": why, "silent": True, "streams": 2, "closed_by": "", "blind_s": 26.0}
    return incident(**kept | {"hit": "BTCUSDT trades, BTCUSDT quotes"} | changes)
