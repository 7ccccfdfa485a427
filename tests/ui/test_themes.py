from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from bntui.ui.themes import (
    DEFAULT_THEME,
    FEW_COLOURS_THEME,
    ROLES,
    load_themes,
    role_defaults,
    theme_alone,
    theme_folder,
    usual_theme,
)
from tests.support import market
from tests.support.viewing import desk

LEAST_CONTRAST = 4.5
"""WCAG 2.1, success criterion 1.4.3: text of ordinary size."""

GROUNDS = ("bn-bar", "bn-header", "bn-cursor", "bn-cursor-blurred")

ORNAMENTS = ("bn-grid", "bn-shade")
"""Lines and shades behind a chart, which say nothing that is not said in words as well."""

MINE = 'name = "x"\nprimary = "blue"\n'
"""The first two lines of a theme."""

SHIPPED = {theme.name: theme for theme in load_themes([theme_folder()])[0]}

PAINTED = {name: theme for name, theme in SHIPPED.items() if not theme.ansi}
"""Themes of colours of their own."""

NATIVE = {name: theme for name, theme in SHIPPED.items() if theme.ansi}
"""Themes of the terminal's sixteen colours."""

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_SIXTEEN = [f"ansi_{name}" for name in (*_COLOURS, *(f"bright_{name}" for name in _COLOURS))]

PALETTES = {
    # xterm(1), resources color0 to color15, as XTerm-col.ad sets them.
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5"
    " 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    # The Linux console: drivers/tty/vt/vt.c, default_red, default_grn, default_blu.
    "linux": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa"
    " 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
}
"""What the sixteen colours are in two wide-spread palettes."""


def luminance(colour: Color) -> float:
    channels = [
        channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in colour.rgb)
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_themes_are_shipped_whole() -> None:
    themes, broken = load_themes([theme_folder()])
    assert not broken
    assert {theme.name: (theme.dark, theme.ansi) for theme in themes} == {
        "bntui-dark": (True, False),
        "bntui-light": (False, False),
        "bntui-blue-orange": (True, False),
        "bntui-blue-orange-light": (False, False),
        "bntui-contrast": (True, False),
        "bntui-16-dark": (True, True),
        "bntui-16-light": (False, True),
    }
    assert all(set(theme.variables) >= set(ROLES) for theme in themes)
    assert all(set(theme.variables) == set(ROLES) for theme in PAINTED.values())


TEXTS = [role for role in ROLES if role not in (*GROUNDS, *ORNAMENTS)]


@pytest.mark.parametrize("theme", PAINTED.values(), ids=PAINTED.keys())
@pytest.mark.parametrize("role", TEXTS)
def test_every_text_is_legible_on_every_ground(theme: Theme, role: str) -> None:
    grounds = [theme.background, theme.surface, theme.panel, *(theme.variables[name] for name in GROUNDS)]
    for ground in grounds:
        assert ground is not None
        assert contrast(theme.variables[role], ground) >= LEAST_CONTRAST, ground
        assert contrast(str(theme.foreground), ground) >= LEAST_CONTRAST, ground


@pytest.mark.parametrize("role", TEXTS)
def test_high_contrast_is_higher(role: str) -> None:
    theme = SHIPPED["bntui-contrast"]
    for ground in (str(theme.background), *(theme.variables[name] for name in GROUNDS)):
        assert contrast(theme.variables[role], ground) >= 7


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("theme", NATIVE.values(), ids=NATIVE.keys())
def test_sixteen_colours_are_legible_in_the_palettes_that_people_have(theme: Theme, palette: str) -> None:
    colours = dict(zip(_SIXTEEN, (f"#{one}" for one in PALETTES[palette].split()), strict=True))
    ground = "#000000" if theme.dark else "#ffffff"
    for role, value in theme.variables.items():
        if role in ROLES and value != "ansi_default":
            assert contrast(colours[value], ground) >= LEAST_CONTRAST, role
    for pair in ("block-cursor", "input-cursor", "input-selection", "screen-selection"):
        on, text = theme.variables[f"{pair}-background"], theme.variables[f"{pair}-foreground"]
        assert contrast(colours[text], colours[on]) >= LEAST_CONTRAST, pair


@pytest.mark.parametrize("theme", SHIPPED.values(), ids=SHIPPED.keys())
def test_what_rises_does_not_look_like_what_falls(theme: Theme) -> None:
    assert theme.variables["bn-up"] != theme.variables["bn-down"]
    assert theme.variables["bn-live"] != theme.variables["bn-blind"]


@pytest.mark.parametrize("name", ["bntui-blue-orange", "bntui-blue-orange-light", "bntui-16-light"])
def test_what_rises_is_bluer_than_what_falls_where_red_and_green_are_not_told_apart(name: str) -> None:
    theme = SHIPPED[name]
    values = [theme.variables[role] for role in ("bn-up", "bn-down")]
    up, down = (Color.parse(value.replace("ansi_", "")) for value in values)
    assert up.b > down.b + 80
    assert up.b > up.r
    assert down.r > down.b


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, DEFAULT_THEME),
        ({"TERM": "xterm-256color"}, DEFAULT_THEME),
        ({"TERM": "screen-256color"}, DEFAULT_THEME),
        ({"TERM": "linux"}, FEW_COLOURS_THEME),
        ({"TERM": "xterm-16color"}, FEW_COLOURS_THEME),
    ],
)
def test_a_terminal_of_sixteen_colours_gets_a_theme_of_them(environ: dict[str, str], theme: str) -> None:
    assert usual_theme(environ) == theme


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=BUILTIN_THEMES.keys())
def test_any_theme_of_textual_gets_every_role(theme: Theme) -> None:
    roles = role_defaults(theme)
    assert set(roles) == set(ROLES)
    for value in roles.values():
        Color.parse(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"', ": primary: this is missing, and every theme needs it."),
        ('name = 3\nprimary = "blue"', ":1: name: 3 is no text."),
        (f"{MINE}primry = 1", ":3: primry: no theme has such a key; did you mean primary?"),
        (f"{MINE}colour = 1", ":3: colour: no theme has such a key."),
        ('primary = "bleu"\nname = "x"', ":1: primary: 'bleu' is no colour; did you mean blue?"),
        (f"{MINE}surface = 3", ":3: surface: 3 is no colour."),
        (f'{MINE}dark = "yes"', ":3: dark: 'yes' is neither true nor false."),
        (f'{MINE}text_alpha = "a"', ":3: text_alpha: 'a' is no number."),
        (f'{MINE}[variables]\nbn-up = "#12"', ":4: variables.bn-up: '#12' is no colour."),
        (
            f'{MINE}[variables]\nbn-lve = "red"',
            ":4: variables.bn-lve: bntui has no such colour; did you mean bn-live?",
        ),
        (f"{MINE}[variables]\nother = 1", ":4: variables.other: 1 is no text."),
        (f"{MINE}variables = 1", ":3: variables: this is a table, not a single value."),
        ("name = ", ":1: no valid TOML: Invalid value."),
    ],
)
def test_a_broken_theme_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    assert load_themes([tmp_path]) == ([], [f"{path}{said}"])


def test_a_theme_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    _, (latin, loop) = load_themes([tmp_path])
    assert latin.endswith("latin.toml is not UTF-8 text.")
    assert "loop.toml cannot be read" in loop


def test_of_two_themes_with_one_name_the_later_folder_wins(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "bntui-dark"\nprimary = "#123456"\n')
    themes, broken = load_themes([theme_folder(), tmp_path])
    assert not broken
    assert {theme.name: theme.primary for theme in themes}["bntui-dark"] == "#123456"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_theme_is_found_without_reading_the_others(name: str, tmp_path: Path) -> None:
    assert theme_alone(name, theme_folder(), [tmp_path, tmp_path / "missing"]) == SHIPPED[name]


def test_which_theme_is_meant_takes_all_files_where_the_user_has_his_own(tmp_path: Path) -> None:
    assert theme_alone("nord", theme_folder(), []) is None, "it is Textual's"
    (tmp_path / "mine.toml").write_text(f'name = "{DEFAULT_THEME}"\nprimary = "#102030"\n')
    assert theme_alone(DEFAULT_THEME, theme_folder(), [tmp_path]) is None


async def test_behind_the_first_frame_all_themes_are_known() -> None:
    at = desk(market.calm())
    worn = at.app.current_theme
    assert not at.app.available_themes.keys() >= SHIPPED.keys()
    async with at.running(80, 24) as pilot:
        await at.frame(pilot)
        assert at.app.available_themes.keys() >= SHIPPED.keys()
        assert at.app.current_theme is worn, "no colour is worked out again"


async def test_a_broken_file_is_reported_and_the_default_used(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("name = ")
    at = desk(market.calm(), theme="bad", theme_folders=[tmp_path])
    async with at.running():
        assert at.app.theme == DEFAULT_THEME
        broken, missing = (toast.message for toast in at.app._notifications)
        assert broken == f"{tmp_path}/bad.toml:1: no valid TOML: Invalid value."
        assert "\n" not in broken
        assert missing == "theme: no theme is called bad"


async def test_without_a_usable_default_textuals_own_theme_serves(tmp_path: Path) -> None:
    (tmp_path / "bntui-dark.toml").write_text("broken")
    at = desk(market.calm(), theme="nosuch")
    for name in SHIPPED:
        at.app.unregister_theme(name)
    at.app._theme_folders = (tmp_path,)
    at.app._dress()
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
