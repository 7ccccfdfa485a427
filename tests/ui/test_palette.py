"""Everything can be found by name: the screens, what the one in front can do, and the settings."""

from __future__ import annotations

import pytest
from textual.command import CommandList
from textual.widgets import Input

from bntui.ui.lists import ListTold
from bntui.ui.modes import NIGHT_MODE
from bntui.ui.palette import SCREENS
from bntui.ui.themes import DEFAULT_THEME, TEXTUAL_S
from bntui.ui.wishes import Told
from tests.support import accounts, market, opened
from tests.support.sittings import SITTINGS, strips
from tests.support.viewing import Desk, desk, until


def titles(at: Desk) -> set[str]:
    """What the palette offers now."""
    return {command.title for command in at.app.get_system_commands(at.app.screen)}


async def test_every_screen_is_offered_and_exists() -> None:
    at = desk(market.calm())
    async with at.running():
        assert {title for title, _ in SCREENS.values()} <= titles(at)
        assert {*SCREENS, NIGHT_MODE} == set(at.app._modes) - {"_default"}
        assert {
            "Theme",
            "Swap colours",
            "Mouse",
            "Reload settings",
            "3 a.m. mode",
            "Freeze",
            "Quit",
        } <= titles(at)


@pytest.mark.parametrize(
    ("key", "offered"),
    [
        ("1", {"Add symbols", "Columns", "Sort by list order", "Sort by 24h %"}),
        ("2", {"Rotate shard 0"}),
        ("3", {"Copy", "Copy verdict", "Copy day"}),
        ("4", {"Next symbol", "Book depth", "Panel alone"}),
        ("5", {"Filter fills", "Export CSV", "Export JSON"}),
        ("7", {"Empty balances"}),
    ],
)
async def test_the_screen_in_front_offers_what_it_can_do(key: str, offered: set[str]) -> None:
    at = desk(accounts.traded(opened.opened(market.troubled())))
    async with at.running() as pilot:
        await pilot.press(key)
        await at.frame(pilot)
        assert offered <= titles(at)


async def test_named_watchlists_are_offered_but_for_the_one_in_front() -> None:
    lists = (ListTold("majors", (market.key_of("BTCUSDT"),)), ListTold("memes", ()))
    at = desk(market.calm(), told=Told(lists=lists))
    async with at.running() as pilot:
        assert {"List majors", "List memes"} <= titles(at)
        at.watchlist.show_list("majors")
        await at.frame(pilot)
        assert at.watchlist.grid.keys == (market.key_of("BTCUSDT"),)
        assert "List majors" not in titles(at)
        assert "List all" in titles(at)


async def test_the_chosen_command_is_told_without_colours_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        commands = at.app.screen.query_one(CommandList)
        chosen = commands.get_visual_style("option-list--option-highlighted")
        assert chosen.underline
        assert not commands.get_visual_style("option-list--option").underline


@pytest.mark.parametrize(
    ("theme", "environment"),
    [("bntui-16-dark", {}), ("bntui-16-light", {}), ("bntui-dark", {"NO_COLOR": "1"})],
)
@pytest.mark.parametrize("key", ["ctrl+p", "slash"])
async def test_where_colours_are_the_terminal_s_own_or_none_the_cursor_in_a_text_field_is_reversed(
    key: str, theme: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    at = desk(market.calm(), theme=theme)
    async with at.running(80, 24) as pilot:
        await pilot.press(key)
        await pilot.pause()
        field = at.app.focused
        assert isinstance(field, Input)
        cursor = field.get_component_rich_style("input--cursor")
        assert cursor.reverse
        assert cursor.color is not None
        assert cursor.color.is_default


async def test_bntuis_own_themes_stand_before_those_of_textual() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await pilot.press("T")
        await pilot.pause()
        commands = at.app.screen.query_one(CommandList)
        await until(pilot, lambda: commands.option_count > len(TEXTUAL_S))
        names = [str(option.prompt) for option in commands.options]
        own = len(names) - len(TEXTUAL_S)
        assert DEFAULT_THEME in names[:own]
        assert set(names[own:]) == TEXTUAL_S


@pytest.mark.parametrize("theme", ["bntui-16-dark", "bntui-16-light"])
@pytest.mark.parametrize("name", ["palette", "themes"])
async def test_its_edges_are_of_the_terminals_own_colours_too(name: str, theme: str) -> None:
    async with SITTINGS[name].taken(theme=theme) as (at, _pilot):
        drawn = [segment for strip in strips(at) for segment in strip if segment.text.strip()]
        used = [segment.style for segment in drawn if segment.style is not None]
        colours = {colour for style in used for colour in (style.color, style.bgcolor) if colour is not None}
        assert [colour for colour in colours if colour.triplet is not None] == []
