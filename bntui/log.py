"""The log file: one per kind of process, bounded, for its owner alone, and never holding a secret.

Nothing is logged to the terminal: stdout is for what was asked for, and a screen is drawn on it.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 1_000_000
"""A full file is put aside; with `BACKUPS` of them kept, the oldest lines are what is lost."""

BACKUPS = 2

REPEATS = 100
REPEATS_S = 60.0
"""So many lines of one kind are written in so many seconds; the others are counted."""

KINDS_KNOWN = 500
"""Kinds of lines that are told apart; beyond it those that were not seen for longest count anew."""

KIND_CHARS = 200

_HANDLER = "bntui-log-file"

_NOISY = ("asyncio", "httpx", "httpcore", "websockets", "uvicorn")
"""Libraries whose lower levels say nothing of use; httpx prints whole URLs there."""

# Texts, since `re` keeps what it has compiled of them: a start that logs nothing needs none.
_SECRET = r"""(?ix)
    (?P<name> signature | api-?_?key | x-mbx-apikey | listen-?_?(?:key|token) | secret | password )
    (?P<sign> ["']? \s* (?: = | : | %3D ) \s* b? ["']? | ["'] \s* , \s* b? ["'] )
    (?P<value> [^\s"'&,;)}\]<>]+ )
    """

_LISTEN_PATH = r"(/ws/)[A-Za-z0-9]{32,}"
"""Of the hosts whose paths are the listen key itself; names of streams are shorter, or hold an @."""

_PRIVATE_KEY = r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|\Z)"

_UNPRINTABLE = r"[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"


def set_up(path: Path) -> None:
    """Send everything that is logged, warned of, or raised in a thread to the file at `path`.

    Call it once a process; a second call moves the log. Raises OSError when the file cannot be made.
    """
    _create(path)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", errors="backslashreplace"
    )
    handler.rotator = _rotate
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(process)d %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(Repeats())
    handler.addFilter(_clean)
    _install(handler)


def silence() -> None:
    """Log nowhere, for a process without a usable file: nothing may end up on the terminal instead."""
    _install(logging.NullHandler())


def active_file() -> Path | None:
    """The file that this process logs to; None before `set_up`."""
    for handler in logging.getLogger().handlers:
        if handler.name == _HANDLER and isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def mask(text: str) -> str:
    """The text without private keys and the values of secret parameters, wherever they stand in it.

    A last line of defence: secrets are kept from log calls in the first place.
    """
    text = re.sub(_LISTEN_PATH, r"\1****", re.sub(_PRIVATE_KEY, r"\1****\2", text))
    return re.sub(_SECRET, r"\g<name>\g<sign>****", text)


def printable(text: str) -> str:
    """The text without anything that a terminal would obey; line ends and tabs stay."""
    return re.sub(_UNPRINTABLE, lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class Repeats(logging.Filter):
    """Lets so many lines of one kind through in a while, so that nothing that repeats without end pushes all
    else out of a bounded file. What was left out is counted, and told with the next that passes.

    Lines are of one kind when they come from the same place with the same words around what differs.
    """

    def __init__(self) -> None:
        """Nothing was logged."""
        super().__init__()
        self._kinds: dict[tuple[str, int, str], _Kind] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        key = (record.name, record.levelno, str(record.msg)[:KIND_CHARS])
        kind = self._kinds.pop(key, None)
        # A clock that was set back ends the while, too.
        fresh = kind is None or not kind.began <= record.created < kind.began + REPEATS_S
        left_out = 0
        if kind is None or fresh:
            left_out = 0 if kind is None else kind.left_out
            kind = _Kind(record.created)
        self._kinds[key] = kind
        if len(self._kinds) > KINDS_KNOWN:
            del self._kinds[next(iter(self._kinds))]
        kind.lines += 1
        if kind.lines > REPEATS:
            kind.left_out += 1
            return False
        note = ""
        if left_out:
            note = f" ({left_out} more like it before this were left out)"
        elif kind.lines == REPEATS:
            note = f" (more like it are left out for up to {REPEATS_S:g} s)"
        if note:
            record.msg = record.getMessage() + note
            record.args = None
        return True


@dataclass(slots=True)
class _Kind:
    began: float
    lines: int = 0
    left_out: int = 0


def _install(handler: logging.Handler) -> None:
    root = logging.getLogger()
    for old in [old for old in root.handlers if old.name == _HANDLER]:
        root.removeHandler(old)
        with suppress(OSError):
            old.close()
    handler.set_name(_HANDLER)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A full disk must not print a traceback for every line that could not be written.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_crash
    sys.unraisablehook = _log_unraisable


def _create(path: Path) -> None:
    """Make the file before the handler opens it, so that it never is readable for others."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))


def _rotate(source: str, dest: str) -> None:
    os.replace(source, dest)
    _create(Path(source))


def _clean(record: logging.LogRecord) -> bool:
    """Fold arguments and traceback into the record's text and make that safe; always keeps the record."""
    record.msg = printable(mask(record.getMessage())).replace("\n", "\n  ")
    record.args = None
    if record.exc_info:
        record.exc_text = printable(mask(logging.Formatter().formatException(record.exc_info)))
        record.exc_info = None
    return True


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    error = crash.exc_value
    if error is not None:
        name = crash.thread.name if crash.thread else "unknown"
        logging.getLogger(__name__).error("the thread %s crashed", name, exc_info=error)


def _log_unraisable(event: sys.UnraisableHookArgs) -> None:
    logging.getLogger(__name__).error(
        "%s: %r", event.err_msg or "ignored exception in", event.object, exc_info=event.exc_value
    )
