"""Commands without a screen that show what streams bring, and how they stand."""

from __future__ import annotations

import click

from bntui.commandoptions import (
    BOOK_LEVELS,
    MOST_BOOK_LEVELS,
    BookOptions,
    CandlesOptions,
    FillsOptions,
    StatusOptions,
    TailOptions,
)
from bntui.commands import checks, start
from bntui.commands.shared import (
    but_limit_options,
    duration_option,
    json_option,
    own_option,
    settings_options,
    symbol_argument,
    symbols_argument,
    together,
)
from bntui.model.panels import CANDLES_KEPT
from bntui.venue.binance.names import INTERVALS
from bntui.words import DEFAULT_INTERVAL, KINDS, parse_interval, parse_kinds, parse_step

CANDLES_SHOWN = 100
"""Candles that are printed where nobody says how many."""

look_options = together(
    json_option(),
    duration_option("--for", "for_s", "How long to look, such as 500ms, 20s or 5m."),
    click.option(
        "--kinds",
        metavar="KIND,…",
        callback=checks.checked(parse_kinds),
        help=f"Kinds of events: {', '.join(KINDS)}; candle:5m for an interval.",
    ),
    own_option,
)
"""What is looked at, and for how long."""

watch_options = together(
    click.option("--watch", is_flag=True, help="Go on, and print a line at each change."),
    duration_option("--every", "every_s", "How often a watch looks.", "10s"),
)

levels_option = click.option(
    "--levels",
    metavar="N",
    type=click.IntRange(1, MOST_BOOK_LEVELS),
    default=BOOK_LEVELS,
    show_default=True,
    help="Levels of each side of a book.",
)

book_options = together(
    json_option(),
    duration_option("--for", "for_s", "How long to wait for a synced book. [default: 20s]"),
    own_option,
    click.option(
        "--step",
        metavar="PRICE",
        callback=checks.checked(parse_step),
        help="Group levels by this price step, such as 0.5 or 10.",
    ),
    click.option("--partial", is_flag=True, help="The best 20 levels alone, without a snapshot."),
)


def _count_or_limit(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> int:
    """`--limit` counts here; in its other meaning, which every command has, it is kept for `load`."""
    flags: dict[str, str | tuple[str, ...]] = ctx.ensure_object(dict)
    entries = tuple(word for word in words if "=" in word)
    if entries:
        flags["limit"] = (*flags.get("limit", ()), *entries)
    counts = [word for word in words if "=" not in word]
    if not counts:
        return CANDLES_SHOWN
    count: int = click.IntRange(1, CANDLES_KEPT)(counts[-1], param, ctx)
    return count


candles_options = together(
    click.option(
        "--interval",
        metavar="INTERVAL",
        default=DEFAULT_INTERVAL,
        show_default=True,
        callback=checks.checked(parse_interval),
        help=f"Of the candles: {', '.join(INTERVALS)}.",
    ),
    click.option(
        "--limit",
        "count",
        metavar="N",
        multiple=True,
        callback=_count_or_limit,
        help="How many of the newest candles; NAME=VALUE is an entry of the limits table, as everywhere. "
        f"[default: {CANDLES_SHOWN}]",
    ),
    json_option(),
    click.option("--own", is_flag=True, help="Ask the exchange instead of the running engine."),
)

fills_options = together(
    click.option(
        "--since",
        "since_s",
        metavar="TIME",
        callback=checks.checked(checks.positive_duration),
        help="How far back, such as 24h. [default: all that are kept]",
    ),
    click.option("--account", default="", metavar="NAME", help="Of one account. [default: of all]"),
    json_option(),
)


@click.command()
@look_options
@watch_options
@settings_options
@symbols_argument
@click.pass_context
def status(
    ctx: click.Context,
    symbols: tuple[str, ...],
    as_json: bool,
    for_s: float | None,
    kinds: tuple[str, ...] | None,
    own: bool,
    watch: bool,
    every_s: float,
) -> int:
    """Am I blind? Judges without a screen.

    Exits with 0 when live, 1 when degraded, 2 when blind. With --watch it goes on, prints a line at each
    change, and exits with 0 when it is told to end; with --for as well, with the last verdict's code.
    """
    settings = start.prepare(ctx, "headless")
    options = StatusOptions(as_json, for_s, kinds or (), own, watch, every_s)
    return start.load_compose().run_status(settings, symbols, options)


@click.command()
@look_options
@levels_option
@settings_options
@symbols_argument
@click.pass_context
def tail(
    ctx: click.Context,
    symbols: tuple[str, ...],
    as_json: bool,
    for_s: float | None,
    kinds: tuple[str, ...] | None,
    own: bool,
    levels: int,
) -> int:
    """Events as they come, one a line."""
    settings = start.prepare(ctx, "headless")
    options = TailOptions(as_json, for_s, kinds or (), own, levels)
    return start.load_compose().run_tail(settings, symbols, options)


@click.command()
@book_options
@levels_option
@settings_options
@symbol_argument
@click.pass_context
def book(
    ctx: click.Context,
    symbol: str,
    as_json: bool,
    for_s: float | None,
    own: bool,
    levels: int,
    step: str | None,
    partial: bool,
) -> int:
    """The order book of a symbol, once, with how far it can be trusted.

    Waits for a synced book. Exits with 0 for one, with 2 for one that cannot be trusted.
    """
    settings = start.prepare(ctx, "headless")
    options = BookOptions(as_json, for_s, own, levels, step or "", partial)
    return start.load_compose().run_book(settings, symbol, options)


@click.command()
@candles_options
@but_limit_options
@symbol_argument
@click.pass_context
def candles(ctx: click.Context, symbol: str, interval: str, count: int, as_json: bool, own: bool) -> int:
    """A symbol's last candles, once."""
    settings = start.prepare(ctx, "headless")
    return start.load_compose().run_candles(settings, symbol, CandlesOptions(interval, count, as_json, own))


@click.command()
@fills_options
@settings_options
@symbols_argument
@click.pass_context
def fills(
    ctx: click.Context, symbols: tuple[str, ...], since_s: float | None, account: str, as_json: bool
) -> int:
    """Own fills that are kept, oldest first; no engine is needed for it."""
    settings = start.prepare(ctx, "fills")
    return start.load_compose().run_fills(settings, symbols, FillsOptions(since_s, as_json, account))
