"""The connection attempts of this machine, in a locked file that all bntui programs share."""

from __future__ import annotations

import fcntl
import logging
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from bntui.clock import Clock
from bntui.feed.core.budget import AttemptLimit

log = logging.getLogger(__name__)


LOCK_WAIT_S = 0.2
LOCK_PAUSE_S = 0.002
"""A lock is held for a fraction of this, unless its holder is stopped."""


class AttemptsFile:
    """Counts attempts over restarts and parallel programs, since the exchange counts by IP.

    The file holds at most as many times as the limit allows. Where it cannot be used (a read-only or
    full disk) the attempts of this process are still counted, and the log says so once.
    """

    def __init__(self, path: Path, limit: AttemptLimit, clock: Clock) -> None:
        """The file is made when the first attempt is taken."""
        self._path = path
        self._limit = limit
        self._clock = clock
        self._own: list[int] = []
        self._unwritten: list[int] = []
        """Those of our own that the file could not take; it may be readable all the same."""
        self._broken = False
        self._jammed = False
        """The lock could not be had the last time."""

    def take(self) -> int | None:
        """Record an attempt. None: it may be made; else the epoch ms before which it may not."""
        now_ms = self._clock.wall_ms()
        with self._locked() as descriptor:
            attempts = self._read(descriptor, now_ms)
            free_at_ms = self._limit.free_at_ms(attempts, now_ms)
            if free_at_ms > now_ms:
                return free_at_ms
            self._own = [*self._limit.recent(self._own, now_ms), now_ms]
            written = descriptor is not None and self._write(descriptor, [*attempts, now_ms])
            self._unwritten = [] if written else [*self._limit.recent(self._unwritten, now_ms), now_ms]
        return None

    def count(self) -> int:
        """Attempts that count now."""
        now_ms = self._clock.wall_ms()
        with self._locked() as descriptor:
            return len(self._read(descriptor, now_ms))

    @contextmanager
    def _locked(self) -> Iterator[int | None]:
        """The open and locked file, or None where there can be none."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            self._say_broken(exc)
            yield None
            return
        try:
            self._lock(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        """Take the lock, or go without it: a program that was stopped with it must not stop us.

        What is lost then is at worst the count of an attempt that two programs make at the same instant.
        """
        tries = 1 if self._jammed else round(LOCK_WAIT_S / LOCK_PAUSE_S)
        self._jammed = True
        for _ in range(tries):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                select.select((), (), (), LOCK_PAUSE_S)
            else:
                self._jammed = False
                return

    def _read(self, descriptor: int | None, now_ms: int) -> list[int]:
        known: list[int] = self._own
        if descriptor is not None:
            try:
                data = orjson.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0) or b"[]")
                if isinstance(data, list) and all(type(at) is int for at in data):
                    known = sorted([*data, *self._unwritten])
            except (OSError, orjson.JSONDecodeError) as exc:
                self._say_broken(exc)
        return self._limit.recent(known, now_ms)

    def _write(self, descriptor: int, attempts: list[int]) -> bool:
        try:
            data = orjson.dumps(attempts)
            os.pwrite(descriptor, data, 0)
            os.ftruncate(descriptor, len(data))
        except OSError as exc:
            self._say_broken(exc)
            return False
        return True

    def _say_broken(self, exc: Exception) -> None:
        if not self._broken:
            self._broken = True
            log.warning("connection attempts are counted in this process only: %s: %s", self._path, exc)
