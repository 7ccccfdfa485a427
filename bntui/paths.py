"""Where things lie. Every folder that the program uses is asked for here, so tests move them all at once.

`BNTUI_CONFIG_DIR` and `BNTUI_STATE_DIR` replace the platform's folders. What is created is for its
owner alone (0700); nothing is created in the config folder, which belongs to the user.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from bntui.errors import StateFolderError

_APP = "bntui"
_SOCKET = "engine.sock"

CONFIG_DIR_VARIABLE = "BNTUI_CONFIG_DIR"
STATE_DIR_VARIABLE = "BNTUI_STATE_DIR"

SOCKET_PATH_BYTES = 100
"""A longer path does not fit `sun_path` on every system (104 bytes on macOS, 108 on Linux)."""

_SHORT_ROOT = Path("/tmp")

_HINT = f"Set {STATE_DIR_VARIABLE} to a folder that you own and can write."

_CAUSES = {
    errno.EACCES: "it may not be written",
    errno.EPERM: "it may not be written",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOTDIR: "a file is in its place",
    errno.EEXIST: "a file is in its place",
    errno.ENAMETOOLONG: "its name is too long",
}


class _Unwritable(StateFolderError):
    """A folder that is ours or might be, and cannot be made or written."""


def config_dir() -> Path:
    """The folder of `config.toml` and of the user's own themes. It may not exist."""
    given = _from_environment(CONFIG_DIR_VARIABLE)
    return given or platformdirs.user_config_path(_APP, appauthor=False)


def config_file() -> Path:
    """The settings file that is read when no other is named. It may not exist."""
    return config_dir() / "config.toml"


def state_dir(profile: str) -> Path:
    """The folder of one profile's engine: its socket, lock, journal and logs; created when missing."""
    return _private_folder(_state_root() / profile)


def asked_state_dir(profile: str) -> Path:
    """The same folder, for who only asks the engine in it: that works on a read-only disk too.

    It may not exist. A folder of another user is refused all the same.
    """
    try:
        return state_dir(profile)
    except _Unwritable:
        return _given_root() / profile


def attempts_file() -> Path:
    """Where all profiles count connection attempts together, since the exchange counts them per IP.

    It may be that it cannot be written: whoever counts must bear that.
    """
    try:
        return _state_root() / "attempts.json"
    except _Unwritable:
        return _given_root() / "attempts.json"


def log_file(profile: str, process: str) -> Path:
    """The log of one kind of process, such as `engine`.

    Runs with a throw-away state folder log here too: their log must outlive them.
    """
    return state_dir(profile) / f"{process}.log"


def socket_path(folder: Path) -> Path:
    """The engine's socket in a state folder, or a short stand-in where that path would be too long.

    The stand-in lies in a folder that anybody could have made first, so it is taken only when it is
    a real folder, ours, and closed to others.
    """
    stand_in = _stand_in(folder)
    if stand_in is None:
        return folder / _SOCKET
    if stand_in.is_symlink():
        raise StateFolderError(f"The folder {stand_in} is a link; bntui does not follow it.", _HINT)
    return _private_folder(stand_in) / _SOCKET


def _stand_in(folder: Path) -> Path | None:
    if len(os.fsencode(folder / _SOCKET)) <= SOCKET_PATH_BYTES:
        return None
    digest = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]
    return _SHORT_ROOT / f"{_APP}-{os.geteuid()}-{digest}"


def remove_stand_in(folder: Path) -> None:
    """Take away the short folder of a state folder's sockets, if there is one and nobody serves in it."""
    stand_in = _stand_in(folder)
    if stand_in is not None:
        with suppress(OSError):
            stand_in.rmdir()


def remove_private_state_dir(folder: Path) -> None:
    """Take away a throw-away state folder, with all that belongs to it."""
    shutil.rmtree(folder, ignore_errors=True)
    remove_stand_in(folder)


def trust_socket_path(folder: Path) -> Path:
    """The trust gate's socket of a state folder, beside the engine's."""
    return socket_path(folder).with_name("trust.sock")


@contextmanager
def private_state_dir() -> Iterator[Path]:
    """A throw-away state folder for runs that must not touch a profile's; removed at the end."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_APP}-"))
    except OSError as error:
        raise _unusable(Path(tempfile.gettempdir()), error) from error
    try:
        yield folder
    finally:
        remove_private_state_dir(folder)


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).expanduser().absolute() if value else None


def _state_root() -> Path:
    """The folder above all profiles. One that exists keeps its mode: it may be a folder of the user's."""
    return _own_folder(_given_root())


def _given_root() -> Path:
    return _from_environment(STATE_DIR_VARIABLE) or platformdirs.user_state_path(_APP, appauthor=False)


def _own_folder(folder: Path) -> Path:
    """Create a folder for its owner alone, or take one that is ours and can be written."""
    try:
        folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    except OSError as error:
        raise _unusable(folder, error) from error
    if owner != os.geteuid():
        raise StateFolderError(f"The folder {folder} belongs to another user.", _HINT)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _Unwritable(f"The folder {folder} cannot be used: it may not be written.", _HINT)
    return folder


def _private_folder(folder: Path) -> Path:
    """The same for a folder that nobody else may look into."""
    _own_folder(folder)
    if stat.S_IMODE(folder.stat().st_mode) != stat.S_IRWXU:
        try:
            folder.chmod(stat.S_IRWXU)
        except OSError as error:
            raise _unusable(folder, error) from error
    return folder


def _unusable(folder: Path, error: OSError) -> _Unwritable:
    cause = _CAUSES.get(error.errno or 0) or error.strerror or "for an unknown reason"
    return _Unwritable(f"The folder {folder} cannot be used: {cause}.", _HINT)
