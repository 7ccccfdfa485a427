from __future__ import annotations

import pytest
from rich.style import Style
from textual.theme import BUILTIN_THEMES

from bntui.ui.themes import DEFAULT_THEME, ROLES, load_themes, role_defaults, theme_folder
from bntui.ui.widgets.styles import LOOKS, style_of

DARK = next(theme for theme in load_themes([theme_folder()])[0] if theme.name == DEFAULT_THEME)


def test_every_style_is_made_of_roles_that_every_theme_has() -> None:
    for look in LOOKS.values():
        assert {look.role, look.ground} <= {"", *ROLES}


def test_every_role_of_a_theme_is_used() -> None:
    used = {look.role for look in LOOKS.values()} | {look.ground for look in LOOKS.values()}
    assert set(ROLES) - used == {"bn-bar"}, "only the bars' ground is the stylesheet's alone"


def test_colours_come_from_the_theme() -> None:
    assert style_of("up", DARK.variables, native_ansi=False) == Style(color=DARK.variables["bn-up"])


@pytest.mark.parametrize("name", ["faint", "header", "cursor", "cursor-blurred"])
def test_what_shades_say_attributes_say_where_there_are_none(name: str) -> None:
    with_shades = style_of(name, DARK.variables, native_ansi=False)
    without = style_of(name, DARK.variables, native_ansi=True)
    attributes = [(style.dim, style.underline, style.reverse) for style in (with_shades, without)]
    assert [any(found) for found in attributes] == [False, True]


@pytest.mark.parametrize("name", ["chip-live", "chip-degraded", "chip-blind", "chip-tab"])
def test_chips_stand_out_without_colour(name: str) -> None:
    style = style_of(name, {}, native_ansi=True)
    assert style.reverse
    assert style.bold


def test_sixteen_colours_are_the_terminals_own() -> None:
    ansi = role_defaults(BUILTIN_THEMES["ansi-dark"])
    colour = style_of("blind", ansi, native_ansi=True).color
    assert colour is not None
    assert colour.number == 1
