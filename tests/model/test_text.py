"""Text from outside steers no terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.model.text import SHOWN_CHARS, escaped, one_line

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
