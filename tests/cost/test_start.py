"""What a start loads: for the version nothing, for a usage error nothing that draws or connects."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"aiofastnet", "asyncio", "click", "cryptography", "httpx", "orjson", "rich", "textual", "websockets"}

LOADED = (
    "import sys; from bntui.__main__ import main\n"
    "try:\n    main()\n"
    "finally:\n    print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
)


def loaded_by(*words: str) -> tuple[str, set[str]]:
    """(what is printed, packages that are loaded) by a command line."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout, set(done.stderr.splitlines()[-1].split())


def test_the_version_loads_nothing() -> None:
    said, loaded = loaded_by("--version")
    assert said.startswith("bntui ")
    assert loaded & HEAVY == set()


def test_a_usage_error_loads_nothing_that_draws_or_connects() -> None:
    _, loaded = loaded_by("--nonsense")
    assert loaded & HEAVY <= {"click"}


def test_an_engine_loads_nothing_that_draws_and_what_signs_only_for_a_key() -> None:
    code = "import sys, bntui.engine.main; print(*(name for name in sys.modules if '.' not in name))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) & {"textual", "rich", "pygments", "cryptography"} == set()


FIRST_FRAME = """
import sys
from bntui.compose.screens import run_tui
from bntui.config import Settings
from bntui.model.markets import Market
from bntui.ui.app import BntuiApp
BntuiApp.run = lambda self, **how: None
nowhere = {Market.SPOT: "ws://127.0.0.1:9"}
run_tui(Settings(rest_urls=nowhere, stream_urls=nowhere), ("BTCUSDT",))
print(*sys.modules)
"""

LATER = {
    "bntui.commandoptions",
    "bntui.engine.launcher",
    "bntui.journal_tables",
    "bntui.model.events",
    "bntui.model.panels",
    "bntui.model.views",
    "bntui.venue.markets",
    "bntui.wire.codec",
    "bntui.wire.messages",
    *("cryptography", "ctypes", "httpx", "sqlite3", "websockets"),
}


def test_a_first_frame_waits_for_no_word_of_engine_or_exchange() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) & LATER == set()
