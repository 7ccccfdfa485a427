"""What the user changed is read and written beside an engine that has the file open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bntui.errors import StateFolderError
from bntui.journal import open_journal
from bntui.journal_state import keep_state, kept_state


def test_what_is_kept_is_read_again_and_the_last_value_counts(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    engine_s = open_journal(path, 0)
    keep_state(path, "theme", "nord")
    keep_state(path, "theme", "dracula")
    assert kept_state(path) == {"theme": "dracula"}
    engine_s.close()


def test_where_no_engine_has_made_a_file_nothing_is_known_and_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    assert kept_state(path) == {}
    with pytest.raises(StateFolderError, match="cannot be written"):
        keep_state(path, "theme", "nord")
    assert not path.exists()


def test_a_file_that_is_no_journal_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_text("This is a letter, and no database at all.\n" * 20)
    with pytest.raises(StateFolderError, match="cannot be read"):
        kept_state(path)


def test_what_else_is_in_the_file_is_not_loaded_for_it() -> None:
    look = "import sys, bntui.journal_state; print('bntui.journal_tables' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"
