"""Recordings: one frame a line, `<time of receipt> {json}`, plain or gzipped.

The time is in nanoseconds since the epoch in what this program writes. Other recorders write
microseconds, milliseconds, or seconds with a fraction; the magnitude tells which.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from json import loads
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, cast

from bntui.errors import UsageError

_NS_PER_S = 1_000_000_000
_LATEST_S = 100_000_000_000
"""Later than any time in seconds that is meant; the same number is an early time in milliseconds."""


class TapeLine(NamedTuple):
    """One recorded frame."""

    received_ns: int
    text: str
    """The frame as it was received."""


def stamp_ns(stamp: str) -> int:
    """A time of receipt in nanoseconds. Raises ValueError for what is no time."""
    whole, point, fraction = stamp.partition(".")
    if not (whole.isascii() and whole.isdecimal()) or (point and not fraction.isdecimal()):
        raise ValueError(f"{stamp!r} is no time")
    number = int(whole)
    if point or number < _LATEST_S:
        return number * _NS_PER_S + int(fraction[:9].ljust(9, "0") or 0)
    for unit_ns in (1_000_000, 1_000, 1):
        if number * unit_ns < _LATEST_S * _NS_PER_S:
            return number * unit_ns
    raise ValueError(f"{stamp!r} is no time")


def read_tape(paths: Iterable[Path]) -> Iterator[TapeLine]:
    """The frames of some recordings, one file after the other.

    A last line that was cut off, as after a crash, is left out. Raises UsageError, naming file and
    line, for a file that is no recording.
    """
    for path in paths:
        yield from _read_file(path)


def _read_file(path: Path) -> Iterator[TapeLine]:
    number = 0
    try:
        with _open(path) as file:
            for raw in file:
                number += 1
                stamp, _, text = raw.strip().partition(b" ")
                if not raw.endswith(b"\n") and not _is_whole(text):
                    return
                if stamp:
                    yield TapeLine(stamp_ns(stamp.decode()), text.decode())
    except EOFError:
        return
    except (OSError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    except ValueError as error:
        hint = "A recording has a time and a JSON text on each line."
        raise UsageError(f"{path}, line {number}: {error}.", hint) from None


def _is_whole(text: bytes) -> bool:
    try:
        loads(text)
    except ValueError:
        return False
    return True


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(path, "rb")) if path.suffix == ".gz" else path.open("rb")


class TapeWriter:
    """Writes a recording; gzipped where the name ends with `.gz`."""

    def __init__(self, path: Path) -> None:
        """Create the file; one that is there already is an error. Raises UsageError."""
        try:
            self._file: BinaryIO = (
                cast(BinaryIO, gzip.GzipFile(path, "xb")) if path.suffix == ".gz" else path.open("xb")
            )
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from None

    def write(self, received_ns: int, frame: str) -> None:
        """Add a frame. Raises ValueError for one that is not a single line."""
        if "\n" in frame or "\r" in frame:
            raise ValueError("a recorded frame is a single line")
        self._file.write(f"{received_ns} {frame}\n".encode())

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def __enter__(self) -> TapeWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
