"""`bntui fills`: own fills that the journal keeps, once, to a pipe; no engine is needed for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bntui.commandoptions import FillsOptions
from bntui.engine.tail import human, line
from bntui.errors import UsageError
from bntui.journal import kept_fills
from bntui.model.account import Fill
from bntui.model.markets import SymbolKey
from bntui.model.verdict import ExitCode


def run(path: Path, keys: Sequence[SymbolKey], options: FillsOptions, now_ms: int) -> int:
    """Print the fills of these symbols, or of all, oldest first. Raises UsageError where none can be kept."""
    if not path.exists():
        raise UsageError(
            "No fills are kept yet: no bntui with this --profile has run on this machine.",
            "Add a key with `bntui keys add NAME`, run bntui: it keeps the fills that it sees and recovers.",
        )
    since_ms = int(now_ms - options.since_s * 1_000) if options.since_s is not None else 0
    found = [fill for _, fill in kept_fills(path, since_ms) if _asked_for(fill, keys, options.account)]
    form = line if options.json else human
    for fill in sorted(found, key=lambda fill: (fill.time_ms, fill.id)):
        sys.stdout.write(f"{form(fill)}\n")
    sys.stdout.flush()
    if not found:
        sys.stderr.write("No such fills are kept.\n")
    return ExitCode.LIVE


def _asked_for(fill: Fill, keys: Sequence[SymbolKey], account: str) -> bool:
    return (not keys or fill.key in keys) and account in ("", fill.owner.account)
