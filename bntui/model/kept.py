"""How much store and mirror keep of what comes to no end."""

from __future__ import annotations

OUTAGES_KEPT = 500
"""Lines of the reconnect history that store and mirror keep: beyond it the lowest ids go."""

NOTICES_KEPT = 100
"""Notices that store and mirror keep: beyond it the oldest go."""
