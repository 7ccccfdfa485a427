"""Symbols that were taken off a watchlist, and the way back for the last ones."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from bntui.ui.lists import ALL

if TYPE_CHECKING:
    from bntui.model.markets import SymbolKey
    from bntui.ui.viewer import Viewer

KEPT = 50
"""Removed symbols that can be put back; the oldest are forgotten."""


class _Removed(NamedTuple):
    """A symbol that was taken off."""

    key: SymbolKey
    watched: bool
    """Is it not watched any more?"""
    names: tuple[str, ...]
    """The named lists that had it."""


class Removals:
    """Takes symbols off the list in front; off that of everything they are not watched any more."""

    def __init__(self, viewer: Viewer) -> None:
        """Nothing was removed yet."""
        self._viewer = viewer
        self._removed: deque[_Removed] = deque(maxlen=KEPT)

    def __bool__(self) -> bool:
        """Is there anything to put back?"""
        return bool(self._removed)

    def remove(self, key: SymbolKey) -> None:
        """Take a symbol off, and say so."""
        viewer, lists = self._viewer, self._viewer.lists
        back = f"Press {viewer.keymap.name('watchlist.undo')} to put it back."
        if lists.current != ALL:
            lists.remove(key, lists.current)
            self._removed.append(_Removed(key, False, (lists.current,)))
            viewer.say(f"Removed {key.label} from {lists.current}; it is watched on. {back}")
        elif viewer.unwatch([key], f"Removed {key.label}. {back}"):
            holding = tuple(lists.holding(key))
            for name in holding:
                lists.remove(key, name)
            self._removed.append(_Removed(key, True, holding))

    def undo(self) -> None:
        """Put back what was removed last, and say so."""
        if not self._removed:
            self._viewer.say("Nothing to put back.")
            return
        key, watched, names = self._removed[-1]
        said = f"Put {key.label} back."
        if watched and not self._viewer.watch([key], said):
            return
        self._removed.pop()
        for name in names:
            self._viewer.lists.add(key, name)
        self._viewer.say(said)
