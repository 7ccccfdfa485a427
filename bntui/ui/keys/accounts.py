"""Keys of the screens of own accounts."""

from __future__ import annotations

from bntui.ui.keys.key import Key, KeyGroup

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
