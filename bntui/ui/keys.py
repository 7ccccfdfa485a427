"""Every key of the viewer, as data: the bindings, the help and the bottom line are made from it."""

from __future__ import annotations

import re
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


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The keys of one place, under a title for the help."""

    title: str
    keys: tuple[Key, ...]


APP = KeyGroup(
    "Everywhere",
    (
        Key("app.watchlist", "1", "show('watchlist')", "", "The watchlist"),
        Key("app.connections", "2", "show('connections')", "", "Connections, history and budgets"),
        Key("app.incidents", "3", "show('incidents')", "", "Incidents: what was lost, when, and why"),
        Key("app.symbol", "4", "show('symbol')", "", "The open symbol: book, trades, candles"),
        Key("app.fills", "5", "show('fills')", "", "Fills of your own accounts"),
        Key("app.orders", "6", "show('orders')", "", "Orders: open ones, and those that are over"),
        Key("app.account", "7", "show('account')", "", "Positions and balances"),
        Key("app.alerts", "8", "show('alerts')", "", "Alerts: what was told, what lasts, and who knows"),
        Key("app.night", "z", "night", "", "3 a.m. mode: the verdict in large letters; back from it"),
        Key("app.palette", "ctrl+p,colon", "command_palette", "", "All commands, by name"),
        Key("app.theme", "T", "change_theme", "", "Another theme"),
        Key("app.mouse", "percent_sign", "mouse", "", "The mouse for bntui, or for the terminal's selection"),
        Key("app.reload", "ctrl+r", "reload", "", "Read the settings file anew"),
        Key(
            "app.copy",
            "y",
            "screen.copy",
            "",
            "Copy what the cursor is on: a row, a fill, an incident; where there is none, the verdict",
        ),
        Key("app.copy_verdict", "V", "screen.copy_verdict", "", "Copy the verdict"),
        Key("app.help", "question_mark,f1", "help", "help", "This help"),
        Key("app.quit", "q", "quit", "quit", "Quit"),
        Key("app.quit_leaving", "Q", "quit_leaving", "", "Quit, and leave this screen in the scrollback"),
        Key("app.quit_now", "ctrl+c", "quit", "", "Quit, also while typing", priority=True),
    ),
)

LIVE = KeyGroup(
    "On every screen, but for a replay",
    (Key("live.freeze", "space", "freeze", "", "Freeze the display, while data goes on; or let it go on"),),
)

FOCUS = KeyGroup(
    "Panels",
    (
        Key("focus.next", "tab", "app.focus_next", "panel", "To the next panel"),
        Key("focus.previous", "shift+tab", "app.focus_previous", "", "To the panel before"),
    ),
)

MOVE = KeyGroup(
    "Moving",
    (
        Key("move.down", "j,down", "down", "", "One line down"),
        Key("move.up", "k,up", "up", "", "One line up"),
        Key("move.top", "g,home", "top", "", "To the first line"),
        Key("move.bottom", "G,end", "bottom", "", "To the last line"),
        Key("move.half_down", "ctrl+d", "half_page_down", "", "Half a screen down"),
        Key("move.half_up", "ctrl+u", "half_page_up", "", "Half a screen up"),
        Key("move.page_down", "pagedown", "page_down", "", "One screen down"),
        Key("move.page_up", "pageup", "page_up", "", "One screen up"),
    ),
)

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
        Key("watchlist.add", "a,plus", "add", "add", "Add symbols", priority=True),
        Key("watchlist.remove", "d,delete", "remove", "remove", "Take the symbol off the list"),
        Key("watchlist.undo", "u", "undo", "undo", "Put back what was removed last"),
        Key("watchlist.columns", "c", "columns", "columns", "Choose and order the columns"),
        Key("watchlist.next_list", "right_square_bracket", "list(1)", "list", "The next named watchlist"),
        Key("watchlist.previous_list", "left_square_bracket", "list(-1)", "", "The watchlist before"),
    ),
)

CONNECTIONS = KeyGroup(
    "Connections",
    (
        Key(
            "connections.streams",
            "enter",
            "streams",
            "streams",
            "The streams of the shard, the worst first; all that is known of a user stream",
        ),
        Key(
            "connections.rotate",
            "r",
            "rotate",
            "rotate",
            "Change the connection without loss; try the refused key of a user stream again",
        ),
    ),
)

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
        Key("symbol.zoom", "backslash", "zoom", "zoom", "This panel alone, or all of them again"),
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

STREAMS = KeyGroup(
    "Streams of a shard",
    (Key("streams.back", "escape,backspace", "back", "back", "Back to the connections"),),
)

INCIDENTS = KeyGroup(
    "Incidents",
    (
        Key(
            "incidents.copy_day",
            "Y",
            "copy_day",
            "copy day",
            "Copy the incident's whole day as Markdown",
        ),
    ),
)

ALERTS = KeyGroup(
    "Alerts",
    (
        Key(
            "alerts.acknowledge",
            "a",
            "acknowledge",
            "ack",
            "Say that you know, with a note: it is not made known again while it lasts",
            priority=True,
        ),
        Key("alerts.acknowledge_all", "A", "acknowledge_all", "all", "Say so of every alert that lasts"),
    ),
)

NIGHT = KeyGroup(
    "3 a.m. mode",
    (
        Key("night.back", "escape,backspace", "app.night", "back", "Back to where you were"),
        Key("night.acknowledge", "a", "acknowledge", "acknowledge", "Say that you know of the newest alert"),
    ),
)

ACKNOWLEDGE = KeyGroup(
    "Acknowledging an alert",
    (
        Key("acknowledge.accept", "enter", "accept", "acknowledge", "Acknowledge, with the note or without"),
        Key("acknowledge.close", "escape", "close", "close", "Close"),
    ),
)

USER_STREAM = KeyGroup(
    "A user stream",
    (
        Key("user_stream.back", "escape,backspace", "back", "back", "Back to the connections"),
        Key(
            "user_stream.renew",
            "r",
            "renew",
            "renew",
            "Another connection without loss; a key that was refused is tried again",
        ),
        Key(
            "user_stream.accept",
            "a",
            "accept",
            "accept",
            "Take the account as it is: what no fill explains is known to you",
        ),
    ),
)

FILLS = KeyGroup(
    "Fills",
    (
        Key(
            "fills.search",
            "slash",
            "search",
            "filter",
            "Show only fills with these words: symbol, account, market, buy, sell, maker, taker, recovered",
            priority=True,
        ),
        Key("fills.clear", "escape", "clear_search", "", "Show all fills again"),
        Key("fills.csv", "e", "export('csv')", "export CSV", "Write the fills that are listed to a CSV file"),
        Key("fills.json", "E", "export('json')", "export JSON", "Write them to a JSON file"),
        Key("fills.open", "enter", "open", "symbol", "Open the symbol: book, trades, candles"),
    ),
)

ORDERS = KeyGroup(
    "Orders",
    (Key("orders.open", "enter", "open", "symbol", "Open the symbol: book, trades, candles"),),
)

ACCOUNT = KeyGroup(
    "Positions and balances",
    (
        Key("account.open", "enter", "open", "symbol", "Open the position's symbol"),
        Key("account.empty", "e", "empty", "empty ones", "Show balances of nothing too, or hide them"),
    ),
)

REPLAY = KeyGroup(
    "In a replay, on every screen",
    (
        Key("replay.pause", "space", "replay_pause", "pause", "Stand still, or go on"),
        Key("replay.step", "full_stop", "replay_step", "step", "Stand still one record further"),
        Key("replay.next", "x", "replay_incident(1)", "incident", "To where the verdict next got worse"),
        Key("replay.previous", "X", "replay_incident(-1)", "", "To where it got worse before"),
        Key("replay.faster", "greater_than_sign", "replay_faster", "speed", "Faster"),
        Key("replay.slower", "less_than_sign", "replay_slower", "", "Slower"),
        Key("replay.on", "right_parenthesis", "replay_seek(10)", "", "10 seconds on"),
        Key("replay.back", "left_parenthesis", "replay_seek(-10)", "", "10 seconds back"),
        Key("replay.far_on", "right_curly_bracket", "replay_seek(300)", "", "5 minutes on"),
        Key("replay.far_back", "left_curly_bracket", "replay_seek(-300)", "", "5 minutes back"),
    ),
)

SEARCH = KeyGroup(
    "While searching",
    (
        Key("search.keep", "enter,tab", "submit", "keep", "Keep the filter and go to the rows"),
        Key("search.clear", "escape", "clear", "clear", "Show all rows again"),
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

HELP = KeyGroup(
    "Help",
    (Key("help.close", "escape,question_mark,f1,q", "close", "close", "Close"),),
)

GROUPS = (
    APP,
    LIVE,
    FOCUS,
    MOVE,
    WATCHLIST,
    SYMBOL,
    BOOK,
    TRADES,
    CANDLES,
    CONNECTIONS,
    STREAMS,
    INCIDENTS,
    USER_STREAM,
    FILLS,
    ORDERS,
    ACCOUNT,
    ALERTS,
    NIGHT,
    ACKNOWLEDGE,
    REPLAY,
    SEARCH,
    ADD,
    COLUMNS,
    HELP,
)
"""Every key, in the order of the help and of README."""

_ON_SCREENS = (
    (FOCUS, MOVE, WATCHLIST),
    (FOCUS, MOVE, CONNECTIONS),
    (FOCUS, MOVE, STREAMS),
    (FOCUS, MOVE, INCIDENTS),
    (FOCUS, MOVE, USER_STREAM),
    (FOCUS, MOVE, FILLS),
    (FOCUS, MOVE, ORDERS),
    (FOCUS, MOVE, ACCOUNT),
    (FOCUS, MOVE, ALERTS),
    (NIGHT,),
    (SYMBOL, BOOK),
    (SYMBOL, TRADES),
    (SYMBOL, CANDLES),
)

PLACES = (
    *((APP, time, *groups) for time in (LIVE, REPLAY) for groups in _ON_SCREENS),
    (APP, WATCHLIST, SEARCH),
    (APP, FILLS, SEARCH),
    (ACKNOWLEDGE,),
    (APP, SYMBOL, SEARCH),
    (ADD,),
    (MOVE, COLUMNS),
    (HELP,),
)
"""Groups whose keys are listened to at the same time."""

_NAMES = {
    "left": "←",
    "right": "→",
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "plus": "+",
    "escape": "esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "down": "↓",
    "up": "↑",
    "delete": "Del",
    "backspace": "Bksp",
    "backslash": "\\",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "minus": "-",
    "equals_sign": "=",
    "percent_sign": "%",
    "full_stop": ".",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
}

_FUNCTION = re.compile(r"\bf([0-9]+)$")

READ_AS = {name: key for key, name in _NAMES.items()}
"""Keys by what people call them."""


def bindings(*groups: KeyGroup) -> list[BindingType]:
    """The groups' keys as Textual takes them."""
    return [
        Binding(key.keys, key.action, key.description, show=False, priority=key.priority, id=key.id)
        for group in groups
        for key in group.keys
    ]


def shown(keys: str) -> str:
    """Keys as people read them: `j ↓`, `ctrl+d`."""
    return " ".join(_NAMES.get(key, _FUNCTION.sub(r"F\1", key)) for key in keys.split(","))
