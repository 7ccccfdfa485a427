"""Themes: the files of `themes/`, and bntui's own colour roles under any theme of Textual."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

DEFAULT_THEME = "bntui-dark"

FEW_COLOURS_THEME = "bntui-16-dark"
"""What a viewer starts with on a terminal of sixteen colours."""

FALLBACK_THEME = "textual-dark"
"""What a viewer starts with when the default theme cannot be read; it is part of Textual."""

TEXTUAL_S = frozenset(BUILTIN_THEMES)
"""The names of the themes that Textual brings along."""

ROLES = (
    "bn-up",
    "bn-down",
    "bn-live",
    "bn-quiet",
    "bn-waiting",
    "bn-degraded",
    "bn-stale",
    "bn-blind",
    "bn-faint",
    "bn-title",
    "bn-key",
    "bn-spark",
    "bn-line-1",
    "bn-line-2",
    "bn-line-3",
    "bn-grid",
    "bn-shade",
    "bn-bar",
    "bn-header",
    "bn-cursor",
    "bn-cursor-blurred",
)
"""The variables that the stylesheet uses beside Textual's; every theme has them all."""

_COLOURS = frozenset(
    {
        "primary",
        "secondary",
        "accent",
        "success",
        "warning",
        "error",
        "foreground",
        "background",
        "surface",
        "panel",
        "boost",
    }
)
_FIELDS = _COLOURS | {"name", "dark", "luminosity_spread", "text_alpha", "ansi", "variables"}

_ANSI_ROLES = {
    "bn-up": "ansi_green",
    "bn-down": "ansi_red",
    "bn-live": "ansi_green",
    "bn-quiet": "ansi_cyan",
    "bn-waiting": "ansi_magenta",
    "bn-degraded": "ansi_yellow",
    "bn-stale": "ansi_yellow",
    "bn-blind": "ansi_red",
    "bn-faint": "ansi_default",
    "bn-title": "ansi_default",
    "bn-key": "ansi_default",
    "bn-spark": "ansi_blue",
    "bn-line-1": "ansi_yellow",
    "bn-line-2": "ansi_cyan",
    "bn-line-3": "ansi_magenta",
    "bn-grid": "ansi_default",
    "bn-shade": "ansi_red",
    "bn-bar": "ansi_default",
    "bn-header": "ansi_default",
    "bn-cursor": "ansi_default",
    "bn-cursor-blurred": "ansi_default",
}
"""Sixteen-colour terminals: the terminal's own colours; what colour cannot say, attributes do."""


@dataclass(frozen=True, slots=True)
class BrokenTheme:
    """A theme file that cannot be used, and why."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"theme {self.path.name}: {self.reason}"


def usual_theme(environ: Mapping[str, str]) -> str:
    """The theme for a terminal that says of itself what these variables say, where nobody wants another."""
    few = Console(force_terminal=True, _environ=environ).color_system == "standard"
    return FEW_COLOURS_THEME if few else DEFAULT_THEME


def theme_folder() -> Path:
    """Where the shipped themes lie: in the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "themes"
    return packaged if packaged.is_dir() else package.parent / "themes"


def load_themes(folders: Iterable[Path]) -> tuple[list[Theme], list[BrokenTheme]]:
    """Read every `*.toml` of the folders; of two themes with one name the later folder's wins."""
    themes: dict[str, Theme] = {}
    broken: list[BrokenTheme] = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                theme = read_theme(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                broken.append(BrokenTheme(path, str(error).splitlines()[0] if str(error) else "unreadable"))
            else:
                themes[theme.name] = theme
    return list(themes.values()), broken


def read_theme(text: str) -> Theme:
    """A theme from TOML. Raises ValueError that names the key which is wrong."""
    table = tomllib.loads(text)
    if unknown := sorted(set(table) - _FIELDS):
        raise ValueError(f"no theme has a key {unknown[0]}")
    for key in ("name", "primary"):
        if not isinstance(table.get(key), str):
            raise ValueError(f"{key} is missing")
    variables = table.get("variables", {})
    if not isinstance(variables, dict):
        raise ValueError("variables must be a table")
    for key in ("dark", "ansi"):
        if not isinstance(table.get(key, False), bool):
            raise ValueError(f"{key} must be true or false")
    for key in ("luminosity_spread", "text_alpha"):
        if not isinstance(table.get(key, 0.0), int | float):
            raise ValueError(f"{key} must be a number")
    for key in sorted(_COLOURS & set(table)):
        _check_colour(key, table[key])
    for key, value in variables.items():
        if key in ROLES:
            _check_colour(key, value)
        elif not isinstance(value, str):
            raise ValueError(f"{key} must be text")
    return Theme(**table)


def _check_colour(key: str, value: Any) -> None:
    try:
        Color.parse(value if isinstance(value, str) else "")
    except ColorParseError:
        raise ValueError(f"{key} is no colour: {value}") from None


def role_defaults(theme: Theme) -> dict[str, str]:
    """The colour roles for a theme that does not define them, drawn from what it does define."""
    if theme.ansi:
        return dict(_ANSI_ROLES)
    colours = theme.to_color_system().generate()
    background = Color.parse(colours["background"])
    faint = Color.parse(colours["foreground"]).blend(background, 0.35)
    grid = Color.parse(colours["foreground"]).blend(background, 0.8)
    shade = Color.parse(colours["text-error"]).blend(background, 0.5)
    return {
        "bn-up": colours["text-success"],
        "bn-down": colours["text-error"],
        "bn-live": colours["text-success"],
        "bn-quiet": colours["text-primary"],
        "bn-waiting": colours["text-secondary"],
        "bn-degraded": colours["text-warning"],
        "bn-stale": colours["text-warning"],
        "bn-blind": colours["text-error"],
        "bn-faint": faint.hex,
        "bn-title": faint.hex,
        "bn-key": colours["text-accent"],
        "bn-spark": colours["text-primary"],
        "bn-line-1": colours["text-accent"],
        "bn-line-2": colours["text-primary"],
        "bn-line-3": colours["text-secondary"],
        "bn-grid": grid.hex,
        "bn-shade": shade.hex,
        "bn-bar": colours["panel"],
        "bn-header": colours["surface"],
        "bn-cursor": colours["primary-muted"],
        "bn-cursor-blurred": colours["panel"],
    }
