"""The settings file, taken apart, and the line in which each of its keys stands."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from bntui.errors import UsageError

LINES_MOST = 2_000
"""Of a longer file errors name no line: finding one takes as many readings as there are lines before it."""


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
                f"{path} is no valid TOML: {error}.", "Mend that line, or move the file away."
            ) from None

    def where(self, *keys: str) -> str:
        """The place of a key for people: `FILE:12: profiles.bot2.fps`."""
        line = self.line_of(*keys)
        return f"{self.path}:{line}: {'.'.join(keys)}" if line else f"{self.path}: {'.'.join(keys)}"

    def line_of(self, *keys: str) -> int | None:
        """The line in which a key's value begins, counted from 1; None where the file has no such key.

        What stands in a list is named by its number, counted from 1 too.

        The file is read line by line until it has the key: what TOML allows is TOML's business.
        """
        if len(self._lines) > LINES_MOST:
            return None
        begin = 0
        for end in range(1, len(self._lines) + 1):
            try:
                table = tomllib.loads("\n".join(self._lines[:end]))
            except tomllib.TOMLDecodeError:
                continue  # in the middle of a value of several lines
            if _has(table, keys):
                return next((at + 1 for at in range(begin, end) if _says(self._lines[at])), end)
            begin = end
        return None


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


def _has(table: object, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if isinstance(table, list) and key.isdecimal() and 0 < int(key) <= len(table):
            table = table[int(key) - 1]
        elif isinstance(table, Mapping) and key in table:
            table = table[key]
        else:
            return False
    return True


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
