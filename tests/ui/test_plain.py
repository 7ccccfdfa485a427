"""With --ascii nothing but ASCII is drawn, whatever is drawn; what the exchange writes stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from bntui.ui.plain import PLAIN, PlainFilter, needs_plain
from tests.support.sittings import SITTINGS, Sitting, strips


def foreign(text: str) -> str:
    """What is neither ASCII nor, as only the exchange's names are here, of two cells."""
    return "".join(
        char for char in text if not char.isascii() and unicodedata.east_asian_width(char) not in "WF"
    )


@pytest.mark.parametrize("sitting", SITTINGS.values(), ids=SITTINGS.keys())
async def test_every_screen_is_drawn_in_ascii(sitting: Sitting) -> None:
    async with sitting.taken(plain=True) as (at, _pilot):
        drawn = "\n".join(strip.text for strip in strips(at))
        assert foreign(drawn) == ""
        assert drawn.strip()


async def test_a_scroll_bar_has_no_marks_at_its_ends() -> None:
    async with SITTINGS["help"].taken(plain=True) as (at, pilot):
        page = at.app.screen.query_one("#help")
        for _ in range(4):
            await pilot.press("down")
            bar = page.vertical_scrollbar
            assert bar.size.height
            assert not "".join(bar.render_line(y).text for y in range(bar.size.height)).strip()


async def test_without_it_the_same_screen_is_not() -> None:
    async with SITTINGS["symbol"].taken() as (at, _pilot):
        assert foreign("".join(strip.text for strip in strips(at)))


async def test_lines_keep_their_width() -> None:
    async with SITTINGS["connections"].taken(plain=True) as (at, _pilot):
        assert {strip.cell_length for strip in strips(at)} == {160}
        assert {cell_len(strip.text) for strip in strips(at)} == {160}


def test_each_character_takes_as_many_cells_as_what_stands_for_it() -> None:
    assert [chr(code) for code, plain in PLAIN.items() if cell_len(chr(code)) != len(plain)] == []
    assert all(plain.isascii() for plain in PLAIN.values())


def test_what_the_exchange_writes_stays_as_it_is() -> None:
    segments = [Segment("币安 ▲ é"), Segment("plain")]
    drawn = PlainFilter().apply(segments, Color(0, 0, 0))
    assert [segment.text for segment in drawn] == ["币安 ^ é", "plain"]


@pytest.mark.parametrize(
    ("term", "encoding", "plain"),
    [
        ("xterm-256color", "utf-8", False),
        ("xterm-256color", "UTF8", False),
        ("xterm-256color", "iso8859-1", True),
        ("xterm-256color", "ascii", True),
        ("linux", "utf-8", True),
    ],
)
def test_a_terminal_that_shows_nothing_else_gets_it_by_itself(term: str, encoding: str, plain: bool) -> None:
    assert needs_plain(term, encoding) is plain


def test_nothing_in_front_of_a_number_reads_as_a_minus() -> None:
    drawn = PlainFilter().apply([Segment("BTCUSDT · 7.34876 × 67123.44 · ███▌······")], Color(0, 0, 0))
    assert [segment.text for segment in drawn] == ["BTCUSDT | 7.34876 x 67123.44 | ###=------"]


async def test_the_line_below_the_watchlist_has_none_either() -> None:
    async with SITTINGS["watchlist"].taken(plain=True) as (at, _pilot):
        assert "BTCUSDT | 7.34876 x" in "\n".join(strip.text for strip in strips(at))
