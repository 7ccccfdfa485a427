"""A sheet is parsed once for the same colours, and a wrong one changes nothing."""

from __future__ import annotations

import pytest
from textual.css.stylesheet import StylesheetParseError

from bntui.ui.stylesheet import SOURCES_KEPT, KeptStylesheet

DARK, LIGHT = {"ink": "#112233"}, {"ink": "#DDEEFF"}


def made(*sources: str) -> KeptStylesheet:
    """A sheet of these sources, parsed."""
    sheet = KeptStylesheet(variables=DARK)
    for number, css in enumerate(sources or ("Bar { color: $ink; }",)):
        sheet.add_source(css, read_from=(f"{number}.tcss", ""))
    sheet.parse()
    return sheet


def again(sheet: KeptStylesheet, colours: dict[str, str]) -> None:
    """What Textual does when a screen is opened."""
    sheet.set_variables(dict(colours))
    sheet.reparse()


def test_what_was_parsed_stays_while_the_colours_do() -> None:
    sheet = made()
    (before,) = sheet.rules
    again(sheet, DARK)
    (now,) = sheet.rules
    assert now is before


def test_other_colours_are_taken() -> None:
    sheet = made()
    again(sheet, LIGHT)
    (rule,) = sheet.rules
    assert rule.styles.color.hex == "#DDEEFF"
    again(sheet, DARK)
    (rule,) = sheet.rules
    assert rule.styles.color.hex == "#112233"


def test_a_source_that_came_since_is_parsed() -> None:
    sheet = made()
    (before,) = sheet.rules
    sheet.add_source("Grid { color: $ink; }", read_from=("new.tcss", ""))
    again(sheet, DARK)
    assert sheet.rules[0] is before
    assert [rule.selectors for rule in sheet.rules] == ["Bar", "Grid"]


def test_many_sources_are_all_remembered() -> None:
    sheet = made(*(f"#w{number} {{ color: $ink; }}" for number in range(SOURCES_KEPT)))
    before = list(sheet.rules)
    again(sheet, DARK)
    assert all(now is then for now, then in zip(sheet.rules, before, strict=True))


def test_a_wrong_source_leaves_the_rules_as_they_were() -> None:
    sheet = made()
    before = list(sheet.rules)
    sheet.add_source("Grid { colour: $ink; }", read_from=("wrong.tcss", ""))
    with pytest.raises(StylesheetParseError):
        again(sheet, DARK)
    assert list(sheet._rules) == before
