"""What comes before every command: settings, warnings, its log, and a look at its terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from bntui import log, paths
from bntui.errors import BntuiError, UsageError
from bntui.sources import load

if TYPE_CHECKING:
    from bntui.commands.seam import Compose
    from bntui.config import Settings

INSTEAD = "`bntui status` and `bntui tail` need none."
"""What tells the same as a screen without a terminal."""


def load_compose() -> Compose:
    """What builds everything, imported only when a command runs. Tests put theirs here."""
    from bntui import compose

    return compose


def has_terminal() -> bool:
    """Whether there is a terminal to draw on: keys come from stdin, and Textual draws on stderr."""
    return not is_dumb() and all(s is not None and s.isatty() for s in (sys.stdin, sys.stderr))


def is_dumb() -> bool:
    """Whether the terminal is of a kind that knows no cursor movement (terminfo: dumb, unknown)."""
    return os.environ.get("TERM", "") in ("dumb", "unknown")


def is_in_browser() -> bool:
    """Whether Textual draws in a browser: textual-serve says so by the driver that it sets.

    Only the demo is drawn there, since whoever reaches the page sees and does what its user may.
    """
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def read_settings(ctx: click.Context) -> tuple[Settings, tuple[str, ...]]:
    """The settings as options, variables and the file say, and warnings. Raises UsageError."""
    return load(ctx.ensure_object(dict), os.environ, paths.config_file())


def prepare(ctx: click.Context, process: str, *, draws: bool = False, instead: str = INSTEAD) -> Settings:
    """The settings, with all else ready. `process` names the log file.

    A command that `draws` needs a terminal; where there is none, `instead` says what does not.
    """
    settings, warnings = read_settings(ctx)
    for warning in warnings:
        click.echo(f"bntui: {log.printable(warning)}", err=True)
    if draws and not has_terminal():
        if is_dumb():
            raise UsageError(
                f"This terminal cannot be drawn on (TERM={os.environ['TERM']}).",
                f"Set TERM to what it is, such as xterm-256color. {instead}",
            )
        raise UsageError(
            "There is no terminal to draw on.",
            f"Over SSH use `ssh -t`. {instead}",
        )
    try:
        log.set_up(paths.log_file(settings.profile, process))
    except (BntuiError, OSError) as error:
        log.silence()
        click.echo(f"bntui: nothing is logged: {log.printable(str(error))}", err=True)
    return settings
