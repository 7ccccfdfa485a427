"""Text from outside steers no terminal; spans of time are said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.text import SHOWN_CHARS, counted, escaped, one_line, span

ANY = st.text(st.characters(), max_size=600)


def test_words_stay_and_what_could_steer_goes() -> None:
    assert one_line("no such\n\tstream \x1b[2J[red] \u202eabc") == "no such stream [2J[red] abc"
    assert one_line("币安人生USDT مرحبا") == "币安人生USDT مرحبا"


@given(ANY)
def test_a_line_is_printable_and_short(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= SHOWN_CHARS


def test_what_is_written_out_loses_nothing() -> None:
    assert escaped("a\x1b[2J\x85é币\u202e") == "a\\x1b[2J\\x85é币\\u202e"


@given(ANY)
def test_what_is_written_out_is_printable(text: str) -> None:
    assert escaped(text).isprintable()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5.0, "0s"),
        (3.9, "3s"),
        (59.9, "59s"),
        (252, "4m12s"),
        (3_599, "59m59s"),
        (11_100, "3h05m"),
        (187_200, "2d04h"),
    ],
)
def test_spans_are_said_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 fills"), (1, "1 fill"), (2, "2 fills"), (1_204, "1,204 fills")]
)
def test_a_noun_follows_its_number(number: int, text: str) -> None:
    assert counted(number, "fill", "fills") == text
