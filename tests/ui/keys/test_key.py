"""Textual is given each key as the table has it, under an id that a keymap can name."""

from __future__ import annotations

from textual.binding import Binding

from bntui.ui.keys.key import Key, KeyGroup, bindings


def test_groups_become_bindings_in_their_order() -> None:
    move = Key("move.down", "j,down", "down", "", "One line down")
    search = Key("list.search", "slash", "search", "search", "Search", priority=True)
    assert bindings(KeyGroup("Moving", (move,)), KeyGroup("List", (search,))) == [
        Binding("j,down", "down", "One line down", show=False, id="move.down"),
        Binding("slash", "search", "Search", show=False, priority=True, id="list.search"),
    ]
