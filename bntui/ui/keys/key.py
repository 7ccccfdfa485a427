"""A key of the viewer, and how Textual takes it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a key does."""

    id: str
    """Stable; a user's keymap names it."""
    keys: str
    """As Textual writes them, separated by commas."""
    action: str
    label: str
    """One word or two, for the bottom line; empty: not shown there."""
    description: str
    priority: bool = False
    """Taken before the widget with the focus sees it: it works while text is typed, and what is typed right
    behind it, as in one burst over a slow link, goes where it was meant to go."""
    changes: bool = False
    """Asks the engine for a change: in a replay, which has none, it does nothing and is not named."""


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The keys of one place, under a title for the help."""

    title: str
    keys: tuple[Key, ...]


def bindings(*groups: KeyGroup) -> list[BindingType]:
    """The groups' keys as Textual takes them."""
    return [
        Binding(key.keys, key.action, key.description, show=False, priority=key.priority, id=key.id)
        for group in groups
        for key in group.keys
    ]
