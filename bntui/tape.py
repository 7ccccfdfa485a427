"""Recordings: one frame a line, `<time of receipt> {json}`, plain, gzipped or by Zstandard.

The time is in nanoseconds since the epoch in what this program writes. Other recorders write
microseconds, milliseconds, or seconds with a fraction (the magnitude tells which), with or without a
colon behind it; nothing but the frame (its event time then stands for the time of receipt); an address
and an arrow before an answer of REST; and lines of their own about addresses and settings.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from io import BufferedReader
from json import loads
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, cast

import zstandard

from bntui.errors import UsageError

_NS_PER_S = 1_000_000_000
_LATEST_S = 100_000_000_000
"""Later than any time in seconds that is meant; the same number is an early time in milliseconds."""


_EVENT_TIME = re.compile(rb'"E": ?([0-9]{13,16})[,}]')
_NOTES = (b"http://", b"https://", b"ws://", b"wss://", b"configuration:")
"""How lines begin that recorders write about themselves."""
_ARROW = b" -> "
_SENT = b"<-"
"""Stands before what the recorder's client sent."""


class TapeLine(NamedTuple):
    """One recorded frame."""

    received_ns: int
    text: str
    """The frame as it was received."""
    url: str = ""
    """Of an answer of REST, where the recorder kept it."""


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
    reader = _LineReader()
    try:
        with _open(path) as file:
            for raw in file:
                number += 1
                if not raw.endswith(b"\n") and not _is_whole(b"".join(raw.partition(b"{")[1:])):
                    return
                if (line := reader.read(raw.strip())) is not None:
                    yield line
    except EOFError:
        return
    except (OSError, zlib.error, zstandard.ZstdError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    except ValueError as error:
        hint = "A recording has a time and a JSON text on each line."
        raise UsageError(f"{path}, line {number}: {error}.", hint) from None


class _LineReader:
    """Takes lines apart; a frame without any time has that of the frame before it."""

    def __init__(self) -> None:
        self._last_ns: int | None = None

    def read(self, raw: bytes) -> TapeLine | None:
        """The frame of a line, or None where it holds none. Raises ValueError."""
        url = b""
        if raw.startswith(_NOTES):
            url, arrow, raw = raw.partition(_ARROW)
            if not arrow:
                return None
        if raw.startswith(b"{"):
            received_ns, text = self._event_time_ns(raw), raw
        else:
            stamp, _, text = raw.partition(b" ")
            if not stamp or text.startswith(_SENT):
                return None
            received_ns = stamp_ns(stamp.removesuffix(b":").decode())
        self._last_ns = received_ns
        return TapeLine(received_ns, text.decode(), url.decode())

    def _event_time_ns(self, frame: bytes) -> int:
        found = _EVENT_TIME.search(frame)
        if found is not None:
            return stamp_ns(found[1].decode())
        if self._last_ns is None:
            raise ValueError("the first frame has neither a time of receipt nor an event time")
        return self._last_ns


def _is_whole(text: bytes) -> bool:
    try:
        loads(text)
    except ValueError:
        return False
    return True


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".zst":
        return cast(BinaryIO, BufferedReader(zstandard.open(path, "rb")))
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
