from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from bntui.ui.themes import DEFAULT_THEME, ROLES, load_themes, read_theme, role_defaults, theme_folder
from tests.support import market
from tests.support.viewing import desk

LEAST_CONTRAST = 4.5
"""WCAG 2.1, success criterion 1.4.3: text of ordinary size."""

GROUNDS = ("bn-bar", "bn-header", "bn-cursor", "bn-cursor-blurred")

ORNAMENTS = ("bn-grid", "bn-shade")
"""Lines and shades behind a chart, which say nothing that is not said in words as well."""

SHIPPED = {theme.name: theme for theme in load_themes([theme_folder()])[0]}


def luminance(colour: Color) -> float:
    channels = [
        channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in colour.rgb)
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_dark_and_a_light_theme_are_shipped_whole() -> None:
    themes, broken = load_themes([theme_folder()])
    assert not broken
    assert {theme.name: theme.dark for theme in themes} == {"bntui-dark": True, "bntui-light": False}
    assert all(set(theme.variables) == set(ROLES) for theme in themes)


@pytest.mark.parametrize("theme", SHIPPED.values(), ids=SHIPPED.keys())
@pytest.mark.parametrize("role", [role for role in ROLES if role not in (*GROUNDS, *ORNAMENTS)])
def test_every_text_is_legible_on_every_ground(theme: Theme, role: str) -> None:
    grounds = [theme.background, theme.surface, theme.panel, *(theme.variables[name] for name in GROUNDS)]
    for ground in grounds:
        assert ground is not None
        assert contrast(theme.variables[role], ground) >= LEAST_CONTRAST, ground
        assert contrast(str(theme.foreground), ground) >= LEAST_CONTRAST, ground


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=BUILTIN_THEMES.keys())
def test_any_theme_of_textual_gets_every_role(theme: Theme) -> None:
    roles = role_defaults(theme)
    assert set(roles) == set(ROLES)
    for value in roles.values():
        Color.parse(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('name = "x"', "primary is missing"),
        ('name = "x"\nprimary = "blue"\ncolour = "red"', "no theme has a key colour"),
        ('name = "x"\nprimary = "bleu"', "primary is no colour: bleu"),
        ('name = "x"\nprimary = "blue"\nsurface = 3', "surface is no colour: 3"),
        ('name = "x"\nprimary = "blue"\ndark = "yes"', "dark must be true or false"),
        ('name = "x"\nprimary = "blue"\ntext_alpha = "a"', "text_alpha must be a number"),
        ('name = "x"\nprimary = "blue"\n[variables]\nbn-up = "geen"', "bn-up is no colour: geen"),
        ('name = "x"\nprimary = "blue"\n[variables]\nother = 1', "other must be text"),
        ('name = "x"\nprimary = "blue"\nvariables = 1', "variables must be a table"),
    ],
)
def test_a_broken_theme_says_which_key_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="^" + reason.replace("(", r"\(") + "$"):
        read_theme(text)


def test_of_two_themes_with_one_name_the_later_folder_wins(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "bntui-dark"\nprimary = "#123456"\n')
    themes, broken = load_themes([theme_folder(), tmp_path])
    assert not broken
    assert {theme.name: theme.primary for theme in themes}["bntui-dark"] == "#123456"


async def test_a_broken_file_is_reported_and_the_default_used(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("name = ")
    at = desk(market.calm(), theme="bad", theme_folders=[tmp_path])
    async with at.running():
        assert at.app.theme == DEFAULT_THEME
        said = at.line("#status")
        assert "! theme bad.toml:" in said
        assert "no theme is called bad" in said


async def test_without_a_usable_default_textuals_own_theme_serves(tmp_path: Path) -> None:
    (tmp_path / "bntui-dark.toml").write_text("broken")
    at = desk(market.calm())
    for name in ("bntui-dark", "bntui-light"):
        at.app.unregister_theme(name)
    at.app._use_themes([tmp_path], None)
    async with at.running():
        assert at.app.theme == "textual-dark"
        assert "BTCUSDT" in at.watchlist.grid.render_line(1).text


async def test_themes_change_while_it_runs() -> None:
    at = desk(market.troubled())
    async with at.running() as pilot:
        dark = at.watchlist.grid.render_line(3)
        for name in ("bntui-light", "nord", "ansi-dark"):
            at.app.theme = name
            await pilot.pause()
            assert at.watchlist.grid.render_line(3) != dark
        at.app.theme = DEFAULT_THEME
        await pilot.pause()
        assert at.watchlist.grid.render_line(3) == dark
