"""README.md says what the code says."""

from __future__ import annotations

import re

import pytest

from bntui.cli import main_group
from bntui.errors import ConnectError, StateFolderError, UsageError
from bntui.exits import CRASH, INTERRUPTED, PIPE_CLOSED
from bntui.sources import VARIABLES
from tests.architecture import ROOT
from tests.support.readme import BLOCKS, README, blocks_in, rendered

TEXT = README.read_text(encoding="utf-8")


def test_every_generated_table_is_there_and_up_to_date() -> None:
    assert sorted(blocks_in(TEXT)) == sorted(BLOCKS)
    assert rendered(TEXT) == TEXT, "run `make docs`"


def test_a_changed_table_is_noticed() -> None:
    name = next(iter(BLOCKS))
    assert (
        rendered(f"<!-- table: {name} -->\n\nold\n<!-- end -->")
        != f"<!-- table: {name} -->\n\nold\n<!-- end -->"
    )
    with pytest.raises(KeyError):
        rendered("<!-- table: nosuch -->\n<!-- end -->")


@pytest.mark.parametrize(
    "code", [UsageError.exit_code, ConnectError.exit_code, CRASH, INTERRUPTED, PIPE_CLOSED]
)
def test_every_exit_code_is_explained(code: int) -> None:
    assert re.search(rf"^\| {code} \|", TEXT, flags=re.MULTILINE)
    assert StateFolderError.exit_code == UsageError.exit_code


def test_every_variable_and_command_is_named() -> None:
    assert [name for name in VARIABLES if f"`{name}`" not in TEXT] == []
    assert [name for name in main_group.commands if f"`bntui {name}" not in TEXT] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXT))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
        assert named <= targets, page
