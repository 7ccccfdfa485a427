"""Every key of the viewer, as data: the bindings, the help and the bottom line are made from it."""

from __future__ import annotations

from bntui.ui.keys.accounts import ACCOUNT, FILLS, ORDERS
from bntui.ui.keys.connections import CONNECTIONS, STREAMS, USER_STREAM
from bntui.ui.keys.everywhere import APP, FOCUS, HELP, LIVE, MOVE, REPLAY, SEARCH
from bntui.ui.keys.incidents import ACKNOWLEDGE, ALERTS, INCIDENTS, NIGHT
from bntui.ui.keys.key import Key, KeyGroup, bindings
from bntui.ui.keys.names import READ_AS, shown
from bntui.ui.keys.symbol import BOOK, CANDLES, SYMBOL, TRADES
from bntui.ui.keys.watchlist import ADD, COLUMNS, WATCHLIST

__all__ = [
    "ACCOUNT",
    "ACKNOWLEDGE",
    "ADD",
    "ALERTS",
    "APP",
    "BOOK",
    "CANDLES",
    "COLUMNS",
    "CONNECTIONS",
    "FILLS",
    "FOCUS",
    "GROUPS",
    "HELP",
    "INCIDENTS",
    "LIVE",
    "MOVE",
    "NIGHT",
    "ORDERS",
    "PLACES",
    "READ_AS",
    "REPLAY",
    "SEARCH",
    "STREAMS",
    "SYMBOL",
    "TRADES",
    "USER_STREAM",
    "WATCHLIST",
    "Key",
    "KeyGroup",
    "bindings",
    "shown",
]

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
