"""The columns that the settings know are those that a watchlist has."""

from __future__ import annotations

from bntui.preferences import COLUMNS, SLOW_FPS, Preferences
from bntui.ui.tables.watchlist import PriceShape, watch_columns


def test_the_columns_are_those_of_the_table_in_its_order() -> None:
    columns = watch_columns(PriceShape(), lambda key: None, mixed=True)
    assert [column.id for column in columns] == list(COLUMNS)


def test_a_thin_line_has_a_pace_of_its_own() -> None:
    assert Preferences(fps=20).pace == 20
    assert Preferences(fps=20, slow=True).pace == SLOW_FPS
