"""The template explains every setting and every section, and sets none."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bntui.schema import BY_KEY, FILE_KEYS, SECTIONS
from bntui.settingstemplate import template
from bntui.sources import load


def uncommented(text: str) -> str:
    """The template with everything in it set."""
    return "\n".join(
        line[1:] if line.startswith("#") and line[1:2] != " " else line for line in text.splitlines()
    )


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
