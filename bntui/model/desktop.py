"""Notifications of the desktop, asked for through the terminal, so that they come over SSH too.

OSC 9 is what iTerm2 began, and others such as WezTerm, Ghostty and kitty understand; OSC 777 is rxvt's, and
foot's, and that of terminals by VTE. A terminal that knows neither passes them by.
"""

from __future__ import annotations

from collections.abc import Mapping

from bntui.model.text import one_line

TITLE = "bntui"

_KNOW_777 = ("rxvt", "foot", "vte", "gnome")
"""How the names of terminals begin that understand OSC 777 and not OSC 9."""


def notification(text: str, way: str, environ: Mapping[str, str]) -> str:
    """What a terminal is sent to show a text. `way`: `osc9`, `osc777`, or `auto` for what it is said to know.

    Inside tmux and screen it is wrapped, so that they pass it on to the terminal outside.
    """
    term = environ.get("TERM", "")
    line = one_line(text)
    if way == "osc777" or (way != "osc9" and (term.startswith(_KNOW_777) or "VTE_VERSION" in environ)):
        # A semicolon parts title and text.
        sequence = f"\x1b]777;notify;{TITLE};{line.replace(';', ',')}\x07"
    else:
        # After `9;` a number and a semicolon would be another command (ConEmu), so words come first.
        sequence = f"\x1b]9;{TITLE}: {line}\x07"
    if environ.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    return f"\x1bP{sequence}\x1b\\" if term.startswith("screen") else sequence
