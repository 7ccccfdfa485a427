from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bntui.ui.parting import LastScreen, last_screen
from tests.support import market
from tests.support.terminal import terminal
from tests.support.viewing import desk

RED = Style(color="red", bold=True)


def printed(last: LastScreen | None, environ: Mapping[str, str], width: int = 80) -> str:
    assert last is not None
    file = io.StringIO()
    Console(
        file=file, force_terminal=True, color_system="truecolor", width=width, _environ=dict(environ)
    ).print(last)
    return file.getvalue()


def test_lines_keep_their_styles_and_lose_the_space_at_their_ends() -> None:
    last = LastScreen([[Strip([Segment("ab", RED), Segment("   ")])], [Strip([Segment("  [b]c")])], [], []])
    assert printed(last, {}) == "\x1b[1;31mab\x1b[0m\n  [b]c\n"


def test_no_color_leaves_no_colour() -> None:
    assert printed(LastScreen([[Strip([Segment("ab", RED)])]]), {"NO_COLOR": "1"}) == "\x1b[1mab\x1b[0m\n"


@pytest.mark.parametrize("width", [80, 120])
async def test_what_is_left_is_what_was_shown(width: int) -> None:
    at = desk(market.troubled())
    async with at.running(width, 24) as pilot:
        shown = [strip.text.rstrip() for strip in at.app.screen._compositor.render_strips()]
        left = printed(last_screen(at.app), {}, width)
        assert re.sub(r"\x1b\[[0-9;]*m", "", left).rstrip("\n").split("\n") == shown
        assert "BLIND" in shown[0]
        await pilot.press("Q")
    assert at.app.return_value == 0


SHOWN_WITHIN_S, ENDED_WITHIN_S = 40.0, 20.0
"""A few seconds and less than two; a busy machine gets more."""

LEFT = "\x1b[?1049l"
"""The terminal shows its main screen again."""


def copied_within(home: Path) -> str:
    return next(home.rglob("copied.txt")).read_text()


async def test_on_a_terminal_a_copy_goes_both_ways_and_the_last_screen_stays(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    async with terminal("demo", "--symbols", "3", width=80, height=24) as screen:
        await screen.until(lambda: "LIVE" in screen.screen and "BTCUSDT" in screen.screen, SHOWN_WITHIN_S)
        screen.press("y")
        await screen.until(lambda: "and to copied.txt" in screen.screen, SHOWN_WITHIN_S)
        kept = copied_within(home)
        assert base64.b64encode(kept.encode()).decode() in screen.written
        screen.press("Q")
        assert await screen.ended(ENDED_WITHIN_S) == 0
        assert screen.restored()
        left = screen.written.rpartition(LEFT)[2]
        assert "BTCUSDT" in left
        assert left.count("\n") >= 20
        assert re.search(r"\x1b\[[0-9;]*[34]8;", left) is None, "NO_COLOR: attributes alone"
