"""What the user changes is kept in the journal, beside what an engine writes there at the same time."""

from __future__ import annotations

from pathlib import Path

from bntui import journal
from bntui.choicefile import ChoiceFile


def test_what_is_kept_is_there_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal.open_journal(path, 0).close()
    choices = ChoiceFile(path)
    choices.keep("viewer.theme", "nord")
    choices.keep("viewer.theme", "dracula")
    choices.close()
    assert choices.failure == ""
    assert ChoiceFile(path).read() == {"viewer.theme": "dracula"}


def test_the_engine_s_own_values_stay_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    engine = journal.open_journal(path, 0)
    choices = ChoiceFile(path)
    engine.put("watchlist", "BTCUSDT.spot")
    choices.keep("viewer.theme", "nord")
    choices.close()
    engine.put("watchlist", "ETHUSDT.spot")
    engine.close()
    assert ChoiceFile(path).read() == {"watchlist": "ETHUSDT.spot", "viewer.theme": "nord"}


def test_before_an_engine_made_the_file_nothing_is_known_and_nothing_kept(tmp_path: Path) -> None:
    choices = ChoiceFile(tmp_path / "journal.db")
    assert choices.read() == {}
    choices.keep("viewer.theme", "nord")
    choices.close()
    assert "the journal cannot be written" in choices.failure
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_no_reason_not_to_start(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"no database" * 1000)
    assert ChoiceFile(path).read() == {}
