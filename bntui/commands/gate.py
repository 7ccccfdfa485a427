"""`bntui trust` and `bntui wait`: what a bot asks before it trades."""

from __future__ import annotations

import click

from bntui.commandoptions import TrustOptions, WaitOptions
from bntui.commands import checks, start
from bntui.commands.shared import (
    duration_option,
    json_option,
    named_symbols_argument,
    settings_options,
    together,
    trust_socket_option,
)

gate_options = together(
    duration_option("--max-age", "max_age_s", "Trust no older quote, whatever is known of it, such as 1s."),
    click.option(
        "--accounts/--no-accounts",
        "accounts",
        default=True,
        show_default=True,
        help="Whether fills of own accounts on the symbols' markets count too.",
    ),
    trust_socket_option,
)
"""What is asked, beside the symbols."""

wait_options = together(
    click.option(
        "--trust",
        "symbols",
        metavar="SYMBOL",
        multiple=True,
        required=True,
        callback=checks.symbols,
        help="What to trust. Repeatable.",
    ),
    duration_option("--for", "for_s", "How long it must have been trusted without a break.", "5s"),
    duration_option("--timeout", "timeout_s", "When to give up. [default: never]"),
)


@click.command()
@json_option()
@gate_options
@settings_options
@named_symbols_argument
@click.pass_context
def trust(
    ctx: click.Context,
    symbols: tuple[str, ...],
    as_json: bool,
    max_age_s: float | None,
    accounts: bool,
) -> int:
    """May a bot trust these symbols now? Asks the running engine.

    Exits with 0 for yes, 1 for data that is not proven now, 2 when blind, 4 without an engine.
    """
    settings = start.prepare(ctx, "headless")
    return start.load_compose().run_trust(settings, symbols, TrustOptions(as_json, max_age_s, accounts))


@click.command()
@wait_options
@gate_options
@settings_options
@click.pass_context
def wait(
    ctx: click.Context,
    symbols: tuple[str, ...],
    for_s: float,
    timeout_s: float | None,
    max_age_s: float | None,
    accounts: bool,
) -> int:
    """Wait until symbols can be trusted, and have been for a while.

    Exits with 0 then; when the time is up, with the code of `bntui trust`.
    """
    settings = start.prepare(ctx, "headless")
    options = WaitOptions(for_s, timeout_s, max_age_s, accounts)
    return start.load_compose().run_wait(settings, symbols, options)
