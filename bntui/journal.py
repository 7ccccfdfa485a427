"""What outlives the engine: what the user changed, and the reconnect history. One SQLite file a profile.

The engine's loop hands values over and goes on; one thread writes. A disk that cannot take them costs
the history, never the engine: failures are counted, logged once, and tried again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from bntui.errors import StateFolderError
from bntui.model.delta import OUTAGES_KEPT
from bntui.model.markets import Market
from bntui.model.views import OutageView

log = logging.getLogger(__name__)

SCHEMA_VERSION = 3

OUTAGES_MOST = 5_000
"""Lines of history that the file keeps; the oldest go."""

OUTAGES_AGE_DAYS = 90
"""Lines of history that are older when the file is opened go too."""

PENDING_MOST = 10_000
"""Values that wait for a disk that does not take them; beyond it the oldest are dropped and counted."""

RETRY_S = 5.0
"""After a failed write the thread waits so long before the next."""

BUSY_S = 2.0
"""Another program's lock on the file is waited out for so long."""

CLOSED_MEANWHILE = "bntui ended before it was over"

_DAY_MS = 24 * 3_600 * 1_000

_OUTAGE_COLUMNS = tuple(field.name for field in fields(OutageView))

_SCHEMA = """
CREATE TABLE IF NOT EXISTS user_state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outages (
    id INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    market TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    cause TEXT NOT NULL,
    close_code INTEGER,
    streams INTEGER NOT NULL,
    ended_ms INTEGER,
    blind_s REAL,
    planned INTEGER NOT NULL,
    closed_by TEXT NOT NULL DEFAULT '',
    hit TEXT NOT NULL DEFAULT '',
    missing INTEGER NOT NULL DEFAULT 0,
    refilled INTEGER NOT NULL DEFAULT 0,
    later TEXT NOT NULL DEFAULT '',
    silent INTEGER NOT NULL DEFAULT 0
);
"""

_PUT_STATE = "INSERT OR REPLACE INTO user_state (key, value) VALUES (?, ?)"
_PUT_OUTAGE = (
    f"INSERT OR REPLACE INTO outages ({', '.join(_OUTAGE_COLUMNS)}) "
    f"VALUES ({', '.join('?' for _ in _OUTAGE_COLUMNS)})"
)
_BOUND_OUTAGES = "DELETE FROM outages WHERE id <= (SELECT id FROM outages ORDER BY id DESC LIMIT 1 OFFSET ?)"


@dataclass(frozen=True, slots=True)
class _State:
    key: str
    value: str


class Journal:
    """Open it with `open_journal`. All methods but `close` return at once."""

    def __init__(self, path: Path, state: dict[str, str], outages: list[OutageView], busy_s: float) -> None:
        """Take over what the file held, and start the writer."""
        self.path = path
        self.failures = 0
        """Writes that failed, and values that were dropped."""
        self._state = state
        self._outages = outages
        self._busy_s = busy_s
        self._pending: dict[tuple[type, str | int], _State | OutageView] = {}
        """By what it is: a newer value takes the place of one that was not written yet."""
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._writer.start()

    @property
    def outages(self) -> list[OutageView]:
        """The newest of the history of earlier runs, oldest first."""
        return list(self._outages)

    @property
    def next_outage_id(self) -> int:
        """The first id that no outage of an earlier run has."""
        return max((outage.id for outage in self._outages), default=0) + 1

    def get(self, key: str) -> str | None:
        """What was put under this key last, in this run or one before."""
        return self._state.get(key)

    def put(self, key: str, value: str) -> None:
        """Keep a value under a key, in place of the one before."""
        self._state[key] = value
        self._hand_over((_State, key), _State(key, value))

    def outage(self, view: OutageView) -> None:
        """Keep a line of history, in place of the one with the same id."""
        self._hand_over((OutageView, view.id), view)

    def close(self, wait_s: float = 3.0) -> bool:
        """Write what is left, and end. False when that was not done in time."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._writer.join(wait_s)
        return not self._writer.is_alive() and not self._pending

    def _hand_over(self, key: tuple[type, str | int], value: _State | OutageView) -> None:
        with self._wake:
            self._pending.pop(key, None)
            self._pending[key] = value
            self._bound_pending()
            self._wake.notify()

    def _bound_pending(self) -> None:
        while len(self._pending) > PENDING_MOST:
            del self._pending[next(iter(self._pending))]
            self.failures += 1

    def _write_all(self) -> None:
        """The writer thread."""
        failing = False
        while True:
            with self._wake:
                if failing:
                    self._wake.wait_for(lambda: self._closing, RETRY_S)
                self._wake.wait_for(lambda: self._pending or self._closing)
                batch, self._pending = self._pending, {}
                last = self._closing
            failing = bool(batch) and not self._written(batch, failing)
            if last:
                return

    def _written(self, batch: dict[tuple[type, str | int], _State | OutageView], failing: bool) -> bool:
        """Write a batch. False when the disk did not take it: then it waits again."""
        try:
            self._write(batch.values())
        except sqlite3.OperationalError as error:
            if not failing:
                log.error("the journal %s cannot be written, trying again: %s", self.path, error)
            with self._wake:
                self.failures += 1
                self._pending = batch | self._pending
                self._bound_pending()
            return False
        except (sqlite3.Error, ValueError, OverflowError):
            # No disk's fault: trying again would never end.
            log.exception("%d values cannot be kept in the journal %s", len(batch), self.path)
            with self._wake:
                self.failures += len(batch)
            return True
        if failing:
            log.warning("the journal %s is written again", self.path)
        return True

    def _write(self, batch: Iterable[_State | OutageView]) -> None:
        with _transaction(self.path, self._busy_s) as database:
            for value in batch:
                if isinstance(value, _State):
                    database.execute(_PUT_STATE, (value.key, value.value))
                else:
                    database.execute(_PUT_OUTAGE, astuple(value))
            database.execute(_BOUND_OUTAGES, (OUTAGES_MOST,))

    def __repr__(self) -> str:
        return f"<Journal {self.path}: {len(self._pending)} pending, {self.failures} failures>"


def open_journal(path: Path, now_ms: int, busy_s: float = BUSY_S) -> Journal:
    """Open the file, or begin it, and prove that it can be written. Raises StateFolderError in words.

    They say first why, and then where: one line of a narrow screen may have no room for both.
    """
    try:
        # SQLite gives its side files the mode of the file itself.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with _transaction(path, busy_s) as database:
            _prepare(database, path)
            _tidy(database, now_ms)
            state = dict(database.execute("SELECT key, value FROM user_state").fetchall())
            outages = _read_outages(database)
    except sqlite3.OperationalError as error:
        raise StateFolderError(
            f"the journal cannot be written ({error}): {path}",
            "Is the disk full or read-only, or does another program hold the file?",
        ) from error
    except (sqlite3.Error, ValueError) as error:
        raise StateFolderError(
            f"the journal is damaged ({error}): {path}",
            "Move it away: bntui begins a new one. Watchlist and reconnect history are lost with it.",
        ) from error
    except OSError as error:
        raise StateFolderError(
            f"the journal cannot be opened ({error.strerror or error}): {path}",
            "Is the state folder writable?",
        ) from error
    return Journal(path, state, outages, busy_s)


@contextlib.contextmanager
def _transaction(path: Path, busy_s: float) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is there, with one transaction around what is done on it."""
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


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Begin the tables, or check that they are whole and ours."""
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StateFolderError(
            f"the journal {path} was written by a newer bntui (format {version}, known: {SCHEMA_VERSION})",
            "Use that version, or another --profile.",
        )
    found: str = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    for statement in filter(str.strip, _SCHEMA.split(";")):
        database.execute(statement)
    if 0 < version < SCHEMA_VERSION:
        _add_new_columns(database)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _add_new_columns(database: sqlite3.Connection) -> None:
    """Give an older file the columns that it lacks, with their defaults."""
    has = {row[1] for row in database.execute("PRAGMA table_info(outages)")}
    for line in _SCHEMA.splitlines():
        name, _, kind = line.strip().rstrip(",").partition(" ")
        if name in _OUTAGE_COLUMNS and name not in has:
            database.execute(f"ALTER TABLE outages ADD COLUMN {name} {kind}")


def _tidy(database: sqlite3.Connection, now_ms: int) -> None:
    """Forget what is too old or too much, and end what an earlier run could not."""
    database.execute(
        "DELETE FROM outages WHERE began_ms < ?",
        (now_ms - OUTAGES_AGE_DAYS * _DAY_MS,),
    )
    database.execute(_BOUND_OUTAGES, (OUTAGES_MOST,))
    # Nobody looked until now: so long, at least, was the data missing here.
    database.execute(
        "UPDATE outages SET ended_ms = max(began_ms, :now), blind_s = max(0, :now - began_ms) / 1000.0, "
        "cause = cause || :why WHERE ended_ms IS NULL",
        {"now": now_ms, "why": f" ({CLOSED_MEANWHILE})"},
    )


def _read_outages(database: sqlite3.Connection) -> list[OutageView]:
    """As much of the history as a store keeps, oldest first."""
    rows = database.execute(
        f"SELECT {', '.join(_OUTAGE_COLUMNS)} FROM outages ORDER BY id DESC LIMIT ?", (OUTAGES_KEPT,)
    ).fetchall()
    outages = [OutageView(*row) for row in reversed(rows)]
    return [
        replace(o, market=Market(o.market), planned=bool(o.planned), silent=bool(o.silent)) for o in outages
    ]
