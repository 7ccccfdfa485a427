"""The styles that tables and lines give their text: names, made of the theme's roles and attributes.

They are no component classes of the stylesheet: Textual matches each of those anew, for every widget,
whenever the focus moves; twenty on ten widgets made a switch of screens cost 0.2 s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError


@dataclass(frozen=True, slots=True)
class Look:
    """What a style is made of. An empty role leaves the colour as it is below."""

    role: str = ""
    ground: str = ""
    bold: bool | None = None
    reverse: bool | None = None
    plain: str = ""
    """An attribute that says the same where there are sixteen colours or none."""


LOOKS: Mapping[str, Look] = {
    "up": Look("bn-up"),
    "down": Look("bn-down"),
    "live": Look("bn-live"),
    "quiet": Look("bn-quiet"),
    "waiting": Look("bn-waiting"),
    "degraded": Look("bn-degraded"),
    "stale": Look("bn-stale", bold=True),
    "blind": Look("bn-blind", bold=True),
    "faint": Look("bn-faint", plain="dim"),
    "strong": Look(bold=True),
    "spark": Look("bn-spark"),
    "grid": Look("bn-grid", plain="dim"),
    "shade": Look("bn-shade", plain="dim"),
    "line-1": Look("bn-line-1"),
    "line-2": Look("bn-line-2"),
    "line-3": Look("bn-line-3"),
    "volume": Look("bn-spark"),
    "last-price": Look("bn-faint", plain="dim"),
    "price-up": Look("bn-up", bold=True, reverse=True),
    "price-down": Look("bn-down", bold=True, reverse=True),
    "price-flat": Look("bn-title", bold=True, reverse=True),
    "cross": Look("bn-title"),
    "label-cross": Look("bn-key", bold=True, reverse=True),
    "title": Look("bn-title"),
    "key": Look("bn-key", bold=True),
    "chip-live": Look("bn-live", bold=True, reverse=True),
    "chip-degraded": Look("bn-degraded", bold=True, reverse=True),
    "chip-blind": Look("bn-blind", bold=True, reverse=True),
    "mark": Look("bn-degraded", bold=True, reverse=True),
    "chip-tab": Look("bn-key", bold=True, reverse=True),
    "header": Look("bn-title", "bn-header", plain="underline"),
    "sorted": Look("bn-key", "bn-header", bold=True, plain="underline"),
    "cursor": Look(ground="bn-cursor", plain="reverse"),
    "cursor-blurred": Look(ground="bn-cursor-blurred", plain="underline"),
}


def style_of(name: str, variables: Mapping[str, str], native_ansi: bool) -> Style:
    """A named style under a theme's variables; `native_ansi`: in the terminal's own colours."""
    look = LOOKS[name]
    style = Style(
        color=_colour(look.role, variables),
        bgcolor=_colour(look.ground, variables),
        bold=look.bold,
        reverse=look.reverse,
    )
    if native_ansi and look.plain:
        style += Style.parse(look.plain)
    return style


def _colour(role: str, variables: Mapping[str, str]) -> RichColor | None:
    value = variables.get(role) if role else None
    if value is None:
        return None
    try:
        return Color.parse(value).rich_color
    except ColorParseError:
        return None
