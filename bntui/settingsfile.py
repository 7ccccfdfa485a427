"""The settings file, taken apart, and the line in which each of its keys stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from bntui.errors import UsageError

LINES_MOST = 2_000
"""Of a longer file errors name no line."""

_PLACE = re.compile(r"\(at (?:line (?P<line>[0-9]+), column (?P<column>[0-9]+)|end of document)\)")
"""Where tomllib says that something is wrong."""


class SettingsFile:
    """What a file says. One that is missing says nothing."""

    def __init__(self, path: Path, text: str | None) -> None:
        """Take the text apart. Raises UsageError where it is no TOML."""
        self.path = path
        self.exists = text is not None
        self._lines = (text or "").splitlines()
        try:
            self.table: Mapping[str, object] = tomllib.loads(text or "")
        except tomllib.TOMLDecodeError as error:
            raise UsageError(
                _no_toml(path, str(error), len(self._lines)), "Mend that line, or move the file away."
            ) from None

    def where(self, *keys: str) -> str:
        """The place of a key for people: `FILE:12: profiles.bot2.fps`."""
        line = self.line_of(*keys)
        return f"{self.path}:{line}: {'.'.join(keys)}" if line else f"{self.path}: {'.'.join(keys)}"

    def line_of(self, *keys: str) -> int | None:
        """The line in which a key's value begins, counted from 1; None where the file has no such key."""
        return self._lines_of_keys.get(keys)

    @cached_property
    def _lines_of_keys(self) -> Mapping[tuple[str, ...], int]:
        """Every key and table of the file, read statement by statement: TOML is left to its own reader."""
        found: dict[tuple[str, ...], int] = {}
        header: tuple[str, ...] = ()
        counts: dict[tuple[str, ...], int] = {}
        begin = 0
        for end in range(1, len(self._lines) + 1 if len(self._lines) <= LINES_MOST else 0):
            try:
                table = tomllib.loads("\n".join(self._lines[begin:end]))
            except tomllib.TOMLDecodeError:
                continue  # in the middle of a value of several lines
            first = next((at for at in range(begin, end) if _says(self._lines[at])), None)
            begin = end
            if first is None:
                continue
            paths = list(_paths(table))
            if self._lines[first].lstrip().startswith("[["):
                *array, _ = paths[-1]
                counts[tuple(array)] = number = counts.get(tuple(array), 0) + 1
                header = (*array, str(number))
                paths = [*paths[:-1], header]
            elif self._lines[first].lstrip().startswith("["):
                header = paths[-1]
            else:
                paths = [(*header, *path) for path in paths]
            for path in paths:
                found.setdefault(path, first + 1)
        return found


def read(path: Path, *, required: bool) -> SettingsFile:
    """Read the file. Raises UsageError for one that cannot be read, or is missing and was asked for."""
    try:
        return SettingsFile(path, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise UsageError(f"There is no settings file {path}.") from None
        return SettingsFile(path, None)
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _no_toml(path: Path, why: str, lines: int) -> str:
    """Why a file is no TOML, with the line in front, as with every other mistake."""
    place = _PLACE.search(why)
    what = why[: place.start()].rstrip() if place else why
    line, where = (place["line"], f", column {place['column']}") if place and place["line"] else (lines, "")
    return f"{path}:{line}: no valid TOML: {what}{where}."


def _paths(table: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """The keys of a table and of the tables in it, each behind the one that it is in; what stands in a list
    is called by its number, counted from 1."""
    for key, value in table.items():
        yield (key,)
        if isinstance(value, list):
            value = {str(number): item for number, item in enumerate(value, 1)}
        if isinstance(value, Mapping):
            yield from ((key, *path) for path in _paths(value))


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
