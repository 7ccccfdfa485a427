"""Keys of the watchlist and of what opens above it."""

from __future__ import annotations

from bntui.ui.keys.key import Key, KeyGroup

WATCHLIST = KeyGroup(
    "Watchlist",
    (
        Key("watchlist.open", "enter", "open", "open", "Open the symbol: book, trades, candles"),
        Key(
            "watchlist.search",
            "slash",
            "search",
            "search",
            "Show only symbols that contain a text",
            priority=True,
        ),
        Key("watchlist.next", "n", "next_match", "", "The next match"),
        Key("watchlist.previous", "N", "previous_match", "", "The match before"),
        Key("watchlist.clear", "escape", "clear_search", "", "Show all symbols again"),
        Key("watchlist.sort", "s", "sort", "sort", "Sort by the next column"),
        Key("watchlist.reverse", "S", "reverse", "reverse", "Reverse the order"),
        Key("watchlist.add", "a,plus", "add", "add", "Add symbols", priority=True, changes=True),
        Key("watchlist.remove", "d,delete", "remove", "remove", "Take the symbol off the list", changes=True),
        Key("watchlist.undo", "u", "undo", "undo", "Put back what was removed last"),
        Key("watchlist.columns", "c", "columns", "columns", "Choose and order the columns"),
        Key("watchlist.next_list", "right_square_bracket", "list(1)", "list", "The next named watchlist"),
        Key("watchlist.previous_list", "left_square_bracket", "list(-1)", "", "The watchlist before"),
    ),
)

ADD = KeyGroup(
    "Adding symbols",
    (
        Key("add.accept", "enter", "accept", "add", "Add the marked symbol"),
        Key("add.down", "down", "down", "", "The next proposal"),
        Key("add.up", "up", "up", "", "The proposal before"),
        Key("add.close", "escape", "close", "close", "Close"),
    ),
)

COLUMNS = KeyGroup(
    "Choosing columns",
    (
        Key("columns.switch", "space,enter", "switch", "show", "Show the column, or hide it"),
        Key("columns.earlier", "K,left_square_bracket", "shift(-1)", "earlier", "One place to the left"),
        Key("columns.later", "J,right_square_bracket", "shift(1)", "later", "One place to the right"),
        Key("columns.usual", "u", "usual", "usual", "The columns of the settings, or the usual ones"),
        Key("columns.close", "escape,q,c", "close", "close", "Close"),
    ),
)
