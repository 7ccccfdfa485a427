"""Who may come in at a socket, and what becomes of one that lies in its place."""

from __future__ import annotations

import grp
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bntui.errors import StateFolderError
from bntui.wire.unixdoor import UnixDoor

OWN_GROUP = grp.getgrgid(os.getegid()).gr_name


@pytest.fixture
def path() -> Iterator[Path]:
    """Short enough for a socket, wherever the tests' folders lie."""
    with tempfile.TemporaryDirectory(prefix="bn-") as folder:
        yield Path(folder) / "a.sock"


def test_a_door_is_for_its_owner_or_for_a_group(path: Path) -> None:
    with closing(UnixDoor(path, "the socket")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(UnixDoor(path, "the socket", OWN_GROUP)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert path.stat().st_gid == os.getegid()
    assert not path.exists()


def test_a_group_that_there_is_not_is_named(path: Path) -> None:
    with pytest.raises(StateFolderError, match="There is no group nosuchgroup"):
        UnixDoor(path, "the socket", "nosuchgroup")


def left_behind(path: Path) -> None:
    """A socket whose process died."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


@pytest.mark.parametrize("unlocked", [True, False])
def test_what_a_dead_process_left_is_replaced(path: Path, unlocked: bool) -> None:
    left_behind(path)
    with (
        closing(UnixDoor(path, "the socket", unlocked=unlocked)),
        socket.socket(socket.AF_UNIX) as caller,
    ):
        caller.connect(str(path))


def test_where_no_lock_says_whose_it_is_a_door_that_is_answered_stays(path: Path) -> None:
    with closing(UnixDoor(path, "the socket")):
        with pytest.raises(StateFolderError, match="another process answers there"):
            UnixDoor(path, "the socket", unlocked=True)
        assert path.exists()


def test_closing_leaves_the_door_of_a_successor_alone(path: Path) -> None:
    old = UnixDoor(path, "the socket")
    with closing(UnixDoor(path, "the socket")):
        old.close()
        old.close()
        assert path.exists()


def test_what_is_no_socket_stays(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(StateFolderError, match="cannot be opened"):
        UnixDoor(path, "the socket")
    assert path.read_text() == "mine"
