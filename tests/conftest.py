"""A test run sees neither the developer's machine nor the network.

What libraries read from the environment when they are imported is removed before they are: Textual
above all, whose snapshot plugin is therefore loaded from here and not by its entry point.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.support.composed import RecordingCompose

_SCRUBBED_PREFIXES = ("BNTUI_", "TEXTUAL", "XDG_", "LC_")
_SCRUBBED = (
    "PYTHONUNBUFFERED",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LINES",
    "ESCDELAY",
    "LANG",
)
_PICTURES_FOLDER = "TEXTUAL_SNAPSHOT_TEMPDIR"
"""How the snapshot plugin tells the processes that share a run where its report is gathered."""

_LOOPBACK_NAMES = frozenset({"localhost", ""})
_NEVER_RESOLVED = (".invalid", ".test")
"""Names that no resolver knows (RFC 6761), for tests of what happens then."""


def _scrub(environ: os._Environ[str], home: str) -> None:
    kept = {_PICTURES_FOLDER} if "PYTEST_XDIST_WORKER" in environ else set()
    for name in set(environ) - kept:
        if name.startswith(_SCRUBBED_PREFIXES) or name in _SCRUBBED or name.lower().endswith("_proxy"):
            del environ[name]
    environ.update(HOME=home, TZ="UTC", LC_ALL="C.UTF-8", TERM="xterm-256color", COLORTERM="truecolor")
    time.tzset()


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)


def _is_loopback(host: object) -> bool:
    if host is None:
        return True
    text = _text(host)
    if text in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """An audit hook: it sees every connection, also those made by libraries and in threads."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname") and not _is_loopback(args[0]):
        if _text(args[0]).endswith(_NEVER_RESOLVED):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise RuntimeError(f"a test asks for the address of {args[0]!r}")
    if event in ("socket.connect", "socket.sendto", "socket.bind") and isinstance(args[1], tuple):
        host = args[1][0]
        if not _is_loopback(host) or (event == "socket.bind" and host == ""):
            raise RuntimeError(f"a test reaches for {host!r} ({event})")


_session_home = tempfile.TemporaryDirectory(prefix="bntui-tests-")
_scrub(os.environ, _session_home.name)
sys.addaudithook(_refuse_network)

if "textual" in sys.modules:
    raise pytest.UsageError("Textual was imported before its environment was cleaned")

pytest_plugins = ["pytest_textual_snapshot"]

# A run finds what the run before it found; `--hypothesis-profile=explore` looks further.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("repeatable")


def pytest_collection_finish() -> None:
    """What was loaded stays until the end: going through it again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Homes for all tests of a run, in a folder of their own: pytest reads its whole folder to number each
    new one, which thousands of homes in it would make slow."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for each test, with the program's folders in it."""
    folder = next(homes)
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("BNTUI_STATE_DIR", str(folder / "state"))
    monkeypatch.setenv("BNTUI_CONFIG_DIR", str(folder / "config"))
    return folder


@pytest.fixture
def restored_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For tests of what sets up logging, which is global: gives it back as it was."""
    monkeypatch.setattr(logging, "raiseExceptions", True)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {
        logger: logger.level
        for logger in logging.Logger.manager.loggerDict.values()
        if isinstance(logger, logging.Logger)
    }
    yield
    logging.captureWarnings(False)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for name in list(logging.Logger.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.setLevel(levels.get(logger, logging.NOTSET))


@pytest.fixture
def compose(monkeypatch: pytest.MonkeyPatch, restored_logging: None) -> RecordingCompose:
    """Command lines end up here instead of running, and there is a terminal."""
    from bntui.commands import start
    from tests.support.composed import RecordingCompose

    recorder = RecordingCompose()
    monkeypatch.setattr(start, "load_compose", lambda: recorder)
    monkeypatch.setattr(start, "has_terminal", lambda: True)
    return recorder
