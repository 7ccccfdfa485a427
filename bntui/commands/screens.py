"""`bntui`, `bntui attach` and `bntui drill`: what is drawn."""

from __future__ import annotations

import sys

import click

from bntui.commands import checks, start
from bntui.commands.shared import json_option, screen_options, symbols_argument, together
from bntui.words import parse_listen

drill_options = together(
    click.argument("names", nargs=-1, metavar="[NAME]…"),
    click.option("--all", "every", is_flag=True, help="Every drill of the list."),
    json_option("Print one JSON object for each."),
    click.option("--list", "as_list", is_flag=True, help="Only say which drills there are."),
    click.option(
        "--metrics",
        metavar="HOST:PORT",
        callback=checks.checked(parse_listen),
        help="Serve the metrics of its engine there, without a screen.",
    ),
)


def draw(ctx: click.Context, symbols: tuple[str, ...]) -> int:
    """Open the screen."""
    settings = start.prepare(ctx, "viewer", draws=True)
    return start.load_compose().run_tui(settings, symbols)


def _group_help(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and ctx.parent:
        click.echo(ctx.parent.get_help())
        ctx.exit()


@click.command("bntui", add_help_option=False)
@click.option("-h", "--help", is_flag=True, is_eager=True, expose_value=False, callback=_group_help)
@screen_options
@symbols_argument
@click.pass_context
def screen(ctx: click.Context, symbols: tuple[str, ...]) -> int:
    """What runs when the first word is a symbol."""
    return draw(ctx, symbols)


@click.command()
@screen_options
@click.pass_context
def attach(ctx: click.Context) -> int:
    """The screen on an engine that runs already."""
    settings = start.prepare(ctx, "viewer", draws=True)
    return start.load_compose().run_attach(settings)


@click.command()
@drill_options
@screen_options
@click.pass_context
def drill(
    ctx: click.Context,
    names: tuple[str, ...],
    every: bool,
    as_json: bool,
    as_list: bool,
    metrics: tuple[str, int] | None,
) -> int:
    """Faults on order against the embedded exchange, and a judge of what was seen.

    A single drill is shown on the screen, if there is one; several run without. A NAME may be a file
    of your own, *.toml. Exits with 0 when every drill passed, else with 1.
    """
    from bntui.commandoptions import DrillOptions

    single = len(names) == 1 and not (every or as_list)
    if metrics is not None and not single:
        raise click.UsageError("--metrics is of one drill: name it.", ctx)
    on_screen = single and not as_json and metrics is None and start.has_terminal() and sys.stdout.isatty()
    settings = start.prepare(ctx, "viewer" if on_screen else "headless", draws=on_screen)
    options = DrillOptions(names, every, as_json, as_list, on_screen, metrics)
    return start.load_compose().run_drill(settings, options)
