"""Copying to where the user sits: the terminal is asked to take a text, and a file keeps it as well.

A program on another machine reaches the user's clipboard only through his terminal (OSC 52), and no terminal
says whether it did what it was asked to. So the newest copy also lies in a file, and what is said names both.

Unless it is told to, tmux takes no such request: its `set-clipboard` is `external`, which means the copies of
its own (tmux(1)). Where it runs on this machine it is therefore given the text as one of those.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

SEQUENCE_MOST = 100_000
"""Bytes of one sequence for the clipboard. A longer one is dropped by some terminals, and shown as text by
others (hterm's osc52.sh, OSC_52_MAX_SEQUENCE; read 2026-11)."""

TMUX_TAKES_S = 1.0
"""So long tmux may take for a text; one that hangs keeps nobody from his file."""

FILE_NAME = "copied.txt"
"""The newest copy, beside the log."""

_ESC, _BEL, _ST = "\x1b", "\x07", "\x1b\\"


class Way(StrEnum):
    """Who is asked to take a text."""

    TERMINAL = "terminal"
    """The terminal itself."""
    TMUX = "tmux"
    """The tmux on this machine, which takes it for its own and hands it on."""
    TMUX_ELSEWHERE = "tmux elsewhere"
    """A tmux that only the terminal leads to, as over SSH; its `set-clipboard` decides."""
    SCREEN = "screen"
    """As that, but it may be GNU screen too: until it is told otherwise, tmux calls itself so."""
    NOBODY = "nobody"
    """There is no clipboard that a program could reach."""


def way_of(environ: Mapping[str, str]) -> Way:
    """Whom this terminal leads to.

    The Linux console has no clipboard. GNU screen takes no sequence as long as a copy, and hands none on.
    """
    term = environ.get("TERM", "")
    if environ.get("TMUX"):
        return Way.TMUX
    if term.startswith("tmux"):
        return Way.TMUX_ELSEWHERE
    if environ.get("STY") or term in ("linux", "dumb", "unknown"):
        return Way.NOBODY
    return Way.SCREEN if term.startswith("screen") else Way.TERMINAL


def sequence(text: str, way: Way) -> str:
    """What to write so that the text is copied; empty where nobody takes it, or not one so long.

    The text is encoded, so nothing in it can steer a terminal. tmux is asked twice: it takes the first where
    `set-clipboard` is on, and hands the second on where `allow-passthrough` is (tmux(1)).
    """
    if way is Way.NOBODY:
        return ""
    encoded = base64.b64encode(text.encode(errors="replace")).decode("ascii")
    asked = f"{_ESC}]52;c;{encoded}{_BEL}"
    if way in (Way.TMUX, Way.TMUX_ELSEWHERE):
        asked += f"{_ESC}Ptmux;{asked.replace(_ESC, 2 * _ESC)}{_ST}"
    return asked if len(encoded) <= SEQUENCE_MOST - len(f"{_ESC}]52;c;{_BEL}") else ""


async def hand_to_tmux(text: str, environ: Mapping[str, str], within_s: float = TMUX_TAKES_S) -> bool:
    """Give tmux the text as if it had been copied there: into its buffers, and on to its own terminal.

    False where it did not take it: older ones than 3.2 do not know how.
    """
    try:
        tmux = await asyncio.create_subprocess_exec(
            *("tmux", "load-buffer", "-w", "-"),
            env=dict(environ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(within_s):
            await tmux.communicate(text.encode(errors="replace"))
    except TimeoutError:
        return False
    finally:
        if tmux.returncode is None:
            with suppress(ProcessLookupError):
                tmux.kill()
            await tmux.wait()
    return tmux.returncode == 0


def keep(text: str, folder: Path | None) -> Path | None:
    """Write the newest copy over the one before, for its owner alone. Returns where it is; None where it
    cannot be kept."""
    if folder is None:
        return None
    path, fresh = folder / FILE_NAME, folder / f".{FILE_NAME}.{os.getpid()}"
    try:
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(opened, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        os.replace(fresh, path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        return None
    return path


def said(what: str, way: Way, asked: bool, kept: Path | None) -> tuple[str, bool]:
    """What became of a copy, in words, and whether that is bad. `asked`: somebody was asked to take it."""
    if asked and way in (Way.TMUX_ELSEWHERE, Way.SCREEN):
        if kept is not None:
            return f"Copied {what} to {kept.name} (tmux needs set-clipboard on)", False
        return f"Copied {what} through tmux, if its set-clipboard is on", False
    if asked:
        by = "through tmux" if way is Way.TMUX else "by OSC 52"
        if kept is not None:
            return f"Copied {what} {by}, and to {kept.name}", False
        return f"Copied {what} {by} (a terminal may refuse)", False
    why = "no clipboard here" if way is Way.NOBODY else "too long for a terminal"
    if kept is not None:
        return f"Copied {what} to {kept} ({why})", False
    return f"Not copied: {why}, and no file can be written.", True
