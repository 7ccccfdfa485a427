"""The terminal: what it says of itself, and what that means for colours and characters."""

from __future__ import annotations

from collections.abc import Mapping

from bntui.doctor.cells import AMBIGUOUS, WIDE
from bntui.doctor.findings import Finding, bad, ok, skipped, warn

LEAST_COLUMNS, LEAST_ROWS = 80, 24
"""What the screen needs."""

_TRUE_COLOUR = ("truecolor", "24bit")
_MULTIPLEXERS = ("tmux", "screen")


def check_terminal(
    environ: Mapping[str, str],
    encoding: str,
    size: tuple[int, int] | None,
    cells: Mapping[str, int],
) -> list[Finding]:
    """What can be told of a terminal; `size` (columns, rows) None: there is none. `cells`: what it gives."""
    if size is None:
        return [skipped("terminal", "", "there is none here", "Over SSH: `ssh -t HOST bntui doctor`.")]
    return [
        _kind(environ),
        *_colours(environ),
        _encoding(encoding),
        _size(size),
        *_widths(cells),
    ]


def _kind(environ: Mapping[str, str]) -> Finding:
    term = environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        what = f"TERM is {term}" if term else "TERM is not set"
        return bad("terminal", "", f"{what}: nothing can be drawn", "export TERM=xterm-256color")
    if "TMUX" in environ and not term.startswith(_MULTIPLEXERS):
        return warn(
            "terminal",
            "",
            f"this is tmux, but TERM is {term}: colours and keys may be wrong",
            'In ~/.tmux.conf: set -g default-terminal "tmux-256color"; and set TERM in no shell file.',
        )
    inside = " in tmux" if "TMUX" in environ else ""
    return ok("terminal", "", f"{term}{inside}")


def _colours(environ: Mapping[str, str]) -> list[Finding]:
    if environ.get("NO_COLOR"):
        return [ok("colours", "", "none, as NO_COLOR asks for; words and signs say the same")]
    said = environ.get("COLORTERM", "")
    if said in _TRUE_COLOUR:
        return [ok("colours", "", f"16 million (COLORTERM={said})")]
    many = "256" in environ.get("TERM", "") or environ.get("TERM", "").endswith("-direct")
    seen = "256 colours" if many else "16 colours"
    if "TMUX" in environ:
        fix = 'In ~/.tmux.conf: set -as terminal-features ",*:RGB"; then: export COLORTERM=truecolor'
    elif "SSH_CONNECTION" in environ or "SSH_TTY" in environ:
        fix = (
            "SSH does not bring COLORTERM along: `SendEnv COLORTERM` in your ~/.ssh/config and `AcceptEnv "
            "COLORTERM` in the server's sshd_config; or here: export COLORTERM=truecolor"
        )
    else:
        fix = "If the terminal shows more: export COLORTERM=truecolor"
    what = f"COLORTERM is {said}" if said else "COLORTERM is not set"
    return [warn("colours", "", f"{what}: shades are rounded to {seen}", fix)]


def _encoding(encoding: str) -> Finding:
    if encoding.lower().replace("-", "").replace("_", "") == "utf8":
        return ok("encoding", "", encoding)
    return warn(
        "encoding",
        "",
        f"{encoding or 'unknown'}: everything is drawn in ASCII",
        "export LC_ALL=C.UTF-8 (`locale -a` lists what there is)",
    )


def _size(size: tuple[int, int]) -> Finding:
    columns, rows = size
    said = f"{columns}×{rows}"
    if columns < LEAST_COLUMNS or rows < LEAST_ROWS:
        return warn(
            "size",
            "",
            f"{said}: too small",
            f"Make it {LEAST_COLUMNS}×{LEAST_ROWS} or larger, or the font smaller.",
        )
    return ok("size", "", said)


def _widths(cells: Mapping[str, int]) -> list[Finding]:
    if not cells:
        return [skipped("widths", "", "the terminal does not tell where its cursor is")]
    if cells.get(AMBIGUOUS) != 1:
        return [
            warn(
                "widths",
                "",
                f"it gives {AMBIGUOUS} {cells.get(AMBIGUOUS)} cells: lines break",
                "Switch off «ambiguous characters are double-width» in the terminal, or: bntui --ascii",
            )
        ]
    if cells.get(WIDE) != 2:
        return [
            warn(
                "widths",
                "",
                f"it gives {WIDE} {cells.get(WIDE)} cells: symbols with such names shift their rows",
                "Choose a terminal that knows wide characters; symbols in ASCII are not affected.",
            )
        ]
    return [ok("widths", "", f"{AMBIGUOUS} takes one cell, {WIDE} two")]
