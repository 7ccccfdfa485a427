"""How soon something is there: the version, the first paint, the first live price."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.comparing import Contender, Figures, Goal, Group
from tests.bench.ingest import of_python
from tests.bench.screen import START_S, Pty
from tests.bench.stage import CLOCK, Load, said, source
from tests.peers.environments import command, prepare

NOTHING = "python -c pass"
PAINTED = rb"\x1b\[\?1049h(?s:.*?)\x1b\[\d+;\d+H"
"""The alternate screen, and the first cursor movement in it."""

TIMES = 5
"""Everything is done so many times a round, and the quickest counts."""


def _wall(words: list[str]) -> Callable[[], Figures]:
    def run() -> Figures:
        took = []
        for _ in range(TIMES):
            began = CLOCK.monotonic()
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
            took.append(CLOCK.monotonic() - began)
        return {"time": min(took) * 1000}

    return run


def _environ(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "BNTUI_STATE_DIR": str(home / "state"),
        "BNTUI_CONFIG_DIR": str(home / "config"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
    }


def _painted(words: Callable[[], list[str]], pattern: bytes = PAINTED) -> Callable[[], Figures]:
    def once(given: list[str]) -> float:
        with TemporaryDirectory(prefix="bntui-bench-") as home:
            began = CLOCK.monotonic()
            terminal = Pty(given, _environ(Path(home)), (120, 40))
            try:
                return terminal.until(pattern, START_S) - began
            finally:
                terminal.end()

    def run() -> Figures:
        given = words()
        return {"time": min(once(given) for _ in range(TIMES)) * 1000}

    return run


def _live() -> Figures:
    """From the command to the first price on the screen that the exchange sent."""
    load = Load(symbols=15, kinds=("bookTicker", "trade"), count=1, settle_s=60)
    with source(load, None) as sender:
        urls = said(sender)
        words = [sys.executable, "-m", "bntui", *load.names, "--rest-url", urls["rest"]]
        return _painted(lambda: [*words, "--stream-url", urls["streams"]], rb"\xe2\x96[\xb2\xbc]")()


def _peer(package: str, version: str, name: str, *beside: str) -> Contender:
    peer = of_python(package, version, *beside)

    def words() -> list[str]:
        prepare(peer)
        return [str(Path(command(peer, "")[0]).with_name(name))]

    return Contender(f"{package}, first paint", _painted(words))


def _times(name: str) -> Callable[[Mapping[tuple[str, str], float]], float]:
    return lambda medians: medians[name, "time"] / medians[NOTHING, "time"]


def groups() -> list[Group]:
    """Everything about the start."""
    bntui = shutil.which("bntui", path=str(Path(sys.executable).parent)) or "bntui"
    # Nobody listens on the port of discard: what is painted first needs no exchange.
    nowhere = ["--rest-url", "http://127.0.0.1:9", "--stream-url", "ws://127.0.0.1:9"]
    version, painted = "bntui --version", "bntui, first paint"
    return [
        Group(
            "start",
            "from the command to what is there",
            {"time": "ms"},
            [
                Contender(NOTHING, _wall([sys.executable, "-c", "pass"])),
                Contender(version, _wall([bntui, "--version"])),
                Contender(painted, _painted(lambda: [bntui, "BTCUSDT", *nowhere])),
                Contender("bntui, first live price", _live),
                # It crashes with the parsers of tree-sitter 0.26, and does not say that it needs older ones.
                _peer("posting", "2.11.1", "posting", "tree-sitter<0.26"),
                _peer("harlequin", "2.17.0", "harlequin"),
            ],
            NOTHING,
            [
                Goal("times a python that does nothing: --version", _times(version), most=5),
                Goal("times a python that does nothing: first paint", _times(painted), most=25),
            ],
        )
    ]
