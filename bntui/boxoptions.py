"""What `bntui record` and `bntui replay` are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bntui.words import parse_duration, sentence

_F = TypeVar("_F", bound=Callable[..., Any])

SLOWEST, FASTEST = 0.1, 100.0
"""Bounds of a replay's speed."""


def _duration(ctx: click.Context, param: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(sentence(str(error)), ctx, param) from None
    if not seconds > 0:
        raise click.BadParameter(f"{text!r} is no time at all.", ctx, param)
    return seconds


def record_options(command: _F) -> _F:
    """Where to, how long, and what."""
    for option in (
        click.option(
            "--most",
            "most_mb",
            metavar="MB",
            type=click.IntRange(1),
            default=4_000,
            show_default=True,
            help="Keep at most so much of each kind, the newest.",
        ),
        click.option("--raw", is_flag=True, help="Every frame of market data too, for `bntui sim --replay`."),
        click.option(
            "--for", "for_s", metavar="DURATION", callback=_duration, help="End after so long, such as 20m."
        ),
        click.option(
            "--to",
            "folder",
            required=True,
            metavar="FOLDER",
            type=click.Path(file_okay=False, path_type=Path),
            help="Where to write; made where it is missing.",
        ),
    ):
        command = option(command)
    return command


def replay_options(command: _F) -> _F:
    """What, from when on, how fast."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="With --list: JSON objects."),
        click.option(
            "--list", "as_list", is_flag=True, help="Only say how the verdict turned, without a screen."
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
            "--at",
            metavar="TIME",
            default="",
            help="Begin there: 03:07, 03:07:12 or 2026-01-01 03:07, UTC.",
        ),
        click.argument(
            "paths", nargs=-1, metavar="[FILE|FOLDER]…", type=click.Path(exists=True, path_type=Path)
        ),
    ):
        command = option(command)
    return command
