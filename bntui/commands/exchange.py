"""`bntui demo` and `bntui sim`: the embedded exchange, with a screen and alone."""

from __future__ import annotations

from pathlib import Path

import click

from bntui.commandoptions import DemoOptions, SimOptions
from bntui.commands import checks, start
from bntui.commands.shared import (
    but_market_options,
    markets_option,
    screen_but_market_options,
    symbols_argument,
    together,
)
from bntui.model.markets import Market

MOST_SYMBOLS = 3_000
"""Symbols of the synthetic market; twice as many as Binance Spot lists."""

HIGHEST_PORT = 65_527
"""From its REST port on the embedded exchange takes nine ports in a row, where it serves three markets."""

_SERVED = markets_option("Markets that the exchange serves.")

market_options = together(
    click.option(
        "--symbols",
        "count",
        metavar="N",
        type=click.IntRange(1, MOST_SYMBOLS),
        default=60,
        show_default=True,
        help="Symbols of the synthetic market.",
    ),
    click.option(
        "--rate",
        metavar="MSGS",
        default="600",
        show_default=True,
        callback=checks.checked(checks.positive_number),
        help="Its mean messages a second, were every symbol subscribed to.",
    ),
    click.option(
        "--seed",
        metavar="N",
        type=int,
        default=1,
        show_default=True,
        help="The same seed makes the same market.",
    ),
)
"""The synthetic market."""

sim_options = together(
    click.option(
        "--port",
        metavar="N",
        type=click.IntRange(1, HIGHEST_PORT),
        help="REST port; streams and WebSocket API take the next ones. [default: any free ports]",
    ),
    click.option(
        "--replay",
        type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
        multiple=True,
        help="Play a recording instead of the synthetic market. Repeatable: the files follow one another.",
    ),
    click.option(
        "--speed",
        metavar="FACTOR",
        default="1",
        show_default=True,
        callback=checks.checked(checks.positive_number),
        help="How fast the recording plays.",
    ),
    click.option("--loop", is_flag=True, help="Start the recording again at its end."),
    click.option(
        "--switch",
        "switches",
        metavar="NAME=VALUE",
        multiple=True,
        callback=checks.names_and_values,
        help="What it does where the real exchange is not certain. Repeatable.",
    ),
    click.option(
        "--keys",
        metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help="Write the keys of its accounts there, as bntui reads them from its own folder of that name.",
    ),
    click.option(
        "--fills",
        metavar="RATE",
        type=click.FloatRange(0, 100),
        help="Fills a second of its accounts on each market. [default: one every few seconds]",
    ),
    click.option("--tied", is_flag=True, hidden=True, help="End when stdin closes."),
)
"""The exchange where it runs alone."""


@click.command()
@market_options
@_SERVED
@screen_but_market_options
@symbols_argument
@click.pass_context
def demo(
    ctx: click.Context,
    symbols: tuple[str, ...],
    count: int,
    rate: float,
    seed: int,
    markets: tuple[Market, ...],
) -> int:
    """The screen on an embedded exchange: no network, no key."""
    settings = start.prepare(ctx, "viewer", draws=not start.is_in_browser())
    return start.load_compose().run_demo(settings, symbols, DemoOptions(count, rate, seed, markets))


@click.command()
@sim_options
@market_options
@_SERVED
@but_market_options
@click.pass_context
def sim(
    ctx: click.Context,
    port: int | None,
    replay: tuple[Path, ...],
    speed: float,
    loop: bool,
    count: int,
    rate: float,
    seed: int,
    tied: bool,
    switches: tuple[tuple[str, str], ...],
    markets: tuple[Market, ...],
    keys: Path | None,
    fills: float | None,
) -> int:
    """The embedded exchange alone, to practise and test against.

    Prints one JSON line with its addresses when it is ready.
    """
    settings = start.prepare(ctx, "sim")
    options = SimOptions(port, replay, speed, loop, count, rate, seed, tied, switches, markets, keys, fills)
    return start.load_compose().run_sim(settings, options)
