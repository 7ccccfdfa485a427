"""One engine a profile."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bntui.engine.lock import engine_lock
from bntui.errors import StateFolderError


def test_a_second_engine_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    refused = pytest.raises(StateFolderError, match=f"process {os.getpid()}")
    with engine_lock(tmp_path), refused, engine_lock(tmp_path):
        pass
    with engine_lock(tmp_path):
        pass


def test_a_lock_file_that_a_dead_engine_left_is_taken(tmp_path: Path) -> None:
    (tmp_path / "engine.lock").write_text("99999999 and a long line that is longer\n")
    with engine_lock(tmp_path):
        assert (tmp_path / "engine.lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(StateFolderError, match="cannot be opened"), engine_lock(tmp_path / "nowhere"):
        pass


def test_the_lock_holds_though_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*words: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    refused = pytest.raises(StateFolderError, match=r"^Another engine runs on this profile already\. ")
    with engine_lock(tmp_path), refused, engine_lock(tmp_path):
        pass
