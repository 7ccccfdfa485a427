"""Keys of an open symbol and its panels."""

from __future__ import annotations

from bntui.ui.keys.key import Key, KeyGroup

SYMBOL = KeyGroup(
    "Symbol",
    (
        Key("symbol.back", "escape,backspace", "back", "back", "Back to the watchlist"),
        Key(
            "symbol.next",
            "right_square_bracket,J",
            "next_symbol",
            "next",
            "The next symbol of the watchlist",
        ),
        Key(
            "symbol.previous",
            "left_square_bracket,K",
            "previous_symbol",
            "",
            "The symbol before",
        ),
        Key("symbol.panel", "tab", "next_panel", "panel", "To the next panel", priority=True),
        Key("symbol.panel_before", "shift+tab", "previous_panel", "", "To the panel before", priority=True),
        Key(
            "symbol.filter",
            "f,slash",
            "filter",
            "filter",
            "Show only trades of a size or more",
            priority=True,
        ),
        Key("symbol.zoom", "backslash", "zoom", "alone", "This panel alone, or all of them again"),
    ),
)

BOOK = KeyGroup(
    "Book, where its panel has the focus",
    (
        Key("book.down", "j,down", "down", "", "Cursor one level down: what eating up to it costs"),
        Key("book.up", "k,up", "up", "", "Cursor one level up"),
        Key("book.top", "g,home", "top", "", "To the farthest ask"),
        Key("book.bottom", "G,end", "bottom", "", "To the farthest bid"),
        Key("book.middle", "m", "middle", "", "To the spread, without a cursor"),
        Key("book.levels", "d", "screen.levels", "depth", "Depth: 5, 10, 20 or 50 levels of each side"),
        Key(
            "book.coarser",
            "plus,equals_sign",
            "screen.coarser",
            "coarser",
            "Group by a larger price step",
        ),
        Key("book.finer", "minus", "screen.finer", "", "Group by a smaller price step"),
        Key(
            "book.partial",
            "p",
            "screen.partial",
            "partial",
            "The cheaper book of 20 levels, or the whole one",
        ),
    ),
)

TRADES = KeyGroup(
    "Trades, where their panel has the focus",
    (
        Key("trades.older", "j,down", "down", "", "One row older: new rows wait meanwhile"),
        Key("trades.newer", "k,up", "up", "", "One row newer"),
        Key("trades.newest", "g,home", "top", "newest", "To the newest, and follow them again"),
        Key("trades.oldest", "G,end", "bottom", "", "To the oldest that is kept"),
        Key("trades.page_older", "pagedown,ctrl+d", "page_down", "", "One screen older"),
        Key("trades.page_newer", "pageup,ctrl+u", "page_up", "", "One screen newer"),
        Key(
            "trades.single",
            "t",
            "screen.single",
            "single",
            "Single trades, or each taker's order as one",
        ),
    ),
)

CANDLES = KeyGroup(
    "Candles, where their panel has the focus",
    (
        Key("candles.left", "h,left", "left", "", "Crosshair to the candle before"),
        Key("candles.right", "l,right", "right", "", "Crosshair to the next candle"),
        Key("candles.older", "H,pageup", "pan(-1)", "older", "Half a screen to the left"),
        Key("candles.newer", "L,pagedown", "pan(1)", "", "Half a screen to the right"),
        Key("candles.newest", "G,end", "newest", "newest", "To the newest candle, and follow it again"),
        Key("candles.oldest", "g,home", "oldest", "", "To the oldest candle that is here"),
        Key("candles.nearer", "plus,equals_sign", "zoom(1)", "zoom", "Nearer: wider candles"),
        Key("candles.farther", "minus", "zoom(-1)", "", "Farther: narrower candles, then several as one"),
        Key("candles.longer", "i", "interval(1)", "interval", "The next longer interval"),
        Key("candles.shorter", "I", "interval(-1)", "", "The next shorter interval"),
        Key("candles.choose", "c", "choose", "choose", "Choose the interval from a list"),
        Key("candles.accept", "enter", "accept", "", "Take the chosen interval"),
        Key("candles.leave", "escape", "leave", "", "Close the list, or take the crosshair away"),
        Key("candles.averages", "e", "averages", "", "Exponential averages of 9 and 21 candles"),
        Key("candles.vwap", "v", "vwap", "", "The day's average price, weighted by volume"),
        Key("candles.log", "o", "log", "log", "Logarithmic scale"),
        Key("candles.hollow", "s", "hollow", "", "Candles that rose hollow, or solid like the others"),
        Key("candles.zone", "Z", "zone", "", "Times of this machine's zone, or UTC"),
    ),
)
