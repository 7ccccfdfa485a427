"""A table without rows says why, and which keys help, as the user has them."""

from __future__ import annotations

from bntui.preferences import Preferences
from bntui.ui.emptiness import link_lines, no_symbols
from bntui.ui.lists import ListTold
from bntui.ui.widgets.lines import Line
from bntui.ui.wishes import Told
from tests.support import market
from tests.support.viewing import desk

MINE = Preferences(keys={"watchlist.add": ("ctrl+n",), "app.quit": ("ctrl+e",), "watchlist.clear": ("f5",)})


def text(lines: object) -> str:
    """What is said."""
    assert isinstance(lines, list)
    return "\n".join("".join(part[0] for part in line) for line in lines)


def said(line: Line) -> str:
    """One line of it."""
    return "".join(part[0] for part in line)


def test_an_empty_list_tells_how_symbols_come_onto_it() -> None:
    at = desk(market.calm(), told=Told(MINE, (ListTold("mine", ()),)))
    viewer = at.app.viewer
    viewer.lists.step(1)
    assert text(no_symbols(viewer, "")) == "The list mine is empty.\n\nctrl+n adds symbols   ? shows all keys"


def test_a_filter_that_hides_all_tells_how_it_is_taken_away() -> None:
    at = desk(market.calm(), told=Told(MINE))
    assert text(no_symbols(at.app.viewer, "zz")).endswith("F5 shows all again")


def test_without_an_engine_the_engine_is_what_is_told_of() -> None:
    at = desk()
    assert said(link_lines(at.app.viewer)[0]) == "Connecting to the engine …"
    assert text(list(no_symbols(at.app.viewer, ""))) == text(list(link_lines(at.app.viewer)))


def test_a_refused_viewer_tells_how_to_quit() -> None:
    at = desk(told=Told(MINE))
    at.mirror.refused("another version")
    lines = link_lines(at.app.viewer)
    assert said(lines[1]) == "another version"
    assert said(lines[-1]) == "ctrl+e quits"
