"""What the command palette offers, by the screen in front."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.theme import ThemeProvider

from bntui.ui.screens.account import AccountScreen
from bntui.ui.screens.alerts import AlertsScreen
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.screens.connections import ConnectionsScreen
from bntui.ui.screens.fills import FillsScreen
from bntui.ui.screens.incidents import IncidentsScreen
from bntui.ui.screens.symbol import SymbolScreen
from bntui.ui.screens.watchlist import WatchlistScreen
from bntui.ui.sorting import LIST_ORDER
from bntui.ui.themes import TEXTUAL_S

SCREENS = {
    "watchlist": ("Watchlist", "Prices, spreads and ages of the symbols"),
    "connections": ("Connections", "Shards, reconnect history and the IP's budget"),
    "symbol": ("Symbol", "Book, trades and candles of the open symbol"),
    "incidents": ("Incidents", "What was lost, when, and why"),
    "fills": ("Fills", "Fills of own accounts, and their sums"),
    "orders": ("Orders", "Own orders, open and over"),
    "account": ("Account", "Positions and balances"),
    "alerts": ("Alerts", "What was told, what lasts, and who knows"),
}
"""The modes, with their titles and what they show."""


class Themes(ThemeProvider):
    """The themes by name: bntui's own and the user's first, behind them those that Textual brings along."""

    @property
    def commands(self) -> list[tuple[str, Callable[[], None]]]:
        """Each with what puts it on."""
        return sorted(super().commands, key=lambda command: command[0] in TEXTUAL_S)


def of_themes() -> CommandPalette:
    """Every theme, found by its name."""
    return CommandPalette(providers=[Themes], placeholder="Search for themes…")


def screens(show: Callable[[str], Any]) -> Iterable[SystemCommand]:
    """The ways to each screen."""
    for mode, (title, about) in SCREENS.items():
        yield SystemCommand(title, about, partial(show, mode))


def of_screen(front: ViewerScreen | None) -> Iterable[SystemCommand]:
    """What the screen in front can do."""
    if front is not None:
        yield SystemCommand("Copy", "What the cursor is on, or else the verdict", front.action_copy)
        yield SystemCommand("Copy verdict", "With its reason, and since when", front.action_copy_verdict)
    match front:
        case WatchlistScreen():
            yield from _of_watchlist(front)
        case SymbolScreen():
            yield from _of_symbol(front)
        case ConnectionsScreen():
            for shard in sorted(front.viewer.mirror.shards):
                yield SystemCommand(
                    f"Rotate shard {shard}",
                    "A new connection takes over before the old one closes",
                    partial(front.rotate, shard),
                )
        case IncidentsScreen():
            yield SystemCommand("Copy day", "All incidents of its day, as Markdown", front.action_copy_day)
        case FillsScreen():
            yield SystemCommand("Filter fills", "Only fills with some words", front.action_search)
            for kind in ("csv", "json"):
                yield SystemCommand(
                    f"Export {kind.upper()}",
                    "The fills that are listed, to a file",
                    partial(front.action_export, kind),
                )
        case AlertsScreen():
            yield SystemCommand("Acknowledge", "The alert under the cursor", front.action_acknowledge)
            yield SystemCommand("Acknowledge all", "Every alert that lasts", front.action_acknowledge_all)
        case AccountScreen():
            yield SystemCommand("Empty balances", "Show them too, or hide them", front.action_empty)
        case _:
            return


def _of_watchlist(front: WatchlistScreen) -> Iterable[SystemCommand]:
    yield SystemCommand("Add symbols", "Put symbols on the watchlist", front.action_add)
    yield SystemCommand("Search", "Show only symbols that contain a text", front.action_search)
    yield SystemCommand("Columns", "Choose and order the columns", front.action_columns)
    for name in front.viewer.lists.names:
        if name != front.viewer.lists.current:
            yield SystemCommand(f"List {name}", "Show this watchlist", partial(front.show_list, name))
    yield SystemCommand("Sort by list order", "As the symbols were added", partial(front.sort_by, LIST_ORDER))
    for column in front.sortable():
        yield SystemCommand(
            f"Sort by {column.title.strip()}", "Sort the watchlist", partial(front.sort_by, column.id)
        )


def _of_symbol(front: SymbolScreen) -> Iterable[SystemCommand]:
    yield SystemCommand("Next symbol", "The next one of the watchlist", front.action_next_symbol)
    yield SystemCommand("Previous symbol", "The one before", front.action_previous_symbol)
    yield SystemCommand("Book depth", "5, 10, 20 or 50 levels of each side", front.action_levels)
    yield SystemCommand("Partial book", "The cheaper book, or the whole one", front.action_partial)
    yield SystemCommand("Filter trades", "Only trades of a size or more", front.action_filter)
    yield SystemCommand("Panel alone", "This panel alone, or all of them", front.action_zoom)
