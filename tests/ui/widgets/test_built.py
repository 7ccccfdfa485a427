from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.style import Style

from bntui.ui.widgets import built
from bntui.ui.widgets.built import BuiltRows
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.painter import Ink, Painter

BASE = Style(color="white", bgcolor="black")


class Scene:
    """Rows with a price and an age, and a note of each cell that is made."""

    def __init__(self) -> None:
        self.prices = {"a": "1.0", "b": "2.0", "c": "3.0"}
        self.now = 0.0
        self.made: list[str] = []
        columns = [
            Column("price", "price", 6, self.price, of=str),
            Column("age", "age", 4, lambda _row, _width, now: (f"{now:.0f}s", "")),
        ]
        ink = Ink(BASE, lambda style: style, {"bn-cursor": "#000044"}, False, True)
        painter = Painter[str](columns, lambda: ink, lambda _row: False, None, "")
        painter.set_width(20)
        self.rows = BuiltRows[str, str](painter, self.prices.get, lambda: self.now)

    def price(self, row: str, _width: int, _now: float) -> Cell:
        self.made.append(row)
        return row, ""

    def shown(self, *keys: str) -> None:
        for key in keys:
            self.rows.strip(key, None)
        self.made.clear()


def test_a_row_is_built_when_it_is_shown_first_and_not_again() -> None:
    at = Scene()
    first = at.rows.strip("a", None)
    assert at.rows.strip("a", None) is first
    assert at.made == ["1.0"]
    assert at.rows.words("a") == [("price", "1.0"), ("age", "0s")]
    assert at.rows.words("gone") == []


def test_of_rows_that_changed_only_cells_that_look_different_are_news() -> None:
    at = Scene()
    at.shown("a", "b", "c")
    at.prices["b"] = "2.5"
    assert at.rows.rebuild([(0, "a"), (1, "b")], None) == {1: [(1, ("2.5   ", BASE, None))]}
    assert at.made == ["2.5"]
    at.now = 7.0
    assert at.rows.rebuild([(0, "a")], None) == {0: [(8, ("7s  ", BASE, None))]}
    assert at.rows.strip("a", None).text == " 1.0    7s          "


def test_of_a_row_that_was_never_shown_or_that_the_cursor_reached_all_is_news() -> None:
    at = Scene()
    at.shown("a")
    assert at.rows.rebuild([(0, "a"), (1, "b")], None) == {1: None}
    assert at.rows.rebuild([(0, "a")], "a") == {0: None}


def test_what_is_forgotten_is_built_anew() -> None:
    at = Scene()
    ways: list[Callable[[], None]] = [
        lambda: at.rows.forget("a"),
        at.rows.forget_all,
        lambda: at.rows.keep(["b"]),
    ]
    for forget in ways:
        at.shown("a")
        forget()
        at.rows.strip("a", None)
        assert at.made == ["1.0"]
    at.shown("a")
    at.rows.forget(None)
    at.rows.keep(["a"])
    at.rows.strip("a", None)
    assert at.made == []


def test_news_of_a_line_wait_together_until_they_are_taken() -> None:
    at = Scene()
    one, other = (1, ("x", BASE, None)), (8, ("y", BASE, None))
    at.rows.wait({0: [one], 1: [one], 2: None})
    at.rows.wait({0: [other], 1: None, 2: [other]})
    assert at.rows.take() == {0: [one, other], 1: None, 2: None}
    assert at.rows.take() == {}


def test_beyond_a_bound_all_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "CACHED_ROWS", 2)
    at = Scene()
    at.shown("a", "b", "c")
    at.rows.strip("c", None)
    assert at.made == []
    at.rows.strip("a", None)
    assert at.made == ["1.0"]
