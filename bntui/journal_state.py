"""What the user changed, in the journal's file: all that a viewer reads of it before its first frame."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bntui.errors import StateFolderError

if TYPE_CHECKING:
    import sqlite3

BUSY_S = 2.0
"""Another program's lock on the file is waited out for so long."""

PUT_STATE = "INSERT OR REPLACE INTO user_state (key, value) VALUES (?, ?)"


class StateValue(NamedTuple):
    """What the user changed, under a key."""

    key: str
    value: str


def read_state(database: sqlite3.Connection) -> dict[str, str]:
    """What the user changed."""
    return dict(database.execute("SELECT key, value FROM user_state").fetchall())


def kept_state(path: Path) -> dict[str, str]:
    """What the user changed, of a file that an engine may be writing; nothing where there is none.

    Raises StateFolderError.
    """
    if not path.exists():
        return {}
    import sqlite3  # where there is nothing to read, nothing is loaded for it

    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return read_state(database)
    except (sqlite3.Error, ValueError) as error:
        raise StateFolderError(f"the journal cannot be read ({error}): {path}") from error


def keep_state(path: Path, key: str, value: str, busy_s: float = BUSY_S) -> None:
    """Keep a value in a file that an engine has made and may be writing. Raises StateFolderError."""
    import sqlite3

    try:
        with transaction(path, busy_s) as database:
            database.execute(PUT_STATE, StateValue(key, value))
    except (sqlite3.Error, ValueError) as error:
        raise StateFolderError(f"the journal cannot be written ({error}): {path}") from error


@contextlib.contextmanager
def transaction(path: Path, busy_s: float) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is there, with one transaction around what is done on it."""
    import sqlite3

    uri = f"{path.absolute().as_uri()}?mode=rw"
    database = sqlite3.connect(uri, uri=True, timeout=busy_s, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
    finally:
        database.close()
