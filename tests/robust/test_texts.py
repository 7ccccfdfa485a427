"""Whatever the exchange puts into its texts is shown as text, on every screen, and moves nothing else."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any
from zlib import crc32

from rich.cells import cell_len

from bntui.model.delta import Delta, Notice
from bntui.ui.app import BntuiApp
from tests.support import market
from tests.support.viewing import desk

ODD = (
    "币安人生",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u202e\u2066evil\u2069",
    "\x1b[2J\x1b]0;mine\x07\x9b31m\x90q\x9c",
    "[b]x[/b][@click=app.quit]y[/]",
    "a\r\n\tb\x0b\x0c\x85\u2028c",
    "👩‍👩‍👧e\u0301\u0338\u200d\ufe0f",
    "\ud800\uffff\u0378",
    "x" * 400,
)
"""Wide and right-to-left letters, turned directions, controls, markup, lines, joined and lone code points."""

NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")
SCREENS = {
    "watchlist": (),
    "adding": ("a", "b", "down"),
    "searching": ("/", "b"),
    "connections": ("2",),
    "streams": ("2", "j", "j", "enter"),
    "incidents": ("3",),
    "incident": ("3", "j", "enter"),
    "help": ("?",),
    "commands": (":",),
}


def spoiled(value: Any) -> Any:
    """The same value with something odd in every text in it, the same in equal texts.

    Numbers stay, since the codec checks them.
    """
    if type(value) is str:
        if not value or NUMBER.fullmatch(value):
            return value
        odd = ODD[crc32(value.encode()) % len(ODD)]
        return f"{value[:3]}{odd}{value[3:]}"
    if isinstance(value, list):
        return [spoiled(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: spoiled(getattr(value, f.name)) for f in fields(value)})
    return value


def spoiled_delta() -> Delta:
    """An eventful market whose every text is odd."""
    delta = market.eventful()
    parts = (
        "rows",
        "watchlist",
        "shards",
        "streams",
        "outages",
        "instruments",
        "budget",
        "health",
        "verdict",
    )
    changes = {name: spoiled(getattr(delta, name)) for name in parts}
    return replace(delta, **changes, notices=[Notice(1, "".join(ODD), True)])


def drawn(app: BntuiApp) -> list[str]:
    """The lines on the terminal."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def test_no_text_steers_the_terminal_or_breaks_a_screen() -> None:
    at = desk(spoiled_delta())
    seen = ""
    async with at.running(100, 30) as pilot:
        for name, keys in SCREENS.items():
            for key in keys:
                await pilot.press(key)
            for line in drawn(at.app):
                assert line.isprintable(), (name, line)
                assert cell_len(line) == 100, (name, line)
                seen += line
            await at.burst(pilot, "escape", "escape", "1")
        assert at.app.is_running
    for shown in ("币安人生", "[b]x[/b]", "\u0645\u0631\u062d", "evil", "xxxxxx"):
        assert shown in seen, "what is harmless is shown as it is"
