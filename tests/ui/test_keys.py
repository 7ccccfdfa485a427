from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widgets import Input

from bntui.preferences import Preferences
from bntui.ui.app import BntuiApp
from bntui.ui.keys import APP, GROUPS, PLACES, Key, KeyGroup
from bntui.ui.screens.account import AccountScreen
from bntui.ui.screens.add import AddScreen
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.screens.columns import ColumnsScreen
from bntui.ui.screens.connections import ConnectionsScreen
from bntui.ui.screens.fills import FillsScreen
from bntui.ui.screens.help import HelpScreen
from bntui.ui.screens.incidents import IncidentsScreen
from bntui.ui.screens.night import NightScreen
from bntui.ui.screens.orders import OrdersScreen
from bntui.ui.screens.streams import StreamsScreen
from bntui.ui.screens.symbol import SymbolScreen
from bntui.ui.screens.userstream import UserStreamScreen
from bntui.ui.screens.watchlist import WatchlistScreen
from bntui.ui.widgets.candles import CandleChart
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.ladder import Ladder
from bntui.ui.widgets.lines import Lines
from bntui.ui.widgets.prose import Prose
from bntui.ui.widgets.search import SearchInput
from bntui.ui.widgets.tape import Tape
from bntui.ui.wishes import Told
from tests.support import accounts, market
from tests.support.viewing import desk

OURS: list[type[DOMNode]] = [
    BntuiApp,
    ViewerScreen,
    WatchlistScreen,
    ConnectionsScreen,
    StreamsScreen,
    IncidentsScreen,
    NightScreen,
    SymbolScreen,
    FillsScreen,
    OrdersScreen,
    AccountScreen,
    UserStreamScreen,
    Ladder,
    Tape,
    AddScreen,
    ColumnsScreen,
    HelpScreen,
    Grid,
    CandleChart,
    Prose,
    SearchInput,
]

TAKEN_BY_TERMINALS = {"ctrl+q", "ctrl+s", "ctrl+b", "ctrl+a", "ctrl+z"} | {
    f"shift+{arrow}" for arrow in ("up", "down", "left", "right")
}
"""Flow control, the prefixes of tmux and screen, job control, and what terminals scroll and select with."""


@pytest.mark.parametrize("owner", OURS, ids=lambda owner: owner.__name__)
def test_every_binding_has_an_id_and_a_description(owner: type[DOMNode]) -> None:
    for binding in owner.BINDINGS:
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.description


def test_ids_are_unique() -> None:
    counted = Counter(key.id for group in GROUPS for key in group.keys)
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_no_key_is_bound_twice_in_one_place(group: KeyGroup) -> None:
    counted = Counter(name for key in group.keys for name in key.keys.split(","))
    assert [name for name, count in counted.items() if count > 1] == []


async def test_no_screen_binds_what_terminals_take() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        for there, back in (
            ([], []),
            (["slash"], ["escape"]),
            (["a"], ["escape"]),
            (["question_mark"], ["escape"]),
            (["ctrl+p"], ["escape"]),
            (["2"], []),
            (["enter"], []),
            (["3"], []),
            (["tab"], []),
            (["4"], []),
            (["tab"], []),
            (["tab"], []),
            (["5"], []),
            (["slash"], ["escape"]),
            (["6"], []),
            (["7"], []),
            (["z"], []),
        ):
            await pilot.press(*there)
            bound = set(at.app.screen.active_bindings)
            assert not (TAKEN_BY_TERMINALS & bound) - _of_text_fields(at.app), there
            await pilot.press(*back)


def _of_text_fields(app: BntuiApp) -> set[str]:
    """Keys of Textual's own text field, which edit text and go no further."""
    if not isinstance(app.focused, Input):
        return set()
    return {
        name for binding in Input.BINDINGS if isinstance(binding, Binding) for name in binding.key.split(",")
    }


@pytest.mark.parametrize("key", [key for group in GROUPS for key in group.keys], ids=lambda key: key.id)
def test_no_action_has_a_key_that_terminals_take(key: Key) -> None:
    assert not TAKEN_BY_TERMINALS & set(key.keys.split(","))


SCREENS = [one for one in OURS if issubclass(one, ViewerScreen) and one is not ViewerScreen]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_the_groups_of_a_screen_are_known_to_be_listened_to_together(screen: type[ViewerScreen]) -> None:
    for group in screen.KEYS:
        assert any(group in place and screen.KEYS[0] in place for place in PLACES), group.title


def test_every_group_has_its_place() -> None:
    assert [group.title for group in GROUPS if not any(group in place for place in PLACES)] == []


async def test_a_users_keymap_moves_a_key() -> None:
    at = desk(market.calm(), told=Told(Preferences(keys={"move.down": ("x",), "app.quit": ()})))
    async with at.running() as pilot:
        await pilot.press("x", "j", "q")
        assert at.watchlist.grid.cursor == 1
        assert at.app.is_running
        assert "q quit" not in at.line("#status")


async def test_the_help_and_the_bottom_line_show_keys_as_they_are() -> None:
    at = desk(market.calm(), told=Told(Preferences(keys={"watchlist.open": ("o",), "app.help": ("f2",)})))
    async with at.running() as pilot:
        assert "o open" in at.line("#status")
        assert "F2 help" in at.line("#status")
        await pilot.press("f2")
        page = at.app.screen.query_one("#help-lines", Lines).text
        assert "  o         Open the symbol" in page
        assert "  F2        This help" in page


def test_help_and_quit_are_on_the_bottom_line_of_every_screen() -> None:
    assert {key.id for key in APP.keys if key.label} == {"app.help", "app.quit"}


async def test_the_tabs_show_the_keys_that_open_the_screens() -> None:
    at = desk(market.calm(), told=Told(Preferences(keys={"app.connections": ("f7",)})))
    async with at.running() as pilot:
        assert "F7 Conn" in at.line("#status")
        await pilot.press("f7")
        await at.frame(pilot)
        assert at.app.current_mode == "connections"
