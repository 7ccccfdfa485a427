from __future__ import annotations

from bntui.model.states import BookState
from bntui.ui.panels.legend import SIGNS, legend
from bntui.ui.panels.tape import REFILLED


def test_every_sign_and_every_state_of_a_book_is_explained_in_a_line() -> None:
    lines = ["".join(text for text, _ in line) for line in legend()]
    explained = [*(sign for sign, _ in SIGNS), *map(str, BookState)]
    assert len(lines) == len(explained)
    for line, word in zip(lines, explained, strict=True):
        assert line.startswith(word + " ")
        assert line.removeprefix(word).strip()


def test_the_sign_of_a_refilled_trade_is_that_of_the_tape() -> None:
    assert dict(SIGNS)[REFILLED]
