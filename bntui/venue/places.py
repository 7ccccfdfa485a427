"""Where a market is reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one market in one environment; no path, no trailing slash."""

    rest: str
    streams: str
    ws_api: str
    proxy: str = ""
    """What the settings name to go through; empty: what the environment says."""
