"""The command line: words to settings, and settings to one function of `bntui.compose`.

What a command needs is imported when it runs, so that `bntui --version` and usage errors come at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from bntui import __version__
from bntui.commands import screens
from bntui.commands.group import CommandGroup, CommandTable
from bntui.commands.shared import screen_options
from bntui.errors import UsageError
from bntui.exits import explain


@click.group(
    "bntui",
    cls=CommandGroup,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND | SYMBOL…] [OPTION]…",
    options_metavar="[OPTION]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 live or done, 1 degraded or failed, 2 blind, 3 usage or settings, "
    "4 cannot connect, 70 crash, 130 interrupted.",
)
@click.version_option(__version__, message="bntui %(version)s")
@screen_options
@click.pass_context
def main_group(ctx: click.Context) -> int | None:
    """See at once whether your Binance streams still flow.

    Without a command, opens the screen on the live exchange, with the given symbols added to the watchlist.
    """
    return screens.draw(ctx, ()) if ctx.invoked_subcommand is None else None


main_group.screen = screens.screen

main_group.commands = CommandTable(
    {
        "demo": "exchange",
        "sim": "exchange",
        "engine": "engines",
        "attach": "screens",
        "status": "questions",
        "trust": "gate",
        "wait": "gate",
        "tail": "questions",
        "candles": "questions",
        "book": "questions",
        "drill": "screens",
        "fills": "questions",
        "alerts": "upkeep",
        "record": "recordings",
        "replay": "recordings",
        "keys": "upkeep",
        "doctor": "upkeep",
        "serve-metrics": "engines",
        "config": "upkeep",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line to its end. Returns the exit code; whatever goes wrong is said in words."""
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        if sys.stdout is not None:  # closed by `>&-`
            sys.stdout.flush()
        return code
    except SystemExit:
        raise
    except BaseException as error:
        return explain(error)


def _run(words: list[str]) -> int:
    if instruction := os.environ.get("_BNTUI_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(main_group, {}, "bntui", "_BNTUI_COMPLETE", instruction)
    try:
        with main_group.make_context("bntui", words) as ctx:
            return main_group.invoke(ctx) or 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        raise _in_our_words(error) from None


def _in_our_words(error: click.ClickException) -> UsageError:
    message = error.format_message()
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        message = f"{error.param.opts[0]}: {error.message}"
    elif isinstance(error, click.BadParameter):
        # What is missing has no message of its own.
        message = error.message or message
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command.name if context else None
    where = f"bntui {command}" if command in main_group.commands else "bntui"
    return UsageError(message, f"See `{where} -h`.")
