"""A listening Unix socket: who may come in, and what becomes of one that lies in its place."""

from __future__ import annotations

import contextlib
import grp
import os
import socket
import stat
from pathlib import Path

from bntui.errors import StateFolderError

BACKLOG = 100
"""Connections that may wait to be accepted."""

FOR_OWNER = stat.S_IRUSR | stat.S_IWUSR
FOR_GROUP = FOR_OWNER | stat.S_IRGRP | stat.S_IWGRP

HINT = "Is its folder writable, and its path not too long?"


class UnixDoor:
    """Listens in place of a socket that an engine left behind."""

    def __init__(self, path: Path, what: str, group: str = "", *, unlocked: bool = False) -> None:
        """Listen for this user alone, or for a group too. `what` it is, for errors.

        Where no lock says that the place is ours (`unlocked`), a socket that somebody answers is left to him.
        Raises StateFolderError.
        """
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
                if unlocked and _is_answered(path):
                    raise StateFolderError(
                        f"{what} {path} cannot be opened: another process answers there.",
                        "End that one, or give this profile another path.",
                    )
                path.unlink()
            self.socket.setblocking(False)
            self.socket.bind(str(path))
            # Nobody can connect before `listen`, so the socket was never open to others.
            if group:
                os.chown(path, -1, _group_id(group))
            path.chmod(FOR_GROUP if group else FOR_OWNER)
            self.socket.listen(BACKLOG)
        except OSError as error:
            self.socket.close()
            raise StateFolderError(
                f"{what} {path} cannot be opened: {error.strerror or error}", _hint(error, group)
            ) from error
        except StateFolderError:
            self.socket.close()
            raise
        self._inode = path.stat().st_ino

    def close(self) -> None:
        """Listen no longer and take the socket away. May be called again."""
        self.socket.close()
        with contextlib.suppress(OSError):
            # Another engine may have put its own in the place.
            if os.stat(self.path).st_ino == self._inode:
                self.path.unlink()


def _is_answered(path: Path) -> bool:
    """Whether a process listens on a socket; one that has more callers than it takes does, too."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.setblocking(False)
        try:
            caller.connect(str(path))
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


def _group_id(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise StateFolderError(f"There is no group {group} here.", "`getent group` lists them.") from None


def _hint(error: OSError, group: str) -> str:
    if group and isinstance(error, PermissionError):
        return f"{HINT} And is the engine's user a member of the group {group}?"
    return HINT
