"""The viewer wears what its user wishes, puts on what he changes, and remembers it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style

from bntui.errors import UsageError
from bntui.model.markets import SymbolKey
from bntui.preferences import Preferences
from bntui.ui.choices import Choices
from bntui.ui.lists import ListTold
from bntui.ui.themes import DEFAULT_THEME
from bntui.ui.wishes import MOST_PROBLEMS, Told
from bntui.wire.messages import Watch
from tests.support import market
from tests.support.sittings import strips
from tests.support.viewing import Desk, desk
from tests.ui.test_contrast import faint

BTC, ETH = market.key_of("BTCUSDT"), market.key_of("ETHUSDT")


def colour_of(at: Desk, glyph: str) -> str:
    """The colour in which the watchlist draws a glyph."""
    for y in range(1, 17):
        for text, style, _ in at.watchlist.grid.render_line(y):
            if glyph in text and isinstance(style, Style) and style.color is not None:
                return style.color.name
    raise AssertionError(f"no {glyph} is drawn")


def message(at: Desk) -> str:
    """What the bottom line says."""
    said = at.app.viewer.board.current(at.clock.monotonic())
    return "" if said is None else said[0]


async def test_up_and_down_change_their_colours_and_change_them_back() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        up, down = colour_of(at, "▲"), colour_of(at, "▼")
        at.app.action_swap_colours()
        await at.frame(pilot)
        assert (colour_of(at, "▲"), colour_of(at, "▼")) == (down, up)
        at.app.theme = "bntui-light"
        await at.frame(pilot)
        at.app.theme = DEFAULT_THEME
        await at.frame(pilot)
        assert (colour_of(at, "▲"), colour_of(at, "▼")) == (down, up)
        at.app.action_swap_colours()
        await at.frame(pilot)
        assert (colour_of(at, "▲"), colour_of(at, "▼")) == (up, down)


async def test_what_the_settings_say_of_colours_is_worn_from_the_start() -> None:
    plain, swapped = desk(market.calm()), desk(market.calm(), told=Told(Preferences(swap_colours=True)))
    async with plain.running():
        up = colour_of(plain, "▲")
    async with swapped.running():
        assert colour_of(swapped, "▼") == up


async def test_what_is_changed_is_worn_in_the_next_run() -> None:
    kept: dict[str, str] = {}
    at = desk(market.calm(), choices=Choices(keep=kept.__setitem__))
    async with at.running() as pilot:
        assert kept == {}
        at.app.theme = "bntui-contrast"
        await at.frame(pilot)
        await pilot.press("percent_sign")
        at.app.action_swap_colours()
    again = desk(market.calm(), choices=Choices(kept))
    async with again.running():
        assert again.app.theme == "bntui-contrast"
        assert again.app.swapped
        assert not again.app.wishes.mouse


async def test_every_problem_is_a_toast_of_its_own_and_too_many_are_counted() -> None:
    problems = tuple(f"problem {number}." for number in range(MOST_PROBLEMS + 2))
    at = desk(market.calm(), told=Told(problems=problems))
    async with at.running():
        told = [toast.message for toast in at.app._notifications]
        assert told[:-1] == list(problems[:MOST_PROBLEMS])
        assert told[-1] == "2 more: see `bntui config check`."


async def test_reading_anew_says_what_is_otherwise_and_puts_it_on() -> None:
    fresh = Told(
        Preferences(theme="bntui-light", keys={"watchlist.sort": ("o",)}, watchlist="majors"),
        (ListTold("majors", (ETH, BTC), ("symbol", "age")),),
        ("c.toml:1: thme is no setting.",),
        ("environment",),
    )
    at = desk(market.calm(), reread=lambda: fresh)
    async with at.running() as pilot:
        await pilot.press("ctrl+r")
        await at.frame(pilot)
        said = "Read anew: theme, watchlist, keys, watchlists. Only a new start takes environment."
        assert message(at) == said
        assert at.app.theme == "bntui-light"
        assert at.watchlist.grid.keys == (ETH, BTC)
        assert [slot.column.id for slot in at.watchlist.grid.slots] == ["symbol", "age"]
        assert at.sent == [Watch([ETH, BTC])]
        assert [toast.message for toast in at.app._notifications] == ["c.toml:1: thme is no setting."]
        await pilot.press("o")
        await at.frame(pilot)
        assert "symbol↑" in at.watchlist.grid.render_line(0).text
        await pilot.press("ctrl+r")
        assert message(at).startswith("Read anew: nothing is otherwise.")


async def test_a_file_that_cannot_be_read_changes_nothing() -> None:
    def broken() -> Told:
        raise UsageError("c.toml:1: no valid TOML.", "Mend that line.")

    at = desk(market.calm(), reread=broken)
    async with at.running() as pilot:
        await pilot.press("ctrl+r")
        assert message(at) == "Nothing was changed: the settings cannot be used."
        assert [toast.message for toast in at.app._notifications] == [
            "c.toml:1: no valid TOML. Mend that line."
        ]
        assert at.app.theme == DEFAULT_THEME


async def test_a_theme_of_the_user_s_is_there_once_its_file_is(tmp_path: Path) -> None:
    at = desk(market.calm(), theme_folders=[tmp_path], reread=lambda: Told(Preferences(theme="mine")))
    async with at.running() as pilot:
        (tmp_path / "mine.toml").write_text('name = "mine"\nprimary = "#123456"')
        await pilot.press("ctrl+r")
        assert at.app.theme == "mine"


@pytest.mark.parametrize("first", ["", "majors"])
async def test_lists_are_gone_through_with_brackets(first: str) -> None:
    told = Told(Preferences(watchlist=first), (ListTold("majors", (ETH, BTC)),))
    at = desk(market.calm(), told=told)

    def shown() -> tuple[SymbolKey, ...]:
        return at.watchlist.grid.keys

    async with at.running() as pilot:
        begin = shown()
        assert (begin == (ETH, BTC)) is (first == "majors")
        await pilot.press("right_square_bracket")
        await at.frame(pilot)
        assert (shown() == (ETH, BTC)) is (first == "")
        assert ("list majors 2/2" in at.line("#status")) is (first == "")
        await pilot.press("left_square_bracket")
        await at.frame(pilot)
        assert shown() == begin


@pytest.mark.parametrize("theme", ["bntui-dark", "bntui-light", "bntui-contrast"])
async def test_toasts_are_legible_and_leave_the_verdict_and_the_bottom_line_alone(theme: str) -> None:
    problems = tuple(f"/home/you/config.toml:{line}: fps: 'x' is no number." for line in "12")
    at = desk(market.calm(), told=Told(Preferences(theme=theme), problems=problems))
    async with at.app.run_test(size=(80, 24), notifications=True) as pilot:
        lines: list[str] = []
        for _ in range(5):
            # Toasts are mounted a moment behind the frame that they belong to.
            await at.frame(pilot)
            await pilot.pause()
            lines = [strip.text for strip in strips(at)]
            if sum("is no number." in line for line in lines) == 2:
                break
        assert sum("is no number." in line for line in lines) == 2
        assert "LIVE" in lines[0]
        assert "1 Watch" in lines[-1]
        assert "is no number." not in lines[-1]
        assert faint(at) == []
