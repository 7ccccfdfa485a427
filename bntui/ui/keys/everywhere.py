"""Keys that are not of one screen alone."""

from __future__ import annotations

from bntui.ui.keys.key import Key, KeyGroup

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

HELP = KeyGroup(
    "Help",
    (Key("help.close", "escape,question_mark,f1,q", "close", "close", "Close"),),
)
