"""Keys are shown as people call them, and can be named so in the settings."""

from __future__ import annotations

import pytest

from bntui.ui.keys.names import READ_AS, shown


def test_keys_are_shown_as_people_read_them() -> None:
    assert shown("question_mark,f1") == "? F1"
    assert shown("j,down") == "j ↓"
    assert shown("ctrl+d") == "ctrl+d"


@pytest.mark.parametrize("name", READ_AS)
def test_what_is_shown_can_be_read_again(name: str) -> None:
    assert shown(READ_AS[name]) == name
