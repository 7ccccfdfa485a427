"""What outlives the engine: what the user changed, reconnect history, fills. One SQLite file a profile.

The engine's loop hands values over and goes on; one thread writes. A disk that cannot take them costs
the history, never the engine: failures are counted, logged once, and tried again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bntui import journal_tables
from bntui.errors import StateFolderError
from bntui.journal_state import BUSY_S, StateValue, read_state, transaction
from bntui.journal_tables import FillMark, Kept
from bntui.model.account import OrderUpdate
from bntui.model.alerts import AlertView
from bntui.model.delta import NumberedFill
from bntui.model.views import OutageView

log = logging.getLogger(__name__)

PENDING_MOST = 10_000
"""Values that wait for a disk that does not take them; beyond it the oldest are dropped and counted."""

RETRY_S = 5.0
"""After a failed write the thread waits so long before the next."""

FILLS_PENDING_MOST = 100_000
"""Beside them so many fills and orders wait, which only a disk that takes nothing for days can bring about.
Beyond it the oldest are dropped from here and counted: the next start asks the exchange for them."""


class Remembered(NamedTuple):
    """What the file held when it was opened."""

    state: dict[str, str]
    outages: list[OutageView]
    """The newest, oldest first."""
    fills: list[NumberedFill]
    """The newest, in the order of their numbers."""
    marks: list[FillMark]
    """How far the fills of each symbol are known, older ones included."""
    orders: list[OrderUpdate]
    """Those first that changed longest ago."""
    alerts: list[AlertView]
    """The newest, oldest first; those that last were not over when the last run ended."""


class Journal:
    """Open it with `open_journal`. All methods but `close` return at once."""

    def __init__(self, path: Path, remembered: Remembered, busy_s: float) -> None:
        """Take over what the file held, and start the writer."""
        self.path = path
        self.failures = 0
        """Writes that failed, and values that were dropped."""
        self._remembered = remembered
        self._busy_s = busy_s
        self._pending: dict[tuple[object, ...], Kept] = {}
        """By what it is: a newer value takes the place of one that was not written yet."""
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._writer.start()

    @property
    def remembered(self) -> Remembered:
        """What earlier runs left. Not to be changed."""
        return self._remembered

    @property
    def next_outage_id(self) -> int:
        """The first id that no outage of an earlier run has."""
        return max((outage.id for outage in self._remembered.outages), default=0) + 1

    @property
    def next_alert_id(self) -> int:
        """The first id that no alert of an earlier run has."""
        return max((alert.id for alert in self._remembered.alerts), default=0) + 1

    @property
    def next_fill_number(self) -> int:
        """The first number that no fill of an earlier run has."""
        return max((numbered.number for numbered in self._remembered.fills), default=0) + 1

    def get(self, key: str) -> str | None:
        """What was put under this key last, in this run or one before."""
        return self._remembered.state.get(key)

    def put(self, key: str, value: str) -> None:
        """Keep a value under a key, in place of the one before."""
        self._remembered.state[key] = value
        self.keep(StateValue(key, value))

    def keep(self, value: Kept) -> None:
        """Keep a value, in place of the one of the same identity; of a fill the first one stays."""
        key = journal_tables.identity(value)
        with self._wake:
            self._pending.pop(key, None)
            self._pending[key] = value
            self._bound_pending()
            self._wake.notify()

    def close(self, wait_s: float = 3.0) -> bool:
        """Write what is left, and end. False when that was not done in time."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._writer.join(wait_s)
        return not self._writer.is_alive() and not self._pending

    def _bound_pending(self) -> None:
        """Fills and orders stay when others must go."""
        while len(self._pending) > PENDING_MOST:
            victim = next((key for key, value in self._pending.items() if not _is_precious(value)), None)
            if victim is None and len(self._pending) <= FILLS_PENDING_MOST:
                return
            del self._pending[victim or next(iter(self._pending))]
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

    def _written(self, batch: dict[tuple[object, ...], Kept], failing: bool) -> bool:
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
            # No disk's fault: trying again would never end. The others of the batch are not to go with it.
            if len(batch) > 1:
                written = [self._written({key: value}, failing) for key, value in batch.items()]
                return all(written)
            log.exception("a value cannot be kept in the journal %s", self.path)
            with self._wake:
                self.failures += 1
            return True
        if failing:
            log.warning("the journal %s is written again", self.path)
        return True

    def _write(self, batch: Iterable[Kept]) -> None:
        with transaction(self.path, self._busy_s) as database:
            journal_tables.put(database, batch)

    def __repr__(self) -> str:
        return f"<Journal {self.path}: {len(self._pending)} pending, {self.failures} failures>"


def _is_precious(value: Kept) -> bool:
    return isinstance(value, NumberedFill | OrderUpdate)


def open_journal(path: Path, now_ms: int, busy_s: float = BUSY_S) -> Journal:
    """Open the file, or begin it, and prove that it can be written. Raises StateFolderError in words.

    They say first why, and then where: one line of a narrow screen may have no room for both.
    """
    try:
        # SQLite gives its side files the mode of the file itself.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with transaction(path, busy_s) as database:
            _prepare(database, path)
            journal_tables.tidy(database, now_ms)
            remembered = Remembered(
                read_state(database),
                journal_tables.read_outages(database),
                journal_tables.read_fills(database),
                journal_tables.read_marks(database),
                journal_tables.read_orders(database),
                journal_tables.read_alerts(database),
            )
    except sqlite3.OperationalError as error:
        raise StateFolderError(
            f"the journal cannot be written ({error}): {path}",
            "Is the disk full or read-only, or does another program hold the file?",
        ) from error
    except (sqlite3.Error, ValueError) as error:
        raise StateFolderError(
            f"the journal is damaged ({error}): {path}",
            "Move it away: bntui begins a new one. Watchlist, reconnect history and fills are lost with it.",
        ) from error
    except OSError as error:
        raise StateFolderError(
            f"the journal cannot be opened ({error.strerror or error}): {path}",
            "Is the state folder writable?",
        ) from error
    return Journal(path, remembered, busy_s)


def kept_fills(path: Path, since_ms: int) -> list[NumberedFill]:
    """The fills done since a time, of a file that an engine may be writing. Raises StateFolderError."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return journal_tables.read_fills(database, journal_tables.FILLS_MOST, since_ms)
    except (sqlite3.Error, ValueError) as error:
        raise StateFolderError(
            f"the journal cannot be read ({error}): {path}", "Was it written by another version of bntui?"
        ) from error


def kept_alerts(path: Path) -> list[AlertView]:
    """The newest alerts of a file that an engine may be writing, oldest first. Raises StateFolderError."""
    if not path.exists():
        return []
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return journal_tables.read_alerts(database)
    except (sqlite3.Error, ValueError) as error:
        raise StateFolderError(
            f"the journal cannot be read ({error}): {path}", "Was it written by another version of bntui?"
        ) from error


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Begin the tables, or check that they are whole and ours."""
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    if version > journal_tables.SCHEMA_VERSION:
        raise StateFolderError(
            f"the journal {path} was written by a newer bntui "
            f"(format {version}, known: {journal_tables.SCHEMA_VERSION})",
            "Use that version, or another --profile.",
        )
    found: str = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    for statement in filter(str.strip, journal_tables.SCHEMA.split(";")):
        database.execute(statement)
    if 0 < version < journal_tables.SCHEMA_VERSION:
        journal_tables.add_new_columns(database)
    database.execute(f"PRAGMA user_version = {journal_tables.SCHEMA_VERSION}")
