from __future__ import annotations

from dataclasses import fields

import pytest

from bntui.ui.chart.glyphs import ASCII, BLOCKS, Glyphs, glyphs_for, written
from bntui.ui.format import width_of


@pytest.mark.parametrize("glyphs", [BLOCKS, ASCII], ids=["blocks", "ascii"])
def test_every_character_takes_one_cell(glyphs: Glyphs) -> None:
    for field in fields(Glyphs):
        for char in getattr(glyphs, field.name):
            assert width_of(char) == 1, field.name


def test_both_tables_have_as_many_characters() -> None:
    for field in fields(Glyphs):
        assert len(getattr(ASCII, field.name)) == len(getattr(BLOCKS, field.name)), field.name


def test_the_plain_table_is_plain() -> None:
    assert all(getattr(ASCII, field.name).isascii() for field in fields(Glyphs))


@pytest.mark.parametrize("glyphs", [BLOCKS, ASCII], ids=["blocks", "ascii"])
def test_direction_and_blindness_are_told_without_colour(glyphs: Glyphs) -> None:
    assert len({glyphs.wick[0], glyphs.filled[0], glyphs.hollow[0], glyphs.idle, glyphs.blind}) == 5
    assert len({glyphs.curve[1], glyphs.dots[1], glyphs.mark[1]}) == 3
    assert glyphs.up != glyphs.down


@pytest.mark.parametrize(("plain", "glyphs"), [(True, ASCII), (False, BLOCKS)])
def test_a_terminal_gets_what_it_can_show(plain: bool, glyphs: Glyphs) -> None:
    assert glyphs_for(plain) is glyphs


def test_words_are_written_in_the_same_characters() -> None:
    said = "loading older candles… 币 —"
    assert written(said, BLOCKS) == said
    assert written(said, ASCII) == "loading older candles~ ? -"
