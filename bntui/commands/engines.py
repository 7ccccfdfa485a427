"""`bntui engine` and `bntui serve-metrics`: processes that stay."""

from __future__ import annotations

from pathlib import Path

import click

from bntui.accountsettings import parse_given
from bntui.commandoptions import EngineOptions, MetricsOptions
from bntui.commands import checks, start
from bntui.commands.shared import (
    settings_options,
    symbols_argument,
    together,
    trust_group_option,
    trust_socket_option,
)
from bntui.config import AccountSettings
from bntui.words import METRICS_ADDRESS, parse_listen

engine_options = together(
    trust_socket_option,
    trust_group_option,
    click.option("--leaves", is_flag=True, hidden=True, help="End with the last viewer."),
    click.option(
        "--folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        hidden=True,
        help="A throw-away state folder, removed at the end.",
    ),
    click.option("--label", default="", hidden=True, help="What the screen calls the environment."),
    click.option(
        "--accounts",
        default=None,
        callback=checks.checked(parse_given),
        hidden=True,
        help="Instead of the file's.",
    ),
)
"""What is hidden is for viewers, which start engines."""

metrics_options = click.option(
    "--listen",
    metavar="HOST:PORT",
    default=METRICS_ADDRESS,
    show_default=True,
    callback=checks.checked(parse_listen),
    help="Where to serve them.",
)


@click.command()
@engine_options
@settings_options
@symbols_argument
@click.pass_context
def engine(
    ctx: click.Context,
    symbols: tuple[str, ...],
    leaves: bool,
    folder: Path | None,
    label: str,
    accounts: tuple[AccountSettings, ...] | None,
) -> int:
    """The engine alone, to stay when the last viewer leaves."""
    settings = start.prepare(ctx, "engine")
    return start.load_compose().run_engine(settings, symbols, EngineOptions(leaves, folder, label, accounts))


@click.command("serve-metrics")
@metrics_options
@settings_options
@click.pass_context
def serve_metrics(ctx: click.Context, listen: tuple[str, int]) -> int:
    """What the running engine sees, as metrics for Prometheus."""
    settings = start.prepare(ctx, "metrics")
    return start.load_compose().run_metrics(settings, MetricsOptions(*listen))
