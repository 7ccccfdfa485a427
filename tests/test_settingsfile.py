"""An error names the line of a key, however the file is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.errors import UsageError
from bntui.settingsfile import LINES_MOST, SettingsFile, read

TEXT = """\
# Mine
theme = "x"

columns = [
  "symbol",
  # why not
  "age",
]
profiles.a.fps = 5
[limit]
"url_chars" = 3
[watchlists.thin]
symbols = ["A"]
[keys]
move = { down = "x", up = "y" }
text = '''
[fake]
inside = 1
'''
  [keys.more] # behind it
  "a.b" = 2
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("theme",), 2),
        (("columns",), 4),
        (("profiles", "a", "fps"), 9),
        (("limit",), 10),
        (("limit", "url_chars"), 11),
        (("watchlists", "thin", "symbols"), 13),
        (("keys", "move", "up"), 15),
        (("keys", "text"), 16),
        (("keys", "more"), 20),
        (("keys", "more", "a.b"), 21),
        (("fake",), None),
        (("keys", "text", "inside"), None),
        (("fps",), None),
        (("theme", "x"), None),
    ],
)
def test_the_line_in_which_a_value_begins(keys: tuple[str, ...], line: int | None) -> None:
    assert SettingsFile(Path("c.toml"), TEXT).line_of(*keys) == line


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("alerts",), 1),
        (("alerts", "1"), 1),
        (("alerts", "1", "kind"), 3),
        (("alerts", "2"), 4),
        (("alerts", "2", "kind"), 5),
        (("profiles", "p", "alerts", "1", "kind"), 7),
        (("list", "2"), None),
        (("alerts", "3"), None),
    ],
)
def test_tables_of_an_array_are_counted_from_one(keys: tuple[str, ...], line: int | None) -> None:
    text = "[[alerts]]\n# a\nkind = 1\n[[alerts]]\nkind = 2\n[[profiles.p.alerts]]\nkind = 3\n"
    assert SettingsFile(Path("c.toml"), text).line_of(*keys) == line


def test_what_stands_in_a_list_is_counted_too() -> None:
    assert SettingsFile(Path("c.toml"), "a = 1\nlist = [\n5,\n6]").line_of("list", "2") == 2


def test_a_place_is_told_as_editors_read_it() -> None:
    file = SettingsFile(Path("c.toml"), TEXT)
    assert file.where("limit", "url_chars") == "c.toml:11: limit.url_chars"
    assert file.where("nosuch") == "c.toml: nosuch"


def test_a_very_long_file_is_not_searched() -> None:
    file = SettingsFile(Path("c.toml"), "a = 1\n" + "#\n" * LINES_MOST)
    assert file.where("a") == "c.toml: a"


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("a = 1\nb = = 2\n")
    with pytest.raises(UsageError, match=r"c\.toml:2: no valid TOML: Invalid value, column 5\."):
        read(path, required=False)
    path.write_text('a = """')
    with pytest.raises(UsageError, match=r"c\.toml:1: no valid TOML: Unterminated string\."):
        read(path, required=False)


def test_a_missing_file_says_nothing_unless_it_was_asked_for(tmp_path: Path) -> None:
    file = read(tmp_path / "c.toml", required=False)
    assert (file.exists, file.table) == (False, {})
    with pytest.raises(UsageError, match="There is no settings file"):
        read(tmp_path / "c.toml", required=True)
