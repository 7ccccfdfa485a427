"""What a viewer is given of its user: what his settings say of the screen, what he changed, and what his
terminal can show."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from bntui import paths
from bntui.choicefile import ChoiceFile
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import SymbolKey
from bntui.sources import load
from bntui.ui.choices import Choices
from bntui.ui.lists import ListTold
from bntui.ui.plain import needs_plain
from bntui.ui.themes import usual_theme
from bntui.ui.wishes import Told, Wishes
from bntui.words import sentence
from bntui.world import symbol_keys

_OF_THE_SCREEN = ("preferences", "config_path", "flags", "origins", "warnings")
"""Fields that a running viewer can follow, or that say nothing of the run."""

_AT_START = ("fps", "slow", "ascii")
"""Preferences that it cannot."""


def told(settings: Settings, elsewhere: tuple[str, ...] = ()) -> Told:
    """What the settings say of the screen. Symbols of markets that the run does not have are left out."""
    problems = [*settings.warnings]
    lists = []
    for one in settings.preferences.watchlists:
        keys = []
        origin = settings.origins.get(f"watchlists.{one.name}.symbols")
        place = f"watchlists.{one.name}" if origin is None else origin.place
        for symbol in one.symbols:
            try:
                keys += symbol_keys([symbol], settings)
            except UsageError as error:
                problems.append(sentence(f"{place}: {error.message}"))
        lists.append(ListTold(one.name, tuple(dict.fromkeys(keys)), one.columns))
    return Told(settings.preferences, tuple(lists), tuple(problems), elsewhere)


@dataclass(frozen=True, slots=True)
class Outfit:
    """Everything of it."""

    wishes: Wishes
    reread: Callable[[], Told]
    plain: bool
    choices: ChoiceFile
    """To be closed at the end."""

    @property
    def listed(self) -> list[SymbolKey]:
        """The symbols of all named lists: all of them are watched, whichever is shown."""
        return list(dict.fromkeys(key for one in self.wishes.told.lists for key in one.keys))


def outfit(settings: Settings, journal: Path) -> Outfit:
    """For a viewer of these settings; the journal keeps what the user changes."""
    choices = ChoiceFile(journal)
    return Outfit(
        Wishes(told(settings), Choices(choices.read(), choices.keep), usual_theme(os.environ)),
        rereader(settings),
        is_plain(settings, os.environ),
        choices,
    )


def rereader(settings: Settings) -> Callable[[], Told]:
    """What reads the settings anew, from where they came from. It raises BntuiError, in words."""

    def reread() -> Told:
        fresh, _ = load(settings.flags, os.environ, paths.config_file())
        return told(fresh, changed_at_start(settings, fresh))

    return reread


def changed_at_start(old: Settings, new: Settings) -> tuple[str, ...]:
    """The settings that only a new start can follow. Addresses of an embedded exchange are none."""
    changed = [
        field.name
        for field in fields(Settings)
        if field.name not in _OF_THE_SCREEN and getattr(old, field.name) != getattr(new, field.name)
    ]
    if old.overridden and not new.overridden:
        changed = [name for name in changed if not name.endswith("_urls")]
    return (
        *changed,
        *(name for name in _AT_START if getattr(old.preferences, name) != getattr(new.preferences, name)),
    )


def is_plain(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Must everything be drawn in ASCII?"""
    wanted = settings.preferences.ascii
    if wanted is not None:
        return wanted
    # Textual draws on stderr.
    return needs_plain(environ.get("TERM", ""), getattr(sys.__stderr__, "encoding", None) or "utf-8")
