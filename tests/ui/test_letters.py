from __future__ import annotations

import pytest

from bntui.ui.letters import BLOCK, FONT, HEIGHT, can_draw, large, scale_for, width_of


@pytest.mark.parametrize("char", FONT)
def test_every_letter_is_a_whole_rectangle(char: str) -> None:
    assert len(FONT[char]) == HEIGHT
    assert len({len(row) for row in FONT[char]}) == 1
    assert set("".join(FONT[char])) <= {"#", "."}


def test_no_two_letters_look_alike_but_o_and_nought() -> None:
    shapes: dict[tuple[str, ...], str] = {}
    for char, rows in FONT.items():
        assert rows not in shapes or {char, shapes[rows]} == {"O", "0"}, char
        shapes[rows] = char


def test_all_words_of_a_verdict_and_all_spans_can_be_drawn() -> None:
    for text in (
        "LIVE",
        "DEGRADED",
        "BLIND",
        "ENGINE SILENT 3h05m",
        "NO ENGINE",
        "REFUSED BY THE ENGINE",
        "9s",
    ):
        assert can_draw(text)
    for text in ("", "é", "a"):
        assert not can_draw(text)


@pytest.mark.parametrize("scale", [1, 2])
def test_a_text_is_drawn_in_blocks_as_wide_as_was_said(scale: int) -> None:
    lines = large("BLIND 4m", scale)
    assert len(lines) == HEIGHT * scale
    assert {len(line) for line in lines} == {width_of("BLIND 4m", scale)}
    assert set("".join(lines)) == {BLOCK, " "}


def test_a_letter_is_drawn() -> None:
    assert large("L") == ["█   ", "█   ", "█   ", "█   ", "████"]


def test_the_largest_scale_that_fits_is_taken() -> None:
    assert scale_for("LIVE", 80, 10) == 2
    assert scale_for("LIVE", 80, 9) == 1
    assert scale_for("LIVE", 20, 10) == 1
    assert scale_for("LIVE", 10, 10) == 0
    assert scale_for("é", 80, 10) == 0
