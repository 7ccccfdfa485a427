"""Folders are the owner's alone, moved by two variables, and refused in words where they cannot be used."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from bntui import paths
from bntui.errors import StateFolderError


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_state_folders_are_created_for_their_owner_alone(home: Path) -> None:
    folder = paths.state_dir("bot2")
    assert folder == home / "state" / "bot2"
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)


def test_a_profile_folder_that_others_could_read_is_closed(home: Path) -> None:
    folder = home / "state" / "default"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    assert mode(paths.state_dir("default")) == 0o700


def test_a_user_may_keep_a_profile_s_folder_elsewhere(home: Path) -> None:
    (home / "disk").mkdir(mode=0o700)
    (home / "state").mkdir()
    (home / "state" / "default").symlink_to(home / "disk")
    assert paths.state_dir("default").resolve() == home / "disk"


def test_an_existing_folder_above_the_profiles_keeps_its_mode(home: Path) -> None:
    (home / "state").mkdir(mode=0o755)
    (home / "state").chmod(0o755)
    paths.state_dir("default")
    assert mode(home / "state") == 0o755


def test_without_variables_the_folders_are_the_platform_s(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BNTUI_STATE_DIR")
    monkeypatch.delenv("BNTUI_CONFIG_DIR")
    for folder in (paths.state_dir("default"), paths.config_dir()):
        assert folder.is_relative_to(home)
        assert "bntui" in folder.parts


def test_an_empty_variable_counts_as_unset(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNTUI_CONFIG_DIR", "")
    assert paths.config_dir() != Path()
    assert paths.config_dir().is_relative_to(home)


def test_a_home_sign_in_a_variable_is_understood(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNTUI_CONFIG_DIR", "~/mine")
    assert paths.config_file() == home / "mine" / "config.toml"


def test_the_config_folder_is_never_created(home: Path) -> None:
    assert paths.config_dir() == home / "config"
    assert not paths.config_dir().exists()


def test_connection_attempts_are_counted_in_one_place_for_all_profiles(home: Path) -> None:
    assert paths.attempts_file() == home / "state" / "attempts.json"
    assert paths.attempts_file().parent.is_dir()


def test_each_kind_of_process_has_its_log_in_the_profile_s_folder(home: Path) -> None:
    assert paths.log_file("bot2", "engine") == home / "state" / "bot2" / "engine.log"


def test_the_socket_lies_in_the_state_folder_where_its_path_fits() -> None:
    folder = Path("/" + "x" * (paths.SOCKET_PATH_BYTES - len("/") - len("/engine.sock")))
    assert paths.socket_path(folder) == folder / "engine.sock"


def test_a_long_path_gets_a_short_private_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_SHORT_ROOT", tmp_path)
    folder = tmp_path / ("é" * 50)
    socket = paths.socket_path(folder)
    assert socket.parent.parent == tmp_path
    assert mode(socket.parent) == 0o700
    assert paths.socket_path(folder) == socket
    assert paths.socket_path(tmp_path / ("é" * 51)) != socket


def test_a_stand_in_goes_with_its_throw_away_folder_and_never_under_who_serves_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_SHORT_ROOT", tmp_path / "short")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 90)))
    (tmp_path / ("x" * 90)).mkdir()
    with paths.private_state_dir() as folder:
        socket = paths.socket_path(folder)
        assert socket.parent.parent == tmp_path / "short"
        socket.touch()
        paths.remove_stand_in(folder)
        assert socket.exists()
        socket.unlink()
    assert not folder.exists()
    assert not socket.parent.exists()


def test_a_stand_in_that_is_a_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_SHORT_ROOT", tmp_path)
    folder = tmp_path / ("x" * 120)
    stand_in = paths.socket_path(folder).parent
    stand_in.rmdir()
    (tmp_path / "elsewhere").mkdir()
    stand_in.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StateFolderError, match="is a link"):
        paths.socket_path(folder)


def test_a_folder_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths.state_dir("default")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StateFolderError, match="belongs to another user"):
        paths.state_dir("default")


def test_a_file_in_the_place_of_the_folder_is_named(home: Path) -> None:
    (home / "state").write_text("")
    with pytest.raises(StateFolderError, match="a file is in its place") as caught:
        paths.state_dir("default")
    assert str(home / "state") in caught.value.message
    assert "BNTUI_STATE_DIR" in caught.value.hint
    assert caught.value.exit_code == 3


def test_a_folder_that_cannot_be_written_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, wanted: False)
    with pytest.raises(StateFolderError, match="may not be written"):
        paths.state_dir("default")


def test_who_only_asks_needs_no_folder_that_can_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, wanted: False)
    assert paths.asked_state_dir("bot2") == home / "state" / "bot2"
    assert paths.attempts_file() == home / "state" / "attempts.json"


def test_who_only_asks_does_not_ask_in_another_user_s_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.state_dir("default")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StateFolderError, match="belongs to another user"):
        paths.asked_state_dir("default")
    with pytest.raises(StateFolderError, match="belongs to another user"):
        paths.attempts_file()


@pytest.mark.parametrize(
    ("number", "words"),
    [("EROFS", "read-only"), ("ENOSPC", "disk is full"), ("EACCES", "may not be written")],
)
def test_why_a_folder_cannot_be_made_is_said(
    number: str, words: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def fail(*args: object, **options: object) -> None:
        raise OSError(getattr(errno, number), "as the system says it")

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(StateFolderError, match=words):
        paths.state_dir("default")


def test_a_throw_away_folder_is_private_and_gone_at_the_end() -> None:
    with paths.private_state_dir() as folder:
        assert mode(folder) == 0o700
        (folder / "engine.sock").write_text("")
    assert not folder.exists()


def test_a_throw_away_folder_is_gone_after_a_failure_too() -> None:
    with pytest.raises(RuntimeError), paths.private_state_dir() as folder:
        raise RuntimeError
    assert not folder.exists()
