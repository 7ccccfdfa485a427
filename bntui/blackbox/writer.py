"""Writes a recording on a thread of its own: neither a slow disk nor a full one holds up who records."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from bntui.blackbox.segments import SUFFIX, SegmentFile, segment_name, segments, tidy

log = logging.getLogger(__name__)

PENDING_MOST_BYTES = 32 << 20
"""Lines that wait for a disk which does not take them; beyond it what comes is dropped: that is a failure."""

SEGMENT_BYTES = 16 << 20
"""What a segment takes of the disk at most, where the bound leaves room for it."""

PARTS = 8
"""A bound holds so many segments at least: less than two of them are free for the one that is written."""

TOO_SLOW = "the disk does not take it in time"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept: the oldest segments go first, never the one that is being written."""

    most_bytes: int
    keep_s: float
    segment_bytes: int = SEGMENT_BYTES

    @property
    def full_segment(self) -> int:
        """At so many bytes another segment begins."""
        return min(self.segment_bytes, self.most_bytes // PARTS)

    @property
    def before_another(self) -> int:
        """What is left of the older segments when another one begins: it, and the record that makes it full,
        must have room."""
        return self.most_bytes - 2 * self.full_segment


@dataclass(frozen=True, slots=True)
class _Piece:
    lines: bytes
    begins_ms: int | None
    """Of the first lines of a segment: when it begins."""


class Writer:
    """All methods but `close` return at once."""

    def __init__(self, folder: Path, bounds: Bounds, suffix: str = SUFFIX) -> None:
        """Write into a folder, which is made when it is missing. Nothing is written before the first
        segment."""
        self.folder = folder
        self.failure = ""
        """Why something was not written, in words; another segment tries anew."""
        self.segment_bytes = 0
        """What the running segment takes on the disk."""
        self._bounds = bounds
        self._suffix = suffix
        self._pending: deque[_Piece] = deque()
        self._pending_bytes = 0
        self._wake = threading.Condition()
        self._closing = False
        self._file: SegmentFile | None = None
        self._thread = threading.Thread(target=self._write_all, name="black box", daemon=True)
        self._thread.start()

    @property
    def segment_full(self) -> bool:
        """Whether the running segment has taken its part of the disk: another one should begin."""
        return self.segment_bytes >= self._bounds.full_segment

    def begin(self, wall_ms: int, lines: bytes) -> bool:
        """End the running segment and begin another with these lines. False: too much waits already."""
        with self._wake:
            self.failure = ""
            self.segment_bytes = 0
        return self._put(_Piece(lines, wall_ms))

    def add(self, lines: bytes) -> bool:
        """Add whole lines to the segment. False: too much waits already, and they were dropped."""
        return self._put(_Piece(lines, None))

    def close(self, wait_s: float = 3.0) -> bool:
        """Write what is left, and end. False when that was not done in time."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _put(self, piece: _Piece) -> bool:
        with self._wake:
            if self._pending_bytes + len(piece.lines) > PENDING_MOST_BYTES:
                self.failure = self.failure or TOO_SLOW
                return False
            self._pending.append(piece)
            self._pending_bytes += len(piece.lines)
            self._wake.notify()
            return True

    def _write_all(self) -> None:
        """The writer thread."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._pending or self._closing)
                pieces = list(self._pending)
                self._pending.clear()
                self._pending_bytes = 0
                last = self._closing
            for piece in pieces:
                self._take(piece)
            if last:
                self._end()
                return

    def _take(self, piece: _Piece) -> None:
        try:
            if piece.begins_ms is not None:
                self._end()
                self._file = self._open(piece.begins_ms)
            if self._file is not None:
                self._file.write(piece.lines)
                self.segment_bytes = self._file.size
        except OSError as error:
            self._failed(error)

    def _open(self, wall_ms: int) -> SegmentFile:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        oldest_ms = wall_ms - round(self._bounds.keep_s * 1000)
        found = segments(self.folder, self._suffix)
        number = max((segment.number for segment in found), default=0) + 1
        file = SegmentFile(self.folder / segment_name(wall_ms, number, self._suffix))
        try:
            tidy(self.folder, self._bounds.before_another, oldest_ms, self._suffix)
        except OSError:
            file.abandon()
            raise
        return file

    def _end(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.close()
            except OSError as error:
                self._failed(error)

    def _failed(self, error: OSError) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.abandon()
            except OSError:
                log.debug("the segment could not even be closed", exc_info=True)
        self.failure = error.strerror or str(error) or os.strerror(error.errno or 0)

    def __repr__(self) -> str:
        return f"<Writer {self.folder}: {self.segment_bytes} bytes, {self.failure or 'well'}>"
