"""The keys as the user has them: what his settings say, as far as it can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual.keys import Keys, key_to_character

from bntui.ui.keys import GROUPS, LIVE, PLACES, READ_AS, REPLAY, Key, KeyGroup, shown
from bntui.words import nearest, sentence

UNBOUND = "unbound"
"""The key of an action that has lost all of its own: no terminal sends it."""

MODIFIERS = ("alt", "ctrl", "shift", "super")

_NAMES = frozenset(key.value for key in Keys if "+" not in key.value and not key.value.startswith("<"))

_BY_ID = {key.id: key for group in GROUPS for key in group.keys}

_OF_REPLAYS = frozenset(key.id for key in REPLAY.keys)


def parse_key(text: str) -> str:
    """A key as Textual calls it, of what a user wrote: `?`, `PgDn`, `ctrl+k`. Raises ValueError in words."""
    text = text.strip()
    if text in READ_AS:
        return READ_AS[text]
    *modifiers, base = text.split("+") if len(text) > 1 and not text.endswith("++") else [text]
    modifiers = [word.lower() for word in modifiers]
    if unknown := [word for word in modifiers if word not in MODIFIERS]:
        raise ValueError(f"{text!r} is no key: there is no {unknown[0]!r}{nearest(unknown[0], MODIFIERS)}")
    name = READ_AS.get(base, base)
    if len(name) > 1:
        name = name.lower()
        if name not in _NAMES and key_to_character(name) is None:
            raise ValueError(f"{text!r} is no key{nearest(name, _NAMES)}")
    elif not name.isprintable() or not name:
        raise ValueError(f"{text!r} is no key")
    if modifiers == ["shift"] and len(name) == 1 and name.isalpha():
        return name.upper()
    if modifiers and len(name) == 1:
        name = name.lower()
    return "+".join([*sorted(modifiers), name])


class Keymap:
    """Which keys each action has. What cannot be is said in one line, and keeps its usual keys."""

    def __init__(
        self,
        wanted: Mapping[str, tuple[str, ...]] | None = None,
        places: Mapping[str, str] | None = None,
        *,
        replaying: bool = False,
    ) -> None:
        """Take the user's keys by action, and where his settings say so: `keys.move.down` to a place.

        The keys of a replay are in nobody's way but while one is shown.
        """
        self._places = places or {}
        self._replaying = replaying
        self._said: dict[str, str] = {}
        self._moved: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, str] = {}
        self._wanted = dict(wanted or {})
        for action, keys in self._wanted.items():
            self._take(action, keys)
        self._part()

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be, one line each, in the order of the settings."""
        return tuple(self._said[action] for action in self._wanted if action in self._said)

    @property
    def moved(self) -> dict[str, str]:
        """Actions with other keys than the usual ones, as `App.set_keymap` takes them."""
        return {action: ",".join(keys) or UNBOUND for action, keys in self._moved.items()}

    def of(self, key: Key) -> Key:
        """The action with the keys that it has."""
        moved = self._moved.get(key.id)
        return key if moved is None else replace(key, keys=",".join(moved))

    def group(self, group: KeyGroup) -> KeyGroup:
        """A group with the keys that its actions have."""
        return replace(group, keys=tuple(self.of(key) for key in group.keys))

    def name(self, action: str) -> str:
        """The first key of an action as people read it; its name in the palette's stead where it has none."""
        name = self._names.get(action)
        if name is None:
            keys = self.of(_BY_ID[action]).keys
            name = self._names[action] = shown(keys.split(",")[0]) if keys else f"({action})"
        return name

    def _place(self, action: str) -> str:
        return self._places.get(f"keys.{action}", f"keys.{action}")

    def _take(self, action: str, keys: Iterable[str]) -> None:
        if action not in _BY_ID:
            said = f"{self._place(action)}: no action is called so{nearest(action, _BY_ID)}"
            self._said[action] = sentence(said)
            return
        try:
            self._moved[action] = tuple(dict.fromkeys(parse_key(key) for key in keys))
        except ValueError as error:
            self._said[action] = sentence(f"{self._place(action)}: {error}")

    def _part(self) -> None:
        """Of two actions that would share a key, the one moved later keeps its usual ones."""
        while clash := self._clash():
            action, key, other = clash
            del self._moved[action]
            usual = shown(_BY_ID[action].keys)
            when = "in a replay" if other in _OF_REPLAYS else "already"
            self._said[action] = (
                f"{self._place(action)}: {shown(key)} is {other} {when}; {action} stays on {usual}."
            )

    def _clash(self) -> tuple[str, str, str] | None:
        """A moved action, the key that it must not have, and whose that is."""
        for action in reversed(self._moved):
            for other in self._beside(action):
                if other == action:
                    continue
                theirs = self.of(_BY_ID[other]).keys.split(",")
                for key in self._moved[action]:
                    if key in theirs:
                        return action, key, other
        return None

    def _beside(self, action: str) -> list[str]:
        """The actions that may be meant where this one may."""
        # What a replay's own keys must not be holds for them at all times: his settings can say it at once.
        absent = LIVE if self._replaying or action in _OF_REPLAYS else REPLAY
        return list(
            dict.fromkeys(
                key.id
                for place in PLACES
                if absent not in place and any(key.id == action for group in place for key in group.keys)
                for group in place
                for key in group.keys
            )
        )
