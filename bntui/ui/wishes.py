"""What the user wants of the screen: what his settings say, and what he changed since."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bntui.preferences import Preferences
from bntui.ui.choices import Choices
from bntui.ui.keymap import Keymap
from bntui.ui.lists import Lists, ListTold

MOST_PROBLEMS = 6
"""Problems of the settings that are shown at a time; of more the number is told."""

ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class Told:
    """What the settings say, read once."""

    preferences: Preferences = field(default_factory=Preferences)
    lists: tuple[ListTold, ...] = ()
    problems: tuple[str, ...] = ()
    """What is wrong with them, one line each."""
    elsewhere: tuple[str, ...] = ()
    """Settings that another run than this one was started with: they take a new start."""


class Wishes:
    """What holds now. Every choice is remembered over what the settings said when it was made."""

    def __init__(self, told: Told, choices: Choices, usual_theme: str) -> None:
        """`usual_theme` is worn where nobody wants another."""
        self.choices = choices
        self.usual_theme = usual_theme
        self._replaying = False
        self.take(told)

    def take(self, told: Told) -> None:
        """The settings say this, from now on."""
        preferences = told.preferences
        self.told = told
        self.keymap = Keymap(preferences.keys, preferences.places, replaying=self._replaying)
        self.lists = Lists(
            told.lists,
            self.choices,
            preferences.watchlist,
            preferences.columns,
            fixed="watchlist" in preferences.fixed,
            columns_fixed="columns" in preferences.fixed,
        )

    def begin_replay(self) -> None:
        """A recording is shown: from now on its keys come first."""
        self._replaying = True
        self.take(self.told)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the settings, one line each."""
        return (*self.told.problems, *self.keymap.problems)

    @property
    def theme(self) -> str:
        """The name of the theme; there may be none of this name."""
        told = self.told.preferences.theme or self.usual_theme
        return self._chosen("theme", told)

    def choose_theme(self, name: str) -> None:
        """Wear another theme from now on."""
        self._choose("theme", name, self.told.preferences.theme or self.usual_theme)

    @property
    def swap_colours(self) -> bool:
        """Has what rises the colour of what falls?"""
        return self._chosen("swap_colours", _switch(self.told.preferences.swap_colours)) == ON

    def choose_swap_colours(self, on: bool) -> None:
        """Swap them from now on, or no more."""
        self._choose("swap_colours", _switch(on), _switch(self.told.preferences.swap_colours))

    @property
    def mouse(self) -> bool:
        """Is the mouse ours?"""
        return self._chosen("mouse", _switch(self.told.preferences.mouse)) == ON

    def choose_mouse(self, on: bool) -> None:
        """Take the mouse from now on, or leave it to the terminal."""
        self._choose("mouse", _switch(on), _switch(self.told.preferences.mouse))

    def changes(self, told: Told) -> list[str]:
        """Which settings these say otherwise than those that hold."""
        old, new = self.told.preferences, told.preferences
        names = ("theme", "swap_colours", "mouse", "watchlist", "columns", "keys")
        changed = [name for name in names if getattr(old, name) != getattr(new, name)]
        return changed + (["watchlists"] if self.told.lists != told.lists else [])

    def _chosen(self, name: str, told: str) -> str:
        if name in self.told.preferences.fixed:
            return told
        return self.choices.get(name, told) or told

    def _choose(self, name: str, value: str, told: str) -> None:
        preferences = self.told.preferences
        if name in preferences.fixed:
            # The command line holds for its run; the choice is made over it, and for this run it is newer.
            self.told = replace(self.told, preferences=replace(preferences, fixed=preferences.fixed - {name}))
        self.choices.put(name, value, told)


def _switch(on: bool) -> str:
    return ON if on else OFF
