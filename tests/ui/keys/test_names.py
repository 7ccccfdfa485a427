"""Keys are shown as people call them, and can be named so in the settings."""

from __future__ import annotations

import pytest

from bntui.ui.keys.names import READ_AS, shown
from bntui.ui.plain import PLAIN


def test_keys_are_shown_as_people_read_them() -> None:
    assert shown("question_mark,f1") == "? F1"
    assert shown("j,down") == "j Down"
    assert shown("ctrl+d") == "ctrl+d"


@pytest.mark.parametrize("key", sorted(set(READ_AS.values())))
def test_what_is_shown_can_be_read_again(key: str) -> None:
    assert READ_AS[shown(key)] == key


def test_an_arrow_can_be_written_as_one() -> None:
    assert [READ_AS[arrow] for arrow in "←↓↑→"] == ["left", "down", "up", "right"]


@pytest.mark.parametrize("key", READ_AS.values())
def test_no_key_reads_as_another_one_in_ascii(key: str) -> None:
    assert shown(key).translate(PLAIN) == shown(key)
