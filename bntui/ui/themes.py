"""Themes: the files of `themes/`, and bntui's own colour roles under any theme of Textual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from bntui import settingsfile
from bntui.errors import UsageError
from bntui.words import nearest, sentence

DEFAULT_THEME = "bntui-dark"

FEW_COLOURS_THEME = "bntui-16-dark"
"""What a viewer starts with on a terminal of sixteen colours."""

FALLBACK_THEME = "textual-dark"
"""What a viewer starts with when the default theme cannot be read; it is part of Textual."""

TEXTUAL_S = frozenset(BUILTIN_THEMES)
"""The names of the themes that Textual brings along."""

OWN_PREFIX = "bn-"
"""How the names of bntui's own colours begin."""

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


class WrongTheme(ValueError):
    """A theme that cannot be worn: why, and the key that is to blame with the tables that it is in."""

    def __init__(self, why: str, *keys: str) -> None:
        """`why` goes on behind the key's name."""
        super().__init__(why)
        self.keys = keys


def usual_theme(environ: Mapping[str, str]) -> str:
    """The theme for a terminal that says of itself what these variables say, where nobody wants another."""
    few = Console(force_terminal=True, _environ=environ).color_system == "standard"
    return FEW_COLOURS_THEME if few else DEFAULT_THEME


def theme_folder() -> Path:
    """Where the shipped themes lie: in the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "themes"
    return packaged if packaged.is_dir() else package.parent / "themes"


def load_themes(folders: Iterable[Path], called: str = "") -> tuple[list[Theme], list[str]]:
    """Read every `*.toml` of the folders, or the files called so; of two themes with one name the later
    folder's wins.

    Beside the themes: what is wrong with files that hold none, one line each.
    """
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            if called not in ("", path.name):
                continue
            try:
                file = settingsfile.read(path, required=True)
                theme = read_theme(file.table)
            except UsageError as error:
                problems.append(error.message)
            except WrongTheme as error:
                problems.append(sentence(f"{file.where(*error.keys)}: {error}"))
            else:
                themes[theme.name] = theme
    return list(themes.values()), problems


def theme_alone(name: str, shipped: Path, folders: Iterable[Path]) -> Theme | None:
    """The shipped theme of that name, without a look at any other; None where it takes all files to know
    which one is meant, since the user has themes of his own or there is none so called."""
    if any(path for folder in folders for path in folder.glob("*.toml")):
        return None
    themes, _ = load_themes([shipped], f"{name}.toml")
    return next((theme for theme in themes if theme.name == name), None)


def read_theme(table: Mapping[str, Any]) -> Theme:
    """A theme from its file's table. Raises WrongTheme."""
    for key in table:
        if key not in _FIELDS:
            raise WrongTheme(f"no theme has such a key{nearest(key, _FIELDS)}", key)
    for key in ("name", "primary"):
        if key not in table:
            raise WrongTheme("this is missing, and every theme needs it", key)
    if not isinstance(table["name"], str) or not table["name"]:
        raise WrongTheme(f"{table['name']!r} is no text", "name")
    for key in ("dark", "ansi"):
        if not isinstance(table.get(key, False), bool):
            raise WrongTheme(f"{table[key]!r} is neither true nor false", key)
    for key in ("luminosity_spread", "text_alpha"):
        if not isinstance(table.get(key, 0.0), int | float):
            raise WrongTheme(f"{table[key]!r} is no number", key)
    for key in table:
        if key in _COLOURS:
            _check_colour(table[key], key)
    variables = table.get("variables", {})
    if not isinstance(variables, Mapping):
        raise WrongTheme("this is a table, not a single value", "variables")
    for key, value in variables.items():
        if key in ROLES:
            _check_colour(value, "variables", key)
        elif key.startswith(OWN_PREFIX):
            raise WrongTheme(f"bntui has no such colour{nearest(key, ROLES)}", "variables", key)
        elif not isinstance(value, str):
            raise WrongTheme(f"{value!r} is no text", "variables", key)
    return Theme(**table)


def _check_colour(value: object, *keys: str) -> None:
    try:
        Color.parse(value if isinstance(value, str) else "")
    except ColorParseError as error:
        meant = f"; did you mean {error.suggested_color}?" if error.suggested_color else ""
        raise WrongTheme(f"{value!r} is no colour{meant}", *keys) from None


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
