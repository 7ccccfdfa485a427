"""A choice outlives the program, and yields to settings that were changed after it."""

from __future__ import annotations

import pytest

from bntui.ui.choices import PREFIX, VALUE_MOST, Choices


def test_what_was_chosen_is_there_in_the_next_run() -> None:
    kept: dict[str, str] = {}
    Choices(keep=kept.__setitem__).put("theme", "nord")
    assert Choices(kept).get("theme") == "nord"
    assert Choices(kept).get("mouse") is None


def test_a_choice_stands_until_the_settings_say_something_else() -> None:
    kept: dict[str, str] = {}
    Choices(keep=kept.__setitem__).put("theme", "nord", "bntui-dark")
    assert Choices(kept).get("theme", "bntui-dark") == "nord"
    assert Choices(kept).get("theme", "bntui-light") is None


def test_the_same_choice_is_kept_once() -> None:
    written: list[str] = []
    choices = Choices(keep=lambda key, value: written.append(key))
    for _ in range(3):
        choices.put("sort", "last up")
    assert written == [f"{PREFIX}sort"]


def test_what_the_engine_keeps_beside_them_is_no_choice() -> None:
    assert Choices({"watchlist": '["a", ""]'}).get("watchlist") is None


@pytest.mark.parametrize("text", ["", "5", "[1]", "[1, 2, 3]", '["a"]', '[5, ""]', '{"a": 1}', "null"])
def test_what_cannot_be_read_was_never_chosen(text: str) -> None:
    assert Choices({f"{PREFIX}theme": text}).get("theme") is None


def test_a_choice_without_end_is_not_kept() -> None:
    written: list[str] = []
    Choices(keep=lambda key, value: written.append(key)).put("list.a", "x" * (VALUE_MOST + 1))
    assert written == []
