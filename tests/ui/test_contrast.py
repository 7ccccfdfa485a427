"""Every text that is on any screen is legible on what is behind it, in every theme of its own colours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.segment import Segment
from textual.color import Color

from tests.support.sittings import SITTINGS, strips
from tests.support.viewing import Desk
from tests.ui.test_themes import LEAST_CONTRAST, PAINTED, contrast


def pair(segment: Segment) -> tuple[str, str] | None:
    """The colours of a text and its ground; None for what has no letter or digit."""
    text, style, _ = segment
    if not any(char.isalnum() for char in text):
        return None
    assert style is not None, text
    assert style.color is not None, text
    assert style.bgcolor is not None, text
    ink, ground = (Color.from_rich_color(one).hex for one in (style.color, style.bgcolor))
    return (ground, ink) if style.reverse else (ink, ground)


def faint(at: Desk) -> list[str]:
    """Texts that are not legible enough, with their colours."""
    found = []
    for strip in strips(at):
        for segment in strip:
            colours = pair(segment)
            if colours is not None and contrast(*colours) < LEAST_CONTRAST:
                found.append(f"{segment.text.strip()!r} {colours[0]} on {colours[1]}")
    return found


PALETTES = ("palette", "themes")
"""Textual's own dialogue takes the theme's colours when it opens."""


@pytest.mark.parametrize("name", [name for name in SITTINGS if name not in PALETTES])
async def test_every_text_is_legible(name: str) -> None:
    async with SITTINGS[name].taken() as (at, pilot):
        for theme in PAINTED:
            at.app.theme = theme
            await at.frame(pilot)
            assert faint(at) == [], theme


@pytest.mark.parametrize("theme", PAINTED)
@pytest.mark.parametrize("name", PALETTES)
async def test_every_text_of_the_palette_is_legible(name: str, theme: str) -> None:
    async with SITTINGS[name].taken(theme=theme) as (at, _pilot):
        assert faint(at) == []


async def test_a_faint_text_is_noticed() -> None:
    async with SITTINGS["watchlist"].taken() as (at, pilot):
        dark = PAINTED["bntui-dark"]
        at.app.register_theme(replace(dark, name="dim", variables=dark.variables | {"bn-title": "#445"}))
        at.app.theme = "dim"
        await at.frame(pilot)
        assert any("volume" in text for text in faint(at))
