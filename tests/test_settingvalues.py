"""Raw values become what a setting means, or are refused in words."""

from __future__ import annotations

import pytest

from bntui.settingvalues import NO, YES, place_of, proxy_of, switch_of, texts_of


@pytest.mark.parametrize("word", [*YES, "ON", True])
def test_words_that_mean_yes(word: object) -> None:
    assert switch_of(word) is True


@pytest.mark.parametrize("word", [*NO, "False", False])
def test_words_that_mean_no(word: object) -> None:
    assert switch_of(word) is False


@pytest.mark.parametrize("word", ["", "perhaps", 1, 0, None, []])
def test_other_words_mean_neither(word: object) -> None:
    with pytest.raises(ValueError, match="is neither true nor false"):
        switch_of(word)


def test_several_words_are_a_list_or_a_text_with_commas() -> None:
    assert texts_of(["a", " b ", "a"]) == texts_of("a, b,,a") == ("a", "b")
    assert texts_of("") == texts_of([]) == ()


def test_a_place_is_the_same_wherever_the_program_starts() -> None:
    assert place_of("~/x").is_absolute()
    with pytest.raises(ValueError, match="is no whole path"):
        place_of("x/y")


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="must not carry a user name or password") as refused:
        proxy_of("socks5://user:hunter2@10.0.0.1:1080")
    assert "hunter2" not in str(refused.value)


def test_a_proxy_may_be_none_in_any_case() -> None:
    assert proxy_of("NONE") == "none"
