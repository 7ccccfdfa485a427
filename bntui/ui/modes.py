"""The screens by the names of their modes. Each is loaded when it is opened: a start needs but one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from bntui.ui.screens.base import ViewerScreen
from bntui.ui.viewer import Viewer

FIRST_MODE = "watchlist"
"""What a viewer opens with."""

NIGHT_MODE = "night"
"""The 3 a.m. mode."""

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        FIRST_MODE: "WatchlistScreen",
        "connections": "ConnectionsScreen",
        "incidents": "IncidentsScreen",
        "symbol": "SymbolScreen",
        "fills": "FillsScreen",
        "orders": "OrdersScreen",
        "account": "AccountScreen",
        "alerts": "AlertsScreen",
        NIGHT_MODE: "NightScreen",
    }
)
"""The class of each mode's screen; its module has the mode's name."""


def screen_class(mode: str) -> type[ViewerScreen]:
    """The class of a mode's screen, loaded now at the latest."""
    found: type[ViewerScreen] = getattr(import_module(f"bntui.ui.screens.{mode}"), CLASSES[mode])
    return found


def opened(mode: str, viewer: Viewer) -> ViewerScreen:
    """A mode's screen."""
    return screen_class(mode)(viewer)
