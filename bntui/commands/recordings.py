"""`bntui record` and `bntui replay`: the black box."""

from __future__ import annotations

from pathlib import Path

import click

from bntui.commandoptions import RecordOptions, ReplayOptions
from bntui.commands import start
from bntui.commands.shared import (
    duration_option,
    json_option,
    screen_options,
    settings_options,
    symbols_argument,
    together,
)

SLOWEST, FASTEST = 0.1, 100.0
"""Bounds of a replay's speed."""

record_options = together(
    click.option(
        "--to",
        "folder",
        required=True,
        metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where to write; made where it is missing.",
    ),
    duration_option("--for", "for_s", "End after so long, such as 20m."),
    click.option("--raw", is_flag=True, help="Every frame of market data too, for `bntui sim --replay`."),
    click.option(
        "--most",
        "most_mb",
        metavar="MB",
        type=click.IntRange(1),
        default=4_000,
        show_default=True,
        help="Keep at most so much of each kind, the newest.",
    ),
)

replay_options = together(
    click.argument("paths", nargs=-1, metavar="[FILE|FOLDER]…", type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--at", metavar="TIME", default="", help="Begin there: 03:07, 03:07:12 or 2026-01-01 03:07, UTC."
    ),
    click.option(
        "--speed",
        metavar="N",
        type=click.FloatRange(SLOWEST, FASTEST),
        default=1.0,
        show_default=True,
        help="So many times as fast as it was.",
    ),
    click.option(
        "--list", "as_list", is_flag=True, help="Only say how the verdict turned, without a screen."
    ),
    json_option("With --list: JSON objects."),
)


@click.command()
@record_options
@settings_options
@symbols_argument
@click.pass_context
def record(
    ctx: click.Context,
    symbols: tuple[str, ...],
    folder: Path,
    for_s: float | None,
    raw: bool,
    most_mb: int,
) -> int:
    """A recording beside the one that each engine keeps always, on connections of its own.

    Play it with `bntui replay FOLDER`.
    """
    settings = start.prepare(ctx, "headless")
    return start.load_compose().run_record(settings, symbols, RecordOptions(folder, for_s, raw, most_mb))


@click.command()
@replay_options
@screen_options
@click.pass_context
def replay(
    ctx: click.Context, paths: tuple[Path, ...], at: str, speed: float, as_list: bool, as_json: bool
) -> int:
    """What could be seen at an earlier time, in the same screens.

    Without a name: what the profile's engine has kept of the last 24 hours.
    """
    draws = not (as_list or as_json)
    instead = "`bntui replay --list` needs none."
    settings = start.prepare(ctx, "viewer" if draws else "headless", draws=draws, instead=instead)
    return start.load_compose().run_replay(settings, ReplayOptions(paths, at, speed, not draws, as_json))
