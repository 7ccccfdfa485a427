"""`bntui config`: where the settings are, what can stand there, what is wrong with them, and what holds."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bntui import paths
from bntui.choicefile import ChoiceFile
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.text import escaped
from bntui.outfit import told
from bntui.schema import SETTINGS, Shape
from bntui.settingstemplate import template
from bntui.ui.choices import Choices
from bntui.ui.format import fit, width_of
from bntui.ui.keymap import Keymap
from bntui.ui.keys import GROUPS, shown
from bntui.ui.lists import ALL
from bntui.ui.themes import TEXTUAL_S, load_themes, theme_folder, usual_theme
from bntui.ui.wishes import Wishes
from bntui.words import nearest, sentence

MASK = "…"
"""What stands for a value that nobody else is to read."""

DEFAULT = "default"
"""Where a value comes from that nobody gave."""

_SECRET = ("key", "secret", "password", "token", "signature")


def tell(word: str, settings: Settings, say: Callable[[str], None]) -> int:
    """Answer one question, line by line. Returns the exit code: that of `check` says whether all is well."""
    match word:
        case "path":
            lines = places(settings)
        case "template":
            lines = template().splitlines()
        case "keys":
            lines = keys(settings)
        case "explain":
            lines = explained(settings, _wishes(settings))
        case _:
            problems = check(settings)
            for line in problems or ["No mistake was found."]:
                say(line)
            return UsageError.exit_code if problems else 0
    for line in lines:
        say(line)
    return 0


def places(settings: Settings) -> list[str]:
    """Every file and folder that has to do with settings."""
    file = settings.config_path or paths.config_file()
    there = "" if file.exists() else "  (there is none; `bntui config template` prints one)"
    return _columns(
        [
            ("settings", f"{file}{there}"),
            ("themes", f"{paths.config_dir() / 'themes'}"),
            ("changed in the program", f"{_journal(settings)}"),
            ("shipped themes", f"{theme_folder()}"),
        ]
    )


def check(settings: Settings) -> list[str]:
    """What is wrong with the settings, the keys and the themes, one line each: the file's in its order."""
    said = told(settings)
    themes, broken = load_themes((theme_folder(), paths.config_dir() / "themes"))
    problems = [*said.problems, *Keymap(settings.preferences.keys, settings.preferences.places).problems]
    problems += broken
    known = {theme.name for theme in themes} | TEXTUAL_S
    wanted = settings.preferences.theme
    if wanted is not None and wanted not in known:
        where = settings.origins["theme"].place
        problems.append(sentence(f"{where}: no theme is called {wanted}{nearest(wanted, known)}"))
    return [escaped(line) for line in sorted(problems, key=partial(_line_of, settings))]


def _line_of(settings: Settings, problem: str) -> float:
    """Where the settings file is wrong; what is told of another place stands below."""
    line, colon, _ = problem.removeprefix(f"{settings.config_path}:").partition(":")
    return int(line) if colon and line.isdecimal() else math.inf


def keys(settings: Settings) -> list[str]:
    """Every action with its keys as they are, under the ids that `[keys]` takes."""
    keymap = Keymap(settings.preferences.keys, settings.preferences.places)
    lines: list[str] = []
    for group in GROUPS:
        rows = [
            (key.id, shown(key.keys) or "none", key.description + _moved(key.id, keymap.moved))
            for key in keymap.group(group).keys
        ]
        lines += [group.title, *(f"  {line}" for line in _columns(rows)), ""]
    return lines[:-1]


def _moved(action: str, moved: Mapping[str, str]) -> str:
    return "  (yours)" if action in moved else ""


def explained(settings: Settings, wishes: Wishes) -> list[str]:
    """Every setting with the value that holds, and where it comes from."""
    rows: list[tuple[str, str, str]] = []
    for setting in SETTINGS:
        if setting.shape is Shape.ENTRIES:
            entries = {k: v for k, v in settings.origins.items() if k.startswith(f"{setting.key}.")}
            rows += [(name, origin.value, origin.place) for name, origin in entries.items()]
            continue
        origin = settings.origins.get(setting.key)
        value, place = origin or (setting.default or "-", DEFAULT)
        rows.append((setting.key, *_chosen(setting.key, value, place, wishes)))
    for name, origin in settings.origins.items():
        section, _, action = name.partition(".")
        if section == "keys" and action not in wishes.keymap.moved:
            rows.append((name, *_not_moved(wishes.keymap, action, origin.place)))
        elif section in ("watchlists", "keys"):
            rows.append((name, origin.value, origin.place))
    rows += [
        (f"accounts.{account.name}", ", ".join(account.markets), f"{settings.config_path}")
        for account in settings.accounts
    ]
    rows += [
        (f"alerts.{rule.name}", f"{rule.words()}: {rule.ways()}", rule.place) for rule in settings.alerts
    ]
    shown = [(name, _masked(name, value), place.removesuffix(f": {name}")) for name, value, place in rows]
    return [escaped(line) for line in _columns(shown)]


def _not_moved(keymap: Keymap, action: str, place: str) -> tuple[str, str]:
    """What holds of an action that cannot have the keys which the file gives it."""
    usual = next((key.keys for group in GROUPS for key in group.keys if key.id == action), "")
    return shown(usual) or "-", f"{DEFAULT}; {place.partition(': ')[0]} has no effect"


def _chosen(key: str, value: str, place: str, wishes: Wishes) -> tuple[str, str]:
    """What was changed in the program beats all but the command line and variables."""
    now = {
        "theme": wishes.theme,
        "swap_colours": "on" if wishes.swap_colours else "off",
        "mouse": "on" if wishes.mouse else "off",
        "watchlist": wishes.lists.current,
        "columns": ", ".join(wishes.lists.columns()),
    }.get(key)
    if now is None or key in wishes.told.preferences.fixed:
        return value, place
    usual = {"theme": usual_theme(os.environ), "watchlist": ALL, "columns": ""}
    before = usual.get(key, value) if place == DEFAULT else value
    return (before or value, place) if now == before else (now, "changed in the program")


def _masked(name: str, value: str) -> str:
    """No secret is a setting; what looks like one all the same is not shown."""
    last = name.rpartition(".")[2].lower()
    return MASK if name.partition(".")[0] != "keys" and any(word in last for word in _SECRET) else value


def _wishes(settings: Settings) -> Wishes:
    return Wishes(told(settings), Choices(ChoiceFile(_journal(settings)).read()), usual_theme(os.environ))


def _journal(settings: Settings) -> Path:
    return paths.asked_state_dir(settings.profile) / "journal.db"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows whose columns stand under one another."""
    widths = [max(width_of(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
