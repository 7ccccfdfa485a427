"""One table has every setting: what is made from it fits together."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bntui.schema import BY_KEY, FILE_KEYS, NO, SECTIONS, SETTINGS, YES, Shape, switch_of, template, texts_of
from bntui.sources import load


def uncommented(text: str) -> str:
    """The template with everything in it set."""
    return "\n".join(
        line[1:] if line.startswith("#") and line[1:2] != " " else line for line in text.splitlines()
    )


def test_every_setting_says_what_it_is_for() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.about.endswith("."), setting.key
        assert (setting.shape is Shape.ENTRIES) == (setting.name is not None), setting.key


def test_every_default_is_one_that_the_setting_takes() -> None:
    for setting in SETTINGS:
        if setting.default:
            setting.read(setting.default)


def test_the_template_sets_nothing() -> None:
    assert tomllib.loads(template()) == {}


def test_the_template_has_every_setting_and_each_example_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(uncommented(template()))
    assert set(tomllib.loads(path.read_text())) == set(FILE_KEYS)
    settings, warnings = load({}, {}, path)
    assert warnings == ()
    assert {key.partition(".")[0] for key in settings.origins} >= set(BY_KEY) - {"env"}


def test_the_template_explains_every_section() -> None:
    for section in SECTIONS:
        assert f"# {section.about}\n" in template()


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
