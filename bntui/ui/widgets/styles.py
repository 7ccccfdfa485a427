"""Names of the styles that tables and lines give their text; the stylesheet says what they look like."""

from __future__ import annotations

TEXT_STYLES = (
    "up",
    "down",
    "live",
    "quiet",
    "waiting",
    "degraded",
    "stale",
    "blind",
    "faint",
    "strong",
    "spark",
    "title",
    "key",
    "chip-live",
    "chip-degraded",
    "chip-blind",
    "chip-waiting",
    "chip-tab",
)


def component(name: str) -> str:
    """The component class of a style."""
    return f"bn--{name}"


COMPONENTS = frozenset(component(name) for name in TEXT_STYLES)
"""What a widget that draws styled text declares as component classes."""
