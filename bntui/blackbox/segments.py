"""The files of a recording: each a Zstandard stream of lines, ended whenever a line must be safe.

A stream is cut into blocks after each line, so that a process that is killed while it writes costs the line
it was at: what stands before it is read. The files are for their owner alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import zstandard

from bntui.model.incident import moment

SUFFIX = ".blackbox.zst"
RAW_SUFFIX = ".tape.zst"
"""Of raw frames, in the form of a tape."""

LEVEL = 6
"""Of compression: rows repeat from second to second, and a longer look back finds them."""

HASH_LOG, CHAIN_LOG = 18, 17
"""Of the tables for looking back, by powers of two: half of what the level would take. That saves more than a
megabyte as long as the engine runs, and costs some hundredths of a file's size."""

READ_BYTES = 256
"""Taken at a time: where a file is damaged, what was unfolded together with the damage is lost."""

LONGEST_LINE = 64 << 20
"""A longer line is no record: the file is something else, or was made to fill the memory."""

_NAME = re.compile(r"(?P<ms>[0-9]{13})-(?P<number>[0-9]{6})-.*")


class Segment(NamedTuple):
    """One file, by what its name says."""

    began_ms: int
    number: int
    path: Path


def segment_name(began_ms: int, number: int, suffix: str = SUFFIX) -> str:
    """A name that sorts by time, and says it to people too."""
    return f"{began_ms:013d}-{number:06d}-{moment(began_ms, '%Y%m%dT%H%M%SZ')}{suffix}"


def segments(folder: Path, suffix: str = SUFFIX) -> list[Segment]:
    """The segments of a folder, oldest first; none where there is no such folder. Raises OSError."""
    found = []
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    for name in names:
        match = _NAME.fullmatch(name)
        if name.endswith(suffix) and match is not None:
            found.append(Segment(int(match["ms"]), int(match["number"]), folder / name))
    return sorted(found)


def tidy(folder: Path, most_bytes: int, oldest_ms: int, suffix: str = SUFFIX) -> None:
    """Delete the oldest segments while all take more bytes, and those that ended before a time.

    The newest stays: somebody writes it. Raises OSError.
    """
    found = segments(folder, suffix)
    sizes = {segment.path: segment.path.stat().st_size for segment in found}
    total = sum(sizes.values())
    for segment, following in pairwise(found):
        if total <= most_bytes and following.began_ms >= oldest_ms:
            return
        segment.path.unlink(missing_ok=True)
        total -= sizes[segment.path]


class SegmentFile:
    """One segment that is being written. Raises OSError where the disk does not take it."""

    def __init__(self, path: Path) -> None:
        """Begin the file; one that is there already is an error."""
        self.path = path
        self.size = 0
        """Bytes on the disk."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        form = zstandard.ZstdCompressionParameters.from_level(LEVEL, hash_log=HASH_LOG, chain_log=CHAIN_LOG)
        self._packer = zstandard.ZstdCompressor(compression_params=form).compressobj()

    def write(self, lines: bytes) -> None:
        """Add whole lines; once this returns, the end of this process does not harm them."""
        packed = self._packer.compress(lines) + self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        self._put(packed)

    def close(self) -> None:
        """End the stream, and see it on the disk."""
        try:
            self._put(self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH))
            os.fsync(self._file)
        finally:
            os.close(self._file)

    def abandon(self) -> None:
        """Leave the file as it is."""
        os.close(self._file)

    def _put(self, packed: bytes) -> None:
        while packed:
            written = os.write(self._file, packed)
            self.size += written
            packed = packed[written:]


def read_lines(path: Path) -> Iterator[bytes]:
    """The whole lines of a segment, up to where it was cut off or damaged.

    Raises OSError for a file that cannot be read, ValueError for one that is none of ours from the start.
    """
    unpacker = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
    read_any = False
    begun: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while packed := file.read(READ_BYTES):
            try:
                text = unpacker.decompress(packed)
            except zstandard.ZstdError as error:
                if not read_any:
                    raise ValueError(f"it is no recording: {error}") from None
                return
            read_any = True
            *lines, rest = text.split(b"\n")
            if lines:
                lines[0] = b"".join((*begun, lines[0]))
                begun, size = [], 0
                yield from lines
            begun.append(rest)
            size += len(rest)
            if size > LONGEST_LINE:
                raise ValueError("it holds a line without an end")
